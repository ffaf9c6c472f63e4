//! One person: the caller, or somebody by name, GUID or e-mail (sheet r7/crm 5).

use schemars::JsonSchema;
use serde::Deserialize;

use super::directory::User;
use super::employee::FullEmployee;
use crate::kernel::db::Access;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;

/// `GET people/@self`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetSelf {}

impl Endpoint for GetSelf {
    const ACCESS: Access = Access::Read;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let caller = cx.caller()?;
        Ok(FullEmployee::of(&caller, &cx.directory, cx.base))
    }
}

fn found(user: Option<&User>, cx: &Cx<'_>) -> Result<FullEmployee, Fault> {
    let user = user.ok_or(Fault::NotFound("User not found".into()))?;
    Ok(FullEmployee::of(user, &cx.directory, cx.base))
}

/// `GET people/{userName}`: a login name, else a GUID.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetPerson {
    username: String,
}

impl Endpoint for GetPerson {
    const ACCESS: Access = Access::Read;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let users = &cx.directory.users;
        let named = users.iter().find(|user| user.row.user_name.eq_ignore_ascii_case(&self.username));
        let by_id = || Guid::parse(&self.username).and_then(|id| cx.directory.user(id.0));
        found(named.or_else(by_id).map(AsRef::as_ref), cx)
    }
}

/// `GET people/email`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetByEmail {
    email: String,
}

impl Endpoint for GetByEmail {
    const ACCESS: Access = Access::Read;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let wanted = self.email.trim();
        let user = cx.directory.users.iter().find(|user| user.row.email.eq_ignore_ascii_case(wanted));
        found(user.map(AsRef::as_ref), cx)
    }
}
