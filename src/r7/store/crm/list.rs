//! List items and stages.

use sqlx::{FromRow, SqliteConnection};

use super::column::Json;
use crate::r7::crm::cards::{ListCard, StageCard};
use crate::r7::crm::{ListItemId, StageId};

/// A list item, and how many events, or contacts, use it.
#[derive(Debug, FromRow)]
pub(crate) struct ItemRow {
    pub(crate) card: Json<ListCard>,
    pub(crate) kind: i64,
    pub(crate) uses: i64,
}

/// A stage and the number of opportunities at it.
#[derive(Debug, FromRow)]
pub(crate) struct StageRow {
    pub(crate) card: Json<StageCard>,
    pub(crate) uses: i64,
}

/// History categories by sort order, each with the number of its events.
pub(crate) async fn history_categories(conn: &mut SqliteConnection) -> Result<Vec<ItemRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, l.kind, (SELECT count(*) FROM r7_crm_event e WHERE e.category_id = l.id) AS uses
         FROM r7_crm_list_item l JOIN r7_crm_list_card v ON v.id = l.id WHERE l.kind = 3 ORDER BY l.sort_order, l.id",
    )
    .fetch_all(conn)
    .await
}

/// An item of any list, with the number of events in that category.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: ListItemId,
) -> Result<Option<ItemRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, l.kind, (SELECT count(*) FROM r7_crm_event e WHERE e.category_id = l.id) AS uses
         FROM r7_crm_list_item l JOIN r7_crm_list_card v ON v.id = l.id WHERE l.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The history category of that title.
pub(crate) async fn titled(
    conn: &mut SqliteConnection,
    title: &str,
) -> Result<Option<ListItemId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM r7_crm_list_item WHERE kind = 3 AND title = ? LIMIT 1")
        .bind(title)
        .fetch_optional(conn)
        .await
}

/// Stores a history category; sort order 0 puts it last.
pub(crate) async fn insert_category(
    conn: &mut SqliteConnection,
    title: &str,
    description: &str,
    image: &str,
    sort_order: i64,
) -> Result<ListItemId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_crm_list_item (kind, title, description, image, sort_order)
         VALUES (3, $1, $2, $3, iif($4 = 0, (SELECT coalesce(max(sort_order), 0) + 1 FROM r7_crm_list_item WHERE kind = 3), $4))
         RETURNING id",
    )
    .bind(title)
    .bind(description)
    .bind(image)
    .bind(sort_order)
    .fetch_one(conn)
    .await
}

/// Overwrites title, description and icon.
pub(crate) async fn set_item(
    conn: &mut SqliteConnection,
    id: ListItemId,
    title: &str,
    description: &str,
    image: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_crm_list_item SET title = ?, description = ?, image = ? WHERE id = ?")
        .bind(title)
        .bind(description)
        .bind(image)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives an item another icon.
pub(crate) async fn set_image(
    conn: &mut SqliteConnection,
    id: ListItemId,
    image: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_crm_list_item SET image = ? WHERE id = ?")
        .bind(image)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Numbers the history categories by their place in `titles`, a JSON list, from 0.
pub(crate) async fn reorder_categories(conn: &mut SqliteConnection, titles: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_crm_list_item SET sort_order = j.key FROM json_each(?) j
         WHERE r7_crm_list_item.kind = 3 AND r7_crm_list_item.title = j.value",
    )
    .bind(titles)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a history category; an item of another list stays (sheet r7/crm 3.5).
pub(crate) async fn remove_category(conn: &mut SqliteConnection, id: ListItemId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_crm_list_item WHERE id = ? AND kind = 3").bind(id).execute(conn).await?;
    Ok(())
}

/// Stages by sort order; ties go by id (sheet r7/crm 3.6).
pub(crate) async fn stages(conn: &mut SqliteConnection) -> Result<Vec<StageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, (SELECT count(*) FROM r7_crm_opportunity o WHERE o.stage_id = s.id) AS uses
         FROM r7_crm_stage s JOIN r7_crm_stage_card v ON v.id = s.id ORDER BY s.sort_order, s.id",
    )
    .fetch_all(conn)
    .await
}

/// A stage.
pub(crate) async fn stage(conn: &mut SqliteConnection, id: StageId) -> Result<Option<StageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.card, (SELECT count(*) FROM r7_crm_opportunity o WHERE o.stage_id = v.id) AS uses
         FROM r7_crm_stage_card v WHERE v.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}
