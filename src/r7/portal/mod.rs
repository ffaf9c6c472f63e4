//! The portal itself: what its administrators set and every call heeds.

pub(crate) mod administrators;
pub(crate) mod connections;
pub(crate) mod info;
pub(crate) mod label;
pub(crate) mod links;
pub(crate) mod news;
pub(crate) mod quota;
pub(crate) mod restrictions;
pub(crate) mod rules;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod sign_on;
pub(crate) mod users;
pub(crate) mod version;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bind::{BindError, BindKind, Guid};
use super::endpoint::Cx;
use super::error::{self, Fault};
use super::people::directory::User;
use super::store;
use crate::kernel::settings::{Language, Settings};
use rules::culture;
use rules::modules::{self, Grant};
use rules::zone::Zone;

/// What administrators have chosen: stored, and `r7.portal` of state documents. What is left out is as the portal
/// starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Choices {
    /// Culture such as `ru-RU`; absent: as `--language` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// IANA or Windows id of the zone; absent: as `--time-zone` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
    /// Version of the portal; absent: the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i64>,
    /// Product that the portal opens with; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_page: Option<Uuid>,
    /// Modules that were opened or closed, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) modules: BTreeMap<Uuid, Grant>,
    /// Administrators of single products, by the product's id; those of the whole portal are marked as users.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) administrators: BTreeMap<Uuid, Vec<Uuid>>,
    /// Addresses that may sign in; kept and shown, not enforced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ip_restrictions: Vec<String>,
}

impl Choices {
    /// Whether nothing was chosen.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The portal as it is now, read where the people are read.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) language: Language,
    /// Zone of the dates in answers, and of dates without one in requests.
    pub(crate) zone: TimeZone,
    /// `en-US`, `ru-RU` …
    pub(crate) culture: String,
    /// The same zone with the id it was set by.
    pub(crate) named_zone: Zone,
    pub(crate) choices: Choices,
}

impl Portal {
    /// As the server was told to start it, and as its administrators changed it since.
    pub(crate) fn new(settings: &Settings, choices: Choices) -> Self {
        let culture = choices.language.clone().unwrap_or_else(|| culture::of(settings.language).to_owned());
        let chosen = choices.time_zone.as_deref().and_then(Zone::named);
        let named_zone = chosen.unwrap_or_else(|| Zone::of(settings.time_zone.clone()));
        let (language, zone) = (culture::language(&culture), named_zone.rules.clone());
        Self { language, zone, culture, named_zone, choices }
    }

    /// Whether the person administers that product, without being an administrator of the whole portal.
    pub(crate) fn administers(&self, person: Uuid, product: Uuid) -> bool {
        self.choices.administrators.get(&product).is_some_and(|people| people.contains(&person))
    }

    /// Whether the person, who is in these groups, may call a route with that template: not where its module
    /// is closed (sheet r7/transport 7).
    pub(crate) fn admits(&self, template: &str, person: &User, groups: &[Uuid]) -> bool {
        !template.starts_with("crm/") || self.is_open(modules::CRM, person, groups)
    }

    /// Whether the person, who is in these groups, may open that module.
    pub(crate) fn is_open(&self, module: Uuid, person: &User, groups: &[Uuid]) -> bool {
        let is_admin = person.is_admin() || self.administers(person.id, module);
        let asker = modules::Asker { id: person.id, is_guest: person.row.is_visitor, is_admin, groups };
        modules::is_open(module, asker, &|id| self.choices.modules.get(&id).cloned())
    }
}

/// The action that a change of the portal's settings demands.
const EDIT_PORTAL: &str = "Edit Portal Settings";

/// Refuses everybody but the portal's administrators, as a permission demand does.
pub(crate) fn demand_admin(cx: &Cx<'_>) -> Result<(), Fault> {
    let caller = cx.caller()?;
    if caller.is_admin() { Ok(()) } else { Err(error::permission(&caller.display_name(), EDIT_PORTAL)) }
}

/// Changes the stored choices, as the database has them now; wants [`crate::kernel::db::Access::Write`].
pub(crate) async fn change<T>(cx: &mut Cx<'_>, edit: impl FnOnce(&mut Choices) -> T) -> Result<T, Fault> {
    let mut choices = store::portal::choices(cx.conn).await?;
    let result = edit(&mut choices);
    store::portal::set_choices(cx.conn, &choices).await?;
    cx.people_changed = true;
    Ok(result)
}

/// Refuses everybody but administrators of the portal or of its People, as upstream's calls about people do.
pub(crate) fn demand_people_admin(cx: &Cx<'_>) -> Result<(), Fault> {
    let caller = cx.caller()?;
    if caller.is_admin() || cx.directory.portal.administers(caller.id, modules::PEOPLE) {
        return Ok(());
    }
    Err(Fault::Security("Method not available".into()))
}

/// The text of a GUID; upstream's `new Guid(…)` fails outside of its binder, so this is a 500.
pub(crate) fn guid(text: &str) -> Result<Uuid, Fault> {
    Guid::parse(text).map(|id| id.0).ok_or_else(|| {
        let message = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).";
        Fault::Bind(BindError {
            kind: BindKind::Broken,
            message: message.to_owned(),
            hresult: -2_146_233_033,
        })
    })
}
