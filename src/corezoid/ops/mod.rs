//! The table of ops: every (type, obj), one line each. Words live here and only here.

mod conv;
mod dashboard;
mod fields;
mod folder;
mod trash;

use super::op::{Entry, op};
use trash::{Conv, Dashboard, Delete, Destroy, Folder, Restore};

/// Every op.
#[rustfmt::skip]
pub(crate) static OPS: &[Entry] = &[
    op::<folder::CreateFolder>        ("create",  "folder"),
    op::<folder::ModifyFolder>        ("modify",  "folder"),
    op::<folder::ShowFolder>          ("show",    "folder"),
    op::<Delete<Folder>>              ("delete",  "folder"),
    op::<Restore<Folder>>             ("restore", "folder"),
    op::<Destroy<Folder>>             ("destroy", "folder"),

    op::<conv::CreateConv>            ("create",  "conv"),
    op::<conv::ModifyConv>            ("modify",  "conv"),
    op::<conv::ShowConv>              ("show",    "conv"),
    op::<Delete<Conv>>                ("delete",  "conv"),
    op::<Restore<Conv>>               ("restore", "conv"),
    op::<Destroy<Conv>>               ("destroy", "conv"),

    op::<dashboard::CreateDashboard>  ("create",  "dashboard"),
    op::<dashboard::ModifyDashboard>  ("modify",  "dashboard"),
    op::<dashboard::ShowDashboard>    ("show",    "dashboard"),
    op::<Delete<Dashboard>>           ("delete",  "dashboard"),
    op::<Restore<Dashboard>>          ("restore", "dashboard"),
    op::<Destroy<Dashboard>>          ("destroy", "dashboard"),
];
