//! What an operation's record says where something stood against it (sheet r7/files 8).

use super::rules::transfer::Trouble;
use super::rules::trash::{Fate, Kept};
use crate::r7::messages::Message;

/// Why an entry was not deleted.
pub(crate) fn kept(fate: Result<Fate, Kept>, unknown: Message, denied: Message) -> Message {
    if fate == Err(Kept::Unknown) { unknown } else { denied }
}

/// The text of a trouble.
pub(crate) fn message(trouble: Trouble) -> Message {
    match trouble {
        Trouble::FileUnknown => Message::FileNotFound,
        Trouble::FolderUnknown => Message::FolderNotFound,
        Trouble::NoRightToCreate => Message::NoRightToCreate,
        Trouble::NoRightToViewFile => Message::NoRightToViewFile,
        Trouble::NoRightToViewFolder => Message::NoRightToViewFolder,
        Trouble::NoRightToMoveFile => Message::NoRightToMoveFile,
        Trouble::NoRightToMoveFolder => Message::NoRightToMoveFolder,
        Trouble::NoRight => Message::NoRight,
        Trouble::IntoItself => Message::IntoItself,
        Trouble::CopyFromTrash => Message::CopyFromTrash,
        Trouble::SystemFolder => Message::SystemFolder,
        Trouble::Edited => Message::EditedFileUpdated,
    }
}
