//! Uploads, copies and merges of the past in state documents, and files that wait to be uploaded by name.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::nodes::Download;
use super::place::{Ground, is_zero};
use crate::corezoid::store::job::{self, JobRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// An operation that answered with a hash.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Job {
    hash: String,
    action: Action,
    #[serde(default, skip_serializing_if = "FileKind::is_scheme")]
    obj: FileKind,
    /// What it worked on or in: `folder`, `conv`, `stage`, …
    obj_type: String,
    /// Absent: the root.
    #[serde(default, skip_serializing_if = "is_zero")]
    obj_id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// Who asked; absent: the first user.
    #[serde(default)]
    user: Option<i64>,
    /// Objects that went well.
    #[serde(default, skip_serializing_if = "is_zero")]
    ok: i64,
    /// Objects that did not.
    #[serde(default, skip_serializing_if = "is_zero")]
    err: i64,
    /// What was made, as `upload/info` answers it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scheme: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
    /// Absent: the moment of the import.
    #[serde(default)]
    time: Option<Timestamp>,
}

/// What an operation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Upload,
    Download,
    Copy,
    Merge,
}

const ACTIONS: [(Action, &str); 4] = [
    (Action::Upload, "upload"),
    (Action::Download, "download"),
    (Action::Copy, "copy"),
    (Action::Merge, "merge"),
];

/// What kind of file it worked with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum FileKind {
    #[default]
    #[serde(rename = "obj_scheme")]
    Scheme,
    #[serde(rename = "csv_upload")]
    Csv,
}

impl FileKind {
    const CSV: &'static str = "csv_upload";
    const SCHEME: &'static str = "obj_scheme";

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_scheme(&self) -> bool {
        *self == Self::Scheme
    }
}

/// Adds operations.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    jobs: &[Job],
    ground: &Ground,
    import: &Import<'_>,
) -> Result<(), StateError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let mut hashes: BTreeSet<String> = job::all(conn).await?.into_iter().map(|row| row.hash).collect();
    let mut rows = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter().enumerate() {
        let path = format!("jobs[{index}]");
        if job.hash.is_empty() || !hashes.insert(job.hash.clone()) {
            let text = format!("hash {:?} is taken or empty", job.hash);
            return Err(StateError::at(format!("{path}.hash"), text));
        }
        let action = ACTIONS.iter().find(|row| row.0 == job.action).map_or("upload", |row| row.1);
        rows.push(JobRow {
            hash: job.hash.clone(),
            action: action.to_owned(),
            obj: if job.obj.is_scheme() { FileKind::SCHEME } else { FileKind::CSV }.to_owned(),
            obj_type: job.obj_type.clone(),
            obj_id: job.obj_id,
            company_id: job.company.clone(),
            user_id: ground.user(job.user, &format!("{path}.user"))?,
            ok: job.ok,
            err: job.err,
            scheme: Value::from(job.scheme.clone()).to_string(),
            errors: Value::from(job.errors.clone()).to_string(),
            create_time: job.time.unwrap_or(import.now).seconds(),
        });
    }
    job::insert(conn, &rows).await?;
    Ok(())
}

/// Every operation.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Job>, sqlx::Error> {
    let list = |text: &str| serde_json::from_str(text).unwrap_or_default();
    let job = |row: JobRow| Job {
        action: ACTIONS.iter().find(|known| known.1 == row.action).map_or(Action::Upload, |known| known.0),
        obj: if row.obj == FileKind::CSV { FileKind::Csv } else { FileKind::Scheme },
        obj_type: row.obj_type,
        obj_id: row.obj_id,
        company: row.company_id,
        user: Some(row.user_id),
        ok: row.ok,
        err: row.err,
        scheme: list(&row.scheme),
        errors: list(&row.errors),
        time: Some(Timestamp::from_seconds(row.create_time)),
        hash: row.hash,
    };
    Ok(job::all(conn).await?.into_iter().map(job).collect())
}

/// Adds files that were uploaded to be named later.
pub(super) async fn import_files(
    conn: &mut SqliteConnection,
    files: &[Download],
    import: &Import<'_>,
) -> Result<(), StateError> {
    for (index, file) in files.iter().enumerate() {
        let path = format!("scheme_files[{index}]");
        let file = file.read(&path, import)?;
        if job::file(conn, &file.name).await?.is_some() {
            return Err(StateError::at(format!("{path}.name"), format!("name {:?} is taken", file.name)));
        }
        job::keep_file(conn, &file).await?;
    }
    Ok(())
}

/// The same, exported.
pub(super) async fn export_files(conn: &mut SqliteConnection) -> Result<Vec<Download>, sqlx::Error> {
    Ok(job::files(conn).await?.into_iter().map(Download::of).collect())
}
