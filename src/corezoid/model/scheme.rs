//! The `scheme` array of an export, in the seed's dialect and in the newer one (sheet corezoid/api 3.1). Pure.

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::node::{NodeDoc, Object};
use crate::corezoid::ids::Kind;
use crate::corezoid::rules::status::Status;

/// Whose keys and words an export uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `actived`, `params: null`, `company_id` last; no uuids.
    Seed,
    /// `active`, `params: []`, `ref_mask`, `options`, `uuid`.
    Newer,
}

/// What an export says of an object of any kind.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) id: i64,
    pub(crate) parent: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) company: Option<String>,
    /// `None`: made from kind and id.
    pub(crate) uuid: Option<String>,
    /// Keys that an uploaded file brought and nobody knows; those of its `scheme` under that name.
    pub(crate) more: Object,
    pub(crate) body: Body,
}

/// What only one kind has.
#[derive(Debug)]
pub(crate) enum Body {
    Folder,
    /// A project or a stage.
    Place {
        short_name: Option<String>,
        immutable: bool,
    },
    Conv {
        status: Option<Status>,
        conv_type: String,
        params: Value,
        ref_mask: bool,
        nodes: Vec<(String, NodeDoc)>,
    },
    Dashboard {
        time_range: Value,
        grid: Value,
        /// As exports write them.
        charts: Vec<Value>,
    },
    /// A database connection.
    Instance {
        instance_type: String,
        /// How the database is reached.
        data: Value,
    },
    Alias {
        short_name: String,
        /// The process it names.
        conv: Option<i64>,
        conv_title: Option<String>,
    },
    EnvVar {
        short_name: String,
        /// `visible`, `secret`.
        env_var_type: String,
        /// `raw`, `json`.
        data_type: String,
        value: String,
        scopes: Value,
    },
}

/// The array: each folder before what is in it (sheet corezoid/api 3.1), folders first, then processes, then dashboards,
/// then aliases and variables; at the end those of a stage that is not exported itself.
pub(crate) fn scheme(items: &[Item], dialect: Dialect) -> Value {
    let Some(root) = items.first() else { return json!([]) };
    let mut out = Vec::with_capacity(items.len());
    let mut open = vec![root];
    while let Some(item) = open.pop() {
        out.push(entry(item, dialect));
        if item.kind.is_folder() {
            // A stack gives back the last first.
            open.extend(
                items.iter().rev().filter(|child| child.parent == item.id && !std::ptr::eq(*child, root)),
            );
        }
    }
    let inside = |item: &Item| items.iter().any(|other| other.kind.is_folder() && other.id == item.parent);
    let outside = items.iter().filter(|item| item.kind.is_beside() && !inside(item));
    out.extend(outside.map(|item| entry(item, dialect)));
    Value::Array(out)
}

