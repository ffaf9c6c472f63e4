//! The CRM in state documents.

mod check;
mod export;
mod import;

pub(crate) use export::export;
pub(crate) use import::import;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::time::Timestamp;
use crate::r7::crm::{CaseId, ContactId, EventId, ListItemId, OpportunityId, StageId};
use crate::r7::files::ids::FileId;

/// `"crm": {…}`. A list that is absent while the world has none of its kind is that of a fresh portal, in the portal's
/// language.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Crm {
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_statuses: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_types: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_categories: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history_categories: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stages: Option<Vec<Stage>>,
    /// Persons and companies.
    contacts: Vec<Contact>,
    opportunities: Vec<Opportunity>,
    cases: Vec<Case>,
    /// The history.
    events: Vec<Event>,
    /// The last ids that were given, where those rows are gone.
    #[serde(skip_serializing_if = "LastIds::is_empty")]
    last_ids: LastIds,
}

/// Ids that are not given again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct LastIds {
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opportunity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_item: Option<i64>,
}

impl LastIds {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An item of a list. The four lists share their ids.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Item {
    id: ListItemId,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    /// `#rrggbb`; statuses have one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    color: String,
    /// File name of the icon; categories have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(default)]
    sort_order: i64,
}

/// A stage of opportunities.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the document's names")]
pub(crate) struct Stage {
    id: StageId,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    color: String,
    /// 0 to 100.
    #[serde(default)]
    success_probability: i64,
    /// 0 open, 1 won, 2 lost.
    #[serde(default)]
    stage_type: i64,
    #[serde(default)]
    sort_order: i64,
}

/// A person has `firstName` and `lastName`, a company `companyName`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the document's names")]
pub(crate) struct Contact {
    id: ContactId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    /// A person's employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<ContactId>,
    /// 0 private, 1 read and write, 2 read.
    #[serde(default, skip_serializing_if = "is_zero")]
    share_type: i64,
    /// GUIDs of users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    managers: Vec<Uuid>,
    /// One of `contactStatuses`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<ListItemId>,
    /// One of `contactTypes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact_type: Option<ListItemId>,
    /// URL of the small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    photo: Option<String>,
    /// Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    /// GUID of a user. Absent: the portal's first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    created_by: Option<Uuid>,
}

/// An opportunity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Opportunity {
    id: OpportunityId,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// GUID of a user. Absent: whoever created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    responsible: Option<Uuid>,
    /// The main contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    /// Contacts that take part, the main one among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<ContactId>,
    stage: StageId,
    /// 0 fixed, 1 to 5 per hour, day, week, month, year.
    #[serde(default, skip_serializing_if = "is_zero")]
    bid_type: i64,
    #[serde(default)]
    bid_value: f64,
    /// Abbreviation: `USD`, `RUB`.
    currency: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    per_period_value: i64,
    /// 0 to 100.
    #[serde(default, skip_serializing_if = "is_zero")]
    success_probability: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actual_close: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected_close: Option<Timestamp>,
    /// Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    /// GUID of a user. Absent: the portal's first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    created_by: Option<Uuid>,
    /// GUIDs of the users who may see it; absent: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    private_to: Option<Vec<Uuid>>,
}

/// A case.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Case {
    id: CaseId,
    title: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_closed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<ContactId>,
    /// Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    /// GUID of a user. Absent: the portal's first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    created_by: Option<Uuid>,
    /// GUIDs of the users who may see it; absent: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    private_to: Option<Vec<Uuid>>,
}

/// An event of a contact, of an opportunity or case, or of both.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Event {
    id: EventId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opportunity: Option<OpportunityId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    /// A list item, or -1 task closed, -2 files uploaded, -3 mail.
    category: ListItemId,
    content: String,
    /// Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    /// GUID of a user. Absent: the portal's first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    created_by: Option<Uuid>,
    /// Ids of attached files, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}
