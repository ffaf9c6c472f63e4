//! Opportunities and cases in answers (sheet r7/crm 2.4).

use schemars::JsonSchema;
use serde::Serialize;

use super::contact::ContactBase;
use super::list::Stage;
use super::{Lens, is_zero};
use crate::r7::crm::currency::Currency;
use crate::r7::crm::{CaseId, OpportunityId};
use crate::r7::people::employee::Employee;
use crate::r7::store::crm::case::CaseRow;
use crate::r7::store::crm::opportunity::OpportunityRow;
use crate::r7::wire::{Answer, Nothing};

/// An opportunity.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opportunity {
    create_by: Employee,
    created: String,
    members: Vec<ContactBase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactBase>,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    responsible: Employee,
    #[serde(skip_serializing_if = "is_zero")]
    bid_type: i64,
    #[serde(skip_serializing_if = "is_nothing")]
    bid_value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bid_currency: Option<&'static Currency>,
    #[serde(skip_serializing_if = "is_zero")]
    per_period_value: i64,
    stage: Stage,
    #[serde(skip_serializing_if = "is_zero")]
    success_probability: i64,
    actual_close_date: String,
    expected_close_date: String,
    is_private: bool,
    /// Single answers have it always, lists only of a private one.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_list: Option<Vec<Employee>>,
    can_edit: bool,
    custom_fields: [Nothing; 0],
    id: OpportunityId,
}

impl Answer for Opportunity {}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(value: &f64) -> bool {
    value.abs() < f64::EPSILON
}

impl Opportunity {
    /// The answer of a call about one opportunity.
    pub(crate) fn single(row: OpportunityRow, lens: &Lens<'_>) -> Self {
        let list = lens.employees(&row.card.0.access);
        Self { access_list: Some(list), ..Self::listed(row, lens) }
    }

    /// The answer of its deletion, which is built when links and rights are gone (sheet r7/crm 4.3).
    pub(crate) fn deleted(row: OpportunityRow, lens: &Lens<'_>) -> Self {
        Self {
            members: Vec::new(),
            is_private: false,
            access_list: Some(Vec::new()),
            ..Self::listed(row, lens)
        }
    }

    /// An item of a list.
    pub(crate) fn listed(row: OpportunityRow, lens: &Lens<'_>) -> Self {
        let can_edit = lens.viewer.uses_entity(&row.card.0);
        let card = row.card.0;
        Self {
            create_by: lens.employee(card.created_by),
            created: lens.date(row.created),
            members: row.members.0.iter().map(|member| ContactBase::of(member, lens)).collect(),
            contact: row.contact.map(|contact| ContactBase::of(&contact.0, lens)),
            title: card.title,
            description: row.description,
            responsible: lens.employee(card.responsible.unwrap_or_default()),
            bid_type: row.bid_type,
            bid_value: row.bid_value,
            bid_currency: Currency::named(&row.bid_currency),
            per_period_value: row.per_period_value,
            stage: Stage::of(row.stage.0, 0),
            success_probability: row.success_probability,
            actual_close_date: lens.date_or_unset(row.actual_close),
            expected_close_date: lens.date_or_unset(row.expected_close),
            is_private: card.is_private,
            access_list: card.is_private.then(|| lens.employees(&card.access)),
            can_edit,
            custom_fields: [],
            id: OpportunityId(card.id),
        }
    }
}

/// A case.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Case {
    members: Vec<ContactBase>,
    create_by: Employee,
    created: String,
    title: String,
    is_closed: bool,
    is_private: bool,
    /// Only of a private case.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_list: Option<Vec<Employee>>,
    can_edit: bool,
    custom_fields: [Nothing; 0],
    id: CaseId,
}

impl Answer for Case {}

impl Case {
    /// One case; lists and single answers are alike.
    pub(crate) fn of(row: CaseRow, lens: &Lens<'_>) -> Self {
        let can_edit = lens.viewer.uses_entity(&row.card.0);
        let card = row.card.0;
        Self {
            members: row.members.0.iter().map(|member| ContactBase::of(member, lens)).collect(),
            create_by: lens.employee(card.created_by),
            created: lens.date(row.created),
            title: card.title,
            is_closed: row.is_closed,
            is_private: card.is_private,
            access_list: card.is_private.then(|| lens.employees(&card.access)),
            can_edit,
            custom_fields: [],
            id: CaseId(card.id),
        }
    }
}
