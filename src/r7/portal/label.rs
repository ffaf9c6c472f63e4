//! Logos: `settings/logo`, `settings/whitelabel/…`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::demand_admin;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Answer;

const IMAGES: &str = "/skins/default/images/onlyoffice_logo/";

/// `GET settings/logo`: a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetLogo {}

impl Endpoint for GetLogo {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        Ok(format!("{IMAGES}dark_general.png"))
    }
}

/// A logo's number, name, size, and the default picture in its ordinary and its double size.
const LOGOS: [(i64, &str, i64, i64, [&str; 2]); 4] = [
    (1, "LightSmall", 46, 284, ["light_small_general.svg", "light_small.svg"]),
    (2, "Dark", 70, 432, ["dark_general.png", "dark.png"]),
    (3, "Favicon", 32, 32, ["favicon_general.ico", "favicon.ico"]),
    (4, "DocsEditor", 40, 172, ["editor_logo_general.png", "editor_logo.png"]),
];

/// `GET settings/whitelabel/sizes`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListSizes {}

/// How large a logo is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LogoSize {
    r#type: i64,
    name: &'static str,
    height: i64,
    width: i64,
}

impl Endpoint for ListSizes {
    const ACCESS: Access = Access::Read;
    type Out = Vec<LogoSize>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<LogoSize>, Fault> {
        demand_admin(cx)?;
        Ok(LOGOS
            .map(|(number, name, height, width, _)| LogoSize { r#type: number, name, height, width })
            .into())
    }
}

/// `GET settings/whitelabel/logos`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ListLogos {
    retina: bool,
}

/// Links by the number of the logo.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Logos(BTreeMap<String, String>);

impl Answer for Logos {
    // A dictionary counts its entries (sheet r7/transport 2: an object with a public `Count`).
    fn count(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX)
    }
}

impl Endpoint for ListLogos {
    const ACCESS: Access = Access::Read;
    type Out = Logos;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Logos, Fault> {
        demand_admin(cx)?;
        let link =
            |pictures: [&str; 2]| cx.base.link(&format!("{IMAGES}{}", pictures[usize::from(self.retina)]));
        Ok(Logos(LOGOS.iter().map(|(number, .., pictures)| (number.to_string(), link(*pictures))).collect()))
    }
}

/// `GET settings/whitelabel/logotext`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetLogoText {}

impl Endpoint for GetLogoText {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        Ok("ONLYOFFICE".to_owned())
    }
}
