//! Contacts.

use sqlx::{FromRow, SqliteConnection};

use super::column::{Guid, Json};
use super::{Counted, Hits, Page, Reader, Span};
use crate::kernel::time::Timestamp;
use crate::r7::crm::ContactId;
use crate::r7::crm::cards::{ContactCard, ListCard};

/// A contact with its employer, or with the number of its persons.
#[derive(Debug, FromRow)]
pub(crate) struct ContactRow {
    pub(crate) card: Json<ContactCard>,
    pub(crate) job_title: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
    pub(crate) employer: Option<Json<ContactCard>>,
    pub(crate) persons_count: i64,
    pub(crate) status: Option<Json<ListCard>>,
}

/// What a new contact is made of.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) is_company: bool,
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) company_name: &'a str,
    pub(crate) job_title: Option<&'a str>,
    pub(crate) about: Option<&'a str>,
    pub(crate) company: Option<ContactId>,
    pub(crate) share_type: i64,
    /// JSON list of GUIDs.
    pub(crate) managers: &'a str,
    pub(crate) search: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) created_by: Guid,
}

/// What a list of contacts is narrowed to; `None`: not by this.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// 0: without status.
    pub(crate) status: Option<i64>,
    /// 0: without type.
    pub(crate) kind: Option<i64>,
    pub(crate) is_company: Option<bool>,
    /// Members of an opportunity only.
    pub(crate) with_opportunity: bool,
    /// A manager's GUID; empty: contacts without managers.
    pub(crate) manager: Option<String>,
    pub(crate) is_shared: Option<bool>,
    pub(crate) created: Span,
}

/// A contact.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: ContactId,
) -> Result<Option<ContactRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, c.job_title, c.about, c.created, c.created_by, e.card AS employer,
                (SELECT count(*) FROM r7_crm_contact p WHERE p.company_id = c.id) AS persons_count, s.card AS status
         FROM r7_crm_contact c JOIN r7_crm_contact_card v ON v.id = c.id
         LEFT JOIN r7_crm_contact_card e ON e.id = c.company_id
         LEFT JOIN r7_crm_list_card s ON s.id = c.status_id
         WHERE c.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Contacts that `reader` may read.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    reader: &Reader,
    filter: &Filter,
    page: &Page,
) -> Result<Hits<ContactRow>, sqlx::Error> {
    let rows: Vec<Counted<ContactRow>> = sqlx::query_as(
        "WITH hit AS (
            SELECT c.id, CASE $1 WHEN 'displayname' THEN iif(c.is_company, c.company_name, c.first_name || ' ' || c.last_name)
                WHEN 'contacttype' THEN c.status_id WHEN 'firstname' THEN c.first_name WHEN 'lastname' THEN c.last_name
                WHEN 'created' THEN c.created END AS k
            FROM r7_crm_contact c
            WHERE ($2 OR c.share_type IN (1, 2) OR EXISTS (SELECT 1 FROM json_each(c.managers) WHERE value = $3))
            AND ($4 IS NULL OR coalesce(c.status_id, 0) = $4) AND ($5 IS NULL OR coalesce(c.type_id, 0) = $5)
            AND ($6 IS NULL OR c.is_company = $6)
            AND (NOT $7 OR EXISTS (SELECT 1 FROM r7_crm_member m WHERE m.entity_type = 1 AND m.contact_id = c.id))
            AND ($8 IS NULL OR iif($8 = '', c.managers = '[]',
                                   EXISTS (SELECT 1 FROM json_each(c.managers) WHERE value = $8)))
            AND ($9 IS NULL OR (c.share_type IN (1, 2)) = $9)
            AND ($10 IS NULL OR c.created >= $10) AND ($11 IS NULL OR c.created <= $11)
            AND ($16 IS NULL OR c.created > $16)
            AND NOT EXISTS (SELECT 1 FROM json_each($12) w WHERE instr(c.search, w.value) = 0)
         ), page AS (
            SELECT id, row_number() OVER (ORDER BY iif($13, NULL, k) COLLATE NOCASE, iif($13, k, NULL) COLLATE NOCASE DESC, iif($13, -id, id)) AS n,
                   count(*) OVER () AS total
            FROM hit ORDER BY n LIMIT $14 + 0 OFFSET $15 + 0
         )
         SELECT page.total, v.card, c.job_title, c.about, c.created, c.created_by, e.card AS employer,
                (SELECT count(*) FROM r7_crm_contact p WHERE p.company_id = c.id) AS persons_count, s.card AS status
         FROM page CROSS JOIN r7_crm_contact c ON c.id = page.id JOIN r7_crm_contact_card v ON v.id = c.id
         LEFT JOIN r7_crm_contact_card e ON e.id = c.company_id
         LEFT JOIN r7_crm_list_card s ON s.id = c.status_id
         ORDER BY page.n",
    )
    .bind(&page.sort)
    .bind(reader.admin)
    .bind(&reader.id)
    .bind(filter.status)
    .bind(filter.kind)
    .bind(filter.is_company)
    .bind(filter.with_opportunity)
    .bind(&filter.manager)
    .bind(filter.is_shared)
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

/// Cards of contacts, in the order of `ids`, a JSON list; unknown ones are left out.
pub(crate) async fn cards(
    conn: &mut SqliteConnection,
    ids: &str,
) -> Result<Vec<Json<ContactCard>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT c.card FROM json_each(?) j CROSS JOIN r7_crm_contact_card c ON c.id = j.value ORDER BY j.key",
    )
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// Stores a new contact.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    contact: &Insert<'_>,
) -> Result<ContactId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_crm_contact (is_company, first_name, last_name, company_name, job_title, about, company_id,
                                     share_type, managers, search, created, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(contact.is_company)
    .bind(contact.first_name)
    .bind(contact.last_name)
    .bind(contact.company_name)
    .bind(contact.job_title)
    .bind(contact.about)
    .bind(contact.company)
    .bind(contact.share_type)
    .bind(contact.managers)
    .bind(contact.search)
    .bind(contact.created)
    .bind(contact.created_by)
    .fetch_one(conn)
    .await
}

/// Makes a company the employer of persons. `persons` is a JSON list of ids.
pub(crate) async fn employ(
    conn: &mut SqliteConnection,
    company: ContactId,
    persons: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_crm_contact SET company_id = ? WHERE id IN (SELECT value FROM json_each(?)) AND NOT is_company")
        .bind(company)
        .bind(persons)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a contact; its events and memberships go with it, opportunities and persons lose it.
pub(crate) async fn remove(conn: &mut SqliteConnection, id: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_crm_contact WHERE id = ?").bind(id).execute(conn).await?;
    Ok(())
}
