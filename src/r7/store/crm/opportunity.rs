//! Opportunities.

use sqlx::{FromRow, SqliteConnection};

use super::column::{Guid, Json};
use super::{Counted, Hits, Page, Reader, Span};
use crate::kernel::time::Timestamp;
use crate::r7::crm::cards::{ContactCard, EntityCard, StageCard};
use crate::r7::crm::{ContactId, OpportunityId, StageId};

/// An opportunity with its contacts and its stage.
#[derive(Debug, FromRow)]
pub(crate) struct OpportunityRow {
    pub(crate) card: Json<EntityCard>,
    pub(crate) created: Timestamp,
    pub(crate) members: Json<Vec<ContactCard>>,
    pub(crate) contact: Option<Json<ContactCard>>,
    pub(crate) description: Option<String>,
    pub(crate) bid_type: i64,
    pub(crate) bid_value: f64,
    pub(crate) bid_currency: String,
    pub(crate) per_period_value: i64,
    pub(crate) stage: Json<StageCard>,
    pub(crate) success_probability: i64,
    pub(crate) actual_close: Option<Timestamp>,
    pub(crate) expected_close: Option<Timestamp>,
}

/// What a new opportunity is made of.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) responsible: Guid,
    pub(crate) contact: Option<ContactId>,
    pub(crate) bid_type: i64,
    pub(crate) bid_value: f64,
    pub(crate) bid_currency: &'a str,
    pub(crate) per_period_value: i64,
    pub(crate) stage: StageId,
    pub(crate) success_probability: i64,
    pub(crate) actual_close: Option<Timestamp>,
    pub(crate) expected_close: Option<Timestamp>,
    pub(crate) is_private: bool,
    /// JSON list of GUIDs.
    pub(crate) access: &'a str,
    pub(crate) search: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
}

/// What a list is narrowed to; `None`: not by this.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// GUID.
    pub(crate) responsible: Option<String>,
    pub(crate) stage: Option<i64>,
    pub(crate) stage_type: Option<i64>,
    pub(crate) contact: Option<i64>,
    /// `contact` may be any member, not only the main contact.
    pub(crate) any_member: bool,
    /// Of the expected close if open, of the actual close if closed.
    pub(crate) closes: Span,
}

/// An opportunity.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: OpportunityId,
) -> Result<Option<OpportunityRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, o.created, c.card AS contact, o.description, o.bid_type, o.bid_value, o.bid_currency,
                o.per_period_value, s.card AS stage, o.success_probability, o.actual_close, o.expected_close,
                (SELECT json_group_array(json(p.card) ORDER BY m.rowid) FROM r7_crm_member m
                 JOIN r7_crm_contact_card p ON p.id = m.contact_id WHERE m.entity_type = 1 AND m.entity_id = o.id) AS members
         FROM r7_crm_opportunity o JOIN r7_crm_opportunity_card v ON v.id = o.id
         JOIN r7_crm_stage_card s ON s.id = o.stage_id LEFT JOIN r7_crm_contact_card c ON c.id = o.contact_id
         WHERE o.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Opportunities that `reader` may read.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    reader: &Reader,
    filter: &Filter,
    page: &Page,
) -> Result<Hits<OpportunityRow>, sqlx::Error> {
    let rows: Vec<Counted<OpportunityRow>> = sqlx::query_as(
        "WITH hit AS (
            SELECT o.id, CASE $1 WHEN 'title' THEN o.title WHEN 'responsible' THEN o.responsible
                WHEN 'stage' THEN s.sort_order * 1000000 + s.id WHEN 'bidvalue' THEN o.bid_value
                WHEN 'dateandtime' THEN iif(s.stage_type = 0, o.expected_close, o.actual_close) END AS k
            FROM r7_crm_opportunity o JOIN r7_crm_stage s ON s.id = o.stage_id
            WHERE ($2 OR NOT o.is_private OR o.created_by = $3 OR o.responsible = $3
                   OR EXISTS (SELECT 1 FROM json_each(o.access) WHERE value = $3))
            AND ($4 IS NULL OR o.responsible = $4) AND ($5 IS NULL OR o.stage_id = $5)
            AND ($6 IS NULL OR s.stage_type = $6)
            AND ($7 IS NULL OR o.contact_id = $7 OR ($8 AND EXISTS (SELECT 1 FROM r7_crm_member m
                 WHERE m.entity_type = 1 AND m.entity_id = o.id AND m.contact_id = $7)))
            AND ($9 IS NULL OR iif(s.stage_type = 0, o.expected_close, o.actual_close) BETWEEN $9 AND $10)
            AND ($15 IS NULL OR o.created > $15)
            AND NOT EXISTS (SELECT 1 FROM json_each($11) w WHERE instr(o.search, w.value) = 0)
         ), page AS (
            SELECT id, row_number() OVER (ORDER BY iif($12, NULL, k) COLLATE NOCASE, iif($12, k, NULL) COLLATE NOCASE DESC, iif($12, -id, id)) AS n,
                   count(*) OVER () AS total
            FROM hit ORDER BY n LIMIT $13 + 0 OFFSET $14 + 0
         )
         SELECT page.total, v.card, o.created, c.card AS contact, o.description, o.bid_type, o.bid_value, o.bid_currency,
                o.per_period_value, s.card AS stage, o.success_probability, o.actual_close, o.expected_close,
                (SELECT json_group_array(json(p.card) ORDER BY m.rowid) FROM r7_crm_member m
                 JOIN r7_crm_contact_card p ON p.id = m.contact_id WHERE m.entity_type = 1 AND m.entity_id = o.id) AS members
         FROM page CROSS JOIN r7_crm_opportunity o ON o.id = page.id JOIN r7_crm_opportunity_card v ON v.id = o.id
         JOIN r7_crm_stage_card s ON s.id = o.stage_id LEFT JOIN r7_crm_contact_card c ON c.id = o.contact_id
         ORDER BY page.n",
    )
    .bind(&page.sort)
    .bind(reader.admin)
    .bind(&reader.id)
    .bind(&filter.responsible)
    .bind(filter.stage)
    .bind(filter.stage_type)
    .bind(filter.contact)
    .bind(filter.any_member)
    .bind(filter.closes.from)
    .bind(filter.closes.to)
    .bind(&page.words)
    .bind(page.descending)
    .bind(page.limit)
    .bind(page.offset)
    .bind(page.since)
    .fetch_all(conn)
    .await?;
    Ok(rows.into())
}

/// Stores a new opportunity.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    opportunity: &Insert<'_>,
) -> Result<OpportunityId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_crm_opportunity (title, description, responsible, contact_id, bid_type, bid_value, bid_currency,
                per_period_value, stage_id, success_probability, actual_close, expected_close, is_private, access, search,
                created, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(opportunity.title)
    .bind(opportunity.description)
    .bind(opportunity.responsible)
    .bind(opportunity.contact)
    .bind(opportunity.bid_type)
    .bind(opportunity.bid_value)
    .bind(opportunity.bid_currency)
    .bind(opportunity.per_period_value)
    .bind(opportunity.stage)
    .bind(opportunity.success_probability)
    .bind(opportunity.actual_close)
    .bind(opportunity.expected_close)
    .bind(opportunity.is_private)
    .bind(opportunity.access)
    .bind(opportunity.search)
    .bind(opportunity.created)
    .bind(opportunity.created_by)
    .fetch_one(conn)
    .await
}

/// Removes an opportunity with its events and memberships.
pub(crate) async fn remove(conn: &mut SqliteConnection, id: OpportunityId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_crm_opportunity WHERE id = ?").bind(id).execute(conn).await?;
    Ok(())
}
