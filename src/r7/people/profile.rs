//! Profiles made and changed (sheet r7/crm 5).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::account;
use super::contacts::Contact;
use super::demand::{Action, demand, demand_edit};
use super::directory::User;
use super::employee::FullEmployee;
use super::lookup;
use super::rules::{names, password, picture};
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::{Guid, kept_text, objects};
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::people::UserRow;

/// A date of the request, in the portal's zone.
fn date(text: Option<&str>, cx: &Cx<'_>) -> Result<Option<Timestamp>, Fault> {
    let text = text.filter(|text| !text.trim().is_empty());
    Ok(text.map(|text| dates::parse(text, cx.zone())).transpose()?)
}

/// `male` and `female` in any case; all else is none.
fn sex(text: Option<&str>) -> Option<String> {
    let known =
        ["male", "female"].into_iter().find(|sex| text.is_some_and(|text| text.eq_ignore_ascii_case(sex)));
    known.map(str::to_owned)
}

/// A link to a picture; upstream fetches it, here it is shown as it is.
fn link(files: Option<&str>) -> Option<String> {
    files.filter(|link| !link.is_empty() && !link.contains("/default_user_photo_size_")).map(str::to_owned)
}

/// `POST people`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreatePerson {
    isvisitor: bool,
    #[serde(deserialize_with = "kept_text")]
    email: Option<String>,
    firstname: String,
    lastname: String,
    department: Vec<Guid>,
    title: Option<String>,
    location: Option<String>,
    sex: Option<String>,
    birthday: Option<String>,
    worksfrom: Option<String>,
    comment: Option<String>,
    #[serde(deserialize_with = "objects")]
    contacts: Vec<Contact>,
    files: Option<String>,
    password: String,
    passwordhash: String,
    lead: Guid,
}

impl CreatePerson {
    /// The checks in upstream's order, then the row.
    fn row(self, activation_status: i64, cx: &Cx<'_>) -> Result<UserRow, Fault> {
        let secret = match (self.passwordhash.trim(), self.password.trim()) {
            ("", "") => cx.world.ids.guid().to_string(),
            ("", text) if !password::is_fit(text) => {
                return Err(Fault::Failure(password::refusal(cx.language()).into()));
            }
            ("", text) | (text, _) => text.to_owned(),
        };
        let address = account::address(self.email.as_deref())?;
        let (birthday, work_from) =
            (date(self.birthday.as_deref(), cx)?, date(self.worksfrom.as_deref(), cx)?);
        if !names::are_fit(&self.firstname, &self.lastname) {
            return Err(Fault::Failure(Message::BadPersonName.into()));
        }
        account::demand_free(&address.address, None, cx)?;
        let is_taken =
            |name: &str| cx.directory.users.iter().any(|user| user.row.user_name.eq_ignore_ascii_case(name));
        Ok(UserRow {
            id: cx.world.ids.guid().to_string(),
            user_name: names::free(&address.user, is_taken),
            email: address.address,
            password: secret,
            first_name: self.firstname,
            last_name: self.lastname,
            title: self.title,
            is_visitor: self.isvisitor,
            is_admin: false,
            is_owner: false,
            status: 1,
            activation_status,
            sex: sex(self.sex.as_deref()),
            birthday,
            work_from: Some(work_from.unwrap_or_else(|| midnight(cx.now))),
            location: self.location,
            notes: self.comment,
            mobile_phone: None,
            contacts: Contact::pack(&self.contacts),
            culture: None,
            avatar: link(self.files.as_deref()),
            terminated: None,
            lead: (!self.lead.0.is_nil()).then(|| self.lead.0.to_string()),
            photo_ending: None,
            photo_changed: None,
        })
    }
}

/// The beginning of the day, in UTC as upstream has it.
fn midnight(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.seconds() - at.seconds().rem_euclid(86_400))
}

async fn create(
    person: CreatePerson,
    activation_status: i64,
    cx: &mut Cx<'_>,
) -> Result<FullEmployee, Fault> {
    demand(cx, &[Action::AddRemoveUser])?;
    let departments = person.department.clone();
    let row = person.row(activation_status, cx)?;
    store::people::insert(cx.conn, &row).await?;
    store::group::set_departments(cx.conn, &row.id, &packed(&departments)).await?;
    let id = Guid::parse(&row.id).unwrap_or_default().0;
    store::removal::make_roots(cx.conn, id, cx.now).await?;
    cx.reread_people().await?;
    lookup::full(id, cx)
}

