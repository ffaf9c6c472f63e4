//! With whom an object is shared, and who starred it: `link`, `favorite`, and `list` with `list_obj`.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::fields::{RIGHTS, missing, target};
use super::trash::OfKind;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Thing, UserId};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, LIST, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::invite::{self, Invite};
use crate::corezoid::store::share;
use crate::kernel::db::Access;

/// What `link` says in `obj_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recipient {
    User,
    Group,
    /// Somebody who has no account yet: named by a login, and invited.
    NewUser,
    All,
}

impl Recipient {
    fn of(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "group" => Some(Self::Group),
            "new_user" => Some(Self::NewUser),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// The words of [`Recipient`].
pub(super) const RECIPIENTS: &[&str] = &["user", "group", "new_user", "all"];

/// Of somebody new (sheet corezoid/api 2.9).
pub(super) const LOGIN: Shape = Shape::Text { least: 3, most: 100 };

/// The answer of [`Share`].
pub(super) const SHARED: &[Field] = &[
    need("obj_type", TEXT),
    need("obj_id", ID),
    need("obj_to_type", Shape::Word(RECIPIENTS)),
    // Of a new user the hash of the invitation.
    need("obj_to_id", Shape::Either(&[ID, TEXT])),
    need("obj_to_title", TEXT),
    need("action_type", Shape::Word(&["link", "unlink"])),
];

/// `link` of an object to a user, a group, somebody new or to all: rights given, or with an empty list taken back.
pub(super) struct Share {
    thing: Thing,
    to: Recipient,
    to_id: i64,
    /// Of a new user.
    login: String,
    company: Option<String>,
    privs: Vec<Value>,
}

/// `privs`, if they are sent: carried as given.
pub(super) fn given_privs(args: Args<'_>) -> Result<Option<Vec<Value>>, OpError> {
    let Some(privs) = args.list("privs")? else { return Ok(None) };
    let known = |right: &Value| right["type"].as_str().is_some_and(|word| RIGHTS.contains(&word));
    match privs.iter().find(|right| !known(right)) {
        Some(wrong) => Err(invalid("privs", wrong)),
        None => Ok(Some(privs.clone())),
    }
}

/// Whether an object is there, and neither it nor a folder above it in the trash.
pub(super) async fn is_present(thing: Thing, cx: &mut OpCx<'_>) -> Result<bool, OpError> {
    Ok(share::ends(cx.conn, thing, 0).await?.present)
}

impl Share {
    /// Reads the fields.
    pub(super) fn parse(thing: Thing, args: Args<'_>) -> Result<Self, OpError> {
        let to = args.word("obj_to", Recipient::of)?.ok_or(OpError::Required("obj_to".into()))?;
        let (mut to_id, mut login) = (0, String::new());
        match to {
            Recipient::User | Recipient::Group => to_id = args.required_id("obj_to_id")?,
            Recipient::NewUser => login = args.required_text("login")?,
            Recipient::All => {}
        }
        let privs = given_privs(args)?.ok_or(OpError::Required("privs".into()))?;
        Ok(Self { thing, to, to_id, login, company: args.company()?, privs })
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
            Recipient::Group => ("group", ends.group.ok_or_else(|| unknown("group"))?),
            Recipient::NewUser => return self.invite(cx).await,
            Recipient::All => ("all", "All".to_owned()),
        };
        let linked = !self.privs.is_empty();
        if linked {
            share::set(cx.conn, self.thing, word, self.to_id, &Value::Array(self.privs).to_string()).await?;
        } else {
            share::remove(cx.conn, self.thing, word, self.to_id).await?;
        }
        Ok(linking(self.thing, word, linked).to(json!(self.to_id), title))
    }

    /// Invites somebody, who gets the rights once that is confirmed; with no rights, takes the invitations back.
    async fn invite(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let linked = !self.privs.is_empty();
        let hash = cx.ids().hex::<20>();
        let new = Invite {
            hash: hash.clone(),
            company_id: self.company,
            kind: "google".to_owned(),
            login: self.login.clone(),
            obj: Some(self.thing.kind.word().to_owned()),
            obj_id: Some(self.thing.id),
            privs: Value::Array(self.privs).to_string(),
            owner_id: UserId(cx.caller.user_id),
            create_time: cx.now.seconds(),
        };
        if linked {
            invite::insert(cx.conn, &new).await?;
        } else {
            invite::remove(cx.conn, self.thing, &self.login).await?;
        }
        Ok(linking(self.thing, "new_user", linked)
            .to(if linked { json!(hash) } else { json!(0) }, self.login))
    }
}

/// The answer of a link, but for whom it is with.
struct Linking {
    thing: Thing,
    word: &'static str,
    action: &'static str,
}

fn linking(thing: Thing, word: &'static str, linked: bool) -> Linking {
    Linking { thing, word, action: if linked { "link" } else { "unlink" } }
}

impl Linking {
    fn to(self, id: Value, title: String) -> Reply {
        Reply::new()
            .without_obj()
            .with("obj_type", self.thing.kind.word())
            .with("obj_id", self.thing.wire_id())
            .with("obj_to_type", self.word)
            .with("obj_to_id", id)
            .with("obj_to_title", title)
            .with("action_type", self.action)
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
        may("login", LOGIN),
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
    need("list", Shape::List(&LINE)),
];

/// A user, a group or everybody that an object is shared with.
pub(super) const LINE: Shape = Shape::Object(&[
    need("obj", Shape::Word(RECIPIENTS)),
    need("obj_id", ID),
    need("login_id", ID),
    need("title", TEXT),
    need("privs", Shape::List(&OBJECT)),
    need("login", TEXT),
    may("obj_type", TEXT),
    may("obj_status", TEXT),
    may("is_invite", Shape::Flag),
    may("invite_hash", TEXT),
]);

/// `list_obj`: whether, and in which word, shares are asked for.
pub(super) fn list_obj(args: Args<'_>) -> Result<Option<&'static str>, OpError> {
    args.word("list_obj", |word| LIST_OBJ.iter().copied().find(|known| *known == word))
}

/// The answer of `list` with `list_obj`: users an object is shared with. For `list conv` too.
pub(super) async fn list(thing: Thing, word: &str, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
    let list = lines(thing, cx).await?;
    Ok(Reply::new().with("obj_id", thing.wire_id()).with("list_obj", word).with("list", list))
}

/// Those an object is shared with: see [`LINE`].
pub(super) async fn lines(thing: Thing, cx: &mut OpCx<'_>) -> Result<Vec<Value>, OpError> {
    let rows = share::list(cx.conn, thing).await?.ok_or_else(|| missing(thing))?;
    let line = |row: share::ShareRow| {
        let privs: Value = serde_json::from_str(&row.privs).unwrap_or_default();
        let mut line = json!({
            "obj": row.to_obj,
            "obj_id": row.to_id,
            "login_id": row.to_id,
            "title": row.title,
            "privs": privs,
            "login": row.login,
        });
        let Some(fields) = line.as_object_mut() else { return line };
        if let Some((kind, status)) = row.group.map(|group| group.0) {
            fields.insert("obj_type".to_owned(), json!(kind));
            fields.insert("obj_status".to_owned(), json!(status));
        }
        if let Some(hash) = row.invite {
            fields.insert("is_invite".to_owned(), json!(true));
            fields.insert("invite_hash".to_owned(), json!(hash));
        }
        line
    };
    Ok(rows.into_iter().map(line).collect())
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
