//! With whom an object is shared, and who starred it: `link`, `favorite`, and `list` with `list_obj`.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::fields::{missing, target};
use super::trash::OfKind;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::Thing;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, LIST, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::share;
use crate::kernel::db::Access;

/// What `link` says in `obj_to`. Groups are not kept here: any id of one is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recipient {
    User,
    Group,
    All,
}

impl Recipient {
    fn of(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "group" => Some(Self::Group),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// The words of [`Recipient`].
pub(super) const RECIPIENTS: &[&str] = &["user", "group", "all"];

/// The answer of [`Share`].
pub(super) const SHARED: &[Field] = &[
    need("obj_type", TEXT),
    need("obj_id", ID),
    need("obj_to_type", Shape::Word(RECIPIENTS)),
    need("obj_to_id", ID),
    need("obj_to_title", TEXT),
    need("action_type", Shape::Word(&["link", "unlink"])),
];

/// `link` of an object to a user or to all: rights given, or with an empty list taken back.
pub(super) struct Share {
    thing: Thing,
    to: Recipient,
    to_id: i64,
    privs: Vec<Value>,
}

impl Share {
    /// Reads the fields.
    pub(super) fn parse(thing: Thing, args: Args<'_>) -> Result<Self, OpError> {
        let to = args.word("obj_to", Recipient::of)?.ok_or(OpError::Required("obj_to".into()))?;
        let to_id = if to == Recipient::All { 0 } else { args.required_id("obj_to_id")? };
        let privs = args.list("privs")?.ok_or(OpError::Required("privs".into()))?;
        let known = |right: &Value| {
            right["type"].as_str().is_some_and(|word| ["create", "view", "modify", "delete"].contains(&word))
        };
        if let Some(wrong) = privs.iter().find(|right| !known(right)) {
            return Err(invalid("privs", wrong));
        }
        Ok(Self { thing, to, to_id, privs: privs.clone() })
    }

    /// Does it. The answer names the kind in `obj_type`, not in `obj` (sheet corezoid/api 2.1).
    pub(super) async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let ends = share::ends(cx.conn, self.thing, self.to_id).await?;
        if !ends.present {
            return Err(missing(self.thing));
        }
        let unknown = |obj| OpError::NotFound { obj, id: json!(self.to_id) };
        let (word, title) = match self.to {
            Recipient::User => ("user", ends.user.ok_or_else(|| unknown("user"))?),
            Recipient::Group => return Err(unknown("group")),
            Recipient::All => ("all", "All".to_owned()),
        };
        let action = if self.privs.is_empty() {
            share::remove(cx.conn, self.thing, word, self.to_id).await?;
            "unlink"
        } else {
            share::set(cx.conn, self.thing, word, self.to_id, &Value::Array(self.privs).to_string()).await?;
            "link"
        };
        Ok(Reply::new()
            .without_obj()
            .with("obj_type", self.thing.kind.word())
            .with("obj_id", self.thing.wire_id())
            .with("obj_to_type", word)
            .with("obj_to_id", self.to_id)
            .with("obj_to_title", title)
            .with("action_type", action))
    }
}

/// `link conv`, `link dashboard`.
pub(super) struct Link<K> {
    share: Share,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Link<K> {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(K::KIND)),
        need("obj_to", Shape::Word(RECIPIENTS)),
        may("obj_to_id", ID),
        need("privs", LIST),
    ];
    const ANSWER: &'static [Field] = SHARED;
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { share: Share::parse(target(args, K::KIND)?, args)?, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        self.share.run(cx).await
    }
}

/// What `list_obj` may ask for.
pub(super) const LIST_OBJ: &[&str] = &["group", "all"];

/// The answer of [`list`].
pub(super) const SHARES: &[Field] = &[
    need("obj_id", ID),
    need("list_obj", Shape::Word(&["group", "all", "user"])),
    need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj", Shape::Word(RECIPIENTS)),
            need("obj_id", ID),
            need("login_id", ID),
            need("title", TEXT),
            need("privs", Shape::List(&OBJECT)),
            need("login", TEXT),
        ])),
    ),
];

/// `list_obj`: whether, and in which word, shares are asked for.
pub(super) fn list_obj(args: Args<'_>) -> Result<Option<&'static str>, OpError> {
    args.word("list_obj", |word| LIST_OBJ.iter().copied().find(|known| *known == word))
}

/// The answer of `list` with `list_obj`: users an object is shared with. For `list conv` too.
pub(super) async fn list(thing: Thing, word: &str, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
    let rows = share::list(cx.conn, thing).await?.ok_or_else(|| missing(thing))?;
    let line = |row: share::ShareRow| {
        let privs: Value = serde_json::from_str(&row.privs).unwrap_or_default();
        json!({
            "obj": row.to_obj,
            "obj_id": row.to_id,
            "login_id": row.to_id,
            "title": row.title,
            "privs": privs,
            "login": row.login,
        })
    };
    let list: Vec<Value> = rows.into_iter().map(line).collect();
    Ok(Reply::new().with("obj_id", thing.wire_id()).with("list_obj", word).with("list", list))
}

/// `list dashboard`: shares are all that it lists.
pub(super) struct ListShares<K> {
    thing: Thing,
    word: &'static str,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for ListShares<K> {
    const REQUEST: &'static [Field] =
        &[need("obj_id", Shape::Ref(K::KIND)), need("list_obj", Shape::Word(LIST_OBJ))];
    const ANSWER: &'static [Field] = SHARES;
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let thing = target(args, K::KIND)?;
        let word = list_obj(args)?.ok_or(OpError::Required("list_obj".into()))?;
        Ok(Self { thing, word, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        list(self.thing, self.word, cx).await
    }
}

/// `favorite`: sets or takes off the caller's star.
pub(super) struct Favorite<K> {
    thing: Thing,
    on: bool,
    kind: PhantomData<K>,
}

impl<K: OfKind> Op for Favorite<K> {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(K::KIND)), need("favorite", Shape::Flag)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let thing = target(args, K::KIND)?;
        let on = args.flag("favorite")?.ok_or(OpError::Required("favorite".into()))?;
        Ok(Self { thing, on, kind: PhantomData })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !share::ends(cx.conn, self.thing, 0).await?.present {
            return Err(missing(self.thing));
        }
        share::set_favorite(cx.conn, self.thing, cx.caller.user_id, self.on).await?;
        Ok(Reply::new().with("obj_id", self.thing.wire_id()))
    }
}
