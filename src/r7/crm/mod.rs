//! CRM: contacts, opportunities, cases, their lists, and the history of all three (sheet r7/crm).

pub(crate) mod answer;
pub(crate) mod attachment;
pub(crate) mod cards;
pub(crate) mod case;
pub(crate) mod category;
pub(crate) mod company;
pub(crate) mod contact;
pub(crate) mod currency;
pub(crate) mod event;
pub(crate) mod filter;
pub(crate) mod history;
pub(crate) mod opportunity;
pub(crate) mod person;
pub(crate) mod rules;
pub(crate) mod stage;

use crate::kernel::ids::int_id;

int_id!(ContactId, "A person's or company's id.");
int_id!(OpportunityId, "An opportunity's id.");
int_id!(CaseId, "A case's id.");
int_id!(StageId, "The id of an opportunity's stage.");
int_id!(
    ListItemId,
    "The id of a list item: status, type, task category, history category. Negative: a system category."
);
int_id!(EventId, "The id of an event of the history.");
