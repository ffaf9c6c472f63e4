//! API keys and people: create, modify, delete, show, link to a group; `show api_key`.

use serde_json::{Value, json};

use super::{LOGINS, bare_logins, logins, no_group, no_user};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{GroupId, UserId};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::people::{USER_STATUSES, secret};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::{group, person};
use crate::kernel::db::Access;

/// `create user`: an API key, which signs from then on. Others than keys are invited.
pub(in crate::corezoid::ops) struct CreateUser {
    title: String,
    keys: usize,
    company: Option<String>,
    group: Option<GroupId>,
}

impl Op for CreateUser {
    const REQUEST: &'static [Field] = &[
        need("title", TITLE),
        need("logins", Shape::List(&Shape::Object(&[need("type", Shape::Word(&["api"]))]))),
        may("group_id", ID),
        may("role", Shape::Word(&["user", "owner"])),
    ];
    const ANSWER: &'static [Field] = &[need(
        "users",
        Shape::List(&Shape::Object(&[
            need("obj_id", ID),
            need("created", Shape::Flag),
            need("title", TEXT),
            need("logins", LOGINS),
        ])),
    )];
    const CHANGES_KEYS: bool = true;
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let logins = args.list("logins")?.ok_or(OpError::Required("logins".into()))?;
        if logins.is_empty() {
            return Err(invalid("logins", &json!([])));
        }
        Ok(Self {
            title: args.required_text("title")?,
            keys: logins.len(),
            company: args.company()?,
            group: args.id("group_id")?.map(GroupId),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let owner = UserId(cx.caller.user_id);
        let id =
            person::insert(cx.conn, &self.title, self.company.as_deref(), owner, cx.now.seconds()).await?;
        let secrets: Vec<String> = (0..self.keys).map(|_| secret(cx.ids().bytes())).collect();
        let numbers = person::insert_keys(cx.conn, id, &secrets).await?;
        if let Some(group) = self.group
            && !group::add_member(cx.conn, group, id).await?
        {
            return Err(no_group(group));
        }
        let logins: Vec<Value> = secrets
            .into_iter()
            .zip(numbers)
            .map(|(key, login)| json!({ "type": "api", "key": key, "obj_id": login }))
            .collect();
        let user = json!({ "obj_id": id, "created": true, "title": self.title, "logins": logins });
        Ok(Reply::new().with("users", json!([user])))
    }
}

/// `modify user`: its title.
pub(in crate::corezoid::ops) struct ModifyUser {
    id: UserId,
    title: Option<String>,
}

impl Op for ModifyUser {
    // The swagger asks for a title; the official client leaves it out where it sends a description only.
    const REQUEST: &'static [Field] = &[need("obj_id", ID), may("title", TITLE)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("title", TEXT)];
    const CHANGES_KEYS: bool = true;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: UserId(args.required_id("obj_id")?), title: args.text("title")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let renamed = person::rename(cx.conn, self.id, self.title.as_deref()).await?;
        let title = renamed.ok_or_else(|| no_user(self.id))?;
        Ok(Reply::new().with("obj_id", self.id.0).with("title", title))
    }
}

/// `delete user`: for good. Its keys sign no more, and its objects go to the owner of the company.
pub(in crate::corezoid::ops) struct DeleteUser {
    id: UserId,
}

impl Op for DeleteUser {
    const REQUEST: &'static [Field] = &[need("obj_id", ID)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("company_id", TEXT).or_null()];
    const CHANGES_KEYS: bool = true;
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: UserId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let caller = UserId(cx.caller.user_id);
        let gone = person::delete(cx.conn, self.id, caller).await?.ok_or_else(|| no_user(self.id))?;
        person::hand_over(cx.conn, self.id, gone.heir).await?;
        Ok(Reply::new().without_obj().with("obj_id", self.id.0).with("company_id", gone.company_id))
    }
}

/// `show user`.
pub(in crate::corezoid::ops) struct ShowUser {
    id: UserId,
}

const KEY_CARD: &[Field] = &[
    need("obj_id", ID),
    need("title", TEXT),
    need("owner_id", ID),
    need("owner_name", TEXT),
    need("logins", LOGINS),
];

const PERSON_CARD: &[Field] = &[
    need(
        "groups",
        Shape::List(&Shape::Object(&[
            need("id", ID),
            need("name", TEXT),
            need("owner_id", ID),
            need("owner_name", TEXT),
            need("is_owner", Shape::Flag),
        ])),
    ),
    need("obj_id", ID),
    need("title", TEXT),
    need("logins", LOGINS),
];

