//! `GET people/@self`.

use serde::Deserialize;

use super::employee::Employee;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Answer;

/// The caller.
#[derive(Deserialize)]
pub(crate) struct GetSelf {}

impl Answer for Employee {}

impl Endpoint for GetSelf {
    const ACCESS: Access = Access::Read;
    type Out = Employee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Employee, Fault> {
        let caller = cx.caller()?;
        Ok(Employee::from_user(&caller, cx.base))
    }
}
