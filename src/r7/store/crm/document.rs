//! Whole tables, in and out: what state documents are made of. Rows come in as one JSON list a table.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::column::{Guid, Json};
use crate::kernel::time::Timestamp;
use crate::r7::crm::{CaseId, ContactId, EventId, ListItemId, OpportunityId, StageId};
use crate::r7::files::ids::FileId;

/// Every id that a document may refer to.
#[derive(Debug, FromRow)]
pub(crate) struct KnownId {
    /// `status`, `type`, `task`, `category`, `stage`, `person`, `company`, `opportunity`, `case`, `event`, `file`.
    pub(crate) what: String,
    pub(crate) id: i64,
}

/// Every id that a document may refer to, and those it may not give again.
pub(crate) async fn known(conn: &mut SqliteConnection) -> Result<Vec<KnownId>, sqlx::Error> {
    sqlx::query_as(
        "SELECT CASE kind WHEN 1 THEN 'status' WHEN 2 THEN 'task' WHEN 3 THEN 'category' ELSE 'type' END AS what, id
         FROM r7_crm_list_item
         UNION ALL SELECT 'stage', id FROM r7_crm_stage
         UNION ALL SELECT iif(is_company, 'company', 'person'), id FROM r7_crm_contact
         UNION ALL SELECT 'opportunity', id FROM r7_crm_opportunity
         UNION ALL SELECT 'case', id FROM r7_crm_case
         UNION ALL SELECT 'event', id FROM r7_crm_event
         UNION ALL SELECT 'file', id FROM r7_file",
    )
    .fetch_all(conn)
    .await
}

/// Who creates what a document gives no creator: the first admin, else the first user.
pub(crate) async fn first_user(conn: &mut SqliteConnection) -> Result<Option<Guid>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM r7_user ORDER BY is_admin DESC, position LIMIT 1")
        .fetch_optional(conn)
        .await
}

