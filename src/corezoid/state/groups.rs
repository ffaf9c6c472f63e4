//! Groups and invitations in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::corezoid::ids::{KINDS, UserId};
use crate::corezoid::store::group::{self, GroupRow};
use crate::corezoid::store::invite::{self, Invite};
use crate::corezoid::store::user;
use crate::kernel::column::Json;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A group of users.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    id: i64,
    title: String,
    /// Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(rename = "type", default, skip_serializing_if = "GroupType::is_admins")]
    kind: GroupType,
    #[serde(default, skip_serializing_if = "GroupStatus::is_active")]
    status: GroupStatus,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<i64>,
}

/// The kind of a group; clients make `admins` only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupType {
    All,
    Supers,
    #[default]
    Admins,
    Company,
    CompanySupers,
}

const TYPES: [(GroupType, &str); 5] = [
    (GroupType::All, "all"),
    (GroupType::Supers, "supers"),
    (GroupType::Admins, "admins"),
    (GroupType::Company, "company"),
    (GroupType::CompanySupers, "company_supers"),
];

impl GroupType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_admins(&self) -> bool {
        *self == Self::Admins
    }
}

/// What a group may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupStatus {
    #[default]
    Actived,
    NotActived,
    Deleted,
}

const STATUSES: [(GroupStatus, &str); 3] = [
    (GroupStatus::Actived, "actived"),
    (GroupStatus::NotActived, "not_actived"),
    (GroupStatus::Deleted, "deleted"),
];

impl GroupStatus {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_active(&self) -> bool {
        *self == Self::Actived
    }
}

/// An invitation that is not confirmed yet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// 40 hex digits: the end of its URL.
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// How whoever confirms it signs in.
    #[serde(rename = "type")]
    kind: InviteType,
    login: String,
    /// What is shared then; it may be gone by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    privs: Vec<Value>,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
}

/// How somebody who is invited signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InviteType {
    Google,
    Corezoid,
}

const INVITE_TYPES: [(InviteType, &str); 2] =
    [(InviteType::Google, "google"), (InviteType::Corezoid, "corezoid")];

/// A group or an object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// `group`, or a kind of object.
    obj: String,
    id: i64,
}

/// The word of a value in a table of both.
fn word<T: Copy + PartialEq>(table: &[(T, &'static str)], value: T) -> String {
    table.iter().find(|row| row.0 == value).map_or("", |row| row.1).to_owned()
}

/// The value of a word in a table of both.
fn value<T: Copy>(table: &[(T, &'static str)], word: &str, otherwise: T) -> T {
    table.iter().find(|row| row.1 == word).map_or(otherwise, |row| row.0)
}

/// Adds groups and invitations, after users.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    groups: &[Group],
    invitations: &[Invitation],
    now: Timestamp,
) -> Result<(), StateError> {
    if groups.is_empty() && invitations.is_empty() {
        return Ok(());
    }
    let users: BTreeSet<i64> = user::list(conn).await?.into_iter().map(|row| row.id).collect();
    let known = |id: i64, path: String| {
        if users.contains(&id) { Ok(id) } else { Err(StateError::at(path, format!("there is no user {id}"))) }
    };
    let owner = |id: Option<i64>, path: &str| {
        known(id.or(users.first().copied()).unwrap_or(1), format!("{path}.owner"))
    };
    for (index, group) in groups.iter().enumerate() {
        let path = format!("groups[{index}]");
        if group.id < 1 {
            return Err(StateError::at(format!("{path}.id"), "ids start at 1"));
        }
        for (index, member) in group.members.iter().enumerate() {
            known(*member, format!("{path}.members[{index}]"))?;
        }
        let row = GroupRow {
            id: group.id,
            company_id: group.company.clone(),
            title: group.title.clone(),
            kind: word(&TYPES, group.kind),
            status: word(&STATUSES, group.status),
            owner_id: owner(group.owner, &path)?,
            create_time: group.create_time.unwrap_or(now).seconds(),
            members: Json(group.members.clone()),
        };
        group::store(conn, &row).await.map_err(|error| StateError::stored(error, &format!("{path}.id")))?;
    }
    for (index, invitation) in invitations.iter().enumerate() {
        let path = format!("invites[{index}]");
        let hash = &invitation.hash;
        if hash.len() != 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(StateError::at(format!("{path}.hash"), "40 hex digits"));
        }
        if let Some(link) = &invitation.link
            && link.obj != "group"
            && !KINDS.contains(&link.obj.as_str())
        {
            return Err(StateError::at(format!("{path}.link.obj"), "group, or a kind of object"));
        }
        let row = Invite {
            hash: hash.clone(),
            company_id: invitation.company.clone(),
            kind: word(&INVITE_TYPES, invitation.kind),
            login: invitation.login.clone(),
            obj: invitation.link.as_ref().map(|link| link.obj.clone()),
            obj_id: invitation.link.as_ref().map(|link| link.id),
            privs: Value::Array(invitation.privs.clone()).to_string(),
            owner_id: UserId(owner(invitation.owner, &path)?),
            create_time: invitation.create_time.unwrap_or(now).seconds(),
        };
        invite::insert(conn, &row)
            .await
            .map_err(|error| StateError::stored(error, &format!("{path}.hash")))?;
    }
    Ok(())
}

/// Every group and invitation.
pub(super) async fn export(
    conn: &mut SqliteConnection,
) -> Result<(Vec<Group>, Vec<Invitation>), sqlx::Error> {
    let groups = group::all(conn).await?.into_iter().map(|row| Group {
        id: row.id,
        title: row.title,
        company: row.company_id,
        kind: value(&TYPES, &row.kind, GroupType::Admins),
        status: value(&STATUSES, &row.status, GroupStatus::Actived),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        members: row.members.0,
    });
    let invitations = invite::all(conn).await?.into_iter().map(|row| Invitation {
        hash: row.hash,
        company: row.company_id,
        kind: value(&INVITE_TYPES, &row.kind, InviteType::Google),
        login: row.login,
        link: row.obj.zip(row.obj_id).map(|(obj, id)| Link { obj, id }),
        privs: serde_json::from_str(&row.privs).unwrap_or_default(),
        owner: Some(row.owner_id.0),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
    });
    Ok((groups.collect(), invitations.collect()))
}
