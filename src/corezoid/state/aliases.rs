//! Aliases and environment variables in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::place::{
    Ground, Marks, Placed, Settled, Share, active, is_active, is_no_description, is_root, no_description,
    status_word,
};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::scheme::uuid;
use crate::corezoid::rules::status::Status;
use crate::corezoid::spec;
use crate::corezoid::store::alias::{self, AliasRow};
use crate::corezoid::store::bulk;
use crate::corezoid::store::env_var::{self, EnvVarRow};
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A name for a process.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alias {
    id: i64,
    /// The stage or project it belongs to; absent: to the company.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of an alias of a company; else it is that of the stage or project. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    /// Unique in its stage, project or company: `[a-z0-9-]`, 2 to 127 of them.
    short_name: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    /// `active`, or `deleted`: in the trash.
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    /// The process it names; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conv: Option<i64>,
    /// 40 hex digits of its direct URL; absent: that is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    /// Absent: made from kind and id.
    #[serde(default)]
    uuid: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
}

/// A variable of a stage.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvVar {
    id: i64,
    /// The stage it belongs to.
    folder: FolderId,
    title: String,
    /// Unique in its stage: `[a-z0-9-]`, 2 to 127 of them; uploaded files may bring others.
    short_name: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    /// The value is shown nowhere but here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    secret: bool,
    #[serde(default, skip_serializing_if = "DataType::is_raw")]
    data_type: DataType,
    value: String,
    /// `[{"type":"api_call","fields":["cert_pem"]}]`, as the API carries it. Absent: everywhere.
    #[serde(default = "everywhere")]
    scopes: Vec<Value>,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    /// Absent: made from kind and id.
    #[serde(default)]
    uuid: Option<String>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DataType {
    #[default]
    Raw,
    Json,
}

impl DataType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_raw(&self) -> bool {
        *self == Self::Raw
    }

    fn of(word: &str) -> Self {
        if word == Self::Json.word() { Self::Json } else { Self::Raw }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Json => "json",
        }
    }
}

fn everywhere() -> Vec<Value> {
    vec![json!({ "type": "*", "fields": ["*"] })]
}

/// Short names that are taken: of which project, stage and company.
type Names = BTreeSet<(i64, i64, Option<String>, String)>;

/// Project and stage of a place (the root: neither), after a look at the short name.
fn settle_name(
    (ground, names): (&Ground, &mut Names),
    (kind, folder, name): (Kind, FolderId, &str),
    settled: &Settled,
    path: &str,
) -> Result<(i64, i64), StateError> {
    let wrong = |key: &str, text: &str| Err(StateError::at(format!("{path}.{key}"), text));
    let place = ground.folders.get(&folder);
    let belongs = match place.map(|place| place.kind) {
        Some(around) => around == Kind::Stage || around == Kind::Project && kind == Kind::Alias,
        None => kind == Kind::Alias,
    };
    if !belongs {
        let text = if kind == Kind::Alias { "no stage or project" } else { "no stage" };
        return wrong("folder", text);
    }
    // Files of variables may spell names as the API does not.
    let named = if kind == Kind::Alias { spec::is_name(name) } else { (1..=127).contains(&name.len()) };
    if !named {
        return wrong("short_name", "2 to 127 of a-z, 0-9 and -");
    }
    let (project, stage) = place.map_or((0, 0), |place| (place.project.0, place.stage.0));
    let own = (project, stage, settled.company.clone(), name.to_owned());
    if settled.status != Status::Deleted.number() && !names.insert(own) {
        return wrong("short_name", "another has this short name");
    }
    Ok((project, stage))
}

fn rows_text<T: Serialize>(rows: &[T]) -> Result<String, StateError> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)).into())
}

/// Adds aliases.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    aliases: &[Alias],
    ground: &Ground,
) -> Result<(), StateError> {
    if aliases.is_empty() {
        return Ok(());
    }
    let known = alias::all(conn).await?;
    let mut ids: BTreeSet<i64> = known.iter().map(|row| row.id).collect();
    let present = known.into_iter().filter(|row| row.status != Status::Deleted.number());
    let mut names: Names =
        present.map(|row| (row.project_id, row.stage_id, row.company_id, row.short_name)).collect();
    let convs: BTreeSet<i64> = bulk::conv_ids(conn).await?.into_iter().collect();
    let (mut rows, mut favorites, mut shares) = (Vec::with_capacity(aliases.len()), Vec::new(), Vec::new());
    for (index, alias) in aliases.iter().enumerate() {
        let path = format!("aliases[{index}]");
        let placed = Placed {
            id: alias.id,
            folder: alias.folder,
            company: alias.company.as_deref(),
            owner: alias.owner,
            status: &alias.status,
            create_time: alias.create_time,
            change_time: alias.change_time,
        };
        let settled = ground.settle(&placed, &mut ids, &path)?;
        let own = (Kind::Alias, alias.folder, alias.short_name.as_str());
        let (project_id, stage_id) = settle_name((ground, &mut names), own, &settled, &path)?;
        if let Some(conv) = alias.conv.filter(|conv| !convs.contains(conv)) {
            return Err(StateError::at(format!("{path}.conv"), format!("there is no conv {conv}")));
        }
        let is_hash = |hash: &String| hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if alias.hash.as_ref().is_some_and(|hash| !is_hash(hash)) {
            return Err(StateError::at(format!("{path}.hash"), "40 hex digits"));
        }
        let thing = (Kind::Alias, alias.id);
        favorites.extend(ground.favorites(thing, &alias.favorite_of, &path)?);
        shares.extend(ground.shares(thing, &alias.shares, &path)?);
        rows.push(AliasRow {
            id: alias.id,
            company_id: settled.company,
            project_id,
            stage_id,
            title: alias.title.clone(),
            short_name: alias.short_name.clone(),
            description: alias.description.clone(),
            status: settled.status,
            obj_to_id: alias.conv,
            uuid: alias.uuid.clone().unwrap_or_else(|| uuid(&["alias", &alias.id.to_string()])),
            owner_id: settled.owner,
            create_time: settled.create_time,
            change_time: settled.change_time,
            hash: alias.hash.clone(),
        });
    }
    alias::insert_all(conn, &rows_text(&rows)?).await?;
    bulk::insert_favorites(conn, &favorites).await?;
    bulk::insert_shares(conn, &shares).await?;
    Ok(())
}

