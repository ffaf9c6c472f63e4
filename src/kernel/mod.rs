//! What both services stand on: time, ids, storage, worlds, state documents. Knows neither service.

pub(crate) mod base;
pub(crate) mod body;
pub(crate) mod bulk;
pub(crate) mod clock;
pub(crate) mod column;
pub(crate) mod control;
pub(crate) mod db;
pub(crate) mod engine;
pub(crate) mod home;
pub(crate) mod ids;
pub(crate) mod outbound;
pub(crate) mod remembered;
pub(crate) mod schema;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod task;
pub(crate) mod time;
mod tracked;
pub(crate) mod world;
