//! SQL of the portal, one file per table family. Functions take a connection and can neither begin nor commit.

pub(crate) mod document;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod job;
pub(crate) mod operation;
pub(crate) mod people;

/// Every table of the portal, children before parents.
pub(crate) const TABLES: &[&str] = &[
    "r7_operation",
    "r7_file_version",
    "r7_file",
    "r7_blob",
    "r7_folder_tree",
    "r7_folder",
    "r7_token",
    "r7_user",
];
