//! **standin**: a local stand-in for two services that their users cannot run themselves, the R7-Office portal API
//! (`/api/2.0/…`) and the Corezoid API (`/api/2/json/…`), on one port, with real state behind them.
//!
//! In a Rust test:
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let server = standin::Server::builder().seed(standin::Seed::Empty).start().await.unwrap();
//! let request = axum::http::Request::get("/_standin/health").body(axum::body::Body::empty()).unwrap();
//! assert_eq!(server.call(request).await.status(), 200);
//! // `server.url()` is where any HTTP client finds it; dropping the server stops it.
//! # });
//! ```

mod app;
mod cli;
mod config;
mod control;
mod corezoid;
#[doc(hidden)]
pub mod hot;
mod kernel;
mod process;
mod r7;
mod schema;
mod seed;
mod server;

pub use cli::{Failure, run};
pub use config::{Command, Config, SeedCommand, ServeArgs, Url};
pub use corezoid::sign;
pub use kernel::clock::{ClockStart, SystemTime, TimeSource};
pub use kernel::engine::{
    CallbackOverflow, CopyMarkers, DbResult, ENGINE_OPTIONS, EngineOption, EngineOptions, LateReply,
    LoopStatus, ModifyErrors, ParamChecks, ParentData, Redirects, SecondReply, Tags, TimerUnit, Typing, Word,
};
pub use kernel::outbound::{Allowed, Authorities, Outbound};
pub use kernel::settings::{Auth, Language, Operations, Profile, Settings};
pub use kernel::state::Document;
pub use kernel::time::Timestamp;
pub use process::{ProcessEnd, ProcessNode, ProcessRun};
pub use seed::Seed;
pub use server::{Builder, Cors, LogFormat, Server, StartError};
