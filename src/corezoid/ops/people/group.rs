//! Groups: create, modify, list, delete, restore.

use serde_json::{Value, json};

use super::{LOGINS, bare_logins, no_group};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{GroupId, UserId};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::people::GROUP_STATUSES;
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{Field, ID, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::{group, person};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const GROUP_TITLE: Shape = Shape::Text { least: 3, most: 255 };

/// The one kind that clients make.
const OBJ_TYPE: Shape = Shape::Word(&["admins"]);

/// `create group`.
pub(in crate::corezoid::ops) struct CreateGroup {
    title: String,
    company: Option<String>,
}

impl Op for CreateGroup {
    const REQUEST: &'static [Field] = &[need("obj_type", OBJ_TYPE), need("title", GROUP_TITLE)];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { title: args.required_text("title")?, company: args.company()? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let owner = UserId(cx.caller.user_id);
        let id =
            group::insert(cx.conn, &self.title, self.company.as_deref(), owner, cx.now.seconds()).await?;
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)))
    }
}

/// `modify group`: title and status, as far as they are sent.
pub(in crate::corezoid::ops) struct ModifyGroup {
    id: GroupId,
    title: Option<String>,
    status: Option<String>,
}

impl Op for ModifyGroup {
    // The swagger asks for a status; the official client never sends one.
    const REQUEST: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", OBJ_TYPE),
        may("status", Shape::Word(GROUP_STATUSES)),
        may("title", GROUP_TITLE),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: GroupId(args.required_id("obj_id")?),
            title: args.text("title")?,
            status: args.text("status")?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !group::update(cx.conn, self.id, self.title.as_deref(), self.status.as_deref()).await? {
            return Err(no_group(self.id));
        }
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// `list group`: its members, or the processes that are shared with it.
pub(in crate::corezoid::ops) struct ListGroup {
    id: GroupId,
    of: Content,
}

#[derive(Clone, Copy)]
enum Content {
    Users,
    Convs,
}

impl Content {
    fn of(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::Users),
            "conv" => Some(Self::Convs),
            _ => None,
        }
    }
}

impl Op for ListGroup {
    const REQUEST: &'static [Field] = &[need("obj_id", ID), need("list_obj", Shape::Word(&["user", "conv"]))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("owner_id", ID),
        need("owner_name", TEXT),
        need(
            "list",
            Shape::List(&Shape::Object(&[
                need("obj", Shape::Word(&["user"])),
                need("obj_id", ID),
                need("title", TEXT),
                need("logins", LOGINS),
            ])),
        ),
    ];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[&[
        need("obj_id", ID),
        need(
            "list",
            Shape::List(&Shape::Object(&[
                need("obj_id", ID),
                need("title", TEXT),
                need("description", TEXT).or_null(),
                need("status", Shape::Word(SHOWN)),
            ])),
        ),
    ]];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let of = args.word("list_obj", Content::of)?.ok_or(OpError::Required("list_obj".into()))?;
        Ok(Self { id: GroupId(args.required_id("obj_id")?), of })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let group = group::find(cx.conn, self.id).await?.ok_or_else(|| no_group(self.id))?;
        let reply = Reply::new().with("obj_id", group.id.0);
        match self.of {
            Content::Users => {
                let members = person::of_group(cx.conn, group.id).await?;
                let list = members.iter().map(|member| {
                    json!({
                        "obj": "user", "obj_id": member.id, "title": member.title, "logins": bare_logins(member),
                    })
                });
                Ok(reply
                    .with("owner_id", group.owner_id.0)
                    .with("owner_name", group.owner_name)
                    .with("list", list.collect::<Vec<Value>>()))
            }
            Content::Convs => {
                let convs = group::convs(cx.conn, group.id).await?;
                let list = convs.into_iter().map(|conv| {
                    json!({
                        "obj_id": conv.id,
                        "title": conv.title,
                        "description": conv.description,
                        "status": Status::of_number(conv.status).map(Status::word),
                    })
                });
                Ok(reply.with("list", list.collect::<Vec<Value>>()))
            }
        }
    }
}

/// `delete group`: it can be brought back, with its members and what is shared with it.
pub(in crate::corezoid::ops) struct DeleteGroup {
    id: GroupId,
}

impl Op for DeleteGroup {
    const REQUEST: &'static [Field] = &[need("obj_id", ID)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: GroupId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !group::update(cx.conn, self.id, None, Some("deleted")).await? {
            return Err(no_group(self.id));
        }
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// `restore group`.
pub(in crate::corezoid::ops) struct RestoreGroup {
    id: GroupId,
}

impl Op for RestoreGroup {
    const REQUEST: &'static [Field] = &[need("obj_id", ID)];
    const ANSWER: &'static [Field] = &[need("type", Shape::Word(&["restore"])), need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: GroupId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !group::restore(cx.conn, self.id).await? {
            return Err(OpError::NotDeleted { obj: "group", id: json!(self.id) });
        }
        Ok(Reply::new().with("type", "restore").with("obj_id", self.id.0))
    }
}
