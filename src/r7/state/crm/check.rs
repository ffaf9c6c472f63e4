//! Whether a document's ids are free and its references lead somewhere. Names the JSON path of what does not.

use std::collections::{HashMap, HashSet};

use super::{Contact, Crm, Event, Item, Opportunity};
use crate::kernel::state::StateError;
use crate::r7::crm::currency::Currency;
use crate::r7::crm::rules::defaults;
use crate::r7::crm::{ContactId, ListItemId};
use crate::r7::store::crm::document::KnownId;

/// Ids of the world and of the document, by what they belong to.
pub(super) struct Known(HashMap<String, HashSet<i64>>);

impl Known {
    pub(super) fn new(rows: Vec<KnownId>) -> Self {
        let mut known: HashMap<String, HashSet<i64>> = HashMap::new();
        for row in rows {
            known.entry(row.what).or_default().insert(row.id);
        }
        Self(known)
    }

    /// Whether the world, or the document so far, has that one.
    pub(super) fn has(&self, what: &str, id: i64) -> bool {
        self.0.get(what).is_some_and(|ids| ids.contains(&id))
    }

    /// Whether there is any.
    pub(super) fn any(&self, what: &str) -> bool {
        self.0.get(what).is_some_and(|ids| !ids.is_empty())
    }

    fn put(&mut self, what: &str, id: i64) -> bool {
        self.0.entry(what.to_owned()).or_default().insert(id)
    }

    fn wants(&self, what: &str, id: i64, path: impl FnOnce() -> String) -> Result<(), StateError> {
        if self.has(what, id) {
            Ok(())
        } else {
            Err(StateError::at(path(), format!("there is no {what} {id}")))
        }
    }

    fn takes(&mut self, what: &str, id: i64, path: &str) -> Result<(), StateError> {
        if id <= 0 {
            return Err(StateError::at(format!("{path}.id"), "ids are positive"));
        }
        if self.put(what, id) {
            Ok(())
        } else {
            Err(StateError::at(format!("{path}.id"), format!("{what} {id} is there already")))
        }
    }
}

fn range(value: i64, most: i64, path: String) -> Result<(), StateError> {
    if (0..=most).contains(&value) {
        return Ok(());
    }
    Err(StateError::at(path, format!("{value} is not between 0 and {most}")))
}

/// Checks a document against the world and adds its ids to `known`.
pub(super) fn check(crm: &Crm, known: &mut Known) -> Result<(), StateError> {
    let mut seen = HashSet::new();
    for (name, what, list) in [
        ("contactStatuses", "status", &crm.contact_statuses),
        ("contactTypes", "type", &crm.contact_types),
        ("taskCategories", "task", &crm.task_categories),
        ("historyCategories", "category", &crm.history_categories),
    ] {
        items(name, what, list.as_deref().unwrap_or_default(), known, &mut seen)?;
    }
    let mut seen = HashSet::new();
    for (index, stage) in crm.stages.iter().flatten().enumerate() {
        let path = format!("crm.stages[{index}]");
        if stage.id.0 <= 0 || !seen.insert(stage.id) {
            return Err(StateError::at(format!("{path}.id"), "ids are positive, and each is given once"));
        }
        known.put("stage", stage.id.0);
        range(stage.success_probability, 100, format!("{path}.successProbability"))?;
        range(stage.stage_type, 2, format!("{path}.stageType"))?;
    }
    for (index, contact) in crm.contacts.iter().enumerate() {
        let path = format!("crm.contacts[{index}]");
        let what = if contact.company_name.is_some() { "company" } else { "person" };
        let other = if contact.company_name.is_some() { "person" } else { "company" };
        if known.has(other, contact.id.0) {
            return Err(StateError::at(format!("{path}.id"), format!("a {other} has this id")));
        }
        known.takes(what, contact.id.0, &path)?;
    }
    for (index, contact) in crm.contacts.iter().enumerate() {
        self::contact(contact, &format!("crm.contacts[{index}]"), known)?;
    }
    for (index, opportunity) in crm.opportunities.iter().enumerate() {
        let path = format!("crm.opportunities[{index}]");
        known.takes("opportunity", opportunity.id.0, &path)?;
        self::opportunity(opportunity, &path, known)?;
    }
    for (index, case) in crm.cases.iter().enumerate() {
        let path = format!("crm.cases[{index}]");
        known.takes("case", case.id.0, &path)?;
        members(&case.members, &path, known)?;
    }
    for (index, event) in crm.events.iter().enumerate() {
        let path = format!("crm.events[{index}]");
        known.takes("event", event.id.0, &path)?;
        self::event(event, &path, known)?;
    }
    Ok(())
}

