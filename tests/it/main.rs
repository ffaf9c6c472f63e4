//! The one integration-test binary; modules mirror `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]
#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "readable texts matter here, their speed does not"
)]

mod architecture;
mod bad_input;
mod control;
mod corezoid;
mod cost;
mod program;
mod r7;
mod readme;
mod server;
mod statements;
mod support;
mod surface;
