//! Small calls that the web client makes after sign-in: `feed/…`, `warmup/…`, `portal/bar/promotions`,
//! `portal/talk/unreadmessages`, `settings/socket`, `settings/customnavigation/getall`. Nothing is new here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::db::Access;
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::{Answer, Nothing};

/// `GET feed/newfeedscount`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CountNews {}

impl Endpoint for CountNews {
    const ACCESS: Access = Access::Read;
    type Out = i64;

    async fn run(self, _: &mut Cx<'_>) -> Result<i64, Fault> {
        Ok(0)
    }
}

/// `GET portal/talk/unreadmessages`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CountMessages {}

impl Endpoint for CountMessages {
    const ACCESS: Access = Access::Read;
    type Out = i64;

    async fn run(self, _: &mut Cx<'_>) -> Result<i64, Fault> {
        Ok(0)
    }
}

/// `GET settings/socket`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetSocket {}

/// Where the portal tells of changes; empty: nowhere.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Socket {
    url: &'static str,
}

impl Answer for Socket {}

impl Endpoint for GetSocket {
    const ACCESS: Access = Access::Read;
    type Out = Socket;

    async fn run(self, _: &mut Cx<'_>) -> Result<Socket, Fault> {
        Ok(Socket { url: "" })
    }
}

/// `GET settings/customnavigation/getall`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListNavigation {}

impl Endpoint for ListNavigation {
    const ACCESS: Access = Access::Read;
    type Out = Vec<String>;

    async fn run(self, _: &mut Cx<'_>) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }
}

/// `GET feed/filter`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct FilterNews {}

/// News, and when they were read last.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct News {
    feeds: Vec<String>,
    readed_date: &'static str,
}

impl Answer for News {}

impl Endpoint for FilterNews {
    const ACCESS: Access = Access::Read;
    type Out = News;

    async fn run(self, _: &mut Cx<'_>) -> Result<News, Fault> {
        Ok(News { feeds: Vec::new(), readed_date: dates::UNSET })
    }
}

/// `PUT feed/read`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ReadNews {}

impl Endpoint for ReadNews {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, _: &mut Cx<'_>) -> Result<Nothing, Fault> {
        Ok(Nothing)
    }
}

/// `GET portal/bar/promotions`: none, a null.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetPromotions {}

impl Endpoint for GetPromotions {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, _: &mut Cx<'_>) -> Result<Nothing, Fault> {
        Ok(Nothing)
    }
}

/// `GET warmup/progress`: a text that holds JSON (sheet r7/transport 7, warm-up). A stand-in is warm at once.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetWarmup {}

impl Endpoint for GetWarmup {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        const DONE: &str = r#"{"Progress":1,"Total":1,"Percentage":100,"Completed":true,"ProgressPercent":100,"Error":[],"Link":"/default.aspx","Bundles":[]}"#;
        Ok(DONE.to_owned())
    }
}

/// `GET warmup/restart`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct RestartWarmup {}

impl Endpoint for RestartWarmup {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        Ok("Ok".to_owned())
    }
}
