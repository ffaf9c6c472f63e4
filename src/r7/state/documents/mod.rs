//! Documents in state documents: sections, folders, files with their versions and bodies, operations.

mod archive;
mod export;
mod files;
mod import;
mod uploads;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

pub(crate) use archive::Archive;
pub(crate) use export::export;
pub(crate) use files::export as export_files;
pub(crate) use import::import;
pub(crate) use uploads::Upload;

use crate::kernel::time::Timestamp;
use crate::r7::files::rules::rights::Section as Kind;

/// Everything of the documents module.
#[derive(Debug, Default)]
pub(crate) struct Documents<'a> {
    pub(crate) sections: Vec<Section>,
    pub(crate) folders: Vec<Folder>,
    /// Text of a list of [`File`]s.
    pub(crate) files: Option<&'a RawValue>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) archives: Vec<Archive>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) last_folder: Option<i64>,
    pub(crate) last_file: Option<i64>,
}

/// The root of a section. Those that no document names are made: `common` is 1, the first admin's `my` 2, `share` 3, the
/// first admin's `trash` 4, then `projects`, `recent`, `favorites`, `templates`; other people's follow from 9.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the document's names")]
pub(crate) struct Section {
    pub(super) id: i64,
    pub(super) section: SectionName,
    /// Whose, for `my` and `trash`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) owner: Option<Uuid>,
    /// Key of a module's hidden root, e.g. `crm/crm_common/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bunch: Option<String>,
    /// Absent: the moment of the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<Timestamp>,
    /// Absent: the first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) created_by: Option<Uuid>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<Timestamp>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) updated_by: Option<Uuid>,
}

/// A section's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SectionName {
    Common,
    Bunch,
    Trash,
    My,
    Share,
    Projects,
    Favorites,
    Recent,
    Templates,
}

const NAMES: &[(SectionName, Kind)] = &[
    (SectionName::Common, Kind::Common),
    (SectionName::Bunch, Kind::Bunch),
    (SectionName::Trash, Kind::Trash),
    (SectionName::My, Kind::My),
    (SectionName::Share, Kind::Share),
    (SectionName::Projects, Kind::Projects),
    (SectionName::Favorites, Kind::Favorites),
    (SectionName::Recent, Kind::Recent),
    (SectionName::Templates, Kind::Templates),
];

impl SectionName {
    pub(super) fn kind(self) -> i64 {
        NAMES.iter().find(|(name, _)| *name == self).map_or(0, |(_, kind)| kind.kind())
    }

    pub(super) fn of(kind: i64) -> Self {
        NAMES.iter().find(|(_, known)| known.kind() == kind).map_or(Self::Common, |(name, _)| *name)
    }
}

/// A folder by its id, or `@common`, or the first admin's `@my` or `@trash`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Place {
    Id(i64),
    Name(String),
}

/// A folder.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Folder {
    /// Absent: the next free one; nothing can lie in such a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<i64>,
    pub(super) parent: Place,
    pub(super) title: String,
    /// Absent: the moment of the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<Timestamp>,
    /// Absent: the first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) created_by: Option<Uuid>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<Timestamp>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) updated_by: Option<Uuid>,
}

/// A file. Its bytes are `text`, `base64` or `path`; none of them: an empty file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct File {
    /// Absent: the next free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<i64>,
    pub(super) folder: Place,
    pub(super) title: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(super) version: i64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(super) version_group: i64,
    /// Of the present version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    /// Absent: the moment of the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<Timestamp>,
    /// Absent: the first admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) created_by: Option<Uuid>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<Timestamp>,
    /// Absent: as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) updated_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
    /// A file beside the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    /// Earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) versions: Vec<Version>,
}

/// What a file was before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the document's names")]
pub(crate) struct Version {
    pub(super) version: i64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(super) version_group: i64,
    /// Absent: the file's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) updated_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
    /// A file beside the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
}

/// A body as `text` or `base64`: the first where the bytes are UTF-8.
pub(super) fn body_of(bytes: &[u8]) -> (Option<String>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(STANDARD.encode(bytes))),
    }
}

/// A file operation that waits, or one whose end nobody has read yet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Operation {
    /// GUID.
    #[schemars(with = "String")]
    pub(super) id: Uuid,
    #[schemars(with = "String")]
    pub(super) owner: Uuid,
    /// 0 move, 1 copy, 2 delete, 3 download, 4 mark as read.
    pub(super) kind: i64,
    /// Shown once more when it is done.
    #[serde(default)]
    pub(super) hold: bool,
    /// When it began, if it takes time: with `ends`, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<Timestamp>,
    /// When its last step is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ends: Option<Timestamp>,
    /// How many of its steps are done; there are as many as it has items, ten at most.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) steps: i64,
    /// When its next step is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<Timestamp>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) finished: Option<Timestamp>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<Value>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) error: String,
    #[serde(default)]
    pub(super) processed: i64,
    /// Ids, or the whole cards of files that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) files: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) folders: Vec<Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

const fn one() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_one(number: &i64) -> bool {
    *number == 1
}