/// Adds list items; one with a known id takes its place.
pub(crate) async fn insert_items(conn: &mut SqliteConnection, rows: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_crm_list_item (id, kind, title, description, color, image, sort_order)
         SELECT value ->> 'id', value ->> 'kind', value ->> 'title', value ->> 'description', value ->> 'color',
                value ->> 'image', value ->> 'sort_order' FROM json_each(?) WHERE true
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, description = excluded.description,
                color = excluded.color, image = excluded.image, sort_order = excluded.sort_order",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds the list items of a fresh portal; where an id is taken, under the next free one.
pub(crate) async fn insert_default_items(conn: &mut SqliteConnection, rows: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_crm_list_item (id, kind, title, description, color, image, sort_order)
         SELECT iif(EXISTS (SELECT 1 FROM r7_crm_list_item WHERE id = j.value ->> 'id'), NULL, j.value ->> 'id'),
                j.value ->> 'kind', j.value ->> 'title', j.value ->> 'description', j.value ->> 'color',
                j.value ->> 'image', j.value ->> 'sort_order' FROM json_each(?) j ORDER BY j.key",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds stages; one with a known id takes its place.
pub(crate) async fn insert_stages(conn: &mut SqliteConnection, rows: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_crm_stage (id, title, description, color, success_probability, stage_type, sort_order)
         SELECT value ->> 'id', value ->> 'title', value ->> 'description', value ->> 'color',
                value ->> 'success_probability', value ->> 'stage_type', value ->> 'sort_order' FROM json_each(?) WHERE true
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description, color = excluded.color,
                success_probability = excluded.success_probability, stage_type = excluded.stage_type,
                sort_order = excluded.sort_order",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}

/// Contacts, opportunities, cases and events of a document, each a JSON list of rows.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) contacts: String,
    pub(crate) opportunities: String,
    pub(crate) cases: String,
    /// `{"entity_type":…,"entity_id":…,"contact_id":…}`
    pub(crate) members: String,
    pub(crate) events: String,
    /// `{"event_id":…,"file_id":…}`
    pub(crate) files: String,
}

/// Adds them. Employers may come after their persons.
pub(crate) async fn insert(conn: &mut SqliteConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_crm_contact (id, is_company, first_name, last_name, company_name, job_title, about, share_type,
                managers, status_id, type_id, photo, search, created, created_by)
         SELECT value ->> 'id', value ->> 'is_company', value ->> 'first_name', value ->> 'last_name',
                value ->> 'company_name', value ->> 'job_title', value ->> 'about', value ->> 'share_type',
                value -> 'managers', value ->> 'status_id', value ->> 'type_id', value ->> 'photo', value ->> 'search',
                value ->> 'created', value ->> 'created_by' FROM json_each($1);
         UPDATE r7_crm_contact SET company_id = j.value ->> 'company_id' FROM json_each($1) j
         WHERE r7_crm_contact.id = j.value ->> 'id' AND j.value ->> 'company_id' IS NOT NULL;
         INSERT INTO r7_crm_opportunity (id, title, description, responsible, contact_id, bid_type, bid_value, bid_currency,
                per_period_value, stage_id, success_probability, actual_close, expected_close, is_private, access, search,
                created, created_by)
         SELECT value ->> 'id', value ->> 'title', value ->> 'description', value ->> 'responsible', value ->> 'contact_id',
                value ->> 'bid_type', value ->> 'bid_value', value ->> 'bid_currency', value ->> 'per_period_value',
                value ->> 'stage_id', value ->> 'success_probability', value ->> 'actual_close', value ->> 'expected_close',
                value ->> 'is_private', value -> 'access', value ->> 'search', value ->> 'created', value ->> 'created_by'
         FROM json_each($2);
         INSERT INTO r7_crm_case (id, title, is_closed, is_private, access, search, created, created_by)
         SELECT value ->> 'id', value ->> 'title', value ->> 'is_closed', value ->> 'is_private', value -> 'access',
                value ->> 'search', value ->> 'created', value ->> 'created_by' FROM json_each($3);
         INSERT OR IGNORE INTO r7_crm_member (entity_type, entity_id, contact_id)
         SELECT value ->> 'entity_type', value ->> 'entity_id', value ->> 'contact_id' FROM json_each($4) ORDER BY key;
         INSERT INTO r7_crm_event (id, contact_id, opportunity_id, case_id, category_id, content, search, created, created_by)
         SELECT value ->> 'id', value ->> 'contact_id', value ->> 'opportunity_id', value ->> 'case_id',
                value ->> 'category_id', value ->> 'content', value ->> 'search', value ->> 'created', value ->> 'created_by'
         FROM json_each($5);
         INSERT OR IGNORE INTO r7_crm_event_file (event_id, file_id)
         SELECT value ->> 'event_id', value ->> 'file_id' FROM json_each($6) ORDER BY key",
    )
    .bind(&rows.contacts)
    .bind(&rows.opportunities)
    .bind(&rows.cases)
    .bind(&rows.members)
    .bind(&rows.events)
    .bind(&rows.files)
    .execute(conn)
    .await?;
    Ok(())
}

/// A list item.
#[derive(Debug, Clone, FromRow, Serialize)]
pub(crate) struct Item {
    pub(crate) id: ListItemId,
    pub(crate) kind: i64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    pub(crate) image: Option<String>,
    pub(crate) sort_order: i64,
}

/// Every item of all four lists.
pub(crate) async fn items(conn: &mut SqliteConnection) -> Result<Vec<Item>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, kind, title, description, color, image, sort_order FROM r7_crm_list_item ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// A stage.
#[derive(Debug, Clone, FromRow, Serialize)]
#[expect(clippy::struct_field_names, reason = "the columns' names")]
pub(crate) struct Stage {
    pub(crate) id: StageId,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    pub(crate) success_probability: i64,
    pub(crate) stage_type: i64,
    pub(crate) sort_order: i64,
}

/// Every stage.
pub(crate) async fn stages(conn: &mut SqliteConnection) -> Result<Vec<Stage>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, description, color, success_probability, stage_type, sort_order FROM r7_crm_stage ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// A contact.
#[derive(Debug, FromRow)]
pub(crate) struct Contact {
    pub(crate) id: ContactId,
    pub(crate) is_company: bool,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) company_name: String,
    pub(crate) job_title: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) company_id: Option<ContactId>,
    pub(crate) share_type: i64,
    pub(crate) managers: Json<Vec<Uuid>>,
    pub(crate) status_id: Option<ListItemId>,
    pub(crate) type_id: Option<ListItemId>,
    pub(crate) photo: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
}

/// Every contact.
pub(crate) async fn contacts(conn: &mut SqliteConnection) -> Result<Vec<Contact>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, is_company, first_name, last_name, company_name, job_title, about, company_id, share_type, managers,
                status_id, type_id, photo, created, created_by FROM r7_crm_contact ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// An opportunity.
#[derive(Debug, FromRow)]
pub(crate) struct Opportunity {
    pub(crate) id: OpportunityId,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) responsible: Guid,
    pub(crate) contact_id: Option<ContactId>,
    pub(crate) bid_type: i64,
    pub(crate) bid_value: f64,
    pub(crate) bid_currency: String,
    pub(crate) per_period_value: i64,
    pub(crate) stage_id: StageId,
    pub(crate) success_probability: i64,
    pub(crate) actual_close: Option<Timestamp>,
    pub(crate) expected_close: Option<Timestamp>,
    pub(crate) is_private: bool,
    pub(crate) access: Json<Vec<Uuid>>,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
    pub(crate) members: Json<Vec<ContactId>>,
}

