//! Folders, projects and stages in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::place::{
    Ground, Marks, Placed, Share, active, carried, carrying, is_active, is_no_description, is_root,
    no_description, status_word,
};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::node::Object;
use crate::corezoid::rules::status::Status;
use crate::corezoid::spec;
use crate::corezoid::store::bulk::{self, FolderRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A folder, project or stage.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the keys of the document")]
pub(crate) struct Folder {
    id: i64,
    /// The folder it lies in; absent: the root.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of a folder in the root; below, it is that of the folder around. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    #[serde(default, skip_serializing_if = "FolderKind::is_folder")]
    kind: FolderKind,
    /// Of a project, unique in its company; of a stage, unique in its project: `[a-z0-9-]`, 2 to 127 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short_name: Option<String>,
    /// Of a stage: what lies in it takes no edits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    immutable: bool,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
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
    /// Absent: made from kind and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    /// Keys of an uploaded file that nobody knows; exports give them back.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    more: Object,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
}

/// What a folder is: a project lies in the root, a stage in a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FolderKind {
    #[default]
    Folder,
    Project,
    Stage,
}

const KINDS: [(FolderKind, Kind); 3] = [
    (FolderKind::Folder, Kind::Folder),
    (FolderKind::Project, Kind::Project),
    (FolderKind::Stage, Kind::Stage),
];

impl FolderKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_folder(&self) -> bool {
        *self == Self::Folder
    }

    fn kind(self) -> Kind {
        KINDS.iter().find(|row| row.0 == self).map_or(Kind::Folder, |row| row.1)
    }

    fn of(word: &str) -> Self {
        KINDS.iter().find(|row| row.1.word() == word).map_or(Self::Folder, |row| row.0)
    }
}

/// Short names that are taken: of which project (0: of the root), in which company.
type Names = BTreeSet<(FolderId, Option<String>, String)>;

/// Checks what only projects and stages have.
fn check_kind(
    folder: &Folder,
    company: Option<&String>,
    (ground, names): (&Ground, &mut Names),
    path: &str,
) -> Result<(), StateError> {
    let wrong = |key: &str, text: &str| Err(StateError::at(format!("{path}.{key}"), text));
    let parent = ground.folders.get(&folder.folder).map_or(Kind::Folder, |parent| parent.kind);
    match folder.kind {
        FolderKind::Project if !is_root(&folder.folder) => {
            return wrong("folder", "a project lies in the root");
        }
        FolderKind::Stage if parent != Kind::Project => return wrong("folder", "a stage lies in a project"),
        FolderKind::Folder if folder.short_name.is_some() => {
            return wrong("short_name", "only projects and stages have one");
        }
        _ => {}
    }
    if folder.immutable && folder.kind != FolderKind::Stage {
        return wrong("immutable", "only stages can be");
    }
    let Some(name) = &folder.short_name else { return Ok(()) };
    if !spec::is_name(name) {
        return wrong("short_name", "2 to 127 of a-z, 0-9 and -");
    }
    let own = (folder.folder, company.cloned(), name.clone());
    if folder.status != "deleted" && !names.insert(own) {
        return wrong("short_name", "another has this short name");
    }
    Ok(())
}

/// Adds folders, and gives what the rest of the import is checked against.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    folders: &[Folder],
    import: &Import<'_>,
) -> Result<Ground, StateError> {
    let known = bulk::folders(conn).await?;
    let mut ids: BTreeSet<i64> = known.iter().map(|row| row.id).collect();
    let mut ground = Ground::read(conn, &known, import).await?;
    let mut names: Names = known
        .into_iter()
        .filter(|row| row.status != Status::Deleted.number())
        .filter_map(|row| Some((row.folder_id, row.company_id, row.short_name?)))
        .collect();
    let mut todo: Vec<(usize, &Folder)> = folders.iter().enumerate().collect();
    let (mut rows, mut favorites, mut shares) = (Vec::with_capacity(folders.len()), Vec::new(), Vec::new());
    let listed: BTreeSet<FolderId> = folders.iter().map(|folder| FolderId(folder.id)).collect();
    // Parents first, whatever the order of the document: each round takes the folders whose parent is known by now.
    while !todo.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = todo.iter().copied().partition(|(_, folder)| {
            is_root(&folder.folder)
                || ground.folders.contains_key(&folder.folder)
                || !listed.contains(&folder.folder)
        });
        if let (true, Some((index, _))) = (ready.is_empty(), waiting.first()) {
            return Err(StateError::at(format!("folders[{index}].folder"), "the folder lies in itself"));
        }
        for (index, folder) in ready {
            let path = format!("folders[{index}]");
            let placed = Placed {
                id: folder.id,
                folder: folder.folder,
                company: folder.company.as_deref(),
                owner: folder.owner,
                status: &folder.status,
                create_time: folder.create_time,
                change_time: folder.change_time,
            };
            let settled = ground.settle(&placed, &mut ids, &path)?;
            check_kind(folder, settled.company.as_ref(), (&ground, &mut names), &path)?;
            let own = (folder.kind.kind(), folder.id);
            favorites.extend(ground.favorites(own, &folder.favorite_of, &path)?);
            shares.extend(ground.shares(own, &folder.shares, &path)?);
            ground.add(FolderId(folder.id), folder.folder, folder.kind.kind(), settled.company.clone());
            rows.push(FolderRow {
                id: folder.id,
                folder_id: folder.folder,
                company_id: settled.company,
                title: folder.title.clone(),
                description: folder.description.clone(),
                status: settled.status,
                owner_id: settled.owner,
                create_time: settled.create_time,
                change_time: settled.change_time,
                kind: folder.kind.kind().word().to_owned(),
                short_name: folder.short_name.clone(),
                immutable: folder.immutable,
                uuid: folder.uuid.clone(),
                more: carried(&folder.more),
            });
        }
        todo = waiting;
    }
    if !rows.is_empty() {
        bulk::insert_folders(conn, &rows).await?;
        bulk::insert_favorites(conn, &favorites).await?;
        bulk::insert_shares(conn, &shares).await?;
    }
    Ok(ground)
}

/// Every folder.
pub(super) async fn export(conn: &mut SqliteConnection, marks: &Marks) -> Result<Vec<Folder>, sqlx::Error> {
    let rows = bulk::folders(conn).await?;
    let folder = |row: FolderRow| Folder {
        id: row.id,
        kind: FolderKind::of(&row.kind),
        short_name: row.short_name,
        immutable: row.immutable,
        folder: row.folder_id,
        company: row.company_id.filter(|_| is_root(&row.folder_id)),
        title: row.title,
        description: row.description,
        status: status_word(row.status),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
        shares: marks.shares_of(FolderKind::of(&row.kind).kind(), row.id),
        favorite_of: marks.favorite_of(FolderKind::of(&row.kind).kind(), row.id),
        uuid: row.uuid,
        more: carrying(row.more.as_deref()),
    };
    Ok(rows.into_iter().map(folder).collect())
}
