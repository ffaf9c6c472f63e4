//! What the requests of the published description refer to: made first, and named in the place of its own ids.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::App;

/// The objects that one request refers to.
pub(super) struct Fixtures<'a> {
    app: &'a App,
    op: &'a Value,
    made: BTreeMap<&'static str, Value>,
}

const COMPANY: &str = "i000000001";

/// How to make one of a kind. `$folder` and the like stand for the id of another kind, which is made before; `$place`
/// for the folder, stage or root that the request is about.
fn recipe(kind: &str) -> Option<Value> {
    let named = "swagger";
    Some(match kind {
        "folder" => json!({ "type": "create", "obj": "folder", "title": named, "folder_id": "$place" }),
        "conv" => json!({ "type": "create", "obj": "conv", "title": named, "folder_id": "$place" }),
        "dashboard" => json!({ "type": "create", "obj": "dashboard", "title": named, "folder_id": "$place" }),
        "project" => json!({ "type": "create", "obj": "project", "title": named, "short_name": named }),
        "stage" | "stage_to" => json!({
            "type": "create", "obj": "stage", "title": kind, "short_name": kind.replace('_', "-"),
            "project_id": "$project", "immutable": kind == "stage_to",
        }),
        "alias" => json!({
            "type": "create", "obj": "alias", "title": named, "short_name": "test_alias".replace('_', "-"),
            "project_id": "$project?", "stage_id": "$stage?", "obj_to_id": "$conv", "obj_to_type": "conv",
        }),
        "env_var" => json!({
            "type": "create", "obj": "env_var", "env_var_type": "secret", "title": named, "short_name": named,
            "value": "value", "project_id": "$project", "stage_id": "$stage",
            "scopes": [{ "type": "api_call", "fields": [] }],
        }),
        "instance" => json!({
            "type": "create", "obj": "instance", "instance_type": "db_call", "title": named, "folder_id": "$place",
            "data": {
                "driver": "postgres", "database": "d", "host": "localhost", "port": 5432, "username": "u",
                "password": "p", "ssl": false, "timeoutMs": 1000,
            },
        }),
        "version" => json!({
            "type": "create", "obj": "version", "vsn": "1.0", "stage_from_id": "$stage", "project_id": "$project",
        }),
        "group" => json!({ "type": "create", "obj": "group", "title": named, "obj_type": "admins" }),
        "user" => json!({ "type": "create", "obj": "user", "title": named, "logins": [{ "type": "api" }] }),
        "chart" => json!({
            "type": "create", "obj": "chart", "name": named, "dashboard_id": "$dashboard", "obj_type": "table",
            "series": [],
        }),
        "node" => json!({
            "type": "create", "obj": "node", "conv_id": "$conv", "obj_type": 0, "version": 1, "title": "Test",
        }),
        "task" => {
            json!({ "type": "create", "obj": "task", "conv_id": "$conv", "ref": "swagger", "data": { "foo": "bar" } })
        }
        _ => return None,
    })
}

/// The kind of object that a field names.
fn kind(op: &Value, key: &str) -> Option<&'static str> {
    let word = |key: &str| op[key].as_str().unwrap_or_default();
    let of = |word: &str| {
        [
            "folder",
            "conv",
            "dashboard",
            "project",
            "stage",
            "alias",
            "env_var",
            "instance",
            "version",
            "group",
            "user",
            "chart",
            "node",
            "task",
        ]
        .into_iter()
        .find(|kind| *kind == word)
    };
    match key {
        "conv_id" => Some("conv"),
        "folder_id" | "parent_id" if op[key] != 0 => Some("folder"),
        "dashboard_id" => Some("dashboard"),
        "project_id" => Some("project"),
        "stage_id" | "stage_from_id" => Some("stage"),
        "stage_to_id" => Some("stage_to"),
        "alias_id" => Some("alias"),
        "group_id" => Some("group"),
        "node_id" | "from_node_id" | "to_node_id" => Some("node"),
        "version_id" => Some("version"),
        "owner_id" => Some("caller"),
        "obj_to_id" => match of(word("obj_to")).or(of(word("obj_to_type"))) {
            Some("stage") if word("obj_type") == "stage" => Some("stage_to"),
            Some("user") => Some("caller"),
            None if word("obj") == "owner" => Some("caller"),
            found => found,
        },
        "link_to_obj_id" => of(word("link_to_obj")),
        "obj_id" => match word("obj") {
            // A move names what is moved in `obj_type`.
            "folder" if op.get("folder_id").is_some() && word("type") == "link" => of(word("obj_type")),
            "commit" | "object" | "owner" | "obj_scheme" | "obj_copy" | "history" => of(word("obj_type")),
            "conv_params" => Some("conv"),
            "folder_branch" | "path_to_folder" => Some("folder"),
            "task_history" => Some("task"),
            "api_key" | "user_status" => Some("user"),
            obj => of(obj),
        },
        _ => None,
    }
}

