//! Into the trash, out of it, and out of the world: the same three ops for every kind of object (sheet corezoid/api 5).

use std::marker::PhantomData;

use super::fields::{missing, taken, target};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::runner::Runner;
use crate::corezoid::spec::{Field, ID, Shape, TEXT, need};
use crate::corezoid::store::object;
use crate::kernel::db::Access;

/// A kind as a type, so that the op table can name `Delete<Conv>`.
pub(super) trait OfKind: Send {
    const KIND: Kind;

    /// The request of an op that needs nothing but its object.
    const TARGET: &'static [Field] = &[need("obj_id", Shape::Ref(Self::KIND))];
}

/// Folders.
pub(super) struct Folder;
/// Processes.
pub(super) struct Conv;
/// Dashboards.
pub(super) struct Dashboard;
/// Projects, with their stages.
pub(super) struct Project;
/// Stages, with what lies in them.
pub(super) struct Stage;
/// Aliases.
pub(super) struct Alias;
/// Environment variables: they are deleted for good (sheet corezoid/api 5).
pub(super) struct EnvVar;
/// Database connections.
pub(super) struct Instance;
/// Saved versions of stages, with their files.
pub(super) struct Version;

impl OfKind for Folder {
    const KIND: Kind = Kind::Folder;
}
impl OfKind for Conv {
    const KIND: Kind = Kind::Conv;
}
impl OfKind for Dashboard {
    const KIND: Kind = Kind::Dashboard;
}
impl OfKind for Project {
    const KIND: Kind = Kind::Project;
}
impl OfKind for Stage {
    const KIND: Kind = Kind::Stage;
}
impl OfKind for Alias {
    const KIND: Kind = Kind::Alias;
}
impl OfKind for EnvVar {
    const KIND: Kind = Kind::EnvVar;
}
impl OfKind for Instance {
    const KIND: Kind = Kind::Instance;
}
impl OfKind for Version {
    const KIND: Kind = Kind::Version;
}

/// Whether it comes back into a folder: projects and stages have their own place (sheet corezoid/api 2.8).
const fn in_folder(kind: Kind) -> bool {
    matches!(kind, Kind::Folder | Kind::Conv | Kind::Dashboard | Kind::Instance)
}

/// Whether the answer to a destroy says `obj` as any other does (sheet corezoid/api 2.8).
const fn keeps_obj(kind: Kind) -> bool {
    matches!(kind, Kind::Project | Kind::Alias | Kind::Version)
}

/// `delete`: into the trash.
pub(super) struct Delete<K> {
    thing: Thing,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Delete<K> {
    const REQUEST: &'static [Field] = K::TARGET;
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { thing: target(args, K::KIND)?, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !object::delete(cx.conn, self.thing, cx.now.seconds()).await? {
            return Err(missing(self.thing));
        }
        Ok(Reply::new().with("obj_id", self.thing.wire_id()))
    }
}

/// `restore`: out of the trash, into the old folder or the root. Answered on both URLs (sheet corezoid/api 8, row 5).
pub(super) struct Restore<K> {
    thing: Thing,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Restore<K> {
    const REQUEST: &'static [Field] = K::TARGET;
    const ANSWER: &'static [Field] = if in_folder(K::KIND) {
        &[need("obj_id", ID), need("parent_folder_id", ID)]
    } else {
        &[need("obj_id", ID)]
    };
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { thing: target(args, K::KIND)?, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let folder = object::restore(cx.conn, self.thing, cx.now.seconds()).await?;
        let Some(folder) = folder else {
            let taken_by_now = object::name_is_taken(cx.conn, self.thing).await?;
            return Err(if taken_by_now { taken(self.thing.kind) } else { not_deleted(self.thing) });
        };
        cx.world.part::<Runner>().look_again();
        let reply = Reply::new().with("obj_id", self.thing.wire_id());
        // What lies in no folder comes back to none (sheet corezoid/api 2.8).
        Ok(if in_folder(K::KIND) { reply.with("parent_folder_id", folder.0) } else { reply })
    }
}

/// `destroy`: out of the trash for good. The answer names the kind in `obj_type`, not in `obj` (sheet corezoid/api 5).
pub(super) struct Destroy<K> {
    thing: Thing,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Destroy<K> {
    const REQUEST: &'static [Field] = K::TARGET;
    const ANSWER: &'static [Field] = if keeps_obj(K::KIND) {
        &[need("obj_id", ID)]
    } else {
        &[need("obj_id", ID), need("obj_type", TEXT)]
    };
    const ACCESS: Access = if K::KIND.is_folder() { Access::Write } else { Access::Single };

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { thing: target(args, K::KIND)?, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !object::destroy(cx.conn, self.thing).await? {
            return Err(not_deleted(self.thing));
        }
        let reply = Reply::new().with("obj_id", self.thing.wire_id());
        let kind = K::KIND;
        Ok(if keeps_obj(kind) { reply } else { reply.without_obj().with("obj_type", kind.word()) })
    }
}

/// sheet corezoid/api 8, row 30: the seed's text lost the kind and the id.
fn not_deleted(thing: Thing) -> OpError {
    OpError::NotDeleted { obj: thing.kind.word(), id: thing.wire_id() }
}
