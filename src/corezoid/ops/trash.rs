//! Into the trash, out of it, and out of the world: the same three ops for every kind of object (sheet corezoid/api 5).

use std::marker::PhantomData;

use super::fields::{missing, taken, target};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::store::object;
use crate::kernel::db::Access;

/// A kind as a type, so that the op table can name `Delete<Conv>`.
pub(super) trait OfKind: Send {
    const KIND: Kind;
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

/// `delete`: into the trash.
pub(super) struct Delete<K> {
    thing: Thing,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Delete<K> {
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
        let reply = Reply::new().with("obj_id", self.thing.wire_id());
        // What lies in no folder comes back to none (sheet corezoid/api 2.8).
        Ok(match self.thing.kind {
            Kind::Project | Kind::Stage | Kind::Alias | Kind::EnvVar | Kind::Version => reply,
            _ => reply.with("parent_folder_id", folder.0),
        })
    }
}

/// `destroy`: out of the trash for good. The answer names the kind in `obj_type`, not in `obj` (sheet corezoid/api 5).
pub(super) struct Destroy<K> {
    thing: Thing,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Destroy<K> {
    const ACCESS: Access = if K::KIND.is_folder() { Access::Write } else { Access::Single };

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { thing: target(args, K::KIND)?, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !object::destroy(cx.conn, self.thing).await? {
            return Err(not_deleted(self.thing));
        }
        let reply = Reply::new().with("obj_id", self.thing.wire_id());
        Ok(match self.thing.kind {
            // These keep their `obj` (sheet corezoid/api 2.8).
            Kind::Project | Kind::Alias | Kind::EnvVar | Kind::Version => reply,
            kind => reply.without_obj().with("obj_type", kind.word()),
        })
    }
}

/// sheet corezoid/api 8, row 30: the seed's text lost the kind and the id.
fn not_deleted(thing: Thing) -> OpError {
    OpError::NotDeleted { obj: thing.kind.word(), id: thing.wire_id() }
}