fn packed(ids: &[Guid]) -> String {
    serde_json::to_string(&ids.iter().map(|id| id.0).collect::<Vec<_>>()).unwrap_or_default()
}

/// `EmployeeActivationStatus`: activated.
const ACTIVATED: i64 = 1;
/// The same: invited, not yet answered.
const PENDING: i64 = 2;

impl Endpoint for CreatePerson {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        create(self, PENDING, cx).await
    }
}

/// `POST people/active`: the same, but at once activated.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct CreateActivated(CreatePerson);

impl Endpoint for CreateActivated {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        create(self.0, ACTIVATED, cx).await
    }
}

/// `PUT people/{userid}`: what is absent is kept, but contacts are replaced, and by admins groups too: an absent list is
/// an empty one (sheet r7/transport 4).
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct UpdatePerson {
    userid: String,
    isvisitor: bool,
    #[serde(deserialize_with = "kept_text")]
    firstname: Option<String>,
    #[serde(deserialize_with = "kept_text")]
    lastname: Option<String>,
    #[serde(deserialize_with = "kept_text")]
    comment: Option<String>,
    department: Vec<Guid>,
    #[serde(deserialize_with = "kept_text")]
    title: Option<String>,
    #[serde(deserialize_with = "kept_text")]
    location: Option<String>,
    sex: Option<String>,
    birthday: Option<String>,
    worksfrom: Option<String>,
    #[serde(deserialize_with = "objects")]
    contacts: Vec<Contact>,
    files: Option<String>,
    disable: Option<bool>,
    lead: Guid,
}

impl UpdatePerson {
    fn row(&self, user: &User, caller: &User, cx: &Cx<'_>) -> Result<UserRow, Fault> {
        let mut row = user.row.clone();
        let (admin, own) = (cx.directory.manages_people(caller), caller.id == user.id);
        let set = |slot: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                slot.clone_from(value);
            }
        };
        set(&mut row.first_name, &self.firstname);
        set(&mut row.last_name, &self.lastname);
        if !names::are_fit(&row.first_name, &row.last_name) {
            return Err(Fault::Failure(Message::BadPersonName.into()));
        }
        row.location = self.location.clone().or(row.location);
        // Only those who manage people give titles and superiors.
        if admin {
            row.title = self.title.clone().or(row.title);
            row.lead = (!self.lead.0.is_nil()).then(|| self.lead.0.to_string()).or(row.lead);
        }
        row.notes = self.comment.clone().or(row.notes);
        row.sex = sex(self.sex.as_deref()).or(row.sex);
        // Upstream's way to take a date away.
        let never = dates::parse("1900-01-01", cx.zone())?;
        let kept = |new: Option<Timestamp>, old: Option<Timestamp>| new.or(old).filter(|at| *at != never);
        row.birthday = kept(date(self.birthday.as_deref(), cx)?, row.birthday);
        row.work_from = kept(date(self.worksfrom.as_deref(), cx)?, row.work_from);
        row.contacts = Contact::pack(&self.contacts);
        // The owner stays, and nobody locks himself out.
        if self.disable == Some(true) && !own && !row.is_owner {
            row.status = account::TERMINATED;
            row.terminated = Some(cx.now);
        }
        if self.isvisitor && !row.is_visitor && account::may_be_guest(user, caller) {
            row.is_visitor = true;
        }
        if !self.isvisitor && !own {
            row.is_visitor = false;
        }
        Ok(row)
    }
}

impl Endpoint for UpdatePerson {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let caller = cx.caller()?;
        let id = Guid::parse(&self.userid).ok_or_else(lookup::bad_guid)?.0;
        demand_edit(cx, id)?;
        let user: Arc<User> = lookup::by_id(id, cx)?;
        // sheet r7/crm 5.
        if !user.is_active() {
            return Err(Fault::Failure("The user is suspended".into()));
        }
        let row = self.row(&user, &caller, cx)?;
        let ended = row.status == account::TERMINATED;
        store::people::update(cx.conn, &row).await?;
        if cx.directory.manages_people(&caller) {
            store::group::set_departments(cx.conn, &row.id, &packed(&self.department)).await?;
        }
        // A picture that is there already is named by its own URL.
        let own = format!("{}{id}", picture::PAGE);
        if let Some(link) = link(self.files.as_deref()).filter(|link| !link.contains(&own)) {
            store::photo::clear(cx.conn, id, Some(&link)).await?;
        }
        if ended {
            account::void_tokens(&[id], cx).await?;
        }
        cx.reread_people().await?;
        lookup::full(id, cx)
    }
}
