//! The short and the full form of a person in answers (sheet r7/crm 2.6, r7/transport 6).

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::contacts::Contact;
use super::directory::{Directory, User};
use super::group::GroupSummary;
use super::rules::picture::Size;
use crate::kernel::base::PublicBase;
use crate::kernel::settings::Language;
use crate::r7::dates;
use crate::r7::messages::Message;
use crate::r7::portal::rules::modules::{self, MODULES};
use crate::r7::store::people::UserRow;
use crate::r7::wire::Answer;

/// Upstream's stand-in for people who are gone.
pub(crate) const LOST_USER: Uuid = Uuid::from_u128(0x4a51_5a15_d4d6_4b8e_828e_e058_6f18_f3a3);

/// The short form, found in every answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Employee {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) avatar_small: String,
    pub(crate) profile_url: String,
}

impl Answer for Employee {}

impl Employee {
    /// The person with that id, or the lost user.
    pub(crate) fn of(id: Uuid, directory: &Directory, base: &PublicBase) -> Self {
        match directory.user(id) {
            Some(user) => Self::from_user(user, base),
            None => Self {
                id: LOST_USER,
                display_name: Message::ProfileRemoved.say(directory.portal.language).to_owned(),
                title: None,
                avatar_small: Size::Small.default_url(),
                profile_url: profile_url(LOST_USER, "", base),
            },
        }
    }

    /// A known person.
    pub(crate) fn from_user(user: &User, base: &PublicBase) -> Self {
        Self {
            id: user.id,
            display_name: html_encoded(&user.display_name()),
            title: filled(user.row.title.as_ref()),
            avatar_small: picture(user, Size::Small),
            profile_url: profile_url(user.id, &user.row.user_name, base),
        }
    }
}

/// The full form: what `people/…` answers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire's own shape")]
pub(crate) struct FullEmployee {
    id: Uuid,
    user_name: String,
    is_visitor: bool,
    first_name: String,
    last_name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthday: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<String>,
    status: i64,
    activation_status: i64,
    /// When the profile was disabled; null otherwise.
    terminated: Option<String>,
    /// Names of the groups; empty if there are none.
    department: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// The person's superior.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Contact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupSummary>,
    avatar_medium: String,
    avatar: String,
    is_admin: bool,
    #[serde(rename = "isLDAP")]
    is_ldap: bool,
    /// Products that the person administers, without being an admin of the portal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list_admin_modules: Vec<&'static str>,
    is_owner: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    culture_name: Option<String>,
    #[serde(rename = "isSSO")]
    is_sso: bool,
    avatar_small: String,
    /// This and the four that follow are 0 everywhere but in `people/filter`, and quotas do not exist here.
    quota_limit: i64,
    used_space: i64,
    docs_space: i64,
    mail_space: i64,
    talk_space: i64,
    profile_url: String,
}

impl Answer for FullEmployee {}

impl FullEmployee {
    /// The person with that id, or the lost user.
    pub(crate) fn of_id(id: Uuid, directory: &Directory, base: &PublicBase) -> Self {
        if let Some(user) = directory.user(id) {
            return Self::of(user, directory, base);
        }
        let name = Message::ProfileRemoved.say(directory.portal.language);
        let row = UserRow { first_name: name.to_owned(), status: 2, ..UserRow::default() };
        Self::of(&User { id: LOST_USER, row }, directory, base)
    }

    /// A known person.
    pub(crate) fn of(user: &User, directory: &Directory, base: &PublicBase) -> Self {
        let row = &user.row;
        let date = |at| dates::print(at, &directory.portal.zone);
        let names: Vec<String> =
            directory.departments(user.id).map(|group| html_encoded(&group.name)).collect();
        Self {
            id: user.id,
            user_name: row.user_name.clone(),
            is_visitor: row.is_visitor,
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            email: row.email.clone(),
            birthday: row.birthday.map(date),
            sex: row.sex.clone(),
            status: row.status,
            // "Made by the portal" is not told.
            activation_status: row.activation_status & !4,
            terminated: row.terminated.map(date),
            department: names.join(", "),
            work_from: row.work_from.map(date),
            location: filled(row.location.as_ref()),
            notes: filled(row.notes.as_ref()),
            lead: row.lead.clone(),
            display_name: html_encoded(&user.display_name()),
            mobile_phone: filled(row.mobile_phone.as_ref()),
            title: filled(row.title.as_ref()),
            contacts: Contact::unpack(&row.contacts),
            groups: directory.departments(user.id).map(|group| GroupSummary::of(group, directory)).collect(),
            avatar_medium: picture(user, Size::Medium),
            avatar: picture(user, Size::Big),
            is_admin: user.is_admin(),
            is_ldap: false,
            list_admin_modules: MODULES
                .iter()
                .filter(|module| {
                    module.id != modules::PEOPLE && directory.portal.administers(user.id, module.id)
                })
                .map(|module| module.class)
                .collect(),
            is_owner: row.is_owner,
            culture_name: filled(row.culture.as_ref()),
            is_sso: false,
            avatar_small: picture(user, Size::Small),
            quota_limit: 0,
            used_space: 0,
            docs_space: 0,
            mail_space: 0,
            talk_space: 0,
            profile_url: profile_url(user.id, &row.user_name, base),
        }
    }

    /// As answers show somebody who has just been deleted.
    pub(crate) fn removed(self, language: Language) -> Self {
        Self { display_name: Message::ProfileRemoved.say(language).to_owned(), ..self }
    }
}

/// URL of a person's picture: his own, the one he links to, or the portal's.
pub(crate) fn picture(user: &User, size: Size) -> String {
    let row = &user.row;
    match (&row.photo_ending, row.photo_changed, &row.avatar) {
        (Some(ending), Some(changed), _) => size.url(user.id, ending, changed),
        (_, _, Some(link)) => link.clone(),
        _ => size.default_url(),
    }
}

/// sheet r7/crm 2.6: these keys are left out when empty.
fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// Absolute, but empty for the all-zero id (sheet r7/crm 2.6).
fn profile_url(id: Uuid, user_name: &str, base: &PublicBase) -> String {
    if id.is_nil() {
        return String::new();
    }
    base.link(&format!("/Products/People/Profile.aspx?user={}", user_name.to_lowercase()))
}

/// sheet r7/crm 2.6: display names are HTML-encoded, as .NET does it: five marks by name or number, U+00A0 to U+00FF
/// by number.
fn html_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{A0}'..='\u{FF}' => {
                out.push_str("&#");
                out.push_str(&u32::from(char).to_string());
                out.push(';');
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_are_html_encoded() {
        for (text, encoded) in [
            ("Mike Zanyatski", "Mike Zanyatski"),
            ("Лена Петрова", "Лена Петрова"),
            ("O'Neil <b> & \"co\"", "O&#39;Neil &lt;b&gt; &amp; &quot;co&quot;"),
            ("José", "Jos&#233;"),
        ] {
            assert_eq!(html_encoded(text), encoded);
        }
    }
}
