//! Ids of the documents module. Files and folders count separately (sheet r7/files 0). Pure.

use crate::kernel::ids::int_id;

int_id!(FileId, "A file's id.");
int_id!(FolderId, "A folder's id.");

/// Ids as the JSON list that store functions take.
pub(crate) fn json<T: serde::Serialize>(ids: &[T]) -> String {
    serde_json::to_string(ids).unwrap_or_else(|_| "[]".to_owned())
}
