//! Shares of files and folders in state documents.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::files::rules::rights::{ADMINS, Access, DENY_DOWNLOAD, DENY_SHARING, EVERYONE, MAIN_LINK};
use crate::r7::store::share::{self, ShareRow};
use crate::r7::store::{group, people};

/// With whom a file or a folder is shared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Share {
    /// Id of the file; either this or `folder`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<i64>,
    /// Id of the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folder: Option<i64>,
    /// GUID of a person, of a group, or of a link with settings; `everyone`, `admins`, `link` for a file's main link, or
    /// one of a file's marks, `denyDownload` and `denySharing`.
    to: String,
    access: Granted,
    /// Who shared; absent: the first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Uuid>,
    /// Absent: the moment of the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    /// Settings of an external link beside the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
}

/// Settings of an external link.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// Until when it is good; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    /// It is gone once its time is over; else it is shown as off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    auto_delete: bool,
}

/// What a share grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Granted {
    ReadWrite,
    Read,
    Restrict,
    Review,
    Comment,
    FillForms,
    CustomFilter,
}

const ACCESSES: &[(Granted, Access)] = &[
    (Granted::ReadWrite, Access::ReadWrite),
    (Granted::Read, Access::Read),
    (Granted::Restrict, Access::Restrict),
    (Granted::Review, Access::Review),
    (Granted::Comment, Access::Comment),
    (Granted::FillForms, Access::FillForms),
    (Granted::CustomFilter, Access::CustomFilter),
];

const NAMES: &[(&str, Uuid)] = &[
    ("everyone", EVERYONE),
    ("admins", ADMINS),
    ("link", MAIN_LINK),
    ("denyDownload", DENY_DOWNLOAD),
    ("denySharing", DENY_SHARING),
];

impl Granted {
    fn number(self) -> i32 {
        ACCESSES.iter().find(|(name, _)| *name == self).map_or(0, |(_, access)| access.number())
    }

    fn of(number: i32) -> Self {
        ACCESSES
            .iter()
            .find(|(_, access)| access.number() == number)
            .map_or(Self::Restrict, |(name, _)| *name)
    }
}

/// Adds shares of entries that are there, with people and groups that are there.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    shares: &[Share],
    import: &Import<'_>,
) -> Result<(), StateError> {
    if shares.is_empty() {
        return Ok(());
    }
    let users = people::list(conn).await?;
    let admin = users.iter().find(|user| user.is_admin || user.is_owner).or_else(|| users.first());
    let admin = admin.map(|user| user.id.clone()).unwrap_or_default();
    let mut subjects: HashSet<String> = users.into_iter().map(|user| user.id).collect();
    subjects.extend(group::list(conn).await?.into_iter().map(|group| group.id));
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(shares.len());
    for (index, stored) in shares.iter().enumerate() {
        let at = |key: &str, text: String| StateError::at(format!("shares[{index}].{key}"), text);
        let (is_file, entry_id) = match (stored.file, stored.folder) {
            (Some(id), None) => (true, id),
            (None, Some(id)) => (false, id),
            _ => return Err(at("file", "a share names a file or a folder, one of the two".to_owned())),
        };
        let named = NAMES.iter().find(|(name, _)| *name == stored.to).map(|(_, id)| *id);
        let subject = match named {
            Some(id) => id,
            None => Uuid::parse_str(&stored.to).map_err(|error| at("to", error.to_string()))?,
        };
        if named.is_none() && stored.link.is_none() && !subjects.contains(&subject.to_string()) {
            return Err(at("to", format!("no user or group has the id {subject}")));
        }
        if !seen.insert((is_file, entry_id, subject)) {
            return Err(at("to", "this is shared already".to_owned()));
        }
        let link = stored.link.clone().unwrap_or_default();
        rows.push(ShareRow {
            is_file,
            entry_id,
            subject: subject.to_string(),
            access: stored.access.number(),
            owner_id: stored.by.map_or_else(|| admin.clone(), |by| by.to_string()),
            shared: stored.at.unwrap_or(import.now),
            is_link: stored.link.is_some() || subject == MAIN_LINK,
            title: link.title,
            password: link.password,
            expires: link.expires,
            auto_delete: link.auto_delete,
        });
    }
    let Some(lost) = share::insert(conn, &rows).await? else { return Ok(()) };
    let index = usize::try_from(lost).unwrap_or_default();
    let is_file = rows.get(index).is_some_and(|row| row.is_file);
    let (key, id) = (if is_file { "file" } else { "folder" }, rows.get(index).map_or(0, |row| row.entry_id));
    Err(StateError::at(format!("shares[{index}].{key}"), format!("no {key} {id}")))
}

/// Every share: of folders, then of files.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Share>, sqlx::Error> {
    let rows = share::all(conn).await?.into_iter().map(|row| {
        let subject = Uuid::parse_str(&row.subject).unwrap_or_default();
        let named = NAMES.iter().find(|(_, id)| *id == subject);
        let link = Link {
            title: row.title,
            password: row.password,
            expires: row.expires,
            auto_delete: row.auto_delete,
        };
        Share {
            file: row.is_file.then_some(row.entry_id),
            folder: (!row.is_file).then_some(row.entry_id),
            to: named.map_or(row.subject, |(name, _)| (*name).to_owned()),
            access: Granted::of(row.access),
            by: Uuid::parse_str(&row.owner_id).ok(),
            at: Some(row.shared),
            link: (row.is_link && named.is_none()).then_some(link),
        }
    });
    Ok(rows.collect())
}
