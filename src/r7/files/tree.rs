//! Whole trees of folders in one call (sheet r7/files 1, 2.9).

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::card::{self, View};
use super::ids::FolderId;
use super::rules::titles;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::EntryId;
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::folder::FolderRow;
use crate::r7::wire::Answer;

/// Makes folders by their paths; those that are there already are used.
pub(crate) struct Tree {
    by: Uuid,
    now: Timestamp,
    /// What a parent has under a title's key.
    known: HashMap<(FolderId, String), FolderId>,
    /// Made here: nothing lies in them that is not in `known`.
    fresh: HashSet<FolderId>,
}

impl Tree {
    pub(crate) fn new(by: Uuid, now: Timestamp) -> Self {
        Self { by, now, known: HashMap::new(), fresh: HashSet::new() }
    }

    /// The folder at `path`, such as `a/b`, below `top`. A piece that is empty ends the path, as upstream.
    ///
    /// One statement for each folder on the way: a look, and another one where it is made.
    pub(crate) async fn reach(
        &mut self,
        conn: &mut SqliteConnection,
        top: FolderId,
        path: &str,
    ) -> Result<FolderId, sqlx::Error> {
        let mut at = top;
        for piece in path.split('/') {
            let title = titles::clean(piece);
            if title.is_empty() {
                break;
            }
            let key = titles::key(&title);
            let place = (at, key);
            if let Some(id) = self.known.get(&place) {
                at = *id;
                continue;
            }
            let there = if self.fresh.contains(&at) {
                None
            } else {
                store::folder::titled(conn, at, &place.1).await?
            };
            let id = if let Some(id) = there {
                id
            } else {
                let forms = [title.as_str(), &place.1, &titles::sort_key(&title)];
                let id = store::folder::insert(conn, at, forms, self.by, self.now).await?;
                self.fresh.insert(id);
                id
            };
            self.known.insert(place, id);
            at = id;
        }
        Ok(at)
    }
}

/// A folder as the portal's own pages know it: other names, and dates as people write them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RawFolder {
    total_files: i64,
    total_sub_folder: i64,
    /// Unread entries.
    isnew: i64,
    id: FolderId,
    title: String,
    create_by_id: String,
    create_by: String,
    create_on: String,
    modified_on: String,
    modified_by_id: String,
    modified_by: String,
    access: i32,
    shared: bool,
    /// The parent.
    folder_id: FolderId,
    /// Only in the trash, and only where it is emptied by itself.
    deleted_permanently_date: Option<String>,
    deny_download: bool,
    deny_sharing: bool,
}

impl Answer for RawFolder {}

impl RawFolder {
    /// The entity of a row.
    pub(crate) fn new(row: FolderRow, view: &View<'_>) -> Self {
        let (access, changed) = (view.access(row.right(view.asker())), row.changed());
        let day = |at| dates::print_general(at, view.zone(), view.language());
        Self {
            total_files: row.files_total,
            total_sub_folder: row.folders_total,
            isnew: 0,
            id: row.id,
            title: card::title(row.kind, row.title, view.language()),
            create_by: view.name(&row.created_by),
            create_by_id: row.created_by,
            create_on: day(row.created),
            modified_on: day(changed),
            modified_by: view.name(&row.updated_by),
            modified_by_id: row.updated_by,
            access,
            shared: row.grants.is_shared(false),
            folder_id: row.parent_id.unwrap_or_default(),
            deleted_permanently_date: None,
            deny_download: false,
            deny_sharing: false,
        }
    }
}

/// `POST files/folders/{folderId}`: makes folders by their paths; answers with that of the first path.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct CreateFolders {
    folderid: EntryId,
    relativepaths: Vec<String>,
}

impl Endpoint for CreateFolders {
    const ACCESS: Access = Access::Write;
    type Out = RawFolder;

    async fn run(self, cx: &mut Cx<'_>) -> Result<RawFolder, Fault> {
        if self.relativepaths.is_empty() {
            return Err(bad_argument());
        }
        let id = super::folder::named(&self.folderid)?;
        let parent = store::folder::find(cx.conn, id).await?;
        let parent = parent.ok_or(Fault::InvalidOperation(Message::FolderNotFound.into()))?;
        // sheet r7/files 1: the route lets anybody in, and then says 403 instead of 401.
        let view = View::of(cx).ok().filter(|view| parent.right(view.asker()).creates());
        let view = view.ok_or(Fault::InvalidOperation(Message::NoRightToCreate.into()))?;
        let mut tree = Tree::new(view.caller.id, cx.now);
        let mut first = None;
        for path in &self.relativepaths {
            let leaf = tree.reach(cx.conn, id, path).await?;
            first.get_or_insert(leaf);
        }
        let row = store::folder::find(cx.conn, first.unwrap_or(id)).await?.unwrap_or(parent);
        Ok(RawFolder::new(row, &view))
    }
}
