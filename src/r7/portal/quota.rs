//! Space and its bounds: `settings/quota`, `portal/quota…`, `portal/tariff`, `portal/usedspace`. Used space is what the
//! documents' bytes take, every version counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::demand_admin;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store;
use crate::r7::wire::{Answer, Nothing};

/// Largest file, in bytes: the 100 GB of a server of one's own.
const MAX_FILE: i64 = 102_400 << 20;
/// Space without a bound.
const MAX_TOTAL: i64 = i64::MAX;
const MAX_USERS: i64 = 10_000;
const FEATURES: &str = "domain,audit,controlpanel,healthcheck,ldap,sso,whitelabel,branding,ssbranding,update,support,portals:10000,discencryption,privacyroom,restore";

/// Those who may sign in, guests among them or not.
fn active(cx: &Cx<'_>, guests: bool) -> i64 {
    let users = cx.directory.users.iter().filter(|user| user.row.status == 1);
    i64::try_from(users.filter(|user| guests || !user.row.is_visitor).count()).unwrap_or(i64::MAX)
}

/// `GET settings/quota`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetUsage {}

/// Bounds and use; sizes in bytes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Usage {
    storage_size: i64,
    max_file_size: i64,
    used_size: i64,
    max_users_count: i64,
    users_count: i64,
    available_size: i64,
    available_users_count: i64,
    storage_usage: Vec<ModuleUsage>,
    user_storage_size: i64,
    user_used_size: i64,
    user_available_size: i64,
}

/// What a module takes.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ModuleUsage {
    path: &'static str,
    size: i64,
}

impl Answer for Usage {}

impl Endpoint for GetUsage {
    const ACCESS: Access = Access::Read;
    type Out = Usage;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Usage, Fault> {
        let used = store::portal::used_space(cx.conn).await?;
        let users = active(cx, false);
        let available = (MAX_TOTAL - used).max(0);
        Ok(Usage {
            storage_size: MAX_TOTAL,
            max_file_size: MAX_FILE.min(available),
            used_size: used,
            max_users_count: MAX_USERS,
            users_count: users,
            available_size: available,
            available_users_count: (MAX_USERS - users).max(0),
            // A module that holds nothing has no row.
            storage_usage: if used == 0 {
                Vec::new()
            } else {
                vec![ModuleUsage { path: "files", size: used }]
            },
            user_storage_size: 0,
            user_used_size: 0,
            user_available_size: 0,
        })
    }
}

/// Bytes in gigabytes, rounded to two digits; half a hundredth goes to the even one, as .NET's `Math.Round` does it.
fn gigabytes(bytes: i64) -> f64 {
    const GIGABYTE: i128 = 1 << 30;
    let bytes = i128::from(bytes) * 100;
    let (whole, rest) = (bytes / GIGABYTE, bytes % GIGABYTE);
    let up = rest * 2 > GIGABYTE || (rest * 2 == GIGABYTE && whole % 2 == 1);
    f64::from(i32::try_from(whole + i128::from(up)).unwrap_or(i32::MAX)) / 100.0
}

/// `GET portal/usedspace`: gigabytes to two digits, of every version of every file, those in trashes too.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetUsedSpace {}

impl Endpoint for GetUsedSpace {
    const ACCESS: Access = Access::Read;
    type Out = f64;

    async fn run(self, cx: &mut Cx<'_>) -> Result<f64, Fault> {
        Ok(gigabytes(store::portal::used_space(cx.conn).await?))
    }
}

/// `GET portal/userscount`: guests too.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CountUsers {}

impl Endpoint for CountUsers {
    const ACCESS: Access = Access::Read;
    type Out = i64;

    async fn run(self, cx: &mut Cx<'_>) -> Result<i64, Fault> {
        Ok(active(cx, true))
    }
}

/// `GET portal/tariff`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetTariff {}

/// What is paid, and how long; dates are plain ones (sheet r7/transport 3, dates).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tariff {
    quota_id: i64,
    /// 0 trial, 1 paid, 2 delayed, 3 not paid.
    state: i64,
    due_date: &'static str,
    delay_due_date: &'static str,
    license_date: &'static str,
    autorenewal: bool,
    prolongable: bool,
}

