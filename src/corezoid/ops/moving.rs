//! `link folder`: moves an object into a folder, or shares a folder (sheet corezoid/api 2.2).

use serde_json::Value;

use super::fields::missing;
use super::share::{RECIPIENTS, SHARED, Share};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, KINDS, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::spec::{Field, ID, INT, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::object;
use crate::kernel::db::Access;

/// `link folder`: with `obj_to` it shares, else it moves.
pub(super) enum LinkFolder {
    Share(Share),
    Move(Move),
}

/// A move: what, where to, and where from as the client believes.
pub(super) struct Move {
    thing: Thing,
    to: FolderId,
    from: Option<FolderId>,
}

impl Op for LinkFolder {
    const REQUEST: &'static [Field] = &[
        may("obj_to", Shape::Word(RECIPIENTS)),
        may("obj_to_id", ID),
        may("privs", LIST),
        may("obj_type", Shape::Word(KINDS)),
        need("obj_id", ID),
        may("folder_id", Shape::Ref(Kind::Folder)),
        may("parent_id", ID),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_type", Shape::Word(KINDS)),
        need("obj_id", ID),
        need("obj_to_type", Shape::Word(&["folder"])),
        need("obj_to_id", ID),
        need("obj_to_title", TEXT),
        need("action_type", Shape::Word(&["move"])),
        need("from_folder", INT),
        need("to_folder", ID),
        need("from_folder_name", TEXT),
        need("to_folder_name", TEXT),
        need("user_id", ID),
        need("user_name", TEXT),
    ];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[SHARED];
    const ACCESS: Access = Access::Write;

    fn access(args: Args<'_>) -> Access {
        // A folder takes its subtree along into another company; all else is one row.
        let folder = args.get("obj_type").and_then(Value::as_str) == Some(Kind::Folder.word());
        if folder && !args.sent("obj_to") { Self::ACCESS } else { Access::Single }
    }

    fn things(args: Args<'_>) -> Vec<Thing> {
        let id = |key| args.id(key).ok().flatten();
        let word = args.get("obj_type").and_then(Value::as_str);
        let kind = word.and_then(Kind::of).unwrap_or(Kind::Folder);
        let moved = id("obj_id").map(|id| Thing { kind, id });
        let folder = id("folder_id").filter(|id| *id != 0).map(|id| FolderId(id).into());
        if args.sent("obj_to") { Vec::new() } else { moved.into_iter().chain(folder).collect() }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        if args.sent("obj_to") {
            let folder = FolderId(args.required_id("obj_id")?);
            return Share::parse(folder.into(), args).map(Self::Share);
        }
        Ok(Self::Move(Move {
            thing: Thing { kind: movable(args)?, id: args.required_id("obj_id")? },
            to: FolderId(args.required_id("folder_id")?),
            from: args.id("parent_id")?.map(FolderId),
        }))
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        match self {
            Self::Share(share) => share.run(cx).await,
            Self::Move(step) => step.run(cx).await,
        }
    }
}

/// sheet corezoid/api 2.2: projects and stages stay where they are.
fn movable(args: Args<'_>) -> Result<Kind, OpError> {
    let kind = |word: &str| Kind::of(word).filter(|kind| !matches!(kind, Kind::Project | Kind::Stage));
    args.word("obj_type", kind)?.ok_or(OpError::Required("obj_type".into()))
}

impl Move {
    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { thing, to, from } = self;
        let route = object::route(cx.conn, thing, to, from).await?.ok_or_else(|| missing(thing))?;
        let Some(to_name) = route.to_name else {
            return Err(Refusal::NoFolder(to).into());
        };
        if route.into_itself {
            return Err(Refusal::IntoItself.into());
        }
        object::set_folder(cx.conn, thing, to, route.to_company.as_deref()).await?;
        Ok(Reply::new()
            .without_obj()
            .with("obj_type", thing.kind.word())
            .with("obj_id", thing.wire_id())
            .with("obj_to_type", "folder")
            .with("obj_to_id", to.0)
            .with("obj_to_title", to_name.clone())
            .with("action_type", "move")
            // sheet corezoid/api 9, 16: the old parent is believed and echoed, not checked.
            .with("from_folder", from.unwrap_or(route.from_folder).0)
            .with("to_folder", to.0)
            .with("from_folder_name", route.from_name)
            .with("to_folder_name", to_name)
            .with("user_id", cx.caller.user_id)
            .with("user_name", cx.caller.title.as_str()))
    }
}
