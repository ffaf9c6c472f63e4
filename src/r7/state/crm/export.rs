//! From rows to a document.

use sqlx::SqliteConnection;

use super::{Case, Contact, Crm, Event, Item, LastIds, Opportunity, Stage};
use crate::r7::crm::rules::defaults::ListKind;
use crate::r7::store::crm::document;

/// The CRM's part of the world's state document; all lists are spelled out.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Crm, sqlx::Error> {
    let items = document::items(conn).await?;
    let list = |kind: ListKind| {
        Some(items.iter().filter(|item| item.kind == kind.number()).map(item).collect::<Vec<_>>())
    };
    let stages = document::stages(conn).await?;
    let document::LastIds { contact, opportunity, case, event, list_item } = document::last_ids(conn).await?;
    let last_ids = LastIds { contact, opportunity, case, event, list_item };
    Ok(Crm {
        contact_statuses: list(ListKind::ContactStatus),
        contact_types: list(ListKind::ContactType),
        task_categories: list(ListKind::TaskCategory),
        history_categories: list(ListKind::HistoryCategory),
        stages: Some(stages.into_iter().map(stage).collect()),
        contacts: document::contacts(conn).await?.into_iter().map(self::contact).collect(),
        opportunities: document::opportunities(conn).await?.into_iter().map(self::opportunity).collect(),
        cases: document::cases(conn).await?.into_iter().map(self::case).collect(),
        events: document::events(conn).await?.into_iter().map(self::event).collect(),
        last_ids,
    })
}

fn item(row: &document::Item) -> Item {
    Item {
        id: row.id,
        title: row.title.clone(),
        description: row.description.clone(),
        color: row.color.clone(),
        image: row.image.clone(),
        sort_order: row.sort_order,
    }
}

fn stage(row: document::Stage) -> Stage {
    Stage {
        id: row.id,
        title: row.title,
        description: row.description,
        color: row.color,
        success_probability: row.success_probability,
        stage_type: row.stage_type,
        sort_order: row.sort_order,
    }
}

fn contact(row: document::Contact) -> Contact {
    let person = !row.is_company;
    Contact {
        id: row.id,
        company_name: row.is_company.then_some(row.company_name),
        first_name: person.then_some(row.first_name),
        last_name: person.then_some(row.last_name),
        job_title: row.job_title,
        about: row.about,
        company: row.company_id,
        share_type: row.share_type,
        managers: row.managers.0,
        status: row.status_id,
        contact_type: row.type_id,
        photo: row.photo,
        created: Some(row.created),
        created_by: Some(row.created_by.0),
    }
}

fn opportunity(row: document::Opportunity) -> Opportunity {
    Opportunity {
        id: row.id,
        title: row.title,
        description: row.description,
        responsible: Some(row.responsible.0),
        contact: row.contact_id,
        members: row.members.0,
        stage: row.stage_id,
        bid_type: row.bid_type,
        bid_value: row.bid_value,
        currency: row.bid_currency,
        per_period_value: row.per_period_value,
        success_probability: row.success_probability,
        actual_close: row.actual_close,
        expected_close: row.expected_close,
        created: Some(row.created),
        created_by: Some(row.created_by.0),
        private_to: row.is_private.then_some(row.access.0),
    }
}

fn case(row: document::Case) -> Case {
    Case {
        id: row.id,
        title: row.title,
        is_closed: row.is_closed,
        members: row.members.0,
        created: Some(row.created),
        created_by: Some(row.created_by.0),
        private_to: row.is_private.then_some(row.access.0),
    }
}

fn event(row: document::Event) -> Event {
    Event {
        id: row.id,
        contact: row.contact_id,
        opportunity: row.opportunity_id,
        case: row.case_id,
        category: row.category_id,
        content: row.content,
        created: Some(row.created),
        created_by: Some(row.created_by.0),
        files: row.files.0,
    }
}
