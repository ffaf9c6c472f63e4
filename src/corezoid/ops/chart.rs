//! Charts of dashboards (sheet corezoid/api 2.3).

use serde_json::{Map, Value, json};

use super::fields::{PRIVS, missing, privs};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{DashboardId, Kind};
use crate::corezoid::model::incoming::CHART_TYPES;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::chart::{self, ChartRow};
use crate::kernel::db::Access;

const DASHBOARD: Field = need("dashboard_id", Shape::Ref(Kind::Dashboard));
const TYPE: Shape = Shape::Word(CHART_TYPES);
const NAME: Field = need("name", Shape::Text { least: 1, most: 250 });
const SERIES: Field = need("series", Shape::List(&OBJECT));
/// Carried, and given back to exports only.
const CARRIED: [&str; 3] = ["sort", "uuid", "settings"];

/// What `show dashboard` and `get charts_list` say of a chart.
pub(super) const HEADING: Shape =
    Shape::Object(&[need("name", TEXT), need("obj_id", TEXT), need("type", TEXT)]);

/// The same as a value.
pub(super) fn heading(chart: &ChartRow) -> Value {
    json!({ "name": chart.name, "obj_id": chart.id, "type": chart.obj_type })
}

fn dashboard(args: Args<'_>) -> Result<DashboardId, OpError> {
    args.required_id("dashboard_id").map(DashboardId)
}

/// The whole chart that a request describes; it keeps nothing of an older one (sheet corezoid/api 9, 18).
fn described(args: Args<'_>, id: String) -> Result<ChartRow, OpError> {
    let more: Map<String, Value> =
        CARRIED.iter().filter_map(|key| Some(((*key).to_owned(), args.get(key)?.clone()))).collect();
    Ok(ChartRow {
        id,
        dashboard_id: dashboard(args)?,
        name: args.required_text("name")?,
        description: args.text("description")?.unwrap_or_default(),
        obj_type: args.required_text("obj_type")?,
        series: args.get("series").unwrap_or(&Value::Null).to_string(),
        more: Value::Object(more).to_string(),
    })
}

/// Without the dashboard or without the chart.
async fn no_chart(cx: &mut OpCx<'_>, dashboard: DashboardId, id: &str) -> Result<OpError, OpError> {
    Ok(match chart::of_dashboard(cx.conn, dashboard, Some(id)).await? {
        None => missing(dashboard.into()),
        Some(_) => OpError::NotFound { obj: "chart", id: json!(id) },
    })
}

/// `create chart`.
pub(super) struct CreateChart(ChartRow);

impl Op for CreateChart {
    const REQUEST: &'static [Field] = &[
        DASHBOARD,
        need("obj_type", TYPE),
        NAME,
        SERIES,
        may("description", TEXT),
        may("sort", Shape::Flag),
        may("uuid", TEXT),
        may("version", Shape::Json),
        may("settings", Shape::Json),
    ];
    const ANSWER: &'static [Field] = &[need("type", TEXT), need("dashboard_id", ID), need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        described(args, String::new()).map(Self)
    }

    async fn run(mut self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        self.0.id = cx.ids().hex::<12>();
        if !chart::insert(cx.conn, &self.0).await? {
            return Err(missing(self.0.dashboard_id.into()));
        }
        Ok(Reply::new()
            .with("type", "create")
            .with("dashboard_id", self.0.dashboard_id.0)
            .with("obj_id", self.0.id))
    }
}

/// `modify chart`. `obj_id` of the answer is the dashboard's (sheet corezoid/api 9, 5).
pub(super) struct ModifyChart(ChartRow);

impl Op for ModifyChart {
    const REQUEST: &'static [Field] = &[
        DASHBOARD,
        need("obj_id", TEXT),
        NAME,
        SERIES,
        need("obj_type", TYPE),
        may("description", TEXT),
        may("sort", Shape::Flag),
        may("uuid", TEXT),
        may("version", Shape::Json),
        may("settings", Shape::Json),
    ];
    const ANSWER: &'static [Field] = &[need("chart_id", TEXT), need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        described(args, args.required_text("obj_id")?).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let chart = self.0;
        if !chart::update(cx.conn, &chart).await? {
            return Err(no_chart(cx, chart.dashboard_id, &chart.id).await?);
        }
        Ok(Reply::new().with("chart_id", chart.id).with("obj_id", chart.dashboard_id.0))
    }
}

/// `get chart`.
pub(super) struct GetChart {
    dashboard: DashboardId,
    id: String,
}

impl Op for GetChart {
    const REQUEST: &'static [Field] = &[DASHBOARD, need("obj_id", TEXT)];
    const ANSWER: &'static [Field] = &[
        need("name", TEXT),
        need("description", TEXT),
        need("obj_type", TYPE),
        need("series", Shape::List(&OBJECT)),
        need("obj_id", TEXT),
        need("dashboard_id", ID),
        need("company_id", TEXT).or_null(),
        need("privs", PRIVS),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { dashboard: dashboard(args)?, id: args.required_text("obj_id")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = chart::of_dashboard(cx.conn, self.dashboard, Some(&self.id)).await?;
        let (company, charts) = found.ok_or_else(|| missing(self.dashboard.into()))?;
        let chart = charts.into_iter().next();
        let chart = chart.ok_or(OpError::NotFound { obj: "chart", id: json!(self.id) })?;
        let series: Value = serde_json::from_str(&chart.series).unwrap_or_default();
        Ok(Reply::new()
            .without_obj()
            .with("name", chart.name)
            .with("description", chart.description)
            .with("obj_type", chart.obj_type)
            .with("series", series)
            .with("obj_id", chart.id)
            .with("dashboard_id", self.dashboard.0)
            .with("company_id", company)
            .with("privs", privs()))
    }
}

/// `delete chart`. A grid that names it is the client's to change.
pub(super) struct DeleteChart {
    dashboard: DashboardId,
    id: String,
}

impl Op for DeleteChart {
    const REQUEST: &'static [Field] = &[DASHBOARD, need("obj_id", TEXT), may("version", Shape::Json)];
    const ANSWER: &'static [Field] = &[need("dashboard_id", ID), need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { dashboard: dashboard(args)?, id: args.required_text("obj_id")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !chart::delete(cx.conn, self.dashboard, &self.id).await? {
            return Err(no_chart(cx, self.dashboard, &self.id).await?);
        }
        Ok(Reply::new().with("dashboard_id", self.dashboard.0).with("obj_id", self.id))
    }
}

/// `get charts_list`: the published description has its name only; the entries are those of `show dashboard`.
pub(super) struct GetCharts(DashboardId);

impl Op for GetCharts {
    const REQUEST: &'static [Field] = &[DASHBOARD];
    const ANSWER: &'static [Field] = &[need("dashboard_id", ID), need("list", Shape::List(&HEADING))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        dashboard(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = chart::of_dashboard(cx.conn, self.0, None).await?;
        let (_, charts) = found.ok_or_else(|| missing(self.0.into()))?;
        let list: Vec<Value> = charts.iter().map(heading).collect();
        Ok(Reply::new().with("dashboard_id", self.0.0).with("list", list))
    }
}
