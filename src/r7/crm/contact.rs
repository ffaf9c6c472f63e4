//! Contacts of both kinds: read, list, delete (sheet r7/crm 1.2, 4.2, 4.3).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::contact::Contact;
use super::answer::{Lens, viewer};
use super::event::{self, Owner, denied, positive};
use super::{ContactId, filter};
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, Guid, WireEnum, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, not_found};
use crate::r7::store;
use crate::r7::store::crm::contact::{ContactRow, Filter};

/// `shareType` of requests (sheet r7/crm 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ShareType {
    #[default]
    None = 0,
    ReadWrite = 1,
    Read = 2,
}

impl WireEnum for ShareType {
    const NAMES: &'static [(&'static str, i32)] = &[("None", 0), ("ReadWrite", 1), ("Read", 2)];

    fn from_number(number: i32) -> Option<Self> {
        [Self::None, Self::ReadWrite, Self::Read].into_iter().find(|known| *known as i32 == number)
    }
}

/// A contact that the caller may read; an unreadable one is missing (sheet r7/crm 6).
pub(crate) async fn readable(cx: &mut Cx<'_>, id: i32) -> Result<ContactRow, Fault> {
    let id = ContactId(positive(id)?);
    let viewer = viewer(cx)?;
    let row = store::crm::contact::find(cx.conn, id).await?.ok_or_else(not_found)?;
    if viewer.reads_contact(&row.card.0) { Ok(row) } else { Err(not_found()) }
}

/// A contact that was written just now.
pub(crate) async fn written(cx: &mut Cx<'_>, id: ContactId) -> Result<Contact, Fault> {
    let row = store::crm::contact::find(cx.conn, id).await?.ok_or_else(not_found)?;
    Ok(Contact::single(row, &Lens::of(cx)?))
}

/// GUIDs as the JSON list that is stored.
pub(crate) fn people(ids: &[Guid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    serde_json::to_string(&ids).unwrap_or_else(|_| "[]".to_owned())
}

/// `GET crm/contact/{id}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetContact {
    id: i32,
}

impl Endpoint for GetContact {
    const ACCESS: Access = Access::Read;
    type Out = Contact;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Contact, Fault> {
        let row = readable(cx, self.id).await?;
        Ok(Contact::single(row, &Lens::of(cx)?))
    }
}

/// `DELETE crm/contact/{id}`: with its events and their files (sheet r7/crm 4.3).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteContact {
    id: i32,
}

impl Endpoint for DeleteContact {
    const ACCESS: Access = Access::Write;
    type Out = Contact;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Contact, Fault> {
        let row = readable(cx, self.id).await?;
        let lens = Lens::of(cx)?;
        if !lens.viewer.edits_contact(&row.card.0) {
            return Err(denied());
        }
        let id = row.card.0.id;
        event::erase_files(cx.conn, Owner::Contact.target(id.0)).await?;
        store::crm::contact::remove(cx.conn, id).await?;
        Ok(Contact::single(row, &lens))
    }
}

/// `contactListView` (sheet r7/crm 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ListView {
    #[default]
    All = 0,
    Company = 1,
    Person = 2,
    WithOpportunity = 3,
}

impl WireEnum for ListView {
    const NAMES: &'static [(&'static str, i32)] =
        &[("All", 0), ("Company", 1), ("Person", 2), ("WithOpportunity", 3)];

    fn from_number(number: i32) -> Option<Self> {
        let known = [Self::All, Self::Company, Self::Person, Self::WithOpportunity];
        known.into_iter().find(|known| *known as i32 == number)
    }
}

/// `GET crm/contact/filter`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct FilterContacts {
    tags: Vec<String>,
    contactstage: Option<i32>,
    contacttype: Option<i32>,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<ListView>")]
    contactlistview: ListView,
    responsibleid: Option<Guid>,
    isshared: Option<bool>,
    fromdate: Option<String>,
    todate: Option<String>,
}

impl Endpoint for FilterContacts {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Contact>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Contact>, Fault> {
        let lens = Lens::of(cx)?;
        let created = filter::span(self.fromdate.as_deref(), self.todate.as_deref(), cx.zone())?;
        if self.tags.iter().any(|tag| !tag.is_empty()) {
            // Every tag must fit (sheet r7/crm 4.2), and nothing here has one.
            cx.paging = filter::paging(&cx.list, 0, 0);
            return Ok(Vec::new());
        }
        let manager =
            self.responsibleid.map(|id| if id.0.is_nil() { String::new() } else { id.0.to_string() });
        let filter = Filter {
            status: self.contactstage.map(i64::from),
            kind: self.contacttype.map(i64::from),
            is_company: match self.contactlistview {
                ListView::Company => Some(true),
                ListView::Person => Some(false),
                ListView::All | ListView::WithOpportunity => None,
            },
            with_opportunity: self.contactlistview == ListView::WithOpportunity,
            manager,
            is_shared: self.isshared,
            created,
        };
        let page = filter::page(&cx.list, &filter::Order { sort: "created", descending: true });
        let reader = filter::reader(lens.viewer);
        let mut hits = store::crm::contact::list(cx.conn, &reader, &filter, &page).await?;
        if let Some(first) = hits.before(&page) {
            hits.total = store::crm::contact::list(cx.conn, &reader, &filter, &first).await?.total;
        }
        cx.paging = filter::paging(&cx.list, hits.rows.len(), hits.total);
        Ok(hits.rows.into_iter().map(|row| Contact::listed(row, &lens)).collect())
    }
}
