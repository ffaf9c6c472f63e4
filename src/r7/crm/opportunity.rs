//! Opportunities: create, read, list, delete (sheet r7/crm 1.3, 4).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::opportunity::Opportunity;
use super::answer::{Lens, viewer};
use super::cards::EntityKind;
use super::currency::Currency;
use super::event::{self, Owner, denied, positive};
use super::rules::text;
use super::{ContactId, OpportunityId, StageId, contact, filter};
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::{EnumOf, Guid, WireEnum, wire_enum};
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files::ids;
use crate::r7::store;
use crate::r7::store::crm::column;
use crate::r7::store::crm::member::{self, Entity};
use crate::r7::store::crm::opportunity::{Filter, Insert, OpportunityRow};

/// `bidType` (sheet r7/crm 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct BidType(i32);

impl WireEnum for BidType {
    const NAMES: &'static [(&'static str, i32)] =
        &[("FixedBid", 0), ("PerHour", 1), ("PerDay", 2), ("PerWeek", 3), ("PerMonth", 4), ("PerYear", 5)];

    fn from_number(number: i32) -> Option<Self> {
        (0..=5).contains(&number).then_some(Self(number))
    }
}

/// `POST crm/opportunity`. `customFieldList` and `isNotify` are not kept.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateOpportunity {
    title: String,
    stageid: i32,
    responsibleid: Guid,
    bidcurrencyabbr: String,
    contactid: i32,
    members: Vec<i32>,
    description: Option<String>,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<BidType>")]
    bidtype: BidType,
    bidvalue: f64,
    perperiodvalue: i32,
    successprobability: i32,
    actualclosedate: Option<String>,
    expectedclosedate: Option<String>,
    isprivate: bool,
    accesslist: Vec<Guid>,
}

impl Endpoint for CreateOpportunity {
    const ACCESS: Access = Access::Write;
    type Out = Opportunity;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Opportunity, Fault> {
        let date = |text: &Option<String>| -> Result<Option<Timestamp>, Fault> {
            Ok(text.as_deref().map(|text| dates::parse(text, cx.zone())).transpose()?)
        };
        let (actual_close, expected_close) = (date(&self.actualclosedate)?, date(&self.expectedclosedate)?);
        // sheet r7/crm 4.1: title, responsible, stage and currency are required; an unknown currency is 400 too.
        if self.title.trim().is_empty() || self.responsibleid.0.is_nil() || self.stageid <= 0 {
            return Err(bad_argument());
        }
        let currency = Currency::named(&self.bidcurrencyabbr).ok_or_else(bad_argument)?;
        let stage = StageId(self.stageid.into());
        if store::crm::list::stage(cx.conn, stage).await?.is_none() {
            return Err(Fault::Argument("Deal milestone is not found".into()));
        }
        let viewer = viewer(cx)?;
        let mut wanted: Vec<i64> = self.members.iter().map(|id| i64::from(*id)).collect();
        if self.contactid > 0 {
            // The contact joins the members (sheet r7/crm 1.3).
            wanted.push(self.contactid.into());
        }
        let cards = match wanted.as_slice() {
            [] => Vec::new(),
            ids => store::crm::contact::cards(cx.conn, &ids::json(ids)).await?,
        };
        let contact = match i64::from(self.contactid) {
            ..=0 => None,
            id => {
                // sheet r7/crm 4.1: an unknown contact is 400, an unreadable one 403.
                let card = cards.iter().find(|card| card.0.id.0 == id).ok_or_else(bad_argument)?;
                if !viewer.reads_contact(&card.0) {
                    return Err(denied());
                }
                Some(ContactId(id))
            }
        };
        let access = access(self.isprivate, self.accesslist, viewer.id);
        let description = self.description.as_deref();
        let insert = Insert {
            title: &self.title,
            description,
            responsible: column::Guid(self.responsibleid.0),
            contact,
            bid_type: self.bidtype.0.into(),
            bid_value: self.bidvalue,
            bid_currency: currency.abbreviation(),
            per_period_value: self.perperiodvalue.into(),
            stage,
            success_probability: self.successprobability.clamp(0, 100).into(),
            actual_close,
            expected_close,
            is_private: access.is_some(),
            access: access.as_deref().unwrap_or("[]"),
            search: &text::searched(&[&self.title, description.unwrap_or_default()]),
            created: cx.now,
            created_by: column::Guid(viewer.id),
        };
        let id = store::crm::opportunity::insert(cx.conn, &insert).await?;
        let members: Vec<ContactId> =
            cards.iter().filter(|card| viewer.reads_contact(&card.0)).map(|card| card.0.id).collect();
        if !members.is_empty() {
            member::insert(cx.conn, Entity::Opportunity, id.0, &ids::json(&members)).await?;
        }
        let row = store::crm::opportunity::find(cx.conn, id).await?.ok_or_else(not_found)?;
        Ok(Opportunity::single(row, &Lens::of(cx)?))
    }
}