impl<'a> Fixtures<'a> {
    pub(super) fn new(app: &'a App, op: &'a Value) -> Self {
        Self { app, op, made: BTreeMap::new() }
    }

    /// The request with ids that exist; or what could not be made for it.
    pub(super) async fn request(&mut self) -> Result<Value, String> {
        let mut op = self.op.clone();
        // Stages before what lies in them.
        let mut keys: Vec<String> = op.as_object().unwrap().keys().cloned().collect();
        keys.sort_by_key(|key| !matches!(key.as_str(), "project_id" | "stage_id"));
        for key in keys {
            if key.ends_with("company_id") || key == "obj_id" && op["obj"] == "company" {
                op[&key] = json!(COMPANY);
            } else if let Some(kind) = kind(self.op, &key) {
                op[&key] = self.id(kind).await?;
            }
        }
        self.prepare(&mut op).await?;
        Ok(op)
    }

    /// Lets tasks of the process stay where they begin, for a day.
    async fn make_tasks_wait(&mut self) -> Result<(), String> {
        let conv = self.id("conv").await?;
        let graph = self.done(&json!({ "type": "list", "obj": "conv", "obj_id": conv })).await?;
        let node = |kind: i64| {
            let nodes = graph["list"].as_array().into_iter().flatten();
            nodes.into_iter().find(|node| node["obj_type"] == kind).map(|node| node["obj_id"].clone())
        };
        let wait = json!([{ "type": "time", "value": 1, "dimension": "day", "to_node_id": node(2) }]);
        let start = json!({
            "type": "modify", "obj": "node", "conv_id": conv, "obj_id": node(1), "obj_type": 1, "version": 1,
            "title": "Start", "position": [0, 0], "extra": {}, "logics": [], "semaphors": wait,
        });
        self.done(&start).await?;
        self.done(&json!({ "type": "confirm", "obj": "commit", "conv_id": conv, "version": 1 })).await?;
        Ok(())
    }

    /// Puts a node between the first and the last of the process, and debugs it.
    async fn make_steps(&mut self) -> Result<(), String> {
        let (conv, middle) = (self.id("conv").await?, self.id("node").await?);
        let graph = self.done(&json!({ "type": "list", "obj": "conv", "obj_id": conv })).await?;
        let node = |kind: i64| {
            let mut nodes = graph["list"].as_array().into_iter().flatten();
            nodes.find(|node| node["obj_type"] == kind).map(|node| node["obj_id"].clone())
        };
        let (start, end) = (node(1), node(2));
        let leads = json!({
            "type": "modify", "obj": "node", "conv_id": conv, "obj_id": start, "obj_type": 1, "version": 1,
            "title": "Start", "position": [0, 0], "extra": {}, "logics": [{ "type": "go", "to_node_id": middle }],
        });
        self.done(&leads).await?;
        let set = json!({
            "type": "set_param", "extra": { "1": "1" }, "extra_type": { "1": "string" }, "err_node_id": end,
        });
        let stays = json!({
            "type": "modify", "obj": "node", "conv_id": conv, "obj_id": middle, "obj_type": 0, "version": 1,
            "title": "Test", "position": [0, 0], "extra": {}, "logics": [set, { "type": "go", "to_node_id": end }],
        });
        self.done(&stays).await?;
        self.done(&json!({ "type": "confirm", "obj": "commit", "conv_id": conv, "version": 1 })).await?;
        self.done(&json!({ "type": "modify", "obj": "conv", "obj_id": conv, "status": "debug" })).await?;
        Ok(())
    }

