//! Why an op is refused, in words that no other mistake of [`error`](super::error) has. Every text stands here once, and an
//! op can be refused in no other: `tests/it/corezoid/named_errors.rs` reads this file and asks for an exchange with each.

use super::ids::{ConvId, FolderId, Kind};
use super::model::unpack::Broken;
use super::rules::task::TooBig;
use super::script::SyntaxError;

/// A refusal. Where a sheet has the text it says so; the others are our own, formed after those.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// A caller to whom everything is refused (sheet corezoid/api 7), or a direct URL without the credentials it asks for
    /// (sheet corezoid/api 6.2).
    #[error("Access denied")]
    AccessDenied,
    /// sheet corezoid/api 1.6: context.
    #[error("Object is not in stage")]
    NotInStage,
    /// sheet corezoid/api 1.6: context.
    #[error("Project of object do not matches projectId of request")]
    OtherProject,
    /// sheet corezoid/api 1.6, 4.6.
    #[error("Stage is immutable")]
    Immutable,
    /// A project or stage of a request's context that is not there. As context it has no `obj_id_not_found` of its own.
    #[error("Object {} with id {id} does not exist", kind.word())]
    NoPlace { kind: Kind, id: i64 },
    /// The same, or the object itself, by its short name.
    #[error("Object {} with short_name {name} does not exist", kind.word())]
    NoName { kind: Kind, name: String },
    /// The same for restore and destroy.
    #[error("Deleted object {} with short_name {name} does not exist", kind.word())]
    NoDeletedName { kind: Kind, name: String },
    /// The folder that something is to be made in, or moved into.
    #[error("Object folder with id {0} does not exist")]
    NoFolder(FolderId),
    /// sheet corezoid/api 1.6 has the text for variables.
    #[error("{} name already exists", .0.word())]
    NameTaken(Kind),
    /// What is uploaded or copied brings a short name that is taken.
    #[error("short_name already exists")]
    ShortNameTaken,
    /// sheet corezoid/api 1.6.
    #[error("Move parent folder to child is not allowed")]
    IntoItself,
    /// Seed 002: one start node a process. No text is known.
    #[error("Start node already exists in process {0}")]
    SecondStart(ConvId),
    /// sheet corezoid/api 1.6: `check obj_scheme`.
    #[error("The process with ID {0} has an uncommitted version")]
    Uncommitted(i64),
    /// sheet corezoid/api 1.6.
    #[error("You have to merge only in immutable stage")]
    MergeIntoOpen,
    /// sheet corezoid/api 1.6.
    #[error("You have to merge only from deployed stage")]
    MergeFromUndeployed,
    /// sheet corezoid/api 1.6.
    #[error("One or more processes has errors")]
    BrokenProcesses,
    /// sheet corezoid/api 6.1. No id: a task is as often looked for by its reference.
    #[error("not found task")]
    NoTask,
    /// sheet corezoid/api 6.1.
    #[error("not unical reference")]
    NotUnical,
    /// sheet corezoid/engine 1.4 has the tag; the words around it are ours.
    #[error("not_found_main_node: process {0} has no deployed start node")]
    NotStarted(ConvId),
    /// The limit that the published description of uploads gives.
    #[error("Maximum quantity of recordings in one file - {0}")]
    TooManyRecords(usize),
    /// sheet corezoid/engine 3.7: a callback for a node that waits for none.
    #[error("No api callback logic in node")]
    NoCallback,
    /// sheet corezoid/engine 3.7.
    #[error("task_not_in_current_sync_callback_node")]
    NotInCallbackNode,
    /// A step of the debugger (sheet corezoid/api 2.6); as with the next three no source prints a refused one.
    #[error("conveyor is not in debug status")]
    NotInDebug,
    #[error("task is under way")]
    UnderWay,
    #[error("no previous node of task")]
    NoPreviousNode,
    #[error("no time semaphor in node with task")]
    NoTimer,
    /// A direct URL. No text is known for a wrong hash.
    #[error("hash is not valid")]
    WrongHash,
    #[error(transparent)]
    TooBig(#[from] TooBig),
    #[error(transparent)]
    Scheme(#[from] Broken),
    #[error(transparent)]
    Script(#[from] SyntaxError),
}

/// Why a whole package is refused. sheet corezoid/api 1.5: of who is not let in no exact text is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackageRefusal {
    #[error("user not found")]
    User,
    #[error("signature is not valid")]
    Signature,
    #[error("request time is not valid")]
    Time,
    #[error("Invite does not exist")]
    Invite,
    /// sheet corezoid/api 1.5.
    #[error("Too many requests: limit is reached")]
    TooManyOps,
}
