//! Environment variables: create, modify, list (sheet corezoid/api 2.8).

use serde_json::{Value, json};

use super::fields::{PRIVS, description, missing, privs, taken};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{EnvVarId, FolderId, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::fingerprint::fingerprints;
use crate::corezoid::spec::{DESCRIPTION, Field, ID, LIST, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::env_var::{self, Change, NewEnvVar, Variable};
use crate::corezoid::store::project::{self, Changed};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const TITLE: Shape = Shape::Text { least: 3, most: 255 };
/// sheet corezoid/api 2.8: up to 2 MB.
const VALUE: Shape = Shape::Text { least: 3, most: 2 << 20 };
const TYPES: &[&str] = &["visible", SECRET];
const SECRET: &str = "secret";
const DATA_TYPES: &[&str] = &["raw", JSON];
const JSON: &str = "json";

/// Which nodes, and which fields of them, may read it. The description knows lists of fields only; the official client
/// sends `{"type":"*","fields":"*"}` (`C:executor_folders.go`).
const SCOPES: Shape = Shape::List(&Shape::Object(&[
    need("type", Shape::Word(&["api_call", "set_param", "*"])),
    may("fields", Shape::Either(&[TEXT, Shape::List(&TEXT)])),
]));

/// What [`fingerprints`] gives.
const FINGERPRINTS: Shape =
    Shape::List(&Shape::Object(&[need("algo", Shape::Word(&["md5", "sha256"])), need("value", TEXT)]));

/// Refuses a request that names no project, or no stage: a variable belongs to a stage.
fn require_stage(args: Args<'_>) -> Result<(), OpError> {
    for (id, name) in [("project_id", "project_short_name"), ("stage_id", "stage_short_name")] {
        if args.get(id).is_none() && args.get(name).is_none() {
            return Err(OpError::Required(id.into()));
        }
    }
    Ok(())
}

/// Refuses a value that is no JSON though it should be.
fn check_value(value: &str, data_type: &str) -> Result<(), OpError> {
    let fits = data_type != JSON || serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok();
    if fits { Ok(()) } else { Err(invalid("value", &json!(value))) }
}

/// `create env_var`, in the stage of the request.
pub(super) struct CreateEnvVar {
    env_var_type: String,
    title: String,
    description: Option<String>,
    short_name: String,
    value: String,
    data_type: String,
    scopes: String,
}

impl Op for CreateEnvVar {
    const REQUEST: &'static [Field] = &[
        need("env_var_type", Shape::Word(TYPES)),
        need("title", TITLE),
        may("description", DESCRIPTION),
        need("short_name", Shape::Name),
        need("value", VALUE),
        may("data_type", Shape::Word(DATA_TYPES)),
        need("scopes", SCOPES),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("fingerprints", FINGERPRINTS)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        require_stage(args)?;
        let value = args.required_text("value")?;
        let data_type = args.text("data_type")?.unwrap_or_else(|| "raw".to_owned());
        check_value(&value, &data_type)?;
        Ok(Self {
            env_var_type: args.required_text("env_var_type")?,
            title: args.required_text("title")?,
            description: description(args)?.over(Some(String::new())),
            short_name: args.required_text("short_name")?,
            value,
            data_type,
            scopes: json!(args.list("scopes")?).to_string(),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let stage = FolderId(cx.place.stage()?);
        let uuid = cx.ids().guid().to_string();
        let new = NewEnvVar {
            stage,
            env_var_type: &self.env_var_type,
            data_type: &self.data_type,
            title: &self.title,
            short_name: &self.short_name,
            description: self.description.as_deref(),
            value: &self.value,
            scopes: &self.scopes,
            uuid: &uuid,
            owner: cx.caller.user_id,
            now: cx.now.seconds(),
        };
        match env_var::insert(cx.conn, &new).await? {
            Some(id) => Ok(Reply::new()
                .with("obj_id", cx.new_id(id.0))
                .with("fingerprints", fingerprints(&self.value))),
            None if project::exists(cx.conn, (Kind::Stage.word(), stage)).await? => Err(taken(Kind::EnvVar)),
            None => Err(missing(Thing { kind: Kind::Stage, id: stage.0 })),
        }
    }
}

/// `modify env_var`: only what is sent changes, but the short name must be. Another `env_var_type` is taken and ignored, as
/// by the real service (`C:mcp_handlers_variables.go`, live).
pub(super) struct ModifyEnvVar {
    id: EnvVarId,
    change: Change,
}

impl Op for ModifyEnvVar {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::EnvVar)),
        may("env_var_type", Shape::Word(TYPES)),
        may("title", TITLE),
        may("description", DESCRIPTION),
        need("short_name", Shape::Name),
        may("value", VALUE),
        may("data_type", Shape::Word(DATA_TYPES)),
        may("scopes", SCOPES),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("fingerprints", FINGERPRINTS)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let change = Change {
            title: args.text("title")?,
            short_name: args.required_text("short_name")?,
            description: description(args)?,
            data_type: args.text("data_type")?,
            value: args.text("value")?,
            scopes: args.list("scopes")?.map(|scopes| json!(scopes).to_string()),
        };
        Ok(Self { id: EnvVarId(args.required_id("obj_id")?), change })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { id, change } = self;
        let (old_value, old_type) = env_var::content(cx.conn, id).await?.ok_or_else(|| missing(id.into()))?;
        let value = change.value.as_deref().unwrap_or(&old_value);
        if change.value.is_some() || change.data_type.is_some() {
            check_value(value, change.data_type.as_deref().unwrap_or(&old_type))?;
        }
        match env_var::update(cx.conn, id, &change, cx.now.seconds()).await? {
            Changed::Done => Ok(Reply::new().with("obj_id", id.0).with("fingerprints", fingerprints(value))),
            Changed::Missing => Err(missing(id.into())),
            Changed::Taken => Err(taken(Kind::EnvVar)),
        }
    }
}

