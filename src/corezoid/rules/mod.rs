//! Rules without storage or wire. Pure.

pub(crate) mod change;
pub(crate) mod csv;
pub(crate) mod fingerprint;
pub(crate) mod inbound;
pub(crate) mod listing;
pub(crate) mod outbound;
pub(crate) mod params;
pub(crate) mod pattern;
pub(crate) mod people;
pub(crate) mod secrets;
pub(crate) mod status;
pub(crate) mod step;
pub(crate) mod task;
pub(crate) mod version;
pub(crate) mod xml;
