//! What lets people in: status, type, password, address (sheet r7/crm 5). Each change of status, password or address
//! voids the tokens of whom it concerns (sheet r7/transport 6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::demand::{Action, demand, demand_edit};
use super::directory::User;
use super::employee::FullEmployee;
use super::list::{Activation, PersonType, Statuses};
use super::lookup;
use super::rules::email::{self, Email};
use super::rules::password;
use crate::kernel::db::Access;
use crate::kernel::settings::Language;
use crate::r7::bind::{EnumOf, Guid, kept_text, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_format};
use crate::r7::messages::Message;
use crate::r7::wire::Perhaps;
use crate::r7::{auth, caller, store};

/// `EmployeeStatus`: suspended.
pub(crate) const TERMINATED: i64 = 2;

/// Reads an address as `MailAddress` does, mistakes included.
pub(crate) fn address(text: Option<&str>) -> Result<Email, Fault> {
    match text {
        None => Err(Fault::ArgumentNull("address")),
        Some("") => Err(Fault::Argument(
            "The parameter 'address' cannot be an empty string.\r\nParameter name: address".into(),
        )),
        Some(text) => email::parse(text).ok_or_else(|| {
            bad_format("The specified string is not in the form required for an e-mail address.")
        }),
    }
}

/// Refuses an address that somebody else has.
pub(crate) fn demand_free(address: &str, person: Option<Uuid>, cx: &Cx<'_>) -> Result<(), Fault> {
    let taken = |user: &&std::sync::Arc<User>| {
        user.row.email.eq_ignore_ascii_case(address) && Some(user.id) != person
    };
    match cx.directory.users.iter().find(taken) {
        Some(_) => Err(Fault::Failure(Message::EmailTaken.into())),
        None => Ok(()),
    }
}

/// Owner and admins are no guests, and nobody makes one of himself.
pub(crate) fn may_be_guest(user: &User, caller: &User) -> bool {
    !user.is_admin() && user.id != caller.id
}

/// Voids the tokens of these people. A caller among them goes on with a new one.
pub(crate) async fn void_tokens(people: &[Uuid], cx: &mut Cx<'_>) -> Result<(), Fault> {
    let packed = serde_json::to_string(people).unwrap_or_default();
    store::people::delete_tokens(cx.conn, &packed).await?;
    let caller = cx.caller()?;
    if people.contains(&caller.id) {
        let token = STANDARD.encode(cx.world.ids.bytes::<48>());
        let expires = cx.now.plus_millis(auth::LIFE_MILLIS);
        store::people::insert_token(cx.conn, &token, caller.id, Some(expires), false).await?;
        cx.set_cookie(caller::cookie(&token, Some(expires), cx.base.is_https()));
    }
    cx.people_changed = true;
    Ok(())
}

/// `PUT people/status/{status}`: the owner and the caller himself are skipped.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetStatus {
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Statuses>")]
    status: Statuses,
    #[serde(default)]
    userids: Vec<Guid>,
}

impl Endpoint for SetStatus {
    const ACCESS: Access = Access::Write;
    type Out = Vec<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
        let caller = cx.caller()?;
        demand(cx, &[Action::EditUser])?;
        let people = lookup::people(&self.userids, cx);
        let status = self.status.number();
        let mut changed = Vec::new();
        for user in people.iter().filter(|user| !user.row.is_owner && user.id != caller.id) {
            let back = status == 1 && user.row.status == TERMINATED;
            if back || (status == TERMINATED && user.row.status != TERMINATED) {
                let mut row = user.row.clone();
                (row.status, row.terminated) = (status, None);
                store::people::update(cx.conn, &row).await?;
                changed.push(user.id);
            }
        }
        if !changed.is_empty() {
            void_tokens(&changed, cx).await?;
            cx.reread_people().await?;
        }
        Ok(lookup::full_list(&people, cx))
    }
}

/// `PUT people/type/{type}`: users and guests; admins and the caller himself are skipped.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetType {
    #[serde(rename = "type", deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<PersonType>")]
    kind: PersonType,
    #[serde(default)]
    userids: Vec<Guid>,
}

impl Endpoint for SetType {
    const ACCESS: Access = Access::Write;
    type Out = Vec<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
        let caller = cx.caller()?;
        demand(cx, &[Action::AddRemoveUser])?;
        let people = lookup::people(&self.userids, cx);
        let Some(is_visitor) = self.kind.is_visitor() else { return Ok(lookup::full_list(&people, cx)) };
        for user in people.iter().filter(|user| may_be_guest(user, &caller)) {
            let mut row = user.row.clone();
            row.is_visitor = is_visitor;
            store::people::update(cx.conn, &row).await?;
        }
        cx.reread_people().await?;
        Ok(lookup::full_list(&people, cx))
    }
}

/// `PUT people/activationstatus/{activationstatus}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetActivation {
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Activation>")]
    activationstatus: Activation,
    #[serde(default)]
    userids: Vec<Guid>,
}