/// `list env_var`: the variables of a stage.
pub(super) struct ListEnvVars;

impl Op for ListEnvVars {
    const REQUEST: &'static [Field] = &[];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("is_favorite", Shape::Flag),
            need("is_owner", Shape::Flag),
            need("owner_id", ID),
            need("owner_name", TEXT),
            need("owner_login", TEXT),
            need("obj_id", ID),
            need("obj_type", Shape::Word(&["env_var"])),
            need("env_var_type", Shape::Word(TYPES)),
            need("data_type", Shape::Word(DATA_TYPES)),
            need("title", TEXT),
            need("description", TEXT).or_null(),
            need("short_name", TEXT),
            need("company_id", TEXT).or_null(),
            need("project_id", ID),
            need("project_title", TEXT).or_null(),
            need("project_short_name", TEXT).or_null(),
            need("stage_id", ID),
            need("stage_title", TEXT).or_null(),
            need("stage_short_name", TEXT).or_null(),
            need("create_time", ID),
            need("change_time", ID),
            need("uuid", TEXT),
            need("scopes", LIST),
            // Of a secret null.
            need("value", TEXT).or_null(),
            need("fingerprints", FINGERPRINTS),
            need("privs", PRIVS),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        require_stage(args)?;
        Ok(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (user, stage) = (cx.caller.user_id, FolderId(cx.place.stage()?));
        let variables = env_var::list(cx.conn, stage).await?;
        if variables.is_empty() && !project::exists(cx.conn, (Kind::Stage.word(), stage)).await? {
            return Err(missing(Thing { kind: Kind::Stage, id: stage.0 }));
        }
        let list: Vec<Value> = variables.into_iter().map(|variable| line(variable, user)).collect();
        Ok(Reply::new().with("list", list))
    }
}

fn line(variable: Variable, user: i64) -> Value {
    let prints = fingerprints(&variable.value);
    let scopes: Vec<Value> = serde_json::from_str(&variable.scopes).unwrap_or_default();
    json!({
        // Nothing stars a variable.
        "is_favorite": false,
        "is_owner": variable.owner_id == user,
        "owner_id": variable.owner_id,
        "owner_name": variable.owner_name,
        "owner_login": variable.owner_login,
        "obj_id": variable.id,
        "obj_type": "env_var",
        "env_var_type": variable.env_var_type,
        "data_type": variable.data_type,
        "title": variable.title,
        "description": variable.description,
        "short_name": variable.short_name,
        "company_id": variable.company_id,
        "project_id": variable.project_id,
        "project_title": variable.project_title,
        "project_short_name": variable.project_short_name,
        "stage_id": variable.stage_id,
        "stage_title": variable.stage_title,
        "stage_short_name": variable.stage_short_name,
        "create_time": variable.create_time,
        "change_time": variable.change_time,
        "uuid": variable.uuid,
        "scopes": scopes,
        "value": (variable.env_var_type != SECRET).then_some(variable.value),
        "fingerprints": prints,
        "privs": privs(),
    })
}
