//! Counters and used traffic: `global_counters`, `sys_stat`, `used_traff`, `user_stat`. What is there is counted; traffic is
//! not, so its lists are empty (sheet corezoid/api 2.9).

use serde_json::json;

use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, INT, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::usage;
use crate::kernel::db::Access;

const MEASURES: Shape = Shape::Word(&["tacts", "opers", "traff"]);
const INTERVALS: Shape = Shape::Word(&["minute", "hour", "day", "month"]);

/// `show global_counters`: a package inside the answer, as the published example shows it.
pub(super) struct ShowGlobalCounters;

impl Op for ShowGlobalCounters {
    const REQUEST: &'static [Field] = &[];
    const ANSWER: &'static [Field] = &[
        need("request_proc", Shape::Word(&["ok"])),
        need(
            "ops",
            Shape::List(&Shape::Object(&[
                need("type", Shape::Word(&["monitor_show"])),
                need("obj", Shape::Word(&["main"])),
                need("obj_id", ID),
                need("proc", Shape::Word(&["ok"])),
                need(
                    "list",
                    Shape::List(&Shape::Object(&[
                        need("obj", Shape::Word(&["users", "conveyors", "operations", "tacts"])),
                        need("count", ID),
                    ])),
                ),
            ])),
        ),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(_args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let counts = usage::counts(cx.conn).await?;
        let list = json!([
            { "obj": "users", "count": counts.users },
            { "obj": "conveyors", "count": counts.processes },
            { "obj": "operations", "count": counts.tasks },
            { "obj": "tacts", "count": 0 },
        ]);
        let inner =
            json!([{ "type": "monitor_show", "obj": "main", "obj_id": 0, "proc": "ok", "list": list }]);
        Ok(Reply::new().without_obj().with("request_proc", "ok").with("ops", inner))
    }
}

/// `show sys_stat`: of the whole instance counts, else used traffic.
pub(super) struct ShowSysStat {
    of: Of,
}

#[derive(Debug, Clone, Copy)]
enum Of {
    Instance,
    Company,
    Process,
    /// One process or owner: the older form.
    Conv,
}

impl Op for ShowSysStat {
    const REQUEST: &'static [Field] = &[
        may("obj_type", Shape::Word(&["instance", "company"])),
        may("start", INT),
        may("end", INT),
        may("order_field", MEASURES),
        may("order_by", Shape::Word(&["ASC", "DESC"])),
        may("owner_id", ID),
        may("conv_id", ID),
        may("interval", INTERVALS),
        may("limit", Shape::Int { least: 1, most: 100 }),
        may("offset", Shape::Int { least: 0, most: 20_000 }),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_type", Shape::Word(&["instance"])),
        need("data", Shape::Object(&[need("companies", ID), need("users", ID), need("processes", ID)])),
    ];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[
        &[need("obj_type", Shape::Word(&["company", "process"])), need("data", LIST)],
        &[need("conv_id", Shape::Word(&["undefined"])), need("data", LIST)],
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let of = match args.text("obj_type")?.as_deref() {
            Some("instance") => Of::Instance,
            Some(_) => Of::Company,
            None if args.get("conv_id").is_some() || args.get("owner_id").is_some() => Of::Conv,
            None => Of::Process,
        };
        Ok(Self { of })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let reply = Reply::new();
        Ok(match self.of {
            Of::Instance => {
                let counts = usage::counts(cx.conn).await?;
                let data = json!({
                    "companies": counts.companies, "users": counts.users, "processes": counts.processes,
                });
                reply.with("obj_type", "instance").with("data", data)
            }
            Of::Company => reply.with("obj_type", "company").with("data", json!([])),
            Of::Process => reply.with("obj_type", "process").with("data", json!([])),
            // The published example has this word in the place of the id.
            Of::Conv => reply.with("conv_id", "undefined").with("data", json!([])),
        })
    }
}

/// `show used_traff`, `show user_stat`.
pub(super) struct ShowUsedTraffic;

impl Op for ShowUsedTraffic {
    const REQUEST: &'static [Field] =
        &[need("start", INT), need("end", INT), need("filter", MEASURES), need("interval", INTERVALS)];
    const ANSWER: &'static [Field] = &[need("list", Shape::List(&Shape::Object(&[need("date", TEXT)])))];
    const ACCESS: Access = Access::Read;

    fn parse(_args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self)
    }

    async fn run(self, _cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        Ok(Reply::new().without_obj().with("list", json!([])))
    }
}

/// `list accounts`, on the system URL: whoever was made by nobody else, with what they have. Turns and payments are not
/// counted here.
pub(super) struct ListAccounts {
    limit: i64,
    offset: i64,
}

/// The published description has it as an example.
const USUAL_LIMIT: i64 = 500;

impl Op for ListAccounts {
    const REQUEST: &'static [Field] = &[
        may("limit", Shape::Int { least: 1, most: 1000 }),
        may("offset", Shape::Int { least: 0, most: i64::MAX }),
    ];
    const ANSWER: &'static [Field] = &[
        need("count", ID),
        need("total", ID),
        need(
            "accounts",
            Shape::List(&Shape::Object(&[
                need("user_id", ID),
                need("user_name", TEXT),
                need("logins", LIST),
                need("corezoid_process", ID),
                need("corezoid_diagram", ID),
                need("corezoid_dashboard", ID),
                need("corezoid_sharing", ID),
                need("corezoid_volume", ID),
                need("corezoid_used", ID),
                need("corezoid_alias", ID),
                need("corezoid_process_with_databasecall", ID),
                need("corezoid_process_with_queue", ID),
                need("corezoid_process_with_gitcall", ID),
                need("corezoid_api_key", ID),
                need("corezoid_botplatform", ID),
                need("corezoid_users_group", ID),
                need("corezoid_project", ID),
                need("corezoid_company", ID),
                need("corezoid_user", ID),
                need("corezoid_payments", ID),
            ])),
        ),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            limit: args.integer("limit")?.unwrap_or(USUAL_LIMIT),
            offset: args.integer("offset")?.unwrap_or(0),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let usage::Accounts { total, accounts } = usage::accounts(cx.conn, self.limit, self.offset).await?;
        Ok(Reply::new().with("count", accounts.0.len()).with("total", total).with("accounts", accounts.0))
    }
}
