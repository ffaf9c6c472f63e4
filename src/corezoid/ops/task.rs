//! Tasks: they are made and changed here, and run as soon as the package is done (sheet corezoid/api 2.6, 6).

use serde_json::{Map, Value};

use super::fields::{OBJ_ALIAS, missing};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::intake::measure;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::task as rules;
use crate::corezoid::runner::Runner;
use crate::corezoid::spec::{DATA, Field, ID, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::task::{self, NewTask, TaskRow};
use crate::kernel::db::Access;

/// A reference, as text or number; null is none.
const REF: Shape = Shape::Text { least: 1, most: 255 };

fn conv(args: Args<'_>) -> Result<ConvId, OpError> {
    let id = ConvId(args.required_id("conv_id")?);
    args.company()?;
    Ok(id)
}

/// The data that was sent; `None`: the empty list that stands for an object without fields.
fn data(args: Args<'_>) -> Option<&Map<String, Value>> {
    args.get("data").and_then(Value::as_object)
}

fn no_task() -> OpError {
    Refusal::NoTask.into()
}

/// `create task`. One statement for the first of a package that goes to a process, and one for all of them.
pub(super) struct CreateTask {
    conv: ConvId,
    reference: Option<String>,
    /// A JSON object.
    data: String,
}

impl Op for CreateTask {
    const REQUEST: &'static [Field] =
        &[need("conv_id", Shape::Ref(Kind::Conv)), OBJ_ALIAS, need("data", DATA), may("ref", REF)];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("ref", TEXT).or_null(), need("obj_id", TEXT)];
    const EDITS: bool = false;
    const GATHERS: bool = true;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            conv: conv(args)?,
            reference: args.text("ref")?,
            data: data(args).map_or_else(|| "{}".to_owned(), rules::whole_text),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let id = cx.ids().hex::<12>();
        let new = NewTask {
            id: &id,
            conv: self.conv,
            reference: self.reference.as_deref(),
            data: &self.data,
            user: cx.caller.user_id,
            now: cx.now.millis(),
            caller: None,
            hops: 0,
        };
        cx.intake.take(cx.conn, &new, cx.position, cx.world).await?;
        Ok(Reply::new().with("ref", self.reference).with("obj_id", id))
    }
}

/// A task by its id, its reference, or both.
struct Target {
    conv: ConvId,
    id: Option<String>,
    reference: Option<String>,
}

impl Target {
    fn of(args: Args<'_>) -> Result<Self, OpError> {
        let conv = conv(args)?;
        let (id, reference) = (args.text("obj_id")?, args.text("ref")?);
        if id.is_none() && reference.is_none() {
            return Err(OpError::Required("ref".into()));
        }
        Ok(Self { conv, id, reference })
    }

    /// The task. With both given, both must fit.
    async fn find(&self, cx: &mut OpCx<'_>) -> Result<TaskRow, OpError> {
        let found = match (&self.id, &self.reference) {
            (Some(id), _) => task::find(cx.conn, self.conv, id).await?,
            (None, reference) => {
                task::find_ref(cx.conn, self.conv, reference.as_deref().unwrap_or_default()).await?
            }
        };
        let task = found.ok_or_else(|| missing(self.conv.into()))?;
        task.filter(|task| self.reference.is_none() || task.reference == self.reference).ok_or_else(no_task)
    }
}

/// `modify task`: its data, merged at the top level. A task that has ended is not there any more.
pub(super) struct ModifyTask {
    target: Target,
    change: Map<String, Value>,
}

impl Op for ModifyTask {
    const REQUEST: &'static [Field] = &[
        need("conv_id", Shape::Ref(Kind::Conv)),
        OBJ_ALIAS,
        may("ref", REF),
        may("obj_id", TEXT),
        need("data", DATA),
    ];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("ref", TEXT).or_null(), need("obj_id", TEXT)];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { target: Target::of(args)?, change: data(args).cloned().unwrap_or_default() })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = self.target.find(cx).await?;
        if !rules::is_live(&found.status) {
            return Err(no_task());
        }
        let data = rules::whole_text(&rules::merged(found.data(), self.change));
        measure(cx.conn, self.target.conv, &data, &cx.world.settings.engine).await?;
        let by = (cx.caller.user_id, cx.now.millis(), 0);
        task::set_data(cx.conn, &found.id, &data, by).await?;
        cx.world.part::<Runner>().poke();
        Ok(Reply::new().with("ref", found.reference).with("obj_id", found.id))
    }
}

/// `show task`.
pub(super) struct ShowTask(Target);

impl Op for ShowTask {
    const REQUEST: &'static [Field] =
        &[need("conv_id", Shape::Ref(Kind::Conv)), OBJ_ALIAS, may("ref", REF), may("obj_id", TEXT)];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[
        need("obj_id", TEXT),
        need("task_id", TEXT),
        need("ref", TEXT).or_null(),
        need("status", TEXT),
        need("user_id", ID),
        need("create_time", ID),
        need("change_time", ID),
        need("node_id", TEXT).or_null(),
        need("node_prev_id", TEXT).or_null(),
        need("data", OBJECT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Target::of(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let mut task = self.0.find(cx).await?;
        super::params::clear(std::slice::from_mut(&mut task), self.0.conv, cx).await?;
        let (created, changed, data) = (task.create_seconds(), task.change_seconds(), task.data());
        Ok(Reply::new()
            .with("obj_id", task.id.as_str())
            .with("task_id", task.id)
            .with("ref", task.reference)
            .with("status", task.status)
            .with("user_id", task.user_id)
            .with("create_time", created)
            .with("change_time", changed)
            .with("node_id", task.node_id)
            .with("node_prev_id", task.node_prev_id)
            .with("data", data))
    }
}

/// `delete task`: from the node where it stands.
pub(super) struct DeleteTask {
    conv: ConvId,
    id: String,
    node: String,
}

impl Op for DeleteTask {
    const REQUEST: &'static [Field] =
        &[need("conv_id", Shape::Ref(Kind::Conv)), OBJ_ALIAS, need("obj_id", TEXT), need("node_id", TEXT)];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("obj_id", TEXT)];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = conv(args)?;
        Ok(Self { conv, id: args.required_text("obj_id")?, node: args.required_text("node_id")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if let Some(counted) = task::delete(cx.conn, self.conv, &self.node, &self.id).await? {
            if counted {
                cx.world.part::<Runner>().thinned(self.conv.0, self.node);
            }
            return Ok(Reply::new().with("obj_id", self.id));
        }
        task::hindrance(cx.conn, self.conv).await?.ok_or_else(|| missing(self.conv.into()))?;
        Err(no_task())
    }
}
