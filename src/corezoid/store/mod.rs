//! SQL of Corezoid, one file per table family. Functions take a connection and can neither begin nor commit.

pub(crate) mod user;

/// Every table of the service, children before parents.
pub(crate) const TABLES: &[&str] = &["cz_session", "cz_key", "cz_user", "cz_company"];
