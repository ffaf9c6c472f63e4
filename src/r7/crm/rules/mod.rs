//! Decisions of the CRM. Pure.

pub(crate) mod defaults;
pub(crate) mod rights;
pub(crate) mod text;
