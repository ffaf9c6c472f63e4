//! Documents into a world.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::export::FIRST_FOLDERS;
use super::{Documents, Folder, Operation, Place, Section, SectionName};
use crate::kernel::service::Import;
use crate::kernel::state::{StateError, decode_value};
use crate::kernel::time::Timestamp;
use crate::r7::files::job::Job;
use crate::r7::files::rules::titles;
use crate::r7::store::document::{self, FolderIn, OperationIn};
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::operation::Shown;
use crate::r7::store::people;

/// Sections that everybody shares or that the first admin has, and their ids (sheet r7/files 6, recommended ids).
const FIRST_SECTIONS: &[(i64, SectionName)] = &[
    (1, SectionName::Common),
    (2, SectionName::My),
    (3, SectionName::Share),
    (4, SectionName::Trash),
    (5, SectionName::Projects),
    (6, SectionName::Recent),
    (7, SectionName::Favorites),
    (8, SectionName::Templates),
];

/// What every part of an import needs.
pub(super) struct Importer<'a> {
    pub(super) import: &'a Import<'a>,
    /// Whose sections `@my` and `@trash` are, and who made what names nobody.
    admin: Uuid,
    people: Vec<Uuid>,
    /// Folders that are there, with their sections where they are roots.
    pub(super) known: BTreeMap<i64, Option<(i64, Option<String>)>>,
}

/// Adds documents to a world whose people are there already.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    documents: &Documents<'_>,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let users = people::list(conn).await?;
    let guids = |id: &str| Uuid::parse_str(id).unwrap_or_default();
    let admin = users.iter().find(|user| user.is_admin || user.is_owner).or_else(|| users.first());
    let mut importer = Importer {
        import,
        admin: admin.map(|user| guids(&user.id)).unwrap_or_default(),
        people: users.iter().map(|user| guids(&user.id)).collect(),
        known: BTreeMap::new(),
    };
    for row in document::folders(conn).await? {
        let root = row.parent_id.is_none().then_some((row.kind, row.owner_id));
        importer.known.insert(row.id.unwrap_or_default(), root);
    }
    let ceiling = documents.folders.iter().filter_map(|folder| folder.id).max().unwrap_or(0);
    importer.sections(conn, &documents.sections, ceiling.max(FIRST_FOLDERS)).await?;
    importer.folders(conn, &documents.folders).await?;
    super::files::import(conn, documents.files, &importer).await?;
    operations(conn, &documents.operations).await?;
    super::archive::import(conn, &documents.archives, &importer.people).await?;
    super::uploads::import(conn, &documents.uploads, &importer.people).await?;
    let last = (documents.last_folder.unwrap_or(0).max(FIRST_FOLDERS), documents.last_file.unwrap_or(0));
    document::raise_ids(conn, last.0, last.1).await?;
    Ok(())
}

