//! Links of the portal: invitations, `portal/path`, `portal/getshortenlink`.

use schemars::JsonSchema;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

use super::demand_people_admin;
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, WireEnum, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;

/// Who is invited: 1 a user, 2 a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invited(i32);

impl WireEnum for Invited {
    const NAMES: &'static [(&'static str, i32)] = &[("All", 0), ("User", 1), ("Visitor", 2)];

    fn from_number(number: i32) -> Option<Self> {
        Some(Self(number))
    }
}

/// A link of `confirm.aspx` for somebody, with a key that depends on what it is for and when it was made.
pub(crate) fn confirmation(cx: &Cx<'_>, kind: &str, about: &str, person: Option<Uuid>) -> String {
    let made = cx.now.to_jiff().map_or(0, jiff::Timestamp::as_millisecond);
    let hash = Sha1::digest(format!("{}\n{kind}\n{about}\n{made}", cx.world.name));
    let person = person.map(|id| format!("&uid={id}")).unwrap_or_default();
    let key = hex::encode_upper(hash);
    cx.base.link(&format!("/confirm.aspx?type={kind}&key={made}.{key}{about}{person}"))
}

/// `GET portal/users/invite/{employeeType}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Invite {
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Invited>")]
    employeetype: Invited,
}

impl Endpoint for Invite {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        demand_people_admin(cx)?;
        let link = confirmation(cx, "LinkInvite", "", Some(cx.caller()?.id));
        Ok(format!("{link}&p=1&emplType={}", self.employeetype.0))
    }
}

/// `PUT portal/getshortenlink`: without a shortener, the link itself.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Shorten {
    link: String,
}

impl Endpoint for Shorten {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        Ok(self.link)
    }
}

/// `GET portal/path`: a path of the portal's, made absolute.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetPath {
    virtualpath: String,
}

impl Endpoint for GetPath {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let path = self.virtualpath.as_str();
        let is_absolute = ["http://", "https://", "mailto:", "javascript:"]
            .iter()
            .any(|start| path.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)));
        if is_absolute {
            return Ok(self.virtualpath);
        }
        Ok(cx.base.link(&format!("/{}", path.trim_start_matches('~').trim_start_matches('/'))))
    }
}