impl Endpoint for SetActivation {
    const ACCESS: Access = Access::Write;
    type Out = Vec<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
        for id in &self.userids {
            demand_edit(cx, id.0)?;
        }
        let people = lookup::people(&self.userids, cx);
        for user in &people {
            let mut row = user.row.clone();
            row.activation_status = self.activationstatus.number();
            store::people::update(cx.conn, &row).await?;
        }
        cx.reread_people().await?;
        Ok(lookup::full_list(&people, cx))
    }
}

/// `PUT people/{userid}/password`: password, address, or both. Nobody by that id: null.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetPassword {
    userid: Guid,
    password: String,
    passwordhash: String,
    email: String,
}

impl Endpoint for SetPassword {
    const ACCESS: Access = Access::Write;
    type Out = Perhaps<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Perhaps<FullEmployee>, Fault> {
        demand_edit(cx, self.userid.0)?;
        let Some(user) = cx.directory.user(self.userid.0).cloned() else { return Ok(Perhaps::nothing()) };
        demand_owner(&user, cx)?;
        let mut row = user.row.clone();
        set_address(&mut row, Some(&self.email).filter(|email| !email.is_empty()), &user, cx)?;
        let secret = match (self.passwordhash.trim(), self.password.trim()) {
            ("", "") => None,
            ("", text) if !password::is_fit(text) => {
                return Err(Fault::Failure(password::refusal(cx.language()).into()));
            }
            ("", text) | (text, _) => Some(text.to_owned()),
        };
        let changed = secret.is_some() || row.email != user.row.email;
        row.password = secret.unwrap_or(row.password);
        store::people::update(cx.conn, &row).await?;
        if changed {
            void_tokens(&[user.id], cx).await?;
        }
        cx.reread_people().await?;
        lookup::full(user.id, cx).map(Perhaps::Some)
    }
}

/// The owner's address and password are his own to change.
fn demand_owner(user: &User, cx: &Cx<'_>) -> Result<(), Fault> {
    if user.row.is_owner && cx.caller()?.id != user.id {
        return Err(Fault::Security(Message::AccessDenied.into()));
    }
    Ok(())
}

/// Gives a row another address, in lower case; whoever has it counts as activated.
fn set_address(
    row: &mut store::people::UserRow,
    wanted: Option<&String>,
    user: &User,
    cx: &Cx<'_>,
) -> Result<(), Fault> {
    let Some(wanted) = wanted else { return Ok(()) };
    let wanted = address(Some(wanted))?.address;
    if wanted.eq_ignore_ascii_case(&row.email) {
        return Ok(());
    }
    demand_free(&wanted, Some(user.id), cx)?;
    row.email = wanted.to_lowercase();
    row.activation_status = 1;
    Ok(())
}

/// `PUT people/{userid}/email`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetEmail {
    userid: String,
    #[serde(deserialize_with = "kept_text")]
    email: Option<String>,
}

impl Endpoint for SetEmail {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let user = lookup::person(&self.userid, cx)?;
        demand_edit(cx, user.id)?;
        demand_owner(&user, cx)?;
        let mut row = user.row.clone();
        let wanted = self.email.ok_or(Fault::ArgumentNull("address"))?;
        set_address(&mut row, Some(&wanted), &user, cx)?;
        if row.email != user.row.email {
            store::people::update(cx.conn, &row).await?;
            void_tokens(&[user.id], cx).await?;
            cx.reread_people().await?;
        }
        lookup::full(user.id, cx)
    }
}

/// `POST people/password`: open to everybody. No mail is sent, and whether there is such a person is not told.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct RemindPassword {
    email: String,
}

impl Endpoint for RemindPassword {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let email = self.email.trim();
        if email::parse(email).is_none_or(|parsed| parsed.address != email) {
            let text = Message::BadEmail.say(cx.language());
            return Err(Fault::Argument(format!("{text}\r\nParameter name: email").into()));
        }
        Ok(match cx.language() {
            Language::En => {
                format!("The password change instruction has been sent to {email} email address.")
            }
            Language::Ru => format!("Инструкция по смене пароля отправлена на email {email}."),
        })
    }
}

/// `PUT people/invite`: no mail is sent.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ResendInvites {
    #[serde(default)]
    userids: Vec<Guid>,
}

impl Endpoint for ResendInvites {
    const ACCESS: Access = Access::Read;
    type Out = Vec<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
        let people = lookup::people(&self.userids, cx);
        Ok(lookup::full_list(&people, cx))
    }
}

/// `PUT people/self/delete`: no mail is sent, and nobody is deleted.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct AskToDelete {}

impl Endpoint for AskToDelete {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let caller = cx.caller()?;
        let email = &caller.row.email;
        Ok(match cx.language() {
            Language::En => {
                format!(
                    "The email message with the instructions has been sent to the email address <b>{email}</b>"
                )
            }
            Language::Ru => {
                format!("Письмо с инструкциями по удалению профиля отправлено на email <b>{email}</b>")
            }
        })
    }
}
