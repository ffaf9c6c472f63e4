//! `get object`, the card that any kind has, and `modify owner` (sheet corezoid/api 2.8).

use serde_json::{Value, json};

use super::fields::{PRIVS, missing, privs};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::{owner, share};
use crate::kernel::db::Access;

/// The kinds that a card is asked of, and those that change hands.
const KINDS: &[&str] =
    &["conv", "folder", "dashboard", "instance", "alias", "version", "stage", "project", "env_var"];

/// `obj_type` and `obj_id`.
fn target(args: Args<'_>) -> Result<Thing, OpError> {
    let kind = args.word("obj_type", Kind::of_any)?.ok_or(OpError::Required("obj_type".into()))?;
    Ok(Thing { kind, id: args.required_id("obj_id")? })
}

fn things(args: Args<'_>) -> Vec<Thing> {
    target(args).into_iter().collect()
}

/// `get object`.
pub(super) struct GetObject {
    thing: Thing,
    deleted_too: bool,
}

impl Op for GetObject {
    const REQUEST: &'static [Field] =
        &[need("obj_type", Shape::Word(KINDS)), need("obj_id", ID), may("is_deleted", Shape::Flag)];
    const ANSWER: &'static [Field] = &[
        need("project_id", ID),
        need("stage_id", ID),
        need("company_id", TEXT).or_null(),
        need("owner_id", ID),
        need("parent_id", ID),
        need("owner_title", TEXT),
        need("privs", PRIVS),
    ];
    const ACCESS: Access = Access::Read;

    fn things(args: Args<'_>) -> Vec<Thing> {
        things(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { thing: target(args)?, deleted_too: args.flag("is_deleted")?.unwrap_or(false) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let card = owner::card(cx.conn, self.thing, self.deleted_too).await?;
        let card = card.ok_or_else(|| missing(self.thing))?;
        Ok(Reply::new()
            .without_obj()
            .with("project_id", card.project_id)
            .with("stage_id", card.stage_id)
            .with("company_id", card.company_id)
            .with("owner_id", card.owner_id)
            .with("parent_id", card.parent_id)
            .with("owner_title", card.owner_name)
            .with("privs", privs()))
    }
}

/// `modify owner`: to a user by id, or by a login. With `save_src_privs` the old owner keeps all rights, as a share.
pub(super) struct ModifyOwner {
    thing: Thing,
    id: Option<i64>,
    login: Option<String>,
    keep: bool,
}

impl Op for ModifyOwner {
    const REQUEST: &'static [Field] = &[
        need("obj_type", Shape::Word(KINDS)),
        need("obj_id", ID),
        may("obj_to_id", ID),
        may("obj_to_type", TEXT),
        may("obj_to_login", TEXT),
        may("save_src_privs", Shape::Flag),
    ];
    const ANSWER: &'static [Field] =
        &[need("owner_id", ID), need("owner_login", TEXT), need("owner_name", TEXT)];
    const ACCESS: Access = Access::Write;

    fn things(args: Args<'_>) -> Vec<Thing> {
        things(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let thing = target(args)?;
        if thing.kind == Kind::Version {
            return Err(invalid("obj_type", &json!("version")));
        }
        let (id, login) = (args.id("obj_to_id")?, args.text("obj_to_login")?);
        if id.is_none() && login.is_none() {
            return Err(OpError::Required("obj_to_id".into()));
        }
        Ok(Self { thing, id, login, keep: args.flag("save_src_privs")?.unwrap_or(false) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let old = owner::card(cx.conn, self.thing, false).await?.ok_or_else(|| missing(self.thing))?;
        let person = owner::person(cx.conn, self.id, self.login.as_deref()).await?;
        let named = self.id.map_or_else(|| Value::from(self.login), Value::from);
        let new = person.ok_or(OpError::NotFound { obj: "user", id: named })?;
        if new.id != old.owner_id {
            owner::set(cx.conn, self.thing, new.id).await?;
            // A variable is shared with nobody: who sees its stage sees it.
            if self.keep && self.thing.kind != Kind::EnvVar {
                share::set(cx.conn, self.thing, "user", old.owner_id, &privs().to_string()).await?;
            }
        }
        Ok(Reply::new()
            .without_obj()
            .with("owner_id", new.id)
            .with("owner_login", new.login)
            .with("owner_name", new.title))
    }
}
