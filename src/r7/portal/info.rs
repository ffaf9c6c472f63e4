//! `portal`: the portal in its own words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rules::zone::{self, Zone};
use super::version;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Answer;

/// Number of the one portal of a server.
pub(crate) const TENANT: i64 = 1;
/// When every portal was made; a plain .NET date (sheet r7/transport 3, dates).
const CREATED: &str = "2019-07-26T00:00:00";

/// `GET portal`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetPortal {}

/// Upstream's `Tenant`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalCard {
    tenant_id: i64,
    tenant_alias: &'static str,
    mapped_domain: Option<String>,
    version: i64,
    version_changed: &'static str,
    tenant_domain: String,
    hosted_region: Option<String>,
    name: &'static str,
    language: String,
    time_zone: ZoneCard,
    trusted_domains: Vec<String>,
    /// 0 none, 1 the listed ones, 2 all.
    trusted_domains_type: i64,
    owner_id: Uuid,
    created_date_time: &'static str,
    last_modified: &'static str,
    /// 0 active.
    status: i64,
    status_change_date: &'static str,
    partner_id: Option<String>,
    affiliate_id: Option<String>,
    campaign: Option<String>,
    payment_id: Option<String>,
    industry: i64,
    spam: bool,
    calls: bool,
}

impl Answer for PortalCard {}

/// A raw `TimeZoneInfo`: the one place where names are not camelCase (sheet r7/transport 3).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ZoneCard {
    id: String,
    display_name: String,
    standard_name: String,
    daylight_name: String,
    base_utc_offset: String,
    /// Left out by this stand-in.
    adjustment_rules: Option<Vec<String>>,
    supports_daylight_saving_time: bool,
}

impl ZoneCard {
    fn of(zone: &Zone, now: Timestamp) -> Self {
        let facts = zone.facts(now.to_jiff().unwrap_or_default());
        Self {
            id: zone.id.clone(),
            display_name: facts.display,
            standard_name: facts.standard,
            daylight_name: facts.daylight,
            base_utc_offset: zone::span(facts.minutes),
            adjustment_rules: None,
            supports_daylight_saving_time: facts.has_summer,
        }
    }
}

impl Endpoint for GetPortal {
    const ACCESS: Access = Access::Read;
    type Out = PortalCard;

    async fn run(self, cx: &mut Cx<'_>) -> Result<PortalCard, Fault> {
        let portal = &cx.directory.portal;
        let host = cx.base.origin.split_once("://").map_or(cx.base.origin.as_str(), |(_, host)| host);
        let owner = cx.directory.users.iter().find(|user| user.row.is_owner);
        Ok(PortalCard {
            tenant_id: TENANT,
            tenant_alias: "localhost",
            mapped_domain: None,
            version: portal.choices.version.unwrap_or(version::START),
            version_changed: CREATED,
            tenant_domain: host.split(':').next().unwrap_or(host).to_lowercase(),
            hosted_region: None,
            name: "Cloud Office Applications",
            language: portal.culture.clone(),
            time_zone: ZoneCard::of(&portal.named_zone, cx.now),
            trusted_domains: Vec::new(),
            trusted_domains_type: 0,
            owner_id: owner.or(cx.directory.first_admin()).map(|user| user.id).unwrap_or_default(),
            created_date_time: CREATED,
            last_modified: CREATED,
            status: 0,
            status_change_date: CREATED,
            partner_id: None,
            affiliate_id: None,
            campaign: None,
            payment_id: None,
            industry: 0,
            spam: true,
            calls: true,
        })
    }
}
