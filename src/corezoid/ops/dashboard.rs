//! Dashboards: create, modify, show.

use serde_json::{Value, json};

use super::fields::{Given, description, document, missing, privs, title};
use super::folder::new;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::DashboardId;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::store::dashboard::{self, DashboardChange};
use crate::kernel::db::Access;

/// `create dashboard`.
pub(super) struct CreateDashboard {
    given: Given,
    time_range: String,
    grid: String,
}

impl Op for CreateDashboard {
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

const SELECTS: [&str; 12] = [
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
];

/// `time_range`: an object; its `select` is one of the known words.
fn time_range(args: Args<'_>) -> Result<Option<String>, OpError> {
    match args.get("time_range").and_then(|range| range.get("select")) {
        Some(select) if !select.as_str().is_some_and(|word| SELECTS.contains(&word)) => {
            Err(invalid("time_range.select", select))
        }
        _ => document(args, "time_range", Value::is_object),
    }
}

/// `grid`: a list of `{obj_id, x, y, width, height}`. The first key that an entry lacks is named.
fn grid(args: Args<'_>) -> Result<Option<String>, OpError> {
    for cell in args.list("grid")?.into_iter().flatten() {
        for (key, name) in [
            ("obj_id", "grid.obj_id"),
            ("x", "grid.x"),
            ("y", "grid.y"),
            ("width", "grid.width"),
            ("height", "grid.height"),
        ] {
            // sheet corezoid/api 9, 24: the published description misspells `height`.
            if cell.get(key).is_none() && !(key == "height" && cell.get("heidth").is_some()) {
                return Err(OpError::Required(name.into()));
            }
        }
    }
    document(args, "grid", Value::is_array)
}

/// `modify dashboard`: only what is sent changes.
pub(super) struct ModifyDashboard {
    id: DashboardId,
    change: DashboardChange,
}

impl Op for ModifyDashboard {
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
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: DashboardId(args.required_id("obj_id")?) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let card = dashboard::card(cx.conn, self.id, cx.caller.user_id)
            .await?
            .ok_or_else(|| missing(self.id.into()))?;
        let carried = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let (time_range, grid) = (carried(&card.time_range), carried(&card.grid));
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
            .with("chart_list", json!([]))
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