    /// The hash of an upload that nobody waits for.
    async fn upload(&mut self) -> Result<Value, String> {
        let scheme = self.file("scheme").await;
        let fields = [
            ("type", "create"),
            ("obj", "obj_scheme"),
            ("folder_id", "0"),
            ("company_id", COMPANY),
            ("async", "true"),
        ];
        let answer =
            self.app.key().form(&fields, &[("scheme", "scheme.zip", &scheme)]).await.expect(200).json();
        answer["ops"][0].get("hash").cloned().ok_or_else(|| format!("needs an upload: {answer}"))
    }

    /// The bytes of a file that the request brings: a process exported before, or a few rows.
    pub(super) async fn file(&mut self, name: &str) -> Vec<u8> {
        if name == "from_file" {
            return b"a|b|c|d\n[1]|{}|x|y\n".to_vec();
        }
        let conv = self.id("conv").await.unwrap();
        let export = json!({
            "obj": "obj_scheme", "obj_type": "conv", "obj_id": conv, "async": true, "format": "zip",
        });
        let answer = self.app.key().package("download", &json!({ "ops": [export] }).to_string()).await.json();
        let link = answer["ops"][0]["download_url"].as_str().unwrap();
        let path = link.strip_prefix("http://portal.test").unwrap();
        self.app.anonymous().get(path).await.expect(200).body.to_vec()
    }

    /// What must have happened before the request, and what depends on it.
    async fn prepare(&mut self, op: &mut Value) -> Result<(), String> {
        let word = |op: &Value, key: &str| op[key].as_str().unwrap_or_default().to_owned();
        let (verb, obj) = (word(op, "type"), word(op, "obj"));
        match (verb.as_str(), obj.as_str()) {
            ("restore" | "destroy", _) => {
                let mut delete = op.clone();
                delete["type"] = json!("delete");
                self.done(&delete).await?;
            }
            ("stop", "upload") => op["hash"] = self.upload().await?,
            ("get" | "show", "statistics" | "sum_stat") => op["id"] = self.upload().await?,
            ("modify" | "show", "task") => {
                if verb == "modify" {
                    self.make_tasks_wait().await?;
                }
                self.id("task").await?;
                op["ref"] = json!("swagger");
            }
            ("step_next" | "step_prev" | "step_goto", "task") => {
                self.make_steps().await?;
                // The one that was made before there were steps to take has come to its end.
                self.made.remove("task");
                let task = self.id("task").await?;
                if verb != "step_next" {
                    let next = json!({
                        "type": "step_next", "obj": "task", "conv_id": op["conv_id"], "obj_id": task, "data": {},
                    });
                    self.done(&next).await?;
                }
                op["obj_id"] = task;
            }
            ("show" | "delete", "conv_auth") => {
                let data = json!({ "user": "login", "pass": "password" });
                self.done(&json!({
                    "type": "modify", "obj": "conv_auth", "conv_id": op["conv_id"], "obj_type": "basic", "data": data,
                }))
                .await?;
            }
            ("delete", "invite") => {
                let made = self
                    .done(&json!({ "type": "create", "obj": "invite", "login": "someone@example.org" }))
                    .await?;
                let hash = made["url"].as_str().and_then(|url| url.rsplit('/').next());
                op["hash"] = json!(hash);
            }
            // Only what is closed to edits is merged into.
            ("merge", "obj_scheme") => {
                let close = json!({
                    "type": "modify", "obj": "stage", "obj_id": op["obj_id"], "title": "stage", "short_name": "stage",
                    "immutable": true,
                });
                self.done(&close).await?;
            }
            // Whoever the example names by a login has confirmed an invitation.
            ("modify", "owner") if op.get("obj_to_login").is_some() => {
                let invite = json!({ "type": "create", "obj": "invite", "login": op["obj_to_login"] });
                let url = self.done(&invite).await?["url"].as_str().unwrap_or_default().to_owned();
                let path = url.strip_prefix("http://portal.test").unwrap_or_default();
                self.app.anonymous().post(path, json!({})).await.expect(200);
            }
            ("create" | "modify" | "delete", "node") => op["version"] = json!(1),
            ("confirm" | "show" | "delete", "commit") => {
                self.id("node").await?;
                op["version"] = json!(1);
            }
            ("get" | "modify" | "delete", "callback_hash") if op.get("alias_id").is_some() => {
                self.done(&json!({
                    "type": "create", "obj": "callback_hash", "alias_id": op["alias_id"], "obj_type": "alias",
                }))
                .await?;
            }
            _ => {}
        }
        if (verb.as_str(), obj.as_str()) == ("get", "api_code") {
            let code = json!({
                "type": "load", "obj": "api_code", "conv_id": op["conv_id"], "node_id": op["node_id"], "lang": "js",
                "src": "data.a = 1;", "env": "production",
            });
            self.done(&code).await?;
        }
        if (verb.as_str(), obj.as_str()) == ("delete", "task") {
            let shown = self
                .done(&json!({
                    "type": "show", "obj": "task", "conv_id": op["conv_id"], "ref": "swagger",
                }))
                .await?;
            op["node_id"] = shown["node_id"].clone();
        }
        if op.get("obj_alias").is_some() {
            self.id("alias").await?;
            op["obj_alias"] = json!("test-alias");
        }
        Ok(())
    }