impl Importer<'_> {
    pub(super) fn stamps(
        &self,
        created: Option<Timestamp>,
        created_by: Option<Uuid>,
        updated: Option<Timestamp>,
        updated_by: Option<Uuid>,
    ) -> (i64, String, i64, String) {
        let created = created.unwrap_or(self.import.now);
        let created_by = created_by.unwrap_or(self.admin);
        let (updated, updated_by) = (updated.unwrap_or(created), updated_by.unwrap_or(created_by));
        (created.0, created_by.to_string(), updated.0, updated_by.to_string())
    }

    /// The sections of the document, then those that everybody has.
    ///
    /// `ceiling`: the highest id that the document gives to a folder.
    async fn sections(
        &mut self,
        conn: &mut SqliteConnection,
        sections: &[Section],
        ceiling: i64,
    ) -> Result<(), StateError> {
        let mut rows = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            let at = |key: &str, text: &str| StateError::at(format!("sections[{index}].{key}"), text);
            let personal = matches!(section.section, SectionName::My | SectionName::Trash);
            if self.known.contains_key(&section.id) {
                return Err(at("id", "this id is taken"));
            }
            if personal != section.owner.is_some() {
                return Err(at("owner", "a section of `my` or `trash` has an owner, others have none"));
            }
            if (section.section == SectionName::Bunch) != section.bunch.is_some() {
                return Err(at("bunch", "a section of `bunch` has a key, others have none"));
            }
            let owner = section.owner.map(|owner| owner.to_string());
            let kind = section.section.kind();
            let same = Some((kind, owner.clone()));
            if section.section != SectionName::Bunch && self.known.values().any(|root| *root == same) {
                return Err(at("section", "this section is there already"));
            }
            self.known.insert(section.id, same);
            let (created, created_by, updated, updated_by) =
                self.stamps(section.created, section.created_by, section.updated, section.updated_by);
            let row = root(Some(section.id), kind, owner, section.bunch.clone());
            rows.push(FolderIn { created, created_by, updated, updated_by, ..row });
        }
        self.missing_sections(&mut rows, ceiling);
        document::insert_folders(conn, &rows).await.map_err(|error| StateError::stored(error, "sections"))
    }

    fn missing_sections(&mut self, rows: &mut Vec<FolderIn>, ceiling: i64) {
        let admin = self.admin.to_string();
        let mut wanted: Vec<(Option<i64>, i64, Option<String>)> = FIRST_SECTIONS
            .iter()
            .map(|(id, name)| {
                let personal = matches!(name, SectionName::My | SectionName::Trash);
                (Some(*id), name.kind(), personal.then(|| admin.clone()))
            })
            .collect();
        for person in self.people.iter().filter(|person| **person != self.admin) {
            for name in [SectionName::My, SectionName::Trash] {
                wanted.push((None, name.kind(), Some(person.to_string())));
            }
        }
        let mut next = FIRST_SECTIONS.iter().map(|(id, _)| *id).max().unwrap_or(0) + 1;
        let there: HashSet<(i64, Option<String>)> = self.known.values().flatten().cloned().collect();
        for (id, kind, owner) in wanted {
            if there.contains(&(kind, owner.clone())) {
                continue;
            }
            let free = id.filter(|id| !self.known.contains_key(id));
            // Below the ids of people's own folders as long as there is room, above them beyond.
            let id = free.unwrap_or_else(|| {
                while self.known.contains_key(&next) {
                    next = if next == FIRST_FOLDERS { ceiling + 1 } else { next + 1 };
                }
                next
            });
            self.known.insert(id, Some((kind, owner.clone())));
            let (created, created_by, updated, updated_by) = self.stamps(None, None, None, None);
            let row = root(Some(id), kind, owner, None);
            rows.push(FolderIn { created, created_by, updated, updated_by, ..row });
        }
    }

    pub(super) fn place(&self, place: &Place) -> Result<i64, String> {
        let section = |kind: i64, owner: Option<String>| {
            let wanted = Some((kind, owner));
            self.known.iter().find(|(_, root)| **root == wanted).map(|(id, _)| *id)
        };
        let found = match place {
            Place::Id(id) => return Ok(*id),
            Place::Name(name) => match name.as_str() {
                "@common" => section(SectionName::Common.kind(), None),
                "@my" => section(SectionName::My.kind(), Some(self.admin.to_string())),
                "@trash" => section(SectionName::Trash.kind(), Some(self.admin.to_string())),
                _ => None,
            },
        };
        found.ok_or_else(|| "a folder's id, or @my, @common or @trash".to_owned())
    }

    /// Folders in any order; parents are stored first.
    async fn folders(&mut self, conn: &mut SqliteConnection, folders: &[Folder]) -> Result<(), StateError> {
        let mut by_id = HashMap::new();
        let mut parents = Vec::with_capacity(folders.len());
        for (index, folder) in folders.iter().enumerate() {
            let at = |key: &str, text: String| StateError::at(format!("folders[{index}].{key}"), text);
            if folder.title.is_empty() {
                return Err(at("title", "a folder has a title".to_owned()));
            }
            if let Some(id) = folder.id
                && (id <= 0 || self.known.contains_key(&id) || by_id.insert(id, index).is_some())
            {
                return Err(at("id", format!("{id} is taken, or no id")));
            }
            parents.push(self.place(&folder.parent).map_err(|text| at("parent", text))?);
        }
        // Those without an id come last: nothing lies in them, and their ids follow all that are given.
        let (named, unnamed): (Vec<usize>, Vec<usize>) = (0..folders.len())
            .partition(|index| folders.get(*index).is_some_and(|folder| folder.id.is_some()));
        let mut rows = Vec::with_capacity(folders.len());
        let mut stored: BTreeSet<usize> = BTreeSet::new();
        for index in named.into_iter().chain(unnamed) {
            let mut chain = Vec::new();
            let mut at = index;
            while stored.insert(at) {
                chain.push(at);
                let parent = parents.get(at).copied().unwrap_or_default();
                if self.known.contains_key(&parent) {
                    break;
                }
                match by_id.get(&parent) {
                    Some(next) if chain.contains(next) => {
                        return Err(StateError::at(
                            format!("folders[{at}].parent"),
                            "a folder cannot lie in itself",
                        ));
                    }
                    Some(next) => at = *next,
                    None => {
                        return Err(StateError::at(
                            format!("folders[{at}].parent"),
                            format!("no folder {parent}"),
                        ));
                    }
                }
            }
            for index in chain.into_iter().rev() {
                let (Some(folder), Some(parent)) = (folders.get(index), parents.get(index)) else { continue };
                let (created, created_by, updated, updated_by) =
                    self.stamps(folder.created, folder.created_by, folder.updated, folder.updated_by);
                rows.push(FolderIn {
                    id: folder.id,
                    parent_id: Some(*parent),
                    kind: 0,
                    owner_id: None,
                    bunch: None,
                    title: folder.title.clone(),
                    title_key: titles::key(&folder.title),
                    sort_key: titles::sort_key(&folder.title),
                    created,
                    created_by,
                    updated,
                    updated_by,
                });
            }
        }
        self.known.extend(by_id.into_keys().map(|id| (id, None)));
        document::insert_folders(conn, &rows).await.map_err(|error| StateError::stored(error, "folders"))
    }
}