/// Every alias.
pub(super) async fn export(conn: &mut SqliteConnection, marks: &Marks) -> Result<Vec<Alias>, sqlx::Error> {
    let alias = |row: AliasRow| {
        let folder = FolderId(if row.stage_id == 0 { row.project_id } else { row.stage_id });
        Alias {
            id: row.id,
            folder,
            company: row.company_id.filter(|_| is_root(&folder)),
            title: row.title,
            short_name: row.short_name,
            description: row.description,
            status: status_word(row.status),
            conv: row.obj_to_id,
            hash: row.hash,
            owner: Some(row.owner_id),
            create_time: Some(Timestamp::from_seconds(row.create_time)),
            change_time: Some(Timestamp::from_seconds(row.change_time)),
            uuid: Some(row.uuid),
            shares: marks.shares_of(Kind::Alias, row.id),
            favorite_of: marks.favorite_of(Kind::Alias, row.id),
        }
    };
    Ok(alias::all(conn).await?.into_iter().map(alias).collect())
}

/// Adds variables.
pub(super) async fn import_variables(
    conn: &mut SqliteConnection,
    variables: &[EnvVar],
    ground: &Ground,
) -> Result<(), StateError> {
    if variables.is_empty() {
        return Ok(());
    }
    let known = env_var::all(conn).await?;
    let mut ids: BTreeSet<i64> = known.iter().map(|row| row.id).collect();
    let mut names: Names =
        known.into_iter().map(|row| (row.project_id, row.stage_id, row.company_id, row.short_name)).collect();
    let mut rows = Vec::with_capacity(variables.len());
    for (index, variable) in variables.iter().enumerate() {
        let path = format!("env_vars[{index}]");
        let placed = Placed {
            id: variable.id,
            folder: variable.folder,
            company: None,
            owner: variable.owner,
            status: Status::Active.word(),
            create_time: variable.create_time,
            change_time: variable.change_time,
        };
        let settled = ground.settle(&placed, &mut ids, &path)?;
        let own = (Kind::EnvVar, variable.folder, variable.short_name.as_str());
        let (project_id, stage_id) = settle_name((ground, &mut names), own, &settled, &path)?;
        // Exports keep the values of secrets back, so an imported one may be empty.
        let is_json = || {
            variable.value.is_empty()
                || serde_json::from_str::<serde::de::IgnoredAny>(&variable.value).is_ok()
        };
        if variable.data_type == DataType::Json && !is_json() {
            return Err(StateError::at(format!("{path}.value"), "its data_type says that it is JSON"));
        }
        rows.push(EnvVarRow {
            id: variable.id,
            company_id: settled.company,
            project_id,
            stage_id,
            env_var_type: if variable.secret { "secret" } else { "visible" }.to_owned(),
            data_type: variable.data_type.word().to_owned(),
            title: variable.title.clone(),
            short_name: variable.short_name.clone(),
            description: variable.description.clone(),
            value: variable.value.clone(),
            scopes: Value::Array(variable.scopes.clone()).to_string(),
            uuid: variable.uuid.clone().unwrap_or_else(|| uuid(&["env_var", &variable.id.to_string()])),
            owner_id: settled.owner,
            create_time: settled.create_time,
            change_time: settled.change_time,
        });
    }
    env_var::insert_all(conn, &rows_text(&rows)?).await?;
    Ok(())
}

/// Every variable.
pub(super) async fn export_variables(conn: &mut SqliteConnection) -> Result<Vec<EnvVar>, sqlx::Error> {
    let variable = |row: EnvVarRow| EnvVar {
        id: row.id,
        folder: FolderId(row.stage_id),
        title: row.title,
        short_name: row.short_name,
        description: row.description,
        secret: row.env_var_type == "secret",
        data_type: DataType::of(&row.data_type),
        value: row.value,
        scopes: serde_json::from_str(&row.scopes).unwrap_or_default(),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
        uuid: Some(row.uuid),
    };
    Ok(env_var::all(conn).await?.into_iter().map(variable).collect())
}
