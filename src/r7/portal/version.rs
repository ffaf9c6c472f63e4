//! Versions, what the portal can do, and the page it opens with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{change, demand_admin, guid};
use crate::kernel::db::Access;
use crate::r7::bind::kept_text;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::wire::Answer;

/// The versions that a portal can be switched to, oldest first.
const VERSIONS: [(i64, &str); 2] = [(1, "12.6.0"), (2, NEWEST)];
const NEWEST: &str = "12.7.0";

/// The version that a portal starts with.
pub(crate) const START: i64 = 2;

/// Whether a portal can be switched to that version.
pub(crate) fn is_known(version: i64) -> bool {
    VERSIONS.iter().any(|(id, _)| *id == version)
}

/// `GET capabilities`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetCapabilities {}

/// Ways to sign in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capabilities {
    ldap_enabled: bool,
    oauth_enabled: bool,
    providers: Vec<String>,
    sso_label: &'static str,
    /// Empty: there is no single sign-on.
    sso_url: &'static str,
}

impl Answer for Capabilities {}

impl Endpoint for GetCapabilities {
    const ACCESS: Access = Access::Read;
    type Out = Capabilities;

    async fn run(self, _: &mut Cx<'_>) -> Result<Capabilities, Fault> {
        // A server of one's own may use any provider; none is set up.
        let (ldap_enabled, oauth_enabled) = (false, true);
        Ok(Capabilities { ldap_enabled, oauth_enabled, providers: Vec::new(), sso_label: "", sso_url: "" })
    }
}

/// `GET settings/version/build`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetBuild {}

/// Versions of the programs; those of servers that are not there are left out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Build {
    community_server: &'static str,
}

impl Answer for Build {}

impl Endpoint for GetBuild {
    const ACCESS: Access = Access::Read;
    type Out = Build;

    async fn run(self, _: &mut Cx<'_>) -> Result<Build, Fault> {
        Ok(Build { community_server: NEWEST })
    }
}

/// `GET settings/version`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetVersions {}

/// The version in use, and those to choose from.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Versions {
    current: i64,
    versions: Vec<Version>,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Version {
    id: i64,
    version: &'static str,
}

impl Answer for Versions {}

fn versions(current: i64) -> Versions {
    Versions { current, versions: VERSIONS.map(|(id, version)| Version { id, version }).into() }
}

impl Endpoint for GetVersions {
    const ACCESS: Access = Access::Read;
    type Out = Versions;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Versions, Fault> {
        Ok(versions(cx.directory.portal.choices.version.unwrap_or(START)))
    }
}

/// `PUT settings/version`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetVersion {
    versionid: i32,
}

impl Endpoint for SetVersion {
    const ACCESS: Access = Access::Write;
    type Out = Versions;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Versions, Fault> {
        demand_admin(cx)?;
        let wanted = i64::from(self.versionid);
        if !is_known(wanted) {
            return Err(Fault::NotFound("Item not found".into()));
        }
        let changed = change(cx, |choices| {
            let before = choices.version.replace(wanted).unwrap_or(START);
            before != wanted
        })
        .await?;
        if changed {
            Ok(versions(wanted))
        } else {
            Err(Fault::Argument("This is current version already".into()))
        }
    }
}

/// `PUT settings/defaultpage`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetDefaultPage {
    /// GUID of a product; all zero: none.
    #[serde(deserialize_with = "kept_text")]
    #[schemars(with = "Option<String>")]
    defaultproductid: Option<String>,
}

impl Endpoint for SetDefaultPage {
    const ACCESS: Access = Access::Write;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        demand_admin(cx)?;
        let product = guid(&self.defaultproductid.ok_or(Fault::ArgumentNull("g"))?)?;
        change(cx, |choices| choices.default_page = Some(product).filter(|id| !id.is_nil())).await?;
        Ok(Message::SettingsSaved.say(cx.language()).to_owned())
    }
}