fn root(id: Option<i64>, kind: i64, owner_id: Option<String>, bunch: Option<String>) -> FolderIn {
    // What a section is called is said where it is shown; a bunch is known by its key.
    let title = bunch.clone().unwrap_or_default();
    FolderIn {
        id,
        parent_id: None,
        kind,
        owner_id,
        title_key: title.clone(),
        sort_key: title.clone(),
        title,
        bunch,
        created: 0,
        created_by: String::new(),
        updated: 0,
        updated_by: String::new(),
    }
}

async fn operations(conn: &mut SqliteConnection, operations: &[Operation]) -> Result<(), StateError> {
    for (index, operation) in operations.iter().enumerate() {
        let path = format!("operations[{index}]");
        let at = |key: &str, text: &str| StateError::at(format!("{path}.{key}"), text);
        if operation.due.is_some() == operation.finished.is_some() {
            return Err(at("due", "an operation has either `due` or `finished`"));
        }
        if operation.due.is_some() != operation.job.is_some() {
            return Err(at("job", "an operation that is due, and no other, has a job"));
        }
        if operation.started.is_some() != operation.ends.is_some() {
            return Err(at("ends", "an operation has both `started` and `ends`, or neither"));
        }
        if operation.started > operation.ends || operation.ends < operation.due.or(operation.ends) {
            return Err(at("ends", "an operation ends when it has begun and made its steps"));
        }
        if operation.steps < 0 {
            return Err(at("steps", "not a number of steps"));
        }
        if let Some(job) = &operation.job {
            decode_value::<Job>(job).map_err(|error| error.under(&format!("{path}.job")))?;
        }
        for (key, list) in [("files", &operation.files), ("folders", &operation.folders)] {
            for (index, shown) in list.iter().enumerate() {
                let fits = match key {
                    "files" => serde_json::from_value::<Shown<FileRow>>(shown.clone()).is_ok(),
                    _ => serde_json::from_value::<Shown<FolderRow>>(shown.clone()).is_ok(),
                };
                if !fits {
                    return Err(at(&format!("{key}[{index}]"), "neither an id nor a whole card"));
                }
            }
        }
        let row = OperationIn {
            id: operation.id.to_string(),
            owner: operation.owner.to_string(),
            kind: operation.kind,
            hold: operation.hold,
            due: operation.due,
            finished: operation.finished,
            job: operation.job.as_ref().map(ToString::to_string),
            error: &operation.error,
            processed: operation.processed,
            files: serde_json::to_string(&operation.files).unwrap_or_default(),
            folders: serde_json::to_string(&operation.folders).unwrap_or_default(),
            started: operation.started,
            ends: operation.ends,
            steps: operation.steps,
        };
        document::insert_operation(conn, &row).await.map_err(|error| StateError::stored(error, &path))?;
    }
    Ok(())
}
