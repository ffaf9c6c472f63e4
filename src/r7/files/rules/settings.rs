//! What a person sets for documents (sheet r7/files 1, flags). Pure.

/// One person's choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the portal's page, each on its own")]
pub(crate) struct FilesSettings {
    /// An upload whose title is taken becomes a new version instead of a namesake (sheet r7/files 5.1).
    pub(crate) update_if_exist: bool,
    /// Keeps the original beside what an upload was converted to; nothing is converted here.
    pub(crate) store_original: bool,
    /// Whether the section of recent files is shown.
    pub(crate) recent: bool,
    pub(crate) favorites: bool,
    pub(crate) templates: bool,
    /// No question before a converted file is saved.
    pub(crate) hide_confirm_save: bool,
    /// No question before a file is opened converted.
    pub(crate) hide_confirm_open: bool,
    /// Archives are `.tar.gz`.
    pub(crate) tar_gz: bool,
    /// The trash is cleaned by itself.
    pub(crate) auto_clean_up: bool,
    /// 1 a week, 2 two weeks, 3 a month, 4 two months, 5 three months.
    pub(crate) clean_up_gap: i64,
}

impl Default for FilesSettings {
    fn default() -> Self {
        Self {
            update_if_exist: false,
            store_original: true,
            recent: true,
            favorites: true,
            templates: true,
            hide_confirm_save: false,
            hide_confirm_open: false,
            tar_gz: false,
            auto_clean_up: false,
            clean_up_gap: 3,
        }
    }
}
