//! The one integration-test binary; modules mirror `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod architecture;
mod program;
mod statements;
mod support;
mod surface;
