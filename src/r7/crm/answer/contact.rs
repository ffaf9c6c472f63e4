//! Persons and companies in answers (sheet r7/crm 2.3).

use schemars::JsonSchema;
use serde::Serialize;

use super::list::Status;
use super::{Lens, is_zero};
use crate::r7::crm::ContactId;
use crate::r7::crm::cards::ContactCard;
use crate::r7::people::employee::Employee;
use crate::r7::store::crm::contact::ContactRow;
use crate::r7::wire::{Answer, Nothing};

/// The short form: a contact inside other answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire's own shape")]
pub(crate) struct ContactBase {
    small_foto_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    medium_foto_url: Option<String>,
    display_name: String,
    is_company: bool,
    /// Only of a private contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_list: Option<Vec<Employee>>,
    is_private: bool,
    is_shared: bool,
    share_type: i64,
    /// Null: the contact has no currency of its own.
    currency: Option<Nothing>,
    can_edit: bool,
    can_delete: bool,
    id: ContactId,
}

impl ContactBase {
    /// The short form of a card.
    pub(crate) fn of(card: &ContactCard, lens: &Lens<'_>) -> Self {
        let can_edit = lens.viewer.edits_contact(card);
        let is_private = card.share_type == 0;
        // sheet r7/crm 2.7: the seed's sample has neither of these two keys.
        let full = !lens.seed_shapes();
        Self {
            small_foto_url: card.photo.clone().unwrap_or_else(|| photo(card, 1)),
            medium_foto_url: full.then(|| photo(card, 2)),
            display_name: display_name(card),
            is_company: card.is_company,
            access_list: (full && is_private).then(|| lens.employees(&card.managers)),
            is_private,
            is_shared: !is_private,
            share_type: card.share_type,
            currency: None,
            can_edit,
            // Invoices, the one thing that can forbid it, do not exist here.
            can_delete: can_edit,
            id: card.id,
        }
    }
}

/// sheet r7/crm 2.3: first, space, last; or the company's name.
fn display_name(card: &ContactCard) -> String {
    if card.is_company {
        card.company_name.clone()
    } else {
        format!("{} {}", card.first_name, card.last_name)
    }
}

/// sheet r7/crm 2.3: the typo and the capital letters are real.
fn photo(card: &ContactCard, size: u8) -> String {
    let company = if card.is_company { "True" } else { "False" };
    let id = card.id;
    format!(
        "/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid={id}&isc={company}&ps={size}"
    )
}

/// What only a person, or only a company, has; comes first.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Own {
    Person {
        first_name: String,
        last_name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        company: Option<ContactBase>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    Company {
        company_name: String,
        #[serde(skip_serializing_if = "is_zero")]
        persons_count: i64,
    },
}

/// The full form.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct Contact {
    #[serde(flatten)]
    own: Own,
    /// Always there in single answers, never in lists, where it would only show what is not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<[Nothing; 0]>,
    create_by: Employee,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_status: Option<Status>,
    common_data: [Nothing; 0],
    custom_fields: [Nothing; 0],
    have_late_tasks: bool,
    #[serde(flatten)]
    base: ContactBase,
}

impl Answer for Contact {}

impl Contact {
    /// The answer of a call about one contact.
    pub(crate) fn single(row: ContactRow, lens: &Lens<'_>) -> Self {
        Self { addresses: Some([]), ..Self::listed(row, lens) }
    }

    /// An item of a list.
    pub(crate) fn listed(row: ContactRow, lens: &Lens<'_>) -> Self {
        let card = row.card.0;
        let base = ContactBase::of(&card, lens);
        let own = if card.is_company {
            Own::Company { company_name: card.company_name, persons_count: row.persons_count }
        } else {
            Own::Person {
                first_name: card.first_name,
                last_name: card.last_name,
                company: row.employer.map(|employer| ContactBase::of(&employer.0, lens)),
                title: row.job_title,
            }
        };
        Self {
            own,
            addresses: None,
            create_by: lens.employee(row.created_by.0),
            created: lens.date(row.created),
            about: row.about,
            contact_status: row.status.map(|status| status.0.into()),
            common_data: [],
            custom_fields: [],
            have_late_tasks: false,
            base,
        }
    }
}
