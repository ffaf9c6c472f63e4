//! Broken requests: each gets the service's own error, the server goes on, and nothing changes.

mod corezoid;
mod paths;
mod r7;