/// Who may see a new opportunity or case, as the JSON list that is stored; `None`: everybody. A private one without a
/// list is public; else its creator joins the list (sheet r7/crm 4.1).
pub(crate) fn access(is_private: bool, mut list: Vec<Guid>, creator: uuid::Uuid) -> Option<String> {
    if !is_private || list.is_empty() {
        return None;
    }
    if !list.contains(&Guid(creator)) {
        list.push(Guid(creator));
    }
    Some(contact::people(&list))
}

/// An opportunity that the caller may read; an unreadable one is missing.
async fn readable(cx: &mut Cx<'_>, id: i32) -> Result<OpportunityRow, Fault> {
    let id = OpportunityId(positive(id)?);
    let viewer = viewer(cx)?;
    let row = store::crm::opportunity::find(cx.conn, id).await?.ok_or_else(not_found)?;
    if viewer.uses_entity(&row.card.0) { Ok(row) } else { Err(not_found()) }
}

/// `GET crm/opportunity/{id}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetOpportunity {
    id: i32,
}

impl Endpoint for GetOpportunity {
    const ACCESS: Access = Access::Read;
    type Out = Opportunity;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Opportunity, Fault> {
        let row = readable(cx, self.id).await?;
        Ok(Opportunity::single(row, &Lens::of(cx)?))
    }
}

/// `DELETE crm/opportunity/{id}`: with its events and their files (sheet r7/crm 4.3).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteOpportunity {
    id: i32,
}

impl Endpoint for DeleteOpportunity {
    const ACCESS: Access = Access::Write;
    type Out = Opportunity;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Opportunity, Fault> {
        let row = readable(cx, self.id).await?;
        let id = row.card.0.id;
        event::erase_files(cx.conn, Owner::Entity(EntityKind::Opportunity).target(id)).await?;
        store::crm::opportunity::remove(cx.conn, OpportunityId(id)).await?;
        Ok(Opportunity::deleted(row, &Lens::of(cx)?))
    }
}

/// `GET crm/opportunity/filter`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct FilterOpportunities {
    responsibleid: Guid,
    opportunitystagesid: i32,
    tags: Vec<String>,
    contactid: i32,
    stagetype: Option<i32>,
    contactalsoisparticipant: Option<bool>,
    fromdate: Option<String>,
    todate: Option<String>,
}

impl Endpoint for FilterOpportunities {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Opportunity>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Opportunity>, Fault> {
        let lens = Lens::of(cx)?;
        let mut closes = filter::span(self.fromdate.as_deref(), self.todate.as_deref(), cx.zone())?;
        // sheet r7/crm 4.2: dates act in pairs only.
        if closes.from.is_none() || closes.to.is_none() {
            closes = store::crm::Span::default();
        }
        if self.tags.iter().any(|tag| !tag.is_empty()) {
            // Nothing here has a tag.
            cx.paging = filter::paging(&cx.list, 0, 0);
            return Ok(Vec::new());
        }
        let filter = Filter {
            responsible: (!self.responsibleid.0.is_nil()).then(|| self.responsibleid.0.to_string()),
            stage: (self.opportunitystagesid > 0).then(|| self.opportunitystagesid.into()),
            stage_type: self.stagetype.map(i64::from),
            contact: (self.contactid > 0).then(|| self.contactid.into()),
            any_member: self.contactalsoisparticipant.unwrap_or_default(),
            closes,
        };
        let page = filter::page(&cx.list, &filter::Order { sort: "stage", descending: false });
        let reader = filter::reader(lens.viewer);
        let mut hits = store::crm::opportunity::list(cx.conn, &reader, &filter, &page).await?;
        if let Some(first) = hits.before(&page) {
            hits.total = store::crm::opportunity::list(cx.conn, &reader, &filter, &first).await?.total;
        }
        cx.paging = filter::paging(&cx.list, hits.rows.len(), hits.total);
        Ok(hits.rows.into_iter().map(|row| Opportunity::listed(row, &lens)).collect())
    }
}