impl Answer for Tariff {}

impl Endpoint for GetTariff {
    const ACCESS: Access = Access::Read;
    type Out = Tariff;

    async fn run(self, _: &mut Cx<'_>) -> Result<Tariff, Fault> {
        Ok(Tariff::PAID)
    }
}

impl Tariff {
    /// For ever.
    const PAID: Self = {
        const NEVER: &str = "9999-12-31T23:59:59.9999999";
        Self {
            quota_id: -1,
            state: 1,
            due_date: NEVER,
            delay_due_date: NEVER,
            license_date: NEVER,
            autorenewal: false,
            prolongable: false,
        }
    };
}

/// `GET portal/quota` and `portal/quota/right`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetQuota {}

/// The bounds alone.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quota {
    id: i64,
    name: &'static str,
    max_file_size: i64,
    max_total_size: i64,
    active_users: i64,
    features: &'static str,
    price: f64,
    avangate_id: Option<String>,
    visible: bool,
    year: bool,
    year3: bool,
}

impl Answer for Quota {}

impl Endpoint for GetQuota {
    const ACCESS: Access = Access::Read;
    type Out = Quota;

    async fn run(self, _: &mut Cx<'_>) -> Result<Quota, Fault> {
        Ok(Quota::DEFAULT)
    }
}

impl Quota {
    /// Of a server of one's own.
    const DEFAULT: Self = Self {
        id: -1,
        name: "default",
        max_file_size: MAX_FILE,
        max_total_size: MAX_TOTAL,
        active_users: MAX_USERS,
        features: FEATURES,
        price: 0.0,
        avangate_id: None,
        visible: false,
        year: false,
        year3: false,
    };
}

/// `GET portal/tenantextra`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetExtra {}

/// Edition, tariff and quota in one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire's own shape")]
pub(crate) struct Extra {
    custom_mode: bool,
    opensource: bool,
    enterprise: bool,
    tariff: Tariff,
    quota: Quota,
    not_paid: bool,
    license_accept: bool,
    enable_tariff_page: bool,
    /// No document server is connected: null, as the next.
    doc_server_user_quota: Option<i64>,
    doc_server_license: Option<i64>,
}

impl Answer for Extra {}

impl Endpoint for GetExtra {
    const ACCESS: Access = Access::Read;
    type Out = Extra;

    async fn run(self, _: &mut Cx<'_>) -> Result<Extra, Fault> {
        Ok(Extra {
            custom_mode: false,
            opensource: false,
            enterprise: true,
            tariff: Tariff::PAID,
            quota: Quota::DEFAULT,
            not_paid: false,
            license_accept: true,
            enable_tariff_page: false,
            doc_server_user_quota: None,
            doc_server_license: None,
        })
    }
}

/// `GET settings/recalculatequota`: done before it is asked.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Recalculate {}

impl Endpoint for Recalculate {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Nothing, Fault> {
        demand_admin(cx)?;
        Ok(Nothing)
    }
}

/// `GET settings/checkrecalculatequota`: whether it is under way.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct IsRecalculating {}

impl Endpoint for IsRecalculating {
    const ACCESS: Access = Access::Read;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        demand_admin(cx)?;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_rounded_and_not_cut() {
        const MEGABYTE: i64 = 1 << 20;
        for (bytes, expected) in [
            (0, 0.0),
            (5 * MEGABYTE, 0.0),
            // 0.005 of a gigabyte is 5.12 MB.
            (5_368_709, 0.0),
            (5_368_710, 0.01),
            (15 * MEGABYTE, 0.01),
            (16 * MEGABYTE, 0.02),
            (512 * MEGABYTE, 0.5),
            // 2.125 and 2.375: half a hundredth.
            (2176 * MEGABYTE, 2.12),
            (2432 * MEGABYTE, 2.38),
            (1024 * 1024 * MEGABYTE, 1024.0),
        ] {
            assert!((gigabytes(bytes) - expected).abs() < 1e-9, "{bytes}: {}", gigabytes(bytes));
        }
    }
}
