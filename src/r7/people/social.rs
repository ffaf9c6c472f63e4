//! `people/thirdparty/…`: accounts of other services that a person signs in with. This portal knows no such service.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Nothing;

/// `PUT people/thirdparty/linkaccount`: of the caller's own. Only the portal that wrote a profile can read it, so this
/// one takes any, as the real one takes its own; nothing shows it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LinkAccount {
    serializedprofile: Option<String>,
}

impl Endpoint for LinkAccount {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, _: &mut Cx<'_>) -> Result<Nothing, Fault> {
        self.serializedprofile.map(|_| Nothing).ok_or(Fault::ArgumentNull("serializedProfile"))
    }
}

/// `DELETE people/thirdparty/unlinkaccount`: no account is linked, and the real portal does not mind either.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UnlinkAccount {}

impl Endpoint for UnlinkAccount {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, _: &mut Cx<'_>) -> Result<Nothing, Fault> {
        Ok(Nothing)
    }
}
