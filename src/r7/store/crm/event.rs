//! Events of the history, and the files attached to them.

use sqlx::{FromRow, SqliteConnection};

use super::column::{Guid, Json};
use super::{Counted, Hits, Page, Span};
use crate::kernel::time::Timestamp;
use crate::r7::crm::cards::{ContactCard, EntityCard, EntityKind, ListCard};
use crate::r7::crm::{EventId, ListItemId};
use crate::r7::files::ids::FileId;

/// An event with what it belongs to, its category and its files.
#[derive(Debug, FromRow)]
pub(crate) struct EventRow {
    pub(crate) id: EventId,
    pub(crate) content: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
    pub(crate) category_id: ListItemId,
    pub(crate) contact: Option<Json<ContactCard>>,
    pub(crate) entity: Option<Json<EntityCard>>,
    pub(crate) category: Option<Json<ListCard>>,
    pub(crate) files: Json<Vec<FileId>>,
}

/// What an event may be attached to; `None` where there is no row of that id.
#[derive(Debug, FromRow)]
pub(crate) struct Scene {
    pub(crate) contact: Option<Json<ContactCard>>,
    pub(crate) entity: Option<Json<EntityCard>>,
    pub(crate) category: Option<Json<ListCard>>,
}

/// What an event belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Target {
    pub(crate) contact: Option<i64>,
    pub(crate) opportunity: Option<i64>,
    pub(crate) case: Option<i64>,
}

impl Target {
    /// The same, with an opportunity or case.
    pub(crate) const fn with(self, kind: EntityKind, id: i64) -> Self {
        match kind {
            EntityKind::Opportunity => Self { opportunity: Some(id), ..self },
            EntityKind::Case => Self { case: Some(id), ..self },
        }
    }
}

/// What a new event is made of.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) target: Target,
    pub(crate) category: ListItemId,
    pub(crate) content: &'a str,
    pub(crate) search: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
}

/// What a list is narrowed to; `None`: not by this.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) target: Target,
    pub(crate) category: Option<i64>,
    /// GUID.
    pub(crate) created_by: Option<String>,
    pub(crate) created: Span,
}

/// Looks up what an event is to be attached to.
pub(crate) async fn scene(
    conn: &mut SqliteConnection,
    target: Target,
    category: ListItemId,
) -> Result<Scene, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT card FROM r7_crm_contact_card WHERE id = $1) AS contact,
                coalesce((SELECT card FROM r7_crm_opportunity_card WHERE id = $2),
                         (SELECT card FROM r7_crm_case_card WHERE id = $3)) AS entity,
                (SELECT card FROM r7_crm_list_card WHERE id = $4) AS category",
    )
    .bind(target.contact)
    .bind(target.opportunity)
    .bind(target.case)
    .bind(category)
    .fetch_one(conn)
    .await
}

/// An event.
pub(crate) async fn find(conn: &mut SqliteConnection, id: EventId) -> Result<Option<EventRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM r7_crm_event_card WHERE id = ?").bind(id).fetch_optional(conn).await
}

/// Events; a company's include those of its persons (sheet r7/crm 3.4).
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    filter: &Filter,
    page: &Page,
) -> Result<Hits<EventRow>, sqlx::Error> {
    let rows: Vec<Counted<EventRow>> = sqlx::query_as(
        "WITH hit AS (
            SELECT e.id, CASE $1 WHEN 'created' THEN e.created WHEN 'createby' THEN e.created_by
                WHEN 'category' THEN e.category_id WHEN 'content' THEN e.content END AS k
            FROM r7_crm_event e
            WHERE ($2 IS NULL OR e.contact_id = $2 OR e.contact_id IN (SELECT id FROM r7_crm_contact WHERE company_id = $2))
            AND ($3 IS NULL OR e.opportunity_id = $3) AND ($4 IS NULL OR e.case_id = $4)
            AND ($5 IS NULL OR e.category_id = $5) AND ($6 IS NULL OR e.created_by = $6)
            AND ($7 IS NULL OR e.created >= $7) AND ($8 IS NULL OR e.created <= $8)
            AND ($13 IS NULL OR e.created > $13)
            AND NOT EXISTS (SELECT 1 FROM json_each($9) w WHERE instr(e.search, w.value) = 0)
         ), page AS (
            SELECT id, row_number() OVER (ORDER BY iif($10, NULL, k) COLLATE NOCASE, iif($10, k, NULL) COLLATE NOCASE DESC, iif($10, -id, id)) AS n,
                   count(*) OVER () AS total
            FROM hit ORDER BY n LIMIT $11 + 0 OFFSET $12 + 0
         )
         SELECT page.total, v.* FROM page CROSS JOIN r7_crm_event_card v ON v.id = page.id ORDER BY page.n",
    )
    .bind(&page.sort)
    .bind(filter.target.contact)
    .bind(filter.target.opportunity)
    .bind(filter.target.case)
    .bind(filter.category)
    .bind(&filter.created_by)
    .bind(filter.created.from)
    .bind(filter.created.to)
    .bind(&page.words)
    .bind(page.descending)
    .bind(page.limit)
    .bind(page.offset)
    .bind(page.since)
    .fetch_all(conn)
    .await?;
    Ok(rows.into())
}

/// Stores a new event.
pub(crate) async fn insert(conn: &mut SqliteConnection, event: &Insert<'_>) -> Result<EventId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_crm_event (contact_id, opportunity_id, case_id, category_id, content, search, created, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(event.target.contact)
    .bind(event.target.opportunity)
    .bind(event.target.case)
    .bind(event.category)
    .bind(event.content)
    .bind(event.search)
    .bind(event.created)
    .bind(event.created_by)
    .fetch_one(conn)
    .await
}

/// Attaches files, a JSON list of ids; unknown ones are left out. Gives those that were attached, in order.
pub(crate) async fn attach(
    conn: &mut SqliteConnection,
    event: EventId,
    files: &str,
) -> Result<Vec<FileId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT OR IGNORE INTO r7_crm_event_file (event_id, file_id)
         SELECT ?, j.value FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM r7_file WHERE id = j.value) ORDER BY j.key
         RETURNING file_id",
    )
    .bind(event)
    .bind(files)
    .fetch_all(conn)
    .await
}

/// Files of all events of a target, each once, newest event first.
pub(crate) async fn files(conn: &mut SqliteConnection, target: Target) -> Result<Vec<FileId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT f.file_id FROM r7_crm_event e JOIN r7_crm_event_file f ON f.event_id = e.id
         WHERE e.contact_id = ? OR e.opportunity_id = ? OR e.case_id = ?
         GROUP BY f.file_id ORDER BY max(e.id) DESC, min(f.rowid)",
    )
    .bind(target.contact)
    .bind(target.opportunity)
    .bind(target.case)
    .fetch_all(conn)
    .await
}

/// Removes an event. Its files stay; whoever wants them gone erases them.
pub(crate) async fn remove(conn: &mut SqliteConnection, id: EventId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_crm_event WHERE id = ?").bind(id).execute(conn).await?;
    Ok(())
}
