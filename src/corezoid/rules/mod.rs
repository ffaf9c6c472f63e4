//! Rules without storage or wire. Pure.

pub(crate) mod status;
