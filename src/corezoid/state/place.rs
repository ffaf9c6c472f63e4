//! What folders, processes and dashboards have in common in state documents: id, folder, company, owner, times, status.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::node::Object;
use crate::corezoid::rules::status::Status;
use crate::corezoid::store::bulk::{self, FavoriteRow, FolderRow, ShareRow};
use crate::corezoid::store::{group, user};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// With whom an object is shared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    /// `user`, `group`, `all`.
    to: Recipient,
    /// Absent: everybody.
    #[serde(default, skip_serializing_if = "is_zero")]
    id: i64,
    /// `[{"type":"view","list_obj":["all"]}]`.
    privs: Vec<Value>,
}

/// Whom a share is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Recipient {
    User,
    Group,
    All,
}

const RECIPIENTS: [(Recipient, &str); 3] =
    [(Recipient::User, "user"), (Recipient::Group, "group"), (Recipient::All, "all")];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(super) const fn is_zero(n: &i64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(super) const fn is_root(folder: &FolderId) -> bool {
    folder.0 == FolderId::ROOT.0
}

/// The description of an entry that says nothing about it; null is another thing.
#[expect(clippy::unnecessary_wraps, reason = "serde's signature")]
pub(super) fn no_description() -> Option<String> {
    Some(String::new())
}

#[expect(clippy::ref_option, reason = "serde's signature")]
pub(super) fn is_no_description(text: &Option<String>) -> bool {
    text.as_deref() == Some("")
}

/// The status word of an entry that says nothing about it.
pub(super) fn active() -> String {
    Status::Active.word().to_owned()
}

pub(super) fn is_active(word: &str) -> bool {
    word == Status::Active.word()
}

/// The status word of a stored number.
pub(super) fn status_word(number: i64) -> String {
    Status::of_number(number).unwrap_or(Status::Active).word().to_owned()
}

/// Keys of an uploaded file that nobody knows, as they are stored.
pub(super) fn carried(more: &Object) -> Option<String> {
    (!more.is_empty()).then(|| serde_json::to_string(more).unwrap_or_default())
}

/// The same, read.
pub(super) fn carrying(more: Option<&str>) -> Object {
    more.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What an entry of any kind says about its place.
pub(super) struct Placed<'a> {
    pub(super) id: i64,
    pub(super) folder: FolderId,
    pub(super) company: Option<&'a str>,
    pub(super) owner: Option<i64>,
    pub(super) status: &'a str,
    pub(super) create_time: Option<Timestamp>,
    pub(super) change_time: Option<Timestamp>,
}

/// The same, checked and complete.
pub(super) struct Settled {
    pub(super) company: Option<String>,
    pub(super) owner: i64,
    pub(super) status: i64,
    /// Unix seconds.
    pub(super) create_time: i64,
    pub(super) change_time: i64,
}

/// A folder that entries may lie in.
pub(super) struct Known {
    pub(super) kind: Kind,
    pub(super) company: Option<String>,
    /// The project and the stage it is or lies in; the root for none.
    pub(super) project: FolderId,
    pub(super) stage: FolderId,
}

/// What an import checks its entries against.
pub(super) struct Ground {
    users: Vec<i64>,
    groups: Vec<i64>,
    /// Every known folder.
    pub(super) folders: BTreeMap<FolderId, Known>,
    now: Timestamp,
}

impl Ground {
    /// What is in the database before the import.
    pub(super) async fn read(
        conn: &mut SqliteConnection,
        folders: &[FolderRow],
        import: &Import<'_>,
    ) -> Result<Self, StateError> {
        let users = user::list(conn).await?.into_iter().map(|row| row.id).collect();
        let groups = group::all(conn).await?.into_iter().map(|row| row.id).collect();
        let mut ground = Self { users, groups, folders: BTreeMap::new(), now: import.now };
        let mut todo: Vec<&FolderRow> = folders.iter().collect();
        // Parents first; what is stored lies in no circle.
        while !todo.is_empty() {
            let before = todo.len();
            todo.retain(|row| {
                let ready = is_root(&row.folder_id) || ground.folders.contains_key(&row.folder_id);
                if ready {
                    let kind = Kind::of(&row.kind).unwrap_or(Kind::Folder);
                    ground.add(FolderId(row.id), row.folder_id, kind, row.company_id.clone());
                }
                !ready
            });
            if todo.len() == before {
                break;
            }
        }
        Ok(ground)
    }

    /// Makes a folder known, after its parent.
    pub(super) fn add(&mut self, id: FolderId, parent: FolderId, kind: Kind, company: Option<String>) {
        let around = self.folders.get(&parent).map(|known| (known.project, known.stage));
        let (project, stage) = around.unwrap_or((FolderId::ROOT, FolderId::ROOT));
        let (project, stage) = match kind {
            Kind::Project => (id, FolderId::ROOT),
            Kind::Stage => (project, id),
            _ => (project, stage),
        };
        self.folders.insert(id, Known { kind, company, project, stage });
    }

    /// A user, by default the first; `path` is where it is named.
    pub(super) fn user(&self, id: Option<i64>, path: &str) -> Result<i64, StateError> {
        let id = id.or_else(|| self.users.first().copied()).unwrap_or(1);
        if self.has_user(id) { Ok(id) } else { Err(StateError::at(path, format!("there is no user {id}"))) }
    }

    fn has_user(&self, id: i64) -> bool {
        self.users.contains(&id)
    }

    /// Checks an entry; `path` is its own, `ids` are the ids of its kind that are taken.
    pub(super) fn settle(
        &self,
        placed: &Placed<'_>,
        ids: &mut BTreeSet<i64>,
        path: &str,
    ) -> Result<Settled, StateError> {
        let wrong = |key: &str, text: String| StateError::at(format!("{path}.{key}"), text);
        if placed.id < 1 {
            return Err(wrong("id", "ids start at 1".to_owned()));
        }
        if !ids.insert(placed.id) {
            return Err(wrong("id", format!("id {} is taken", placed.id)));
        }
        let company = if placed.folder == FolderId::ROOT {
            placed.company.map(str::to_owned)
        } else {
            let Known { company, .. } = self
                .folders
                .get(&placed.folder)
                .ok_or_else(|| wrong("folder", format!("there is no folder {}", placed.folder)))?;
            if placed.company.is_some() && placed.company != company.as_deref() {
                return Err(wrong("company", "its folder belongs to another company".to_owned()));
            }
            company.clone()
        };
        let owner = placed.owner.or_else(|| self.users.first().copied()).unwrap_or(1);
        if !self.has_user(owner) {
            return Err(wrong("owner", format!("there is no user {owner}")));
        }
        let status = match placed.status {
            "deleted" => Some(Status::Deleted),
            word => Status::asked(word),
        };
        let status = status.ok_or_else(|| {
            wrong("status", "one of active, paused, deleted, blocked, debug, active_debug".to_owned())
        })?;
        let create_time = placed.create_time.unwrap_or(self.now).seconds();
        Ok(Settled {
            company,
            owner,
            status: status.number(),
            create_time,
            change_time: placed.change_time.map_or(create_time, Timestamp::seconds),
        })
    }

    /// Checks who starred an entry.
    pub(super) fn favorites(
        &self,
        (kind, id): (Kind, i64),
        users: &[i64],
        path: &str,
    ) -> Result<Vec<FavoriteRow>, StateError> {
        let row = |(index, user): (usize, &i64)| {
            if !self.has_user(*user) {
                let path = format!("{path}.favorite_of[{index}]");
                return Err(StateError::at(path, format!("there is no user {user}")));
            }
            Ok(FavoriteRow { obj: kind.word().to_owned(), obj_id: id, user_id: *user })
        };
        users.iter().enumerate().map(row).collect()
    }

    /// Checks whom an entry is shared with.
    pub(super) fn shares(
        &self,
        (kind, id): (Kind, i64),
        shares: &[Share],
        path: &str,
    ) -> Result<Vec<ShareRow>, StateError> {
        let row = |(index, share): (usize, &Share)| {
            if share.to == Recipient::User && !self.has_user(share.id) {
                let path = format!("{path}.shares[{index}].id");
                return Err(StateError::at(path, format!("there is no user {}", share.id)));
            }
            if share.to == Recipient::Group && !self.groups.contains(&share.id) {
                let path = format!("{path}.shares[{index}].id");
                return Err(StateError::at(path, format!("there is no group {}", share.id)));
            }
            Ok(ShareRow {
                obj: kind.word().to_owned(),
                obj_id: id,
                to_obj: RECIPIENTS.iter().find(|row| row.0 == share.to).map_or("all", |row| row.1).to_owned(),
                to_id: share.id,
                privs: Value::Array(share.privs.clone()).to_string(),
            })
        };
        shares.iter().enumerate().map(row).collect()
    }
}

/// Stars and shares of every object, to be handed out to the entries of an export.
#[derive(Default)]
pub(super) struct Marks {
    favorites: BTreeMap<(String, i64), Vec<i64>>,
    shares: BTreeMap<(String, i64), Vec<Share>>,
}

impl Marks {
    /// Everything that is stored.
    pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut marks = Self::default();
        for row in bulk::favorites(conn).await? {
            marks.favorites.entry((row.obj, row.obj_id)).or_default().push(row.user_id);
        }
        for row in bulk::shares(conn).await? {
            let to =
                RECIPIENTS.iter().find(|known| known.1 == row.to_obj).map_or(Recipient::All, |known| known.0);
            let privs = serde_json::from_str(&row.privs).unwrap_or_default();
            let share = Share { to, id: row.to_id, privs };
            marks.shares.entry((row.obj, row.obj_id)).or_default().push(share);
        }
        Ok(marks)
    }

    /// Who starred an object.
    pub(super) fn favorite_of(&self, kind: Kind, id: i64) -> Vec<i64> {
        self.favorites.get(&(kind.word().to_owned(), id)).cloned().unwrap_or_default()
    }

    /// Whom an object is shared with.
    pub(super) fn shares_of(&self, kind: Kind, id: i64) -> Vec<Share> {
        self.shares.get(&(kind.word().to_owned(), id)).cloned().unwrap_or_default()
    }
}
