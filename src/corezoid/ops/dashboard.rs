//! Dashboards: create, modify, show.

use serde_json::{Value, json};

use super::chart::HEADING;
use super::fields::{Given, PRIVS, description, document, missing, privs, title};
use super::folder::new;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{DashboardId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::STATUSES;
use crate::corezoid::spec::{DESCRIPTION, Field, ID, NEW_ID, OBJECT, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::dashboard::{self, DashboardChange};
use crate::kernel::db::Access;

/// `create dashboard`.
pub(super) struct CreateDashboard {
    given: Given,
    time_range: String,
    grid: String,
}

impl Op for CreateDashboard {
    const REQUEST: &'static [Field] = &[
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("folder_id", Shape::Ref(Kind::Folder)),
        may("status", Shape::Word(STATUSES)),
        may("time_range", TIME_RANGE),
        may("grid", GRID),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("folder_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            given: Given::parse(args)?,
            time_range: time_range(args)?.unwrap_or_else(default_time_range),
            grid: grid(args)?.unwrap_or_else(|| "[]".to_owned()),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let given = self.given.placed(cx)?;
        let new = new(&given, cx);
        let id = dashboard::insert(cx.conn, &new, &self.time_range, &self.grid).await?;
        let id = id.ok_or_else(|| given.no_folder())?;
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)).with("folder_id", given.folder.0))
    }
}

/// The answer's shape when none was given (sheet corezoid/api 2.3): the panel then shows what happens now.
fn default_time_range() -> String {
    json!({ "timezone_offset": 0, "select": "online" }).to_string()
}

/// What period a dashboard shows; `select` is one of the known words.
const TIME_RANGE: Shape = Shape::Object(&[may(
    "select",
    Shape::Word(&[
        "fromTo",
        "online",
        "last10minute",
        "today",
        "lastHour",
        "last24hour",
        "lastWeek",
        "lastMonth",
        "previous_hour",
        "previous_day",
        "previous_week",
        "previous_month",
    ]),
)]);

/// Where its charts stand. The published description misspells `height` (sheet corezoid/api 9, 24), so only [`grid`]
/// can tell whether it is there.
const GRID: Shape = Shape::List(&Shape::Object(&[
    need("obj_id", Shape::Json),
    need("x", Shape::Json),
    need("y", Shape::Json),
    need("width", Shape::Json),
    may("height", Shape::Json),
]));

/// `time_range`, carried as it is.
fn time_range(args: Args<'_>) -> Result<Option<String>, OpError> {
    document(args, "time_range", Value::is_object)
}

/// `grid`, carried as it is.
fn grid(args: Args<'_>) -> Result<Option<String>, OpError> {
    let height = |cell: &Value| cell.get("height").or(cell.get("heidth")).is_some();
    match args.list("grid")?.into_iter().flatten().find(|cell| !height(cell)) {
        Some(_) => Err(OpError::Required("grid.height".into())),
        None => document(args, "grid", Value::is_array),
    }
}

/// `modify dashboard`: only what is sent changes.
pub(super) struct ModifyDashboard {
    id: DashboardId,
    change: DashboardChange,
}

impl Op for ModifyDashboard {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Dashboard)),
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("time_range", TIME_RANGE),
        may("grid", GRID),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = DashboardId(args.required_id("obj_id")?);
        let change = DashboardChange {
            title: title(args)?,
            description: description(args)?,
            time_range: time_range(args)?,
            grid: grid(args)?,
        };
        Ok(Self { id, change })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !dashboard::update(cx.conn, self.id, &self.change, cx.now.seconds()).await? {
            return Err(missing(self.id.into()));
        }
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// `show dashboard`.
pub(super) struct ShowDashboard {
    id: DashboardId,
}

impl Op for ShowDashboard {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Dashboard))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("title", TEXT),
        need("description", TEXT).or_null(),
        need("create_time", ID),
        need("change_time", ID),
        need("time_range", OBJECT).or_null(),
        need("favorite", Shape::Flag),
        need("privs", PRIVS),
        need("company_id", TEXT).or_null(),
        need("chart_list", Shape::List(&HEADING)),
        need("folder_id", ID),
        need("folder_name", TEXT),
        need("owner_id", ID),
        need("owner_login", TEXT),
        need("owner_name", TEXT),
        need("immutable", Shape::Flag),
        need("grid", Shape::List(&OBJECT)),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: DashboardId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let card = dashboard::card(cx.conn, self.id, cx.caller.user_id)
            .await?
            .ok_or_else(|| missing(self.id.into()))?;
        let carried = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let (time_range, grid, charts) =
            (carried(&card.time_range), carried(&card.grid), carried(&card.charts));
        let item = card.item;
        Ok(Reply::new()
            .with("obj_id", item.id)
            .with("title", item.title)
            .with("description", item.description)
            .with("create_time", item.create_time)
            .with("change_time", item.change_time)
            .with("time_range", time_range)
            .with("favorite", item.favorite)
            .with("privs", privs())
            .with("company_id", item.company_id)
            .with("chart_list", charts)
            .with("folder_id", item.folder_id.0)
            .with("folder_name", item.folder_name)
            .with("owner_id", item.owner_id)
            .with("owner_login", item.owner_login)
            .with("owner_name", item.owner_name)
            .with("immutable", item.immutable)
            .with("grid", grid)
            .with("parent_obj_id", item.folder_id.0)
            .with("parent_obj_type", item.folder_kind))
    }
}