/// Every opportunity.
pub(crate) async fn opportunities(conn: &mut SqliteConnection) -> Result<Vec<Opportunity>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, description, responsible, contact_id, bid_type, bid_value, bid_currency, per_period_value,
                stage_id, success_probability, actual_close, expected_close, is_private, access, created, created_by,
                (SELECT json_group_array(m.contact_id ORDER BY m.rowid) FROM r7_crm_member m
                 WHERE m.entity_type = 1 AND m.entity_id = o.id) AS members
         FROM r7_crm_opportunity o ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// A case.
#[derive(Debug, FromRow)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    pub(crate) title: String,
    pub(crate) is_closed: bool,
    pub(crate) is_private: bool,
    pub(crate) access: Json<Vec<Uuid>>,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
    pub(crate) members: Json<Vec<ContactId>>,
}

/// Every case.
pub(crate) async fn cases(conn: &mut SqliteConnection) -> Result<Vec<Case>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, is_closed, is_private, access, created, created_by,
                (SELECT json_group_array(m.contact_id ORDER BY m.rowid) FROM r7_crm_member m
                 WHERE m.entity_type = 7 AND m.entity_id = k.id) AS members
         FROM r7_crm_case k ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// An event.
#[derive(Debug, FromRow)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    pub(crate) contact_id: Option<ContactId>,
    pub(crate) opportunity_id: Option<OpportunityId>,
    pub(crate) case_id: Option<CaseId>,
    pub(crate) category_id: ListItemId,
    pub(crate) content: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
    pub(crate) files: Json<Vec<FileId>>,
}

/// Every event.
pub(crate) async fn events(conn: &mut SqliteConnection) -> Result<Vec<Event>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, contact_id, opportunity_id, case_id, category_id, content, created, created_by,
                (SELECT json_group_array(f.file_id ORDER BY f.rowid) FROM r7_crm_event_file f WHERE f.event_id = e.id) AS files
         FROM r7_crm_event e ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// The last ids that were given, where those rows are gone.
#[derive(Debug, Clone, Copy, FromRow)]
pub(crate) struct LastIds {
    pub(crate) contact: Option<i64>,
    pub(crate) opportunity: Option<i64>,
    pub(crate) case: Option<i64>,
    pub(crate) event: Option<i64>,
    pub(crate) list_item: Option<i64>,
}

/// The last ids that were given; `None` where the row is still there.
pub(crate) async fn last_ids(conn: &mut SqliteConnection) -> Result<LastIds, sqlx::Error> {
    sqlx::query_as(
        "WITH last (name, id) AS (
            SELECT 'r7_crm_contact', max(id) FROM r7_crm_contact
            UNION ALL SELECT 'r7_crm_opportunity', max(id) FROM r7_crm_opportunity
            UNION ALL SELECT 'r7_crm_case', max(id) FROM r7_crm_case
            UNION ALL SELECT 'r7_crm_event', max(id) FROM r7_crm_event
            UNION ALL SELECT 'r7_crm_list_item', max(id) FROM r7_crm_list_item
         ), gone (name, seq) AS (
            SELECT s.name, s.seq FROM sqlite_sequence s JOIN last USING (name) WHERE s.seq > coalesce(last.id, 0)
         )
         SELECT (SELECT seq FROM gone WHERE name = 'r7_crm_contact') AS contact,
                (SELECT seq FROM gone WHERE name = 'r7_crm_opportunity') AS opportunity,
                (SELECT seq FROM gone WHERE name = 'r7_crm_case') AS [case],
                (SELECT seq FROM gone WHERE name = 'r7_crm_event') AS event,
                (SELECT seq FROM gone WHERE name = 'r7_crm_list_item') AS list_item",
    )
    .fetch_one(conn)
    .await
}

/// Lets ids start above these.
pub(crate) async fn raise_ids(conn: &mut SqliteConnection, last: &LastIds) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH wanted (name, seq) AS (VALUES ('r7_crm_contact', $1), ('r7_crm_opportunity', $2), ('r7_crm_case', $3),
                                            ('r7_crm_event', $4), ('r7_crm_list_item', $5))
         INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM wanted
         WHERE seq IS NOT NULL AND name NOT IN (SELECT name FROM sqlite_sequence);
         WITH wanted (name, seq) AS (VALUES ('r7_crm_contact', $1), ('r7_crm_opportunity', $2), ('r7_crm_case', $3),
                                            ('r7_crm_event', $4), ('r7_crm_list_item', $5))
         UPDATE sqlite_sequence SET seq = max(sqlite_sequence.seq, wanted.seq) FROM wanted
         WHERE wanted.name = sqlite_sequence.name AND wanted.seq IS NOT NULL",
    )
    .bind(last.contact)
    .bind(last.opportunity)
    .bind(last.case)
    .bind(last.event)
    .bind(last.list_item)
    .execute(conn)
    .await?;
    Ok(())
}
