//! Processes and state diagrams: create, modify, show.

use serde_json::{Value, json};

use super::fields::{Given, PRIVS, description, missing, privs, status, target, title};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::change::Nullable;
use crate::corezoid::rules::status::{SHOWN, STATUSES, Status};
use crate::corezoid::runner::Runner;
use crate::corezoid::spec::{DESCRIPTION, Field, ID, INT, NEW_ID, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::conv::{self, NewConv};
use crate::corezoid::store::item;
use crate::kernel::db::Access;
use crate::kernel::ids::IdGen;

/// `create conv`.
pub(super) struct CreateConv {
    given: Given,
    conv_type: &'static str,
    with_nodes: bool,
    escalation: Option<i64>,
}

impl Op for CreateConv {
    const REQUEST: &'static [Field] = &[
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("folder_id", Shape::Ref(Kind::Folder)),
        may("status", Shape::Word(STATUSES)),
        may("conv_type", Shape::Word(CONV_TYPES)),
        may("create_mode", Shape::Json),
        may("escalation_conv", INT),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("folder_id", ID), need("hash", TEXT)];
    const ACCESS: Access = Access::Write;

    fn access(args: Args<'_>) -> Access {
        if without_nodes(args) { Access::Single } else { Self::ACCESS }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            given: Given::parse(args)?,
            conv_type: args.word("conv_type", conv_type)?.unwrap_or("process"),
            with_nodes: !without_nodes(args),
            escalation: args.id("escalation_conv")?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let now = cx.now.seconds();
        let given = self.given.placed(cx)?;
        let hash = cx.ids().hex::<20>();
        let new = NewConv {
            folder: given.folder,
            company: given.company.as_deref(),
            title: &given.title,
            description: given.description.as_deref(),
            conv_type: self.conv_type,
            status: given.status.number(),
            hash: &hash,
            owner: cx.caller.user_id,
            now,
            confirmed: if self.with_nodes { now } else { 0 },
            escalation: self.escalation,
        };
        let Some(id) = conv::insert(cx.conn, &new).await? else {
            return Err(match self.escalation.map(ConvId) {
                Some(named) if conv::find(cx.conn, named).await?.is_none() => missing(named.into()),
                _ => given.no_folder(),
            });
        };
        if self.with_nodes {
            let [last, start] = first_nodes(cx.ids());
            conv::insert_first_nodes(cx.conn, id, [(&last.0, &last.1), (&start.0, &start.1)]).await?;
        }
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)).with("folder_id", given.folder.0).with("hash", hash))
    }
}

fn without_nodes(args: Args<'_>) -> bool {
    args.get("create_mode").and_then(Value::as_str) == Some("without_nodes")
}

/// The process that takes what fails, on the wire: a text, also where there is none (sheet corezoid/api 4.3).
pub(super) fn escalation(conv: Option<i64>) -> String {
    conv.map_or_else(|| "undefined".to_owned(), |id| id.to_string())
}

/// What a process may be (sheet corezoid/api 2.1).
pub(super) const CONV_TYPES: &[&str] = &["process", "state", "escalation"];

fn conv_type(word: &str) -> Option<&'static str> {
    CONV_TYPES.iter().copied().find(|known| *known == word)
}

/// The nodes of a process that was not asked to be empty: deployed, in the order and place of the seed's scheme sample
/// (sheet corezoid/api 4.4). Final first: Start leads to it.
fn first_nodes(ids: &IdGen) -> [(String, String); 2] {
    let (last, start) = (ids.hex::<12>(), ids.hex::<12>());
    let last_document = json!({
        "obj_type": 2,
        "title": "Final",
        "description": "",
        "logics": [],
        "semaphors": [],
        "position": [988, 400],
        "extra": { "modeForm": "collapse", "icon": "success" },
        "options": { "save_task": true },
    });
    let start_document = json!({
        "obj_type": 1,
        "title": "Start",
        "description": "",
        "logics": [{ "type": "go", "to_node_id": last }],
        "semaphors": [],
        "position": [988, 100],
        "extra": { "modeForm": "collapse", "icon": "" },
        "options": { "direct_url": true, "type_auth": "no_auth" },
    });
    [(last, last_document.to_string()), (start, start_document.to_string())]
}

/// `modify conv`: only what is sent changes.
pub(super) struct ModifyConv {
    id: ConvId,
    title: Option<String>,
    description: Nullable,
    status: Option<Status>,
    escalation: Option<i64>,
}

impl Op for ModifyConv {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Conv)),
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("status", Shape::Word(STATUSES)),
        may("blocked_reason", Shape::Text { least: 3, most: 2000 }),
        may("escalation_conv", INT),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("new_status", INT),
        need("old_status", INT),
        need("is_changed", Shape::Flag),
    ];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = ConvId(args.required_id("obj_id")?);
        let escalation = args.id("escalation_conv")?;
        Ok(Self {
            id,
            title: title(args)?,
            description: description(args)?,
            status: status(args)?,
            escalation,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let old = conv::find(cx.conn, self.id).await?.ok_or_else(|| missing(self.id.into()))?;
        let new = conv::ConvRow {
            title: self.title.unwrap_or_else(|| old.title.clone()),
            description: self.description.over(old.description.clone()),
            status: self.status.map_or(old.status, Status::number),
            escalation_conv: self.escalation.or(old.escalation_conv),
        };
        if new != old {
            let done = conv::update(cx.conn, self.id, &new, cx.now.seconds()).await?;
            if let (false, Some(named)) = (done, self.escalation) {
                return Err(missing(ConvId(named).into()));
            }
        }
        if new.status != old.status {
            cx.world.part::<Runner>().look_again();
        }
        // sheet corezoid/api 9, 17: `is_changed` speaks of the status; a new title alone is no change.
        Ok(Reply::new()
            .with("obj_id", self.id.0)
            .with("new_status", new.status)
            .with("old_status", old.status)
            .with("is_changed", new.status != old.status))
    }
}

/// `show conv`.
pub(super) struct ShowConv {
    id: ConvId,
}

impl Op for ShowConv {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Conv))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("title", TEXT),
        need("description", TEXT).or_null(),
        need("conv_type", Shape::Word(CONV_TYPES)),
        need("status", Shape::Word(SHOWN)),
        need("size", ID),
        need("owner_id", ID),
        need("owner_name", TEXT),
        need("owner_login", TEXT),
        need("create_time", ID),
        need("change_time", ID),
        need("company_id", TEXT).or_null(),
        need("project_id", ID),
        need("stage_id", ID),
        need("immutable", Shape::Flag),
        need("favorite", Shape::Flag),
        need("privs", PRIVS),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: ConvId(target(args, Kind::Conv)?.id) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let conv = item::find(cx.conn, self.id.into(), user).await?.ok_or_else(|| missing(self.id.into()))?;
        Ok(Reply::new()
            .with("obj_id", conv.id)
            .with("title", conv.title)
            .with("description", conv.description)
            .with("conv_type", conv.conv_type)
            .with("status", Status::of_number(conv.status).map(Status::word))
            .with("size", conv.size)
            .with("owner_id", conv.owner_id)
            .with("owner_name", conv.owner_name)
            .with("owner_login", conv.owner_login)
            .with("create_time", conv.create_time)
            .with("change_time", conv.change_time)
            .with("company_id", conv.company_id)
            .with("project_id", conv.project_id)
            .with("stage_id", conv.stage_id)
            .with("immutable", conv.immutable)
            .with("favorite", conv.favorite)
            .with("privs", privs())
            .with("parent_obj_id", conv.folder_id.0)
            .with("parent_obj_type", conv.folder_kind))
    }
}
