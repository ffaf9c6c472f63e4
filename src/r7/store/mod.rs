//! SQL of the portal, one file per table family. Functions take a connection and can neither begin nor commit.

pub(crate) mod archive;
pub(crate) mod blob;
pub(crate) mod cleaning;
pub(crate) mod crm;
pub(crate) mod document;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod group;
pub(crate) mod job;
pub(crate) mod mark;
pub(crate) mod operation;
pub(crate) mod people;
pub(crate) mod photo;
pub(crate) mod portal;
pub(crate) mod removal;
pub(crate) mod search;
pub(crate) mod setting;
pub(crate) mod share;
pub(crate) mod upload;

/// Every table of the portal, children before parents.
pub(crate) const TABLES: &[&str] = &[
    "r7_crm_event_file",
    "r7_crm_event",
    "r7_crm_member",
    "r7_crm_case",
    "r7_crm_opportunity",
    "r7_crm_contact",
    "r7_crm_stage",
    "r7_crm_list_item",
    "r7_mark",
    "r7_files_setting",
    "r7_file_property",
    "r7_docservice",
    "r7_archive",
    "r7_upload",
    "r7_operation",
    "r7_share",
    "r7_file_version",
    "r7_file",
    "r7_blob",
    "r7_blob_part",
    "r7_blob_staged",
    "r7_folder_tree",
    "r7_folder",
    "r7_group_member",
    "r7_group",
    "r7_portal",
    "r7_photo",
    "r7_token",
    "r7_user",
];
