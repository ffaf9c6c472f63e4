//! An event with what it belongs to, and the acts that several routes share: look up, attach, erase.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::answer::{Lens, viewer};
use super::cards::{ContactCard, EntityCard, EntityKind, ListCard};
use super::rules::defaults;
use super::{EventId, ListItemId};
use crate::kernel::time::Timestamp;
use crate::r7::endpoint::Cx;
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files;
use crate::r7::files::card::File;
use crate::r7::files::ids::{self, FileId};
use crate::r7::store;
use crate::r7::store::crm::column::Guid;
use crate::r7::store::crm::event::{EventRow, Insert, Target};

/// An event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    pub(crate) content: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Uuid,
    pub(crate) category_id: ListItemId,
    pub(crate) contact: Option<ContactCard>,
    pub(crate) entity: Option<EntityCard>,
    /// `None` of a system category, and of one that is gone.
    pub(crate) category: Option<ListCard>,
    pub(crate) files: Vec<FileId>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            content: row.content,
            created: row.created,
            created_by: row.created_by.0,
            category_id: row.category_id,
            contact: row.contact.map(|contact| contact.0),
            entity: row.entity.map(|entity| entity.0),
            category: row.category.map(|category| category.0),
            files: row.files.0,
        }
    }
}

/// The three words of `entityType` that name something with a history (sheet r7/crm 0, `{E3}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Contact,
    Entity(EntityKind),
}

impl Owner {
    /// Reads the word, in any case.
    pub(crate) fn named(word: &str) -> Option<Self> {
        const WORDS: [(&str, Owner); 3] = [
            ("contact", Owner::Contact),
            ("opportunity", Owner::Entity(EntityKind::Opportunity)),
            ("case", Owner::Entity(EntityKind::Case)),
        ];
        WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, owner)| *owner)
    }

    /// Events of this one alone.
    pub(crate) const fn target(self, id: i64) -> Target {
        let none = Target { contact: None, opportunity: None, case: None };
        match self {
            Self::Contact => Target { contact: Some(id), ..none },
            Self::Entity(kind) => none.with(kind, id),
        }
    }

    /// The contact or entity of that id, if it exists and the caller may read it; else 404.
    pub(crate) async fn readable(
        self,
        cx: &mut Cx<'_>,
        id: i64,
    ) -> Result<(Option<ContactCard>, Option<EntityCard>), Fault> {
        let viewer = viewer(cx)?;
        let scene = store::crm::event::scene(cx.conn, self.target(id), ListItemId(0)).await?;
        let (contact, entity) = (scene.contact.map(|card| card.0), scene.entity.map(|card| card.0));
        let readable = match self {
            Self::Contact => contact.as_ref().is_some_and(|contact| viewer.reads_contact(contact)),
            Self::Entity(_) => entity.as_ref().is_some_and(|entity| viewer.uses_entity(entity)),
        };
        if readable { Ok((contact, entity)) } else { Err(not_found()) }
    }
}

/// Makes the system event that holds files which were attached to a contact or entity (sheet r7/crm 3.3).
pub(crate) async fn attach_files(
    cx: &mut Cx<'_>,
    owner: Owner,
    id: i64,
    (contact, entity): (Option<ContactCard>, Option<EntityCard>),
    files: &[FileId],
) -> Result<Event, Fault> {
    let created_by = cx.caller()?.id;
    let insert = Insert {
        target: owner.target(id),
        category: ListItemId(defaults::FILES_UPLOAD),
        content: defaults::FILES_UPLOADED,
        search: &defaults::FILES_UPLOADED.to_lowercase(),
        created: cx.now,
        created_by: Guid(created_by),
    };
    let id = store::crm::event::insert(cx.conn, &insert).await?;
    let files = attach(cx.conn, id, files).await?;
    Ok(Event {
        id,
        content: defaults::FILES_UPLOADED.to_owned(),
        created: cx.now,
        created_by,
        category_id: insert.category,
        contact,
        entity,
        category: None,
        files,
    })
}

/// Attaches files; unknown ones are dropped silently (sheet r7/crm 3.2). Gives those that are left.
pub(crate) async fn attach(
    conn: &mut SqliteConnection,
    event: EventId,
    files: &[FileId],
) -> Result<Vec<FileId>, sqlx::Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    store::crm::event::attach(conn, event, &ids::json(files)).await
}

/// Erases the files of all events of a contact or entity, wherever they live (sheet r7/crm 4.3).
pub(crate) async fn erase_files(conn: &mut SqliteConnection, target: Target) -> Result<(), sqlx::Error> {
    let found = store::crm::event::files(conn, target).await?;
    if found.is_empty() { Ok(()) } else { files::erase(conn, &found).await }
}

/// The cards of each event's files, with one statement for all events.
pub(crate) async fn cards(
    conn: &mut SqliteConnection,
    lens: &Lens<'_>,
    events: &[Event],
) -> Result<Vec<Vec<File>>, sqlx::Error> {
    let wanted: Vec<FileId> = events.iter().flat_map(|event| event.files.iter().copied()).collect();
    let mut known = HashMap::new();
    if !wanted.is_empty() {
        for row in store::file::by_ids(conn, &ids::json(&wanted)).await? {
            known.insert(row.id, row);
        }
    }
    let card = |id: &FileId| known.get(id).map(|row| File::new(row.clone(), lens.files()));
    Ok(events.iter().map(|event| event.files.iter().filter_map(card).collect()).collect())
}

/// The id of a path: 0 is 400, not 404 (sheet r7/crm 6).
pub(crate) fn positive(id: i32) -> Result<i64, Fault> {
    if id > 0 { Ok(id.into()) } else { Err(bad_argument()) }
}

/// `Access Denied`, 403 (sheet r7/crm 6).
pub(crate) fn denied() -> Fault {
    Fault::Security("Access Denied".into())
}
