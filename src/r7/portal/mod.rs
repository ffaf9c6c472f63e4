//! The portal itself: what its administrators set and every call heeds.

pub(crate) mod rules;
pub(crate) mod settings;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::endpoint::Cx;
use super::error::{self, Fault};
use super::store;
use crate::kernel::settings::{Language, Settings};
use rules::culture;
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
}

impl Portal {
    /// As the server was told to start it, and as its administrators changed it since.
    pub(crate) fn new(settings: &Settings, choices: &Choices) -> Self {
        let culture = choices.language.clone().unwrap_or_else(|| culture::of(settings.language).to_owned());
        let chosen = choices.time_zone.as_deref().and_then(Zone::named);
        let named_zone = chosen.unwrap_or_else(|| Zone::of(settings.time_zone.clone()));
        Self { language: culture::language(&culture), zone: named_zone.rules.clone(), culture, named_zone }
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