    /// The id of the one object of a kind, made when it is first asked for.
    async fn id(&mut self, kind: &'static str) -> Result<Value, String> {
        if let Some(known) = self.made.get(kind) {
            return Ok(known.clone());
        }
        if kind == "caller" {
            return Ok(json!(1));
        }
        let recipe = recipe(kind).ok_or_else(|| format!("needs a {kind}"))?;
        let mut op = recipe.clone();
        for (key, value) in recipe.as_object().unwrap() {
            let Some(name) = value.as_str().and_then(|value| value.strip_prefix('$')) else { continue };
            let id = match (name, name.strip_suffix('?')) {
                ("place", _) => self.place().await?,
                // Only where the request speaks of it.
                (_, Some(optional)) if self.op.get(format!("{optional}_id")).is_none() => Value::Null,
                (_, Some("project")) | ("project", _) => Box::pin(self.id("project")).await?,
                (_, Some("stage")) | ("stage", _) => Box::pin(self.id("stage")).await?,
                ("conv", _) => Box::pin(self.id("conv")).await?,
                ("dashboard", _) => Box::pin(self.id("dashboard")).await?,
                _ => return Err(format!("no recipe for {name}")),
            };
            op[key] = id;
        }
        op["company_id"] = json!(COMPANY);
        let answer = self.done(&op).await.map_err(|text| format!("needs a {kind}: {text}"))?;
        let id = if kind == "user" { answer["users"][0]["obj_id"].clone() } else { answer["obj_id"].clone() };
        self.made.insert(kind, id.clone());
        Ok(id)
    }

    /// Where what the request is about lies: in its stage, in its project, in the root.
    async fn place(&mut self) -> Result<Value, String> {
        for (key, kind) in [("stage_id", "stage"), ("project_id", "project")] {
            if self.op.get(key).is_some() {
                return Box::pin(self.id(kind)).await;
            }
        }
        Ok(json!(0))
    }

    /// The answer to an op that must succeed.
    async fn done(&self, op: &Value) -> Result<Value, String> {
        let answer = self.app.key().op(op.clone()).await;
        if answer["proc"] == "ok" {
            return Ok(answer);
        }
        let text = answer["description"].as_str().unwrap_or_default();
        Err(text.split(|char: char| char.is_ascii_digit()).collect())
    }
}
