//! Cases.

use sqlx::{FromRow, SqliteConnection};

use super::column::{Guid, Json};
use super::{Counted, Hits, Page, Reader};
use crate::kernel::time::Timestamp;
use crate::r7::crm::CaseId;
use crate::r7::crm::cards::{ContactCard, EntityCard};

/// A case with its members.
#[derive(Debug, FromRow)]
pub(crate) struct CaseRow {
    pub(crate) card: Json<EntityCard>,
    pub(crate) created: Timestamp,
    pub(crate) is_closed: bool,
    pub(crate) members: Json<Vec<ContactCard>>,
}

/// What a new case is made of.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) title: &'a str,
    pub(crate) is_private: bool,
    /// JSON list of GUIDs.
    pub(crate) access: &'a str,
    pub(crate) search: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
}

/// A case.
pub(crate) async fn find(conn: &mut SqliteConnection, id: CaseId) -> Result<Option<CaseRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, k.created, k.is_closed,
                (SELECT json_group_array(json(p.card) ORDER BY m.rowid) FROM r7_crm_member m
                 JOIN r7_crm_contact_card p ON p.id = m.contact_id WHERE m.entity_type = 7 AND m.entity_id = k.id) AS members
         FROM r7_crm_case k JOIN r7_crm_case_card v ON v.id = k.id WHERE k.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Cases that `reader` may read; closed ones always last (sheet r7/crm 4.2).
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    reader: &Reader,
    contact: Option<i64>,
    is_closed: Option<bool>,
    page: &Page,
) -> Result<Hits<CaseRow>, sqlx::Error> {
    let rows: Vec<Counted<CaseRow>> = sqlx::query_as(
        "WITH hit AS (
            SELECT k.id, k.is_closed, CASE $1 WHEN 'title' THEN k.title WHEN 'createby' THEN k.created_by
                WHEN 'dateandtime' THEN k.created END AS k
            FROM r7_crm_case k
            WHERE ($2 OR NOT k.is_private OR k.created_by = $3
                   OR EXISTS (SELECT 1 FROM json_each(k.access) WHERE value = $3))
            AND ($4 IS NULL OR EXISTS (SELECT 1 FROM r7_crm_member m
                 WHERE m.entity_type = 7 AND m.entity_id = k.id AND m.contact_id = $4))
            AND ($5 IS NULL OR k.is_closed = $5)
            AND ($10 IS NULL OR k.created > $10)
            AND NOT EXISTS (SELECT 1 FROM json_each($6) w WHERE instr(k.search, w.value) = 0)
         ), page AS (
            SELECT id, row_number() OVER (ORDER BY is_closed, iif($7, NULL, k) COLLATE NOCASE, iif($7, k, NULL) COLLATE NOCASE DESC, iif($7, -id, id)) AS n,
                   count(*) OVER () AS total
            FROM hit ORDER BY n LIMIT $8 + 0 OFFSET $9 + 0
         )
         SELECT page.total, v.card, k.created, k.is_closed,
                (SELECT json_group_array(json(p.card) ORDER BY m.rowid) FROM r7_crm_member m
                 JOIN r7_crm_contact_card p ON p.id = m.contact_id WHERE m.entity_type = 7 AND m.entity_id = k.id) AS members
         FROM page CROSS JOIN r7_crm_case k ON k.id = page.id JOIN r7_crm_case_card v ON v.id = k.id
         ORDER BY page.n",
    )
    .bind(&page.sort)
    .bind(reader.admin)
    .bind(&reader.id)
    .bind(contact)
    .bind(is_closed)
    .bind(&page.words)
    .bind(page.descending)
    .bind(page.limit)
    .bind(page.offset)
    .bind(page.since)
    .fetch_all(conn)
    .await?;
    Ok(rows.into())
}

/// Stores a new case.
pub(crate) async fn insert(conn: &mut SqliteConnection, case: &Insert<'_>) -> Result<CaseId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_crm_case (title, is_private, access, search, created, created_by) VALUES (?, ?, ?, ?, ?, ?)
         RETURNING id",
    )
    .bind(case.title)
    .bind(case.is_private)
    .bind(case.access)
    .bind(case.search)
    .bind(case.created)
    .bind(case.created_by)
    .fetch_one(conn)
    .await
}

/// Removes a case with its events and memberships.
pub(crate) async fn remove(conn: &mut SqliteConnection, id: CaseId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_crm_case WHERE id = ?").bind(id).execute(conn).await?;
    Ok(())
}