impl Op for ShowUser {
    const REQUEST: &'static [Field] = &[need("obj_id", ID), may("obj_type", Shape::Word(&["company"]))];
    const ANSWER: &'static [Field] = KEY_CARD;
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[PERSON_CARD];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: UserId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = person::find(cx.conn, self.id).await?.ok_or_else(|| no_user(self.id))?;
        if user.is_key() {
            return Ok(Reply::new()
                .with("obj_id", user.id.0)
                .with("title", user.title.as_str())
                .with("owner_id", user.owner_id.0)
                .with("owner_name", user.owner_name.as_str())
                .with("logins", logins(&user)));
        }
        let caller = UserId(cx.caller.user_id);
        let groups: Vec<Value> = user
            .groups
            .0
            .iter()
            .map(|(id, name, owner, owner_name)| {
                json!({
                    "id": id, "name": name, "owner_id": owner, "owner_name": owner_name, "is_owner": *owner == caller,
                })
            })
            .collect();
        Ok(Reply::new()
            .with("groups", groups)
            .with("obj_id", user.id.0)
            .with("title", user.title.as_str())
            .with("logins", bare_logins(&user)))
    }
}

/// `link user`: into a group, or out of it.
pub(in crate::corezoid::ops) struct LinkUser {
    id: UserId,
    group: GroupId,
    into: bool,
}

impl Op for LinkUser {
    const REQUEST: &'static [Field] = &[
        need("group_id", ID),
        need("obj_id", ID),
        // sheet corezoid/api 2.9: 1 adds, nothing or an empty text takes out. 0 is refused.
        may("level", Shape::Either(&[Shape::Int { least: 1, most: 1 }, Shape::Word(&[""])])),
    ];
    const ANSWER: &'static [Field] = &[need("logins", LOGINS), need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: UserId(args.required_id("obj_id")?),
            group: GroupId(args.required_id("group_id")?),
            into: args.get("level").is_some_and(|level| level != ""),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = person::find_beside(cx.conn, self.id, self.group).await?;
        let (user, group_known) = found.ok_or_else(|| no_user(self.id))?;
        if !group_known {
            return Err(no_group(self.group));
        }
        if self.into {
            group::add_member(cx.conn, self.group, self.id).await?;
        } else {
            group::remove_member(cx.conn, self.group, self.id).await?;
        }
        let logins = if user.is_key() { logins(&user) } else { bare_logins(&user) };
        Ok(Reply::new().with("logins", logins).with("obj_id", self.id.0))
    }
}

/// `modify user_status`: who is blocked is refused everything.
pub(in crate::corezoid::ops) struct ModifyUserStatus {
    id: UserId,
    status: String,
}

impl Op for ModifyUserStatus {
    const REQUEST: &'static [Field] = &[
        need("obj_id", ID),
        may("obj_type", Shape::Word(&["user", "process"])),
        need("status", Shape::Word(USER_STATUSES)),
        may("blocked_reason", Shape::Text { least: 0, most: 2000 }),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("status", Shape::Word(USER_STATUSES))];
    const CHANGES_KEYS: bool = true;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: UserId(args.required_id("obj_id")?), status: args.required_text("status")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !person::set_status(cx.conn, self.id, &self.status).await? {
            return Err(no_user(self.id));
        }
        Ok(Reply::new().with("obj_id", self.id.0).with("status", self.status))
    }
}

/// `show api_key`: login and secret of a user that is one.
pub(in crate::corezoid::ops) struct ShowApiKey {
    id: UserId,
}

impl Op for ShowApiKey {
    const REQUEST: &'static [Field] = &[need("obj_id", ID)];
    const ANSWER: &'static [Field] =
        &[need("title", TEXT), need("login", ID), need("key", TEXT), need("obj_id", ID)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: UserId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = person::find(cx.conn, self.id).await?;
        let key = user.as_ref().and_then(|user| Some((&user.title, user.keys.0.first()?)));
        let Some((title, (login, secret))) = key else {
            return Err(OpError::NotFound { obj: "api_key", id: json!(self.id) });
        };
        Ok(Reply::new()
            .without_obj()
            .with("title", title.as_str())
            .with("login", *login)
            .with("key", secret.as_str())
            .with("obj_id", self.id.0))
    }
}
