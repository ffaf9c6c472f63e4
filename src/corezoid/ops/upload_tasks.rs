//! Tasks from a file of comma-separated values (sheet corezoid/api 2.5): `create task` of the upload URL.

use serde_json::{Map, Value, json};

use super::fields::missing;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::csv::{self, DIVIDERS, Divider, TYPES, Table};
use crate::corezoid::rules::status::Status;
use crate::corezoid::rules::{params, task as rules};
use crate::corezoid::runner::Runner;
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::job::{self, JobRow};
use crate::corezoid::store::task;
use crate::kernel::db::Access;

/// Records of one file (the documentation of the editor).
const MOST: usize = 100_000;
/// The form field of the file.
const FILE: &str = "from_file";

/// `create task` with a file.
#[expect(clippy::struct_excessive_bools, reason = "switches of the request, each of its own")]
pub(super) struct UploadTasks {
    conv: ConvId,
    divider: Divider,
    windows: bool,
    named: bool,
    reference: Option<String>,
    types: Vec<String>,
    /// A file that came as the text of a field.
    text: Option<String>,
    file_name: String,
    with_ip: bool,
    with_name: bool,
    linked: bool,
}

/// `cols_convert_to`: a list of types, as JSON text.
fn types(args: Args<'_>) -> Result<Vec<String>, OpError> {
    let Some(sent) = args.get("cols_convert_to") else { return Ok(Vec::new()) };
    let list = match sent {
        Value::String(text) => serde_json::from_str(text).ok(),
        other => serde_json::from_value(other.clone()).ok(),
    };
    let known = |list: &Vec<String>| list.iter().all(|word| TYPES.contains(&word.as_str()));
    list.filter(known).ok_or_else(|| invalid("cols_convert_to", sent))
}

impl Op for UploadTasks {
    const REQUEST: &'static [Field] = &[
        need("divider", Shape::Word(DIVIDERS)),
        need("encoding", Shape::Word(&["utf-8", "windows-1251"])),
        need("names_in_first_row", Shape::Flag),
        need("conv_id", Shape::Ref(Kind::Conv)),
        may("reference_col_name", TEXT),
        may("cols_convert_to", Shape::Json),
        may(FILE, TEXT),
        may("file_name", TEXT),
        may("extra_sys_ip", Shape::Flag),
        may("extra_sys_filename", Shape::Flag),
        may("async", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj", Shape::Word(&["csv_upload"])),
        may("hash", TEXT),
        may("ok_count", ID),
        may("err_count", ID),
        may("all_count", ID),
    ];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            conv: ConvId(args.required_id("conv_id")?),
            divider: args.word("divider", Divider::of)?.unwrap_or(Divider::Comma),
            windows: args.required_text("encoding")? == "windows-1251",
            named: args.flag("names_in_first_row")?.unwrap_or(false),
            reference: args.text("reference_col_name")?.filter(|name| !name.is_empty()),
            types: types(args)?,
            text: args.text(FILE)?,
            file_name: args.text("file_name")?.unwrap_or_default(),
            with_ip: args.flag("extra_sys_ip")?.unwrap_or(true),
            with_name: args.flag("extra_sys_filename")?.unwrap_or(true),
            linked: args.flag("async")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = task::hindrance(cx.conn, self.conv).await?.ok_or_else(|| missing(self.conv.into()))?;
        let text = match (cx.files.get(FILE), &self.text) {
            (Some(bytes), _) if self.windows => encoding_rs::WINDOWS_1251.decode(bytes).0.into_owned(),
            (Some(bytes), _) => String::from_utf8_lossy(bytes).into_owned(),
            (None, Some(text)) => text.clone(),
            (None, None) => return Err(OpError::Required(FILE.into())),
        };
        if !Status::of_number(found.status).is_some_and(Status::takes_tasks) {
            return Err(OpError::NotActive);
        }
        if !found.started {
            return Err(Refusal::NotStarted(self.conv).into());
        }
        let lines = csv::lines(&text, self.divider);
        if lines.len() > MOST + usize::from(self.named) {
            return Err(Refusal::TooManyRecords(MOST).into());
        }
        let Table { tasks, broken } = csv::table(lines, self.named, &self.types, self.reference.as_deref());
        let all = tasks.len() + broken;
        let most = cx.world.settings.engine.most_bytes(found.is_state);
        let rows: Vec<Value> = tasks
            .into_iter()
            .filter_map(|(reference, data)| {
                let misfits = params::misfits(&found.params, &data);
                let data = rules::data_text(&self.marked(data, cx.caller.user_id), most).ok()?;
                misfits.is_empty().then(|| json!([cx.ids().hex::<12>(), reference, data]))
            })
            .collect();
        let by = (cx.caller.user_id, cx.now.millis());
        let ok = task::insert_rows(cx.conn, self.conv, &Value::Array(rows).to_string(), by).await?;
        cx.world.part::<Runner>().poke();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (ok, all) = (i64::try_from(ok).unwrap_or(i64::MAX), count(all));
        let reply = Reply::new().without_id().with_obj("csv_upload");
        if !self.linked {
            return Ok(reply.with("ok_count", ok).with("err_count", all - ok).with("all_count", all));
        }
        let hash = cx.ids().hex::<20>();
        let row = JobRow {
            hash: hash.clone(),
            action: "upload".to_owned(),
            obj: "csv_upload".to_owned(),
            obj_type: "conv".to_owned(),
            obj_id: self.conv.0,
            company_id: None,
            user_id: cx.caller.user_id,
            ok,
            err: all - ok,
            scheme: "[]".to_owned(),
            errors: "[]".to_owned(),
            create_time: cx.now.seconds(),
        };
        job::insert(cx.conn, &[row]).await?;
        Ok(reply.with("hash", hash))
    }
}

impl UploadTasks {
    /// The data with what an import adds to it (sheet corezoid/engine 1.3).
    fn marked(&self, mut data: Map<String, Value>, user: i64) -> Map<String, Value> {
        let mut origin = Map::new();
        if self.with_name {
            origin.insert("filename".to_owned(), json!(self.file_name));
        }
        if self.with_ip {
            origin.insert("ip".to_owned(), json!("127.0.0.1"));
        }
        data.insert("__user_id__".to_owned(), json!(user));
        if !origin.is_empty() {
            data.insert("__source_origin__".to_owned(), Value::Object(origin));
        }
        data
    }
}
