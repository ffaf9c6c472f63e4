//! From a document to rows.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::check::{Known, check};
use super::{Case, Contact, Crm, Event, Item, LastIds, Opportunity};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::crm::rules::defaults::{self, ListKind};
use crate::r7::crm::rules::text::searched;
use crate::r7::store::crm::document::{self, Rows};
use crate::r7::store::crm::member::Entity;

/// Adds the CRM's part; lists that the world lacks are those of a fresh portal (sheet r7/crm 3.6).
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    crm: &Crm,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let mut known = Known::new(document::known(conn).await?);
    defaults(conn, crm, &known, import).await?;
    if known.any("stage") && is_empty(crm) {
        return Ok(());
    }
    // The defaults are referred to like everything else.
    known = Known::new(document::known(conn).await?);
    check(crm, &mut known)?;
    let mut items = Vec::new();
    for (kind, list) in [
        (ListKind::ContactStatus, &crm.contact_statuses),
        (ListKind::TaskCategory, &crm.task_categories),
        (ListKind::HistoryCategory, &crm.history_categories),
        (ListKind::ContactType, &crm.contact_types),
    ] {
        items.extend(list.iter().flatten().map(|item| self::item(item, kind)));
    }
    if !items.is_empty() {
        document::insert_items(conn, &text(&items)).await?;
    }
    if let Some(stages) = crm.stages.as_ref().filter(|stages| !stages.is_empty()) {
        let rows: Vec<_> = stages
            .iter()
            .map(|stage| document::Stage {
                id: stage.id,
                title: stage.title.clone(),
                description: stage.description.clone(),
                color: stage.color.clone(),
                success_probability: stage.success_probability,
                stage_type: stage.stage_type,
                sort_order: stage.sort_order,
            })
            .collect();
        document::insert_stages(conn, &text(&rows)).await?;
    }
    if has_entities(crm) {
        insert(conn, crm, import).await?;
    }
    if !crm.last_ids.is_empty() {
        let LastIds { contact, opportunity, case, event, list_item } = crm.last_ids;
        let last = document::LastIds { contact, opportunity, case, event, list_item };
        document::raise_ids(conn, &last).await?;
    }
    Ok(())
}

async fn insert(conn: &mut SqliteConnection, crm: &Crm, import: &Import<'_>) -> Result<(), StateError> {
    let by = document::first_user(conn).await?.map(|id| id.0).unwrap_or_default();
    let origin = Origin { now: import.now, by };
    document::insert(conn, &rows(crm, origin)).await?;
    Ok(())
}

fn has_entities(crm: &Crm) -> bool {
    let Crm { contacts, opportunities, cases, events, .. } = crm;
    !(contacts.is_empty() && opportunities.is_empty() && cases.is_empty() && events.is_empty())
}

fn is_empty(crm: &Crm) -> bool {
    let lists = [&crm.contact_statuses, &crm.contact_types, &crm.task_categories, &crm.history_categories];
    let listless = lists.iter().all(|list| list.is_none()) && crm.stages.is_none();
    listless && !has_entities(crm) && crm.last_ids.is_empty()
}

async fn defaults(
    conn: &mut SqliteConnection,
    crm: &Crm,
    known: &Known,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let language = import.settings.language;
    let missing = |kind: i64| {
        let (list, what) = match kind {
            1 => (&crm.contact_statuses, "status"),
            2 => (&crm.task_categories, "task"),
            3 => (&crm.history_categories, "category"),
            _ => (&crm.contact_types, "type"),
        };
        list.is_none() && !known.any(what)
    };
    let lists = [&crm.contact_statuses, &crm.contact_types, &crm.task_categories, &crm.history_categories];
    let given: HashSet<i64> = lists.into_iter().flatten().flatten().map(|item| item.id.0).collect();
    let mut items = defaults::lists(language);
    let mut last = items.iter().map(|item| item.id).chain(given.iter().copied()).max().unwrap_or_default();
    items.retain(|item| missing(item.kind));
    for item in &mut items {
        // An id that the document itself gives to something else is left to it.
        if given.contains(&item.id) {
            last = last.saturating_add(1);
            item.id = last;
        }
    }
    if !items.is_empty() {
        document::insert_default_items(conn, &text(&items)).await?;
    }
    if crm.stages.is_none() && !known.any("stage") {
        document::insert_stages(conn, &text(&defaults::stages(language))).await?;
    }
    Ok(())
}

/// When and by whom, where a document does not say.
#[derive(Clone, Copy)]
struct Origin {
    now: Timestamp,
    by: Uuid,
}

