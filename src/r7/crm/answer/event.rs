//! Events of the history in answers (sheet r7/crm 2.1).

use schemars::JsonSchema;
use serde::Serialize;

use super::Lens;
use super::contact::ContactBase;
use super::list::Category;
use crate::r7::crm::EventId;
use crate::r7::crm::cards::EntityCard;
use crate::r7::crm::event::Event as Facts;
use crate::r7::files::card::File;
use crate::r7::people::employee::Employee;
use crate::r7::wire::Answer;

/// An event with the files attached to it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    create_by: Employee,
    created: String,
    content: String,
    /// Absent only if the category is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactBase>,
    /// Null when there is none.
    entity: Option<Entity>,
    /// Upstream leaves a `false` out; sent all the same (sheet r7/crm 2.7).
    can_edit: bool,
    files: Vec<File>,
    id: EventId,
}

impl Answer for Event {}

/// The opportunity or case of an event.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
struct Entity {
    entity_type: &'static str,
    entity_id: i64,
    entity_title: String,
}

impl From<EntityCard> for Entity {
    fn from(card: EntityCard) -> Self {
        Self { entity_type: card.kind.word(), entity_id: card.id, entity_title: card.title }
    }
}

impl Event {
    /// The answer of a call about one event: `canEdit` says who may read it (sheet r7/crm 2.1).
    pub(crate) fn single(facts: Facts, files: Vec<File>, lens: &Lens<'_>) -> Self {
        let can_edit = lens.viewer.reads_event(facts.contact.as_ref(), facts.entity.as_ref());
        Self::of(facts, files, can_edit, lens)
    }

    /// An item of a list: `canEdit` says who may edit it.
    pub(crate) fn listed(facts: Facts, files: Vec<File>, lens: &Lens<'_>) -> Self {
        let (contact, entity) = (facts.contact.as_ref(), facts.entity.as_ref());
        let can_edit = lens.viewer.edits_event(facts.created_by, contact, entity);
        Self::of(facts, files, can_edit, lens)
    }

    fn of(facts: Facts, files: Vec<File>, can_edit: bool, lens: &Lens<'_>) -> Self {
        let system = Category::system(facts.category_id);
        Self {
            create_by: lens.employee(facts.created_by),
            created: lens.date(facts.created),
            content: facts.content,
            category: facts.category.map(|card| Category::of(card, 0)).or(system),
            contact: facts.contact.map(|contact| ContactBase::of(&contact, lens)),
            entity: facts.entity.map(Entity::from),
            can_edit,
            files,
            id: facts.id,
        }
    }
}
