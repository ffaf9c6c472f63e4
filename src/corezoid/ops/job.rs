//! How uploads, downloads and copies went (sheet corezoid/api 2.5). All of them are done before they answer.

use serde_json::{Value, json};

use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::job::{self, JobRow};
use crate::kernel::db::Access;

const HASH: Shape = Shape::Text { least: 1, most: 1000 };

/// One operation.
const LINE: Shape = Shape::Object(&[
    need("id", TEXT),
    need("obj_id", ID),
    need("company_id", TEXT).or_null(),
    need("obj", TEXT),
    need("obj_type", TEXT),
    need("ok", ID),
    need("err", ID),
    need("all", ID),
    need("progress", ID),
]);

/// `get statistics`, and the same as `show sum_stat`: `id` is at once the hash and what the answer echoes.
pub(super) struct Statistics {
    hash: String,
    action: Option<String>,
}

impl Op for Statistics {
    const REQUEST: &'static [Field] = &[
        need("id", HASH),
        may("action", Shape::Word(&["upload", "download", "copy", "merge"])),
        may("obj_type", Shape::Word(&["obj_scheme", "csv_upload"])),
    ];
    const ANSWER: &'static [Field] =
        &[need("obj", Shape::Word(&["statistics"])), need("data", Shape::List(&LINE))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { hash: args.required_text("id")?, action: args.text("action")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = job::find(cx.conn, &self.hash).await?;
        // The published description: the list is not empty only for the user who began the operation.
        let own = |job: &JobRow| {
            job.user_id == cx.caller.user_id
                && self.action.as_ref().is_none_or(|action| *action == job.action)
        };
        let data: Vec<Value> = found.iter().filter(|job| own(job)).map(line).collect();
        // Both answers are printed with the same word.
        Ok(Reply::new().with_obj("statistics").obj_first().with("data", data))
    }
}

fn line(job: &JobRow) -> Value {
    json!({
        "id": job.hash,
        "obj_id": job.obj_id,
        "company_id": job.company_id,
        "obj": job.obj,
        "obj_type": job.obj_type,
        "ok": job.ok,
        "err": job.err,
        "all": job.ok + job.err,
        "progress": 100,
    })
}

/// `stop upload`: there is nothing left to stop, but only an upload that there was can be named.
pub(super) struct StopUpload {
    hash: String,
}

impl Op for StopUpload {
    const REQUEST: &'static [Field] =
        &[need("hash", HASH), need("obj_type", Shape::Word(&["obj_scheme", "task"]))];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { hash: args.required_text("hash")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        match job::find(cx.conn, &self.hash).await? {
            Some(_) => Ok(Reply::new()),
            None => Err(OpError::NotFound { obj: "upload", id: json!(self.hash) }),
        }
    }
}
