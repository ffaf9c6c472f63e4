//! `settings/iprestrictions…` and `settings/tips`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{change, demand_admin};
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Answer;

/// `GET settings/iprestrictions`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListRestrictions {}

/// An address that may sign in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Restriction {
    /// From 1.
    id: usize,
    tenant: i64,
    ip: String,
}

impl Endpoint for ListRestrictions {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Restriction>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Restriction>, Fault> {
        demand_admin(cx)?;
        let ips = cx.directory.portal.choices.ip_restrictions.iter().enumerate();
        Ok(ips
            .map(|(index, ip)| Restriction { id: index + 1, tenant: super::info::TENANT, ip: ip.clone() })
            .collect())
    }
}

/// `PUT settings/iprestrictions`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetRestrictions {
    ips: Vec<String>,
}

impl Endpoint for SetRestrictions {
    const ACCESS: Access = Access::Write;
    type Out = Vec<String>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<String>, Fault> {
        demand_admin(cx)?;
        change(cx, |choices| choices.ip_restrictions.clone_from(&self.ips)).await?;
        Ok(self.ips)
    }
}

/// `PUT settings/iprestrictions/settings`. Nothing reads it back, and a stand-in shuts nobody out.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct EnableRestrictions {
    enable: bool,
}

/// Whether they count.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Enabled {
    enable: bool,
}

impl Answer for Enabled {}

impl Endpoint for EnableRestrictions {
    const ACCESS: Access = Access::Read;
    type Out = Enabled;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Enabled, Fault> {
        demand_admin(cx)?;
        Ok(Enabled { enable: self.enable })
    }
}

/// `PUT settings/tips`: of the caller's own; nothing reads it back.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ShowTips {
    show: bool,
}

/// Whether tips are shown.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tips {
    show: bool,
}

impl Answer for Tips {}

impl Endpoint for ShowTips {
    const ACCESS: Access = Access::Read;
    type Out = Tips;

    async fn run(self, _: &mut Cx<'_>) -> Result<Tips, Fault> {
        Ok(Tips { show: self.show })
    }
}
