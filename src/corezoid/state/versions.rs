//! Saved versions of stages in state documents; the zip of each is one of the downloads.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::place::{Ground, active, is_active, status_word};
use crate::corezoid::ids::{FolderId, Kind, VersionId};
use crate::corezoid::rules::status::Status;
use crate::corezoid::rules::version as number;
use crate::corezoid::store::scheme;
use crate::corezoid::store::version::{self, VersionRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// What a stage had deployed at some time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    id: VersionId,
    project: FolderId,
    /// The stage it was made of, which may be gone.
    stage: FolderId,
    /// `1.0.2`; unique in the project among what is not deleted.
    vsn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changelog: Option<String>,
    /// The name of one of the `downloads`.
    link: String,
    /// `active`, or `deleted`: in the trash.
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
}

/// Adds versions; the downloads are there already.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    versions: &[Version],
    ground: &Ground,
    import: &Import<'_>,
) -> Result<(), StateError> {
    if versions.is_empty() {
        return Ok(());
    }
    let known = version::all(conn).await?;
    let mut ids: BTreeSet<VersionId> = known.iter().map(|row| row.id).collect();
    let present = known.into_iter().filter(|row| row.status != Status::Deleted.number());
    let mut numbers: BTreeSet<(FolderId, String)> = present.map(|row| (row.project_id, row.vsn)).collect();
    let files: BTreeSet<String> = scheme::file_names(conn).await?.into_iter().collect();
    let mut rows = Vec::with_capacity(versions.len());
    for (index, it) in versions.iter().enumerate() {
        let path = format!("versions[{index}]");
        let wrong = |key: &str, text: String| Err(StateError::at(format!("{path}.{key}"), text));
        if it.id < VersionId(1) || !ids.insert(it.id) {
            return wrong("id", format!("id {} is taken or under 1", it.id));
        }
        let Some(project) = ground.folders.get(&it.project).filter(|known| known.kind == Kind::Project)
        else {
            return wrong("project", format!("there is no project {}", it.project));
        };
        if !number::is_number(&it.vsn) || it.vsn.is_empty() {
            return wrong("vsn", "digits and dots".to_owned());
        }
        let status = match it.status.as_str() {
            "active" => Status::Active,
            "deleted" => Status::Deleted,
            _ => return wrong("status", "one of active, deleted".to_owned()),
        };
        if status == Status::Active && !numbers.insert((it.project, it.vsn.clone())) {
            return wrong("vsn", "another version of the project has this number".to_owned());
        }
        if !files.contains(&it.link) {
            return wrong("link", format!("there is no download {}", it.link));
        }
        let create_time = it.create_time.unwrap_or(import.now).seconds();
        rows.push(VersionRow {
            id: it.id,
            company_id: project.company.clone(),
            project_id: it.project,
            stage_id: it.stage,
            vsn: it.vsn.clone(),
            title: it.title.clone(),
            changelog: it.changelog.clone(),
            link: it.link.clone(),
            status: status.number(),
            owner_id: ground.user(it.owner, &format!("{path}.owner"))?,
            create_time,
            change_time: it.change_time.map_or(create_time, Timestamp::seconds),
        });
    }
    version::insert_all(conn, &rows).await?;
    Ok(())
}

/// Every version.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Version>, sqlx::Error> {
    let version = |row: VersionRow| Version {
        id: row.id,
        project: row.project_id,
        stage: row.stage_id,
        vsn: row.vsn,
        title: row.title,
        changelog: row.changelog,
        link: row.link,
        status: status_word(row.status),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
    };
    Ok(version::all(conn).await?.into_iter().map(version).collect())
}
