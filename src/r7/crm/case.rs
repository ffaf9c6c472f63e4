//! Cases: create, read, list, delete (sheet r7/crm 1.3, 4).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::opportunity::Case;
use super::answer::{Lens, viewer};
use super::cards::EntityKind;
use super::event::{self, Owner};
use super::opportunity::access;
use super::{CaseId, ContactId, filter};
use crate::kernel::db::Access;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files::ids;
use crate::r7::store;
use crate::r7::store::crm::case::{CaseRow, Insert};
use crate::r7::store::crm::column;
use crate::r7::store::crm::member::{self, Entity};

/// `POST crm/case`. `customFieldList` and `isNotify` are not kept.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateCase {
    title: String,
    members: Vec<i32>,
    isprivate: bool,
    accesslist: Vec<Guid>,
}

impl Endpoint for CreateCase {
    const ACCESS: Access = Access::Write;
    type Out = Case;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Case, Fault> {
        if self.title.trim().is_empty() {
            return Err(bad_argument());
        }
        let viewer = viewer(cx)?;
        let access = access(self.isprivate, self.accesslist, viewer.id);
        let insert = Insert {
            title: &self.title,
            is_private: access.is_some(),
            access: access.as_deref().unwrap_or("[]"),
            search: &self.title.to_lowercase(),
            created: cx.now,
            created_by: column::Guid(viewer.id),
        };
        let id = store::crm::case::insert(cx.conn, &insert).await?;
        if !self.members.is_empty() {
            let cards = store::crm::contact::cards(cx.conn, &ids::json(&self.members)).await?;
            let members: Vec<ContactId> =
                cards.iter().filter(|card| viewer.reads_contact(&card.0)).map(|card| card.0.id).collect();
            member::insert(cx.conn, Entity::Case, id.0, &ids::json(&members)).await?;
        }
        let row = store::crm::case::find(cx.conn, id).await?.ok_or_else(not_found)?;
        Ok(Case::of(row, &Lens::of(cx)?))
    }
}

/// A case that the caller may use; an unreadable one is missing.
async fn readable(cx: &mut Cx<'_>, id: CaseId) -> Result<CaseRow, Fault> {
    let viewer = viewer(cx)?;
    let row = store::crm::case::find(cx.conn, id).await?.ok_or_else(not_found)?;
    if viewer.uses_entity(&row.card.0) { Ok(row) } else { Err(not_found()) }
}

/// `GET crm/case/{id}`; 0 is 404 here, not 400 (sheet r7/crm 6).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetCase {
    id: i32,
}

impl Endpoint for GetCase {
    const ACCESS: Access = Access::Read;
    type Out = Case;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Case, Fault> {
        let row = readable(cx, CaseId(self.id.into())).await?;
        Ok(Case::of(row, &Lens::of(cx)?))
    }
}

/// `DELETE crm/case/{id}`: with its events and their files; the answer still has the members (sheet r7/crm 4.3).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteCase {
    id: i32,
}

impl Endpoint for DeleteCase {
    const ACCESS: Access = Access::Write;
    type Out = Case;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Case, Fault> {
        let id = CaseId(event::positive(self.id)?);
        let row = readable(cx, id).await?;
        event::erase_files(cx.conn, Owner::Entity(EntityKind::Case).target(id.0)).await?;
        store::crm::case::remove(cx.conn, id).await?;
        Ok(Case::of(row, &Lens::of(cx)?))
    }
}

/// `GET crm/case/filter`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct FilterCases {
    contactid: i32,
    isclosed: Option<bool>,
    tags: Vec<String>,
}

impl Endpoint for FilterCases {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Case>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Case>, Fault> {
        let lens = Lens::of(cx)?;
        if self.tags.iter().any(|tag| !tag.is_empty()) {
            // Nothing here has a tag.
            cx.paging = filter::paging(&cx.list, 0, 0);
            return Ok(Vec::new());
        }
        let contact = (self.contactid > 0).then(|| self.contactid.into());
        let page = filter::page(&cx.list, &filter::Order { sort: "title", descending: false });
        let reader = filter::reader(lens.viewer);
        let mut hits = store::crm::case::list(cx.conn, &reader, contact, self.isclosed, &page).await?;
        if let Some(first) = hits.before(&page) {
            hits.total =
                store::crm::case::list(cx.conn, &reader, contact, self.isclosed, &first).await?.total;
        }
        cx.paging = filter::paging(&cx.list, hits.rows.len(), hits.total);
        Ok(hits.rows.into_iter().map(|row| Case::of(row, &lens)).collect())
    }
}