/// One object.
pub(crate) fn entry(item: &Item, dialect: Dialect) -> Value {
    let mut out = Object::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    let number = match item.kind {
        Kind::Folder => json!(0),
        Kind::Conv => json!(1),
        Kind::Dashboard => json!(2),
        // sheet corezoid/api 3.1: the numbers that the plug-in's documentation gives.
        Kind::Project => json!(5),
        Kind::Stage => json!(6),
        Kind::Version => json!(7),
        Kind::Alias => json!(9),
        // Nothing tells its number; the product's newer "configurations" are 4.
        Kind::Instance => json!(4),
        // In files variables have a form of their own, and no number.
        Kind::EnvVar => json!(Kind::EnvVar.word()),
    };
    put("obj_type", number);
    put("obj_id", json!(item.id));
    put("parent_id", json!(item.parent));
    put("title", json!(item.title));
    put("description", json!(item.description));
    match &item.body {
        Body::Folder => {}
        Body::Place { short_name, immutable } => {
            put("short_name", json!(short_name));
            if item.kind == Kind::Stage {
                put("immutable", json!(immutable));
            }
        }
        Body::Conv { status, conv_type, params, ref_mask, nodes } => {
            let status = status.unwrap_or(Status::Active);
            let nothing = params.is_null() || params.as_array().is_some_and(Vec::is_empty);
            let nodes: Vec<Value> = nodes.iter().map(|(id, doc)| node(id, doc, dialect)).collect();
            let mut scheme = json!({ "nodes": nodes, "web_settings": web_settings() });
            if let (Some(Value::Object(more)), Some(scheme)) =
                (item.more.get("scheme"), scheme.as_object_mut())
            {
                scheme.extend(more.clone());
            }
            if dialect == Dialect::Seed {
                put("status", json!(status.seed_word()));
                put("params", if nothing { Value::Null } else { params.clone() });
            } else {
                put("status", json!(status.word()));
                put("params", if nothing { json!([]) } else { params.clone() });
                put("ref_mask", json!(ref_mask));
            }
            put("conv_type", json!(conv_type));
            put("scheme", scheme);
            if dialect == Dialect::Seed {
                put("company_id", json!(item.company));
            }
        }
        Body::Dashboard { time_range, grid, charts } => {
            put("time_range", time_range.clone());
            put("grid", grid.clone());
            put("charts_list", charts.iter().map(|it| chart(it, dialect)).collect());
        }
        // No public source prints an instance in a file: the keys are those of its own ops.
        Body::Instance { instance_type, data } => {
            put("instance_type", json!(instance_type));
            put("data", data.clone());
        }
        Body::Alias { short_name, conv, conv_title } => {
            put("short_name", json!(short_name));
            put("obj_to_id", json!(conv));
            put("obj_to_type", json!(conv.map(|_| Kind::Conv.word())));
            put("obj_to_title", json!(conv_title));
        }
        Body::EnvVar { short_name, env_var_type, data_type, value, scopes } => {
            put("short_name", json!(short_name));
            put("env_var_type", json!(env_var_type));
            put("data_type", json!(data_type));
            put("value", json!(value));
            put("scopes", scopes.clone());
        }
    }
    if dialect == Dialect::Newer {
        put("uuid", json!(item.uuid()));
    }
    let carried = item.more.iter().filter(|(name, _)| *name != "scheme");
    out.extend(carried.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(out)
}

/// What every export says of the editor's own settings, unless the file that an object came from said more.
pub(crate) fn web_settings() -> Value {
    json!([[], []])
}

impl Item {
    /// Takes out what leaves the service in no file: the password of a database connection. A copy inside keeps it.
    pub(crate) fn without_password(mut self) -> Self {
        if let Body::Instance { data, .. } = &mut self.body
            && let Some(data) = data.as_object_mut()
        {
            data.shift_remove("password");
        }
        self
    }

    /// Its uuid: the same wherever the object was copied to by export, import or merge.
    pub(crate) fn uuid(&self) -> String {
        self.uuid.clone().unwrap_or_else(|| uuid(&[self.kind.word(), &self.id.to_string()]))
    }
}

/// A chart; as with other objects its uuid is the same wherever it was copied to.
fn chart(chart: &Value, dialect: Dialect) -> Value {
    let mut chart = chart.clone();
    if let (Dialect::Newer, Some(fields)) = (dialect, chart.as_object_mut())
        && fields.get("uuid").and_then(Value::as_str).is_none_or(str::is_empty)
    {
        let id = fields.get("chart_id").and_then(Value::as_str).unwrap_or_default();
        let own = uuid(&["chart", id]);
        fields.insert("uuid".to_owned(), json!(own));
    }
    chart
}

fn node(id: &str, doc: &NodeDoc, dialect: Dialect) -> Value {
    let mut out = Object::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("id", json!(id));
    put("obj_type", json!(i64::from(doc.obj_type)));
    put("condition", doc.condition());
    put("title", json!(doc.title));
    put("description", json!(doc.description));
    put("x", json!(doc.position.0));
    put("y", json!(doc.position.1));
    let uuid = || doc.uuid.clone().unwrap_or_else(|| uuid(&["node", id]));
    if dialect == Dialect::Newer {
        put("uuid", json!(uuid()));
    }
    put("extra", doc.extra.to_value());
    // The seed's time knew no options; without them here an import would lose them.
    if dialect == Dialect::Newer || doc.options.0.is_some() {
        put("options", doc.options.to_value());
    }
    let carried = doc.more.iter().filter(|(name, _)| *name != "condition");
    out.extend(carried.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(out)
}

/// A uuid that is always the same for the same thing.
pub(crate) fn uuid(name: &[&str]) -> String {
    let digest: [u8; 20] = Sha1::digest(name.join("/")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, id: i64, parent: i64) -> Item {
        let body = match kind {
            Kind::Conv => Body::Conv {
                status: Some(Status::Debug),
                conv_type: "state".to_owned(),
                params: json!([]),
                ref_mask: true,
                nodes: vec![(
                    "n".to_owned(),
                    serde_json::from_value(json!({ "obj_type": 2, "options": "{}" })).unwrap(),
                )],
            },
            Kind::Dashboard => Body::Dashboard {
                time_range: json!({ "select": "online" }),
                grid: json!([]),
                charts: Vec::new(),
            },
            _ => Body::Folder,
        };
        Item {
            kind,
            id,
            parent,
            title: format!("{} {id}", kind.word()),
            description: None,
            company: None,
            uuid: None,
            more: Object::new(),
            body,
        }
    }

    #[test]
    fn each_folder_comes_before_what_is_in_it() {
        let items = [
            item(Kind::Folder, 1, 9),
            item(Kind::Folder, 2, 1),
            item(Kind::Folder, 3, 2),
            item(Kind::Folder, 4, 1),
            item(Kind::Conv, 1, 1),
            item(Kind::Conv, 5, 4),
            item(Kind::Dashboard, 1, 2),
        ];
        let scheme = scheme(&items, Dialect::Seed);
        let order: Vec<_> =
            scheme.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!(
            order,
            ["folder 1", "folder 2", "folder 3", "dashboard 1", "folder 4", "conv 5", "conv 1"]
        );
    }

    #[test]
    fn the_dialects_differ_in_words_and_keys() {
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        let of = |dialect| entry(&item(Kind::Conv, 7, 0), dialect);
        let (seed, newer) = (of(Dialect::Seed), of(Dialect::Newer));
        assert_eq!(
            keys(&seed),
            "obj_type obj_id parent_id title description status params conv_type scheme company_id"
        );
        assert_eq!(
            keys(&newer),
            "obj_type obj_id parent_id title description status params ref_mask conv_type scheme uuid"
        );
        assert_eq!((&seed["status"], &seed["params"]), (&json!("debugged"), &json!(null)));
        assert_eq!((&newer["status"], &newer["params"]), (&json!("debug"), &json!([])));
        let node = |value: &Value| keys(&value["scheme"]["nodes"][0]);
        assert_eq!(node(&seed), "id obj_type condition title description x y extra options");
        assert_eq!(node(&newer), "id obj_type condition title description x y uuid extra options");
        assert_eq!(of(Dialect::Newer), newer, "uuids repeat");
    }
}
