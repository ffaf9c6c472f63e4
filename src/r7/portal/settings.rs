//! `settings` and `settings/timeandlanguage`: the portal's general settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::culture::{self, Named};
use super::rules::zone::{self, Zone};
use super::{change, demand_admin};
use crate::kernel::db::Access;
use crate::r7::bind::kept_text;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::wire::Answer;

/// `GET settings`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetSettings {}

/// General settings, in upstream's order.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsCard {
    /// .NET's `TimeZoneInfo.ToSerializedString`, of which clients read the id before the first semicolon.
    timezone: String,
    trusted_domains: Vec<String>,
    /// 0 none, 1 the listed ones, 2 all.
    trusted_domains_type: i64,
    culture: String,
    utc_offset: String,
    utc_hours_offset: f64,
}

impl Answer for SettingsCard {}

impl Endpoint for GetSettings {
    const ACCESS: Access = Access::Read;
    type Out = SettingsCard;

    async fn run(self, cx: &mut Cx<'_>) -> Result<SettingsCard, Fault> {
        let portal = &cx.directory.portal;
        let at = cx.now.to_jiff().unwrap_or_default();
        let facts = portal.named_zone.facts(at);
        let minutes = portal.named_zone.minutes_at(at);
        Ok(SettingsCard {
            timezone: format!(
                "{};{};{};{};{};;",
                portal.named_zone.id, facts.minutes, facts.display, facts.standard, facts.daylight
            ),
            trusted_domains: Vec::new(),
            trusted_domains_type: 0,
            culture: portal.culture.clone(),
            utc_offset: zone::span(minutes),
            utc_hours_offset: f64::from(minutes) / 60.0,
        })
    }
}

/// `PUT settings/timeandlanguage`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetTimeAndLanguage {
    #[serde(default, deserialize_with = "kept_text")]
    #[schemars(with = "Option<String>")]
    lng: Option<String>,
    /// IANA or Windows id; what is neither is UTC.
    #[serde(default)]
    timezoneid: String,
}

impl Endpoint for SetTimeAndLanguage {
    const ACCESS: Access = Access::Write;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        demand_admin(cx)?;
        let lng = self.lng.ok_or(Fault::ArgumentNull("name"))?;
        let named = culture::named(&lng);
        if named == Named::Unknown {
            return Err(Fault::Argument(
                format!("Culture is not supported.\r\nParameter name: name\r\n{lng} is an invalid culture identifier.")
                    .into(),
            ));
        }
        // Upstream takes an id that it does not list for UTC, without a word.
        let zone = Zone::named(&self.timezoneid).unwrap_or_else(Zone::utc);
        change(cx, |choices| {
            if let Named::Enabled(name) = named {
                choices.language = Some(name.to_owned());
            }
            choices.time_zone = Some(zone.id);
        })
        .await?;
        // In the language in which the request began.
        Ok(Message::SettingsSaved.say(cx.language()).to_owned())
    }
}
