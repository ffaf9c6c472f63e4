//! The site map: every route of the portal, one line each. Path literals live here and only here.

use super::auth;
use super::endpoint::{Entry, delete, get, post, put};
use super::files::{content, file, fileops, folder, upload};
use super::people;

/// Every route after `/api/2.0/`.
#[rustfmt::skip]
pub(crate) static ROUTES: &[Entry] = &[
    post::<auth::SignIn>("authentication").open(),
    get::<people::myself::GetSelf>("people/@self"),

    get::<content::ListSection<5>>("files/@my"),
    get::<content::ListSection<1>>("files/@common"),
    get::<content::ListSection<3>>("files/@trash"),
    get::<content::ListSection<6>>("files/@share"),
    get::<content::ListSection<8>>("files/@projects"),
    get::<content::ListSection<10>>("files/@favorites"),
    get::<content::ListSection<11>>("files/@recent"),
    get::<content::ListSection<12>>("files/@templates"),
    get::<content::ListFolder>("files/{folderid}"),
    get::<folder::GetFolder>("files/folder/{folderid}"),
    get::<folder::GetPath>("files/folder/{folderid}/path"),
    post::<folder::CreateFolder>("files/folder/{folderid}"),
    put::<folder::RenameFolder>("files/folder/{folderid}"),
    delete::<fileops::DeleteFolder>("files/folder/{folderid}"),
    get::<file::GetFile>("files/file/{fileid}"),
    put::<file::RenameFile>("files/file/{fileid}"),
    delete::<fileops::DeleteFile>("files/file/{fileid}"),
    post::<upload::UploadToSection<5>>("files/@my/upload").upload(),
    post::<upload::UploadToSection<1>>("files/@common/upload").upload(),
    post::<upload::Upload>("files/{folderid}/upload").upload(),
    post::<upload::CreateTextInSection<5>>("files/@my/text"),
    post::<upload::CreateTextInSection<1>>("files/@common/text"),
    post::<upload::CreateText>("files/{folderid}/text"),
    get::<fileops::ListOperations>("files/fileops"),
    get::<fileops::CheckMove>("files/fileops/move"),
    put::<fileops::Move>("files/fileops/move"),
    put::<fileops::Copy>("files/fileops/copy"),
    put::<fileops::Delete>("files/fileops/delete"),
    put::<fileops::EmptyTrash>("files/fileops/emptytrash"),
    put::<fileops::Terminate>("files/fileops/terminate"),
    put::<fileops::MarkAsRead>("files/fileops/markasread"),
];
