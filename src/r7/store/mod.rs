//! SQL of the portal, one file per table family. Functions take a connection and can neither begin nor commit.

pub(crate) mod people;

/// Every table of the portal, children before parents.
pub(crate) const TABLES: &[&str] = &["r7_token", "r7_user"];
