//! What the portal's settings mean. Pure.

pub(crate) mod culture;
pub(crate) mod modules;
pub(crate) mod zone;
