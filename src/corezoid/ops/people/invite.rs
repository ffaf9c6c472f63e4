//! Invitations: create, delete, and what happens when one is confirmed.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::no_group;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{GroupId, Kind, Thing, UserId};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::ops::fields::missing;
use crate::corezoid::ops::share::{given_privs, is_present};
use crate::corezoid::spec::{Field, ID, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::invite::{self, Invite};
use crate::corezoid::store::{group, person, share};
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;

/// How somebody who is invited may sign in.
pub(super) const INVITED_TYPES: &[&str] = &["corezoid", "google"];

/// The type of a login that names none, as the official client sends it.
const USUAL_TYPE: &str = "google";

/// Where an invitation is confirmed (sheet corezoid/api 1.1).
pub(super) fn url(base: &PublicBase, hash: &str) -> String {
    format!("{}{}/api/2/plugins/invite/{hash}", base.origin, base.prefix)
}

/// What is shared with somebody who confirms.
#[derive(Debug, Clone, Copy)]
enum Link {
    Group(GroupId),
    Object(Thing),
}

impl Link {
    fn of(word: &str, id: i64) -> Option<Self> {
        match word {
            "group" => Some(Self::Group(GroupId(id))),
            word => Kind::of(word).map(|kind| Self::Object(Thing { kind, id })),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Group(_) => "group",
            Self::Object(thing) => thing.kind.word(),
        }
    }

    fn id(self) -> i64 {
        match self {
            Self::Group(group) => group.0,
            Self::Object(thing) => thing.id,
        }
    }
}

/// `create invite`.
pub(in crate::corezoid::ops) struct CreateInvite {
    login: String,
    kind: String,
    company: Option<String>,
    link: Option<Link>,
    privs: Vec<Value>,
}

impl Op for CreateInvite {
    const REQUEST: &'static [Field] = &[
        need("login", Shape::Text { least: 3, most: 100 }),
        may("login_type", Shape::Word(INVITED_TYPES)),
        may(
            "link_to_obj",
            Shape::Word(&["group", "project", "stage", "conv", "folder", "dashboard", "instance"]),
        ),
        may("link_to_obj_id", ID),
        may("privs", LIST),
    ];
    const ANSWER: &'static [Field] = &[need("url", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let link = match args.text("link_to_obj")? {
            None => None,
            Some(word) => Link::of(&word, args.required_id("link_to_obj_id")?),
        };
        Ok(Self {
            login: args.required_text("login")?,
            kind: args.text("login_type")?.unwrap_or_else(|| USUAL_TYPE.to_owned()),
            company: args.company()?,
            link,
            privs: given_privs(args)?.unwrap_or_default(),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        match self.link {
            Some(Link::Group(id)) if group::find(cx.conn, id).await?.is_none() => return Err(no_group(id)),
            Some(Link::Object(thing)) if !is_present(thing, cx).await? => return Err(missing(thing)),
            _ => {}
        }
        let new = Invite {
            hash: cx.ids().hex::<20>(),
            company_id: self.company,
            kind: self.kind,
            login: self.login,
            obj: self.link.map(|link| link.word().to_owned()),
            obj_id: self.link.map(Link::id),
            privs: Value::Array(self.privs).to_string(),
            owner_id: UserId(cx.caller.user_id),
            create_time: cx.now.seconds(),
        };
        invite::insert(cx.conn, &new).await?;
        Ok(Reply::new().with("url", url(cx.base, &new.hash)))
    }
}

/// `delete invite`: one that is not confirmed yet.
pub(in crate::corezoid::ops) struct DeleteInvite {
    hash: String,
}

impl Op for DeleteInvite {
    const REQUEST: &'static [Field] = &[need("hash", Shape::Text { least: 40, most: 128 })];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { hash: args.required_text("hash")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let gone = invite::take(cx.conn, &self.hash).await?;
        gone.map(|_| Reply::new().without_obj())
            .ok_or_else(|| OpError::NotFound { obj: "invite", id: json!(self.hash) })
    }
}

/// What confirming an invitation does: whoever signs in with its login is found or made, and gets what was shared. `None`:
/// there is no such invitation.
pub(crate) async fn confirm(
    conn: &mut SqliteConnection,
    hash: &str,
    now: i64,
) -> Result<Option<UserId>, sqlx::Error> {
    let Some(invite) = invite::take(conn, hash).await? else { return Ok(None) };
    let user = if let Some(known) = invite::user_of(conn, &invite.kind, &invite.login).await? {
        known
    } else {
        let company = invite.company_id.as_deref();
        let user = person::insert(conn, &invite.login, company, invite.owner_id, now).await?;
        invite::insert_login(conn, user, &invite.kind, &invite.login).await?;
        user
    };
    match invite.obj.zip(invite.obj_id).and_then(|(word, id)| Link::of(&word, id)) {
        Some(Link::Group(group)) => {
            group::add_member(conn, group, user).await?;
        }
        // What it was about may be gone by now.
        Some(Link::Object(thing)) if invite.privs != "[]" && share::ends(conn, thing, 0).await?.present => {
            share::set(conn, thing, "user", user.0, &invite.privs).await?;
        }
        _ => {}
    }
    Ok(Some(user))
}
