//! The one integration-test binary; modules mirror `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod architecture;
mod bad_input;
mod control;
mod corezoid;
mod program;
mod r7;
mod readme;
mod server;
mod statements;
mod support;
mod surface;
