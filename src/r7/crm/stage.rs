//! `crm/opportunity/stage`: read (sheet r7/crm 1.3).

use schemars::JsonSchema;
use serde::Deserialize;

use super::StageId;
use super::answer::list::Stage;
use super::event::positive;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, not_found};
use crate::r7::store;

/// `GET crm/opportunity/stage`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListStages {}

impl Endpoint for ListStages {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Stage>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Stage>, Fault> {
        let rows = store::crm::list::stages(cx.conn).await?;
        Ok(rows.into_iter().map(|row| Stage::of(row.card.0, row.uses)).collect())
    }
}

/// `GET crm/opportunity/stage/{id}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetStage {
    id: i32,
}

impl Endpoint for GetStage {
    const ACCESS: Access = Access::Read;
    type Out = Stage;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Stage, Fault> {
        let id = StageId(positive(self.id)?);
        let row = store::crm::list::stage(cx.conn, id).await?.ok_or_else(not_found)?;
        Ok(Stage::of(row.card.0, row.uses))
    }
}
