//! `crm/history`: write, list, delete events (sheet r7/crm 3.1, 3.2, 3.4).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::event::Event as Answered;
use super::answer::{Lens, viewer};
use super::event::{self, Event, Owner, denied, positive};
use super::rules::defaults;
use super::{EventId, ListItemId, filter};
use crate::kernel::db::Access;
use crate::r7::bind::Guid;
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files;
use crate::r7::files::card::File;
use crate::r7::files::ids::{self, FileId};
use crate::r7::store;
use crate::r7::store::crm::event::{Filter, Insert, Target};

/// Longest content, in characters (sheet r7/crm 3.2).
const CONTENT_LIMIT: usize = 65_000;

/// `POST crm/history`.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct PostEvent {
    entitytype: String,
    entityid: i32,
    contactid: i32,
    content: String,
    categoryid: i32,
    created: Option<String>,
    fileid: Vec<i32>,
    /// Nobody is mailed, but what is no GUID is refused as upstream's binder does (sheet r7/crm 1.1).
    notifyuserlist: Vec<Guid>,
}

impl Endpoint for PostEvent {
    const ACCESS: Access = Access::Write;
    type Out = Answered;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Answered, Fault> {
        let created = match &self.created {
            Some(text) => dates::parse(text, cx.zone())?,
            None => cx.now,
        };
        let lens = Lens::of(cx)?;
        // sheet r7/crm 3.2, rows 1 to 5: every one of these mistakes is the same generic 400.
        let kind = match Owner::named(&self.entitytype) {
            Some(Owner::Entity(kind)) => Some(kind),
            None if self.entitytype.is_empty() => None,
            // A contact is named by `contactId` alone; other words are refused.
            Some(Owner::Contact) | None => return Err(bad_argument()),
        };
        let mut target = Target::default();
        if self.contactid > 0 {
            target.contact = Some(self.contactid.into());
        }
        if let Some(kind) = kind {
            target = target.with(kind, self.entityid.into());
        } else if self.entityid != 0 {
            return Err(bad_argument());
        }
        let category_id = ListItemId(self.categoryid.into());
        let scene = store::crm::event::scene(cx.conn, target, category_id).await?;
        let (contact, entity) = (scene.contact.map(|card| card.0), scene.entity.map(|card| card.0));
        // A missing or unreadable target is 400 here, not 404 (sheet r7/crm 3.2, rows 2 and 3), and so nothing is left
        // for the 403 of row 7.
        let contact_known = contact.as_ref().is_some_and(|contact| lens.viewer.reads_contact(contact));
        let entity_known = entity.as_ref().is_some_and(|entity| lens.viewer.uses_entity(entity));
        if (target.contact.is_some() && !contact_known) || (kind.is_some() && !entity_known) {
            return Err(bad_argument());
        }
        let category_known = scene.category.is_some() || defaults::system(category_id.0).is_some();
        if !category_known || self.content.is_empty() || (!contact_known && !entity_known) {
            return Err(bad_argument());
        }
        if self.content.chars().count() > CONTENT_LIMIT {
            return Err(Fault::Argument("Data too long for column 'content'".into()));
        }
        let insert = Insert {
            target,
            category: category_id,
            content: &self.content,
            search: &self.content.to_lowercase(),
            created,
            created_by: store::crm::column::Guid(lens.viewer.id),
        };
        let id = store::crm::event::insert(cx.conn, &insert).await?;
        let wanted: Vec<FileId> = self.fileid.iter().map(|id| FileId((*id).into())).collect();
        let files = event::attach(cx.conn, id, &wanted).await?;
        let event = Event {
            id,
            content: self.content,
            created,
            created_by: lens.viewer.id,
            category_id,
            contact,
            entity,
            category: scene.category.map(|card| card.0),
            files,
        };
        let cards = event::cards(cx.conn, &lens, std::slice::from_ref(&event)).await?;
        Ok(Answered::single(event, cards.into_iter().flatten().collect(), &lens))
    }
}

/// `DELETE crm/history/{id}`: the event and its files, wherever they live, for good (seed 000).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteEvent {
    id: i32,
}

impl Endpoint for DeleteEvent {
    const ACCESS: Access = Access::Write;
    type Out = Answered;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Answered, Fault> {
        // The order of checks is that of sheet r7/crm 3.1.
        let id = EventId(positive(self.id)?);
        let row = store::crm::event::find(cx.conn, id).await?.ok_or_else(not_found)?;
        let lens = Lens::of(cx)?;
        let event = Event::from(row);
        let (contact, entity) = (event.contact.as_ref(), event.entity.as_ref());
        if !lens.viewer.edits_event(event.created_by, contact, entity) {
            return Err(denied());
        }
        // Step 5, a file that is open in an editor, cannot come up: there are no editors here.
        let mut cards = Vec::new();
        if !event.files.is_empty() {
            let rows = store::file::by_ids(cx.conn, &ids::json(&event.files)).await?;
            let me = lens.viewer.id.to_string();
            if !lens.viewer.admin && rows.iter().any(|file| file.created_by != me && file.updated_by != me) {
                return Err(denied());
            }
            // The answer shows the files as they were.
            cards = rows.into_iter().map(|row| File::new(row, lens.files())).collect();
            files::erase(cx.conn, &event.files).await?;
        }
        store::crm::event::remove(cx.conn, id).await?;
        Ok(Answered::single(event, cards, &lens))
    }
}

/// `GET crm/history/filter`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct FilterEvents {
    entitytype: String,
    entityid: i32,
    categoryid: i32,
    createby: Guid,
    fromdate: Option<String>,
    todate: Option<String>,
}

impl Endpoint for FilterEvents {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Answered>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Answered>, Fault> {
        let created = filter::span(self.fromdate.as_deref(), self.todate.as_deref(), cx.zone())?;
        let mut target = Target::default();
        if let Some(owner) = Owner::named(&self.entitytype) {
            // sheet r7/crm 3.4: missing, unreadable and 0 are 404 here, where POST says 400.
            owner.readable(cx, self.entityid.into()).await?;
            target = owner.target(self.entityid.into());
        } else if self.entityid != 0 {
            return Err(bad_argument());
        }
        let filter = Filter {
            target,
            category: (self.categoryid != 0).then(|| self.categoryid.into()),
            created_by: (!self.createby.0.is_nil()).then(|| self.createby.0.to_string()),
            created,
        };
        let page = filter::page(&cx.list, &filter::Order { sort: "created", descending: true });
        let mut hits = store::crm::event::list(cx.conn, &filter, &page).await?;
        if let Some(first) = hits.before(&page) {
            hits.total = store::crm::event::list(cx.conn, &filter, &first).await?.total;
        }
        cx.paging = filter::paging(&cx.list, hits.rows.len(), hits.total);
        let lens = Lens::of(cx)?;
        let events: Vec<Event> = hits.rows.into_iter().map(Event::from).collect();
        let cards = event::cards(cx.conn, &lens, &events).await?;
        let pairs = events.into_iter().zip(cards);
        Ok(pairs.map(|(event, files)| Answered::listed(event, files, &lens)).collect())
    }
}

/// Whether the caller is a CRM admin; who writes lists must be (sheet r7/crm 4.4).
pub(crate) fn admin(cx: &Cx<'_>) -> Result<(), Fault> {
    if viewer(cx)?.admin { Ok(()) } else { Err(denied()) }
}