fn items(
    name: &str,
    what: &str,
    list: &[Item],
    known: &mut Known,
    seen: &mut HashSet<ListItemId>,
) -> Result<(), StateError> {
    for (index, item) in list.iter().enumerate() {
        let path = format!("crm.{name}[{index}].id");
        if item.id.0 <= 0 {
            return Err(StateError::at(path, "ids are positive"));
        }
        let taken = ["status", "type", "task", "category"];
        if !seen.insert(item.id) || taken.iter().any(|other| *other != what && known.has(other, item.id.0)) {
            return Err(StateError::at(path, "an item of these lists has this id already"));
        }
        known.put(what, item.id.0);
    }
    Ok(())
}

fn any_contact(known: &Known, id: ContactId, path: impl FnOnce() -> String) -> Result<(), StateError> {
    if known.has("company", id.0) { Ok(()) } else { known.wants("person", id.0, path) }.map_err(|error| {
        match error {
            StateError::Invalid { path, .. } => StateError::at(path, format!("there is no contact {id}")),
            other @ StateError::Storage(_) => other,
        }
    })
}

fn members(list: &[ContactId], path: &str, known: &Known) -> Result<(), StateError> {
    for (index, member) in list.iter().enumerate() {
        any_contact(known, *member, || format!("{path}.members[{index}]"))?;
    }
    Ok(())
}

fn contact(contact: &Contact, path: &str, known: &Known) -> Result<(), StateError> {
    let is_company = contact.company_name.is_some();
    if is_company == (contact.first_name.is_some() || contact.last_name.is_some()) {
        return Err(StateError::at(path, "a person has firstName and lastName, a company has companyName"));
    }
    range(contact.share_type, 2, format!("{path}.shareType"))?;
    if let Some(company) = contact.company {
        if is_company {
            return Err(StateError::at(format!("{path}.company"), "a company has no employer"));
        }
        known.wants("company", company.0, || format!("{path}.company"))?;
    }
    if let Some(status) = contact.status {
        known.wants("status", status.0, || format!("{path}.status"))?;
    }
    if let Some(kind) = contact.contact_type {
        known.wants("type", kind.0, || format!("{path}.contactType"))?;
    }
    Ok(())
}

fn opportunity(opportunity: &Opportunity, path: &str, known: &Known) -> Result<(), StateError> {
    known.wants("stage", opportunity.stage.0, || format!("{path}.stage"))?;
    if let Some(contact) = opportunity.contact {
        any_contact(known, contact, || format!("{path}.contact"))?;
    }
    members(&opportunity.members, path, known)?;
    range(opportunity.bid_type, 5, format!("{path}.bidType"))?;
    range(opportunity.success_probability, 100, format!("{path}.successProbability"))?;
    if Currency::named(&opportunity.currency).is_none() {
        return Err(StateError::at(
            format!("{path}.currency"),
            format!("unknown currency {}", opportunity.currency),
        ));
    }
    Ok(())
}

fn event(event: &Event, path: &str, known: &Known) -> Result<(), StateError> {
    if event.opportunity.is_some() && event.case.is_some() {
        return Err(StateError::at(path, "an event belongs to an opportunity or to a case, not to both"));
    }
    if event.contact.is_none() && event.opportunity.is_none() && event.case.is_none() {
        return Err(StateError::at(path, "an event belongs to a contact, an opportunity or a case"));
    }
    if let Some(contact) = event.contact {
        any_contact(known, contact, || format!("{path}.contact"))?;
    }
    if let Some(opportunity) = event.opportunity {
        known.wants("opportunity", opportunity.0, || format!("{path}.opportunity"))?;
    }
    if let Some(case) = event.case {
        known.wants("case", case.0, || format!("{path}.case"))?;
    }
    // The portal does not look at the kind of list either (sheet r7/crm 3.2, row 4).
    let lists = ["category", "task", "status", "type"];
    let category = event.category.0;
    if defaults::system(category).is_none() && !lists.iter().any(|what| known.has(what, category)) {
        return Err(StateError::at(format!("{path}.category"), format!("there is no category {category}")));
    }
    for (index, file) in event.files.iter().enumerate() {
        known.wants("file", file.0, || format!("{path}.files[{index}]"))?;
    }
    Ok(())
}