fn text<T: Serialize + ?Sized>(rows: &T) -> String {
    serde_json::to_string(rows).unwrap_or_else(|_| "[]".to_owned())
}

fn item(item: &Item, kind: ListKind) -> document::Item {
    document::Item {
        id: item.id,
        kind: kind.number(),
        title: item.title.clone(),
        description: item.description.clone(),
        color: item.color.clone(),
        image: item.image.clone(),
        sort_order: item.sort_order,
    }
}

fn rows(crm: &Crm, origin: Origin) -> Rows {
    let opportunities = crm.opportunities.iter().map(|one| (Entity::Opportunity, one.id.0, &one.members));
    let cases = crm.cases.iter().map(|one| (Entity::Case, one.id.0, &one.members));
    let members: Vec<Value> = opportunities
        .chain(cases)
        .flat_map(|(entity, id, members)| {
            let kind = entity as i64;
            members
                .iter()
                .map(move |member| json!({"entity_type": kind, "entity_id": id, "contact_id": member}))
        })
        .collect();
    let files: Vec<Value> = crm
        .events
        .iter()
        .flat_map(|event| event.files.iter().map(|file| json!({"event_id": event.id, "file_id": file})))
        .collect();
    let list = |rows: Vec<Value>| text(&rows);
    Rows {
        contacts: list(crm.contacts.iter().map(|one| contact(one, origin)).collect()),
        opportunities: list(crm.opportunities.iter().map(|one| opportunity(one, origin)).collect()),
        cases: list(crm.cases.iter().map(|one| case(one, origin)).collect()),
        members: text(&members),
        events: list(crm.events.iter().map(|one| event(one, origin)).collect()),
        files: text(&files),
    }
}

fn contact(contact: &Contact, origin: Origin) -> Value {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let (first, last, company) =
        (part(&contact.first_name), part(&contact.last_name), part(&contact.company_name));
    let search = searched(&[&first, &last, &company, &part(&contact.about)]);
    json!({
        "id": contact.id,
        "is_company": contact.company_name.is_some(),
        "search": search,
        "first_name": first,
        "last_name": last,
        "company_name": company,
        "job_title": contact.job_title,
        "about": contact.about,
        "company_id": contact.company,
        "share_type": contact.share_type,
        "managers": contact.managers,
        "status_id": contact.status,
        "type_id": contact.contact_type,
        "photo": contact.photo,
        "created": contact.created.unwrap_or(origin.now).0,
        "created_by": contact.created_by.unwrap_or(origin.by),
    })
}

fn opportunity(opportunity: &Opportunity, origin: Origin) -> Value {
    let by = opportunity.created_by.unwrap_or(origin.by);
    let description = opportunity.description.as_deref().unwrap_or_default();
    let search = searched(&[&opportunity.title, description]);
    json!({
        "id": opportunity.id,
        "title": opportunity.title,
        "description": opportunity.description,
        "responsible": opportunity.responsible.unwrap_or(by),
        "contact_id": opportunity.contact,
        "bid_type": opportunity.bid_type,
        "bid_value": opportunity.bid_value,
        "bid_currency": opportunity.currency.to_ascii_uppercase(),
        "per_period_value": opportunity.per_period_value,
        "stage_id": opportunity.stage,
        "success_probability": opportunity.success_probability,
        "actual_close": opportunity.actual_close.map(|at| at.0),
        "expected_close": opportunity.expected_close.map(|at| at.0),
        "is_private": opportunity.private_to.is_some(),
        "access": opportunity.private_to.as_deref().unwrap_or_default(),
        "search": search,
        "created": opportunity.created.unwrap_or(origin.now).0,
        "created_by": by,
    })
}

fn case(case: &Case, origin: Origin) -> Value {
    json!({
        "id": case.id,
        "title": case.title,
        "is_closed": case.is_closed,
        "is_private": case.private_to.is_some(),
        "access": case.private_to.as_deref().unwrap_or_default(),
        "search": case.title.to_lowercase(),
        "created": case.created.unwrap_or(origin.now).0,
        "created_by": case.created_by.unwrap_or(origin.by),
    })
}

fn event(event: &Event, origin: Origin) -> Value {
    json!({
        "id": event.id,
        "contact_id": event.contact,
        "opportunity_id": event.opportunity,
        "case_id": event.case,
        "category_id": event.category,
        "content": event.content,
        "search": event.content.to_lowercase(),
        "created": event.created.unwrap_or(origin.now).0,
        "created_by": event.created_by.unwrap_or(origin.by),
    })
}
