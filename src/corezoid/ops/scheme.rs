//! Exports: the scheme inline, or behind a link (sheet corezoid/api 2.5, 3).

use serde_json::{Value, json};

use super::fields::{missing, required_kind};
use super::upload::finished;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{KINDS, Kind, Thing, VersionId};
use crate::corezoid::model::archive;
use crate::corezoid::model::planting::Planting;
use crate::corezoid::model::scheme::{Body, Dialect, Item, scheme};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::status::Status;
use crate::corezoid::spec::{Field, ID, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::chart;
use crate::corezoid::store::commit;
use crate::corezoid::store::job::{self, JobRow};
use crate::corezoid::store::node;
use crate::corezoid::store::scheme::{self as store, BesideRow, FileRow, ItemRow};
use crate::corezoid::store::version;
use crate::kernel::db::Access;

/// How an export is handed over. `format` is what tells newer clients from the seed's (sheet corezoid/api 8, row 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In the answer.
    Inline,
    /// `.json` behind a link, named by the second.
    Json,
    /// The same in the newer dialect, named by the millisecond.
    NewerJson,
    Zip,
}

impl Form {
    fn of(args: Args<'_>) -> Result<Self, OpError> {
        let linked = args.flag("async")?.unwrap_or(false);
        let format = args.word("format", |word| match word {
            "json" => Some(Self::NewerJson),
            "zip" => Some(Self::Zip),
            _ => None,
        })?;
        Ok(format.unwrap_or(if linked { Self::Json } else { Self::Inline }))
    }

    const fn dialect(self) -> Dialect {
        match self {
            Self::Inline | Self::Json => Dialect::Seed,
            Self::NewerJson | Self::Zip => Dialect::Newer,
        }
    }
}

/// What is exported (sheet corezoid/api 2.5).
const EXPORTED: &[&str] = &["folder", "conv", "dashboard", "project", "stage", "instance", "version"];

fn target(args: Args<'_>) -> Result<Thing, OpError> {
    let id = args.required_id("obj_id")?;
    let kind = required_kind(args)?;
    args.company()?;
    Ok(Thing { kind, id })
}

/// `get obj_scheme`, and the same as `download`, `create` or without a type on the download URL.
pub(super) struct GetScheme {
    thing: Thing,
    form: Form,
    /// `with_alias`.
    aliases: Option<bool>,
}

impl Op for GetScheme {
    const REQUEST: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", Shape::Word(EXPORTED)),
        may("async", Shape::Flag),
        may("format", Shape::Word(&["json", "zip"])),
        may("with_alias", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("scheme", Shape::List(&OBJECT))];
    const OTHER_ANSWERS: &'static [&'static [Field]] =
        &[&[need("download_url", TEXT), may("statistics_id", TEXT)]];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn access(args: Args<'_>) -> Access {
        match Form::of(args) {
            Ok(Form::Inline) | Err(_) => Access::Read,
            Ok(Form::Json) => Self::ACCESS,
            // The file, and the record that its statistics are read from.
            Ok(Form::NewerJson | Form::Zip) => Access::Write,
        }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let thing = match args.get("obj_type").and_then(Value::as_str) {
            Some("version") => VersionId(args.required_id("obj_id")?).into(),
            _ => target(args)?,
        };
        let form = Form::of(args)?;
        // sheet corezoid/api 2.5: of these there is a zip only.
        let is_zip = matches!(thing.kind, Kind::Project | Kind::Stage | Kind::Version);
        if is_zip && form == Form::NewerJson {
            return Err(invalid("format", &json!("json")));
        }
        Ok(Self { thing, form, aliases: args.flag("with_alias")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { thing, form, aliases } = self;
        if thing.kind == Kind::Version {
            return saved(VersionId(thing.id), cx).await;
        }
        let beside = match form {
            Form::Zip if aliases.unwrap_or(true) => Beside::All,
            Form::Zip => Beside::Variables,
            // Clients that read one process out of such a file look at no more than that; aliases come if asked for.
            Form::NewerJson if aliases == Some(true) => Beside::Aliases,
            Form::Inline | Form::Json | Form::NewerJson => Beside::Nothing,
        };
        let items: Vec<Item> =
            items(cx, thing, beside).await?.into_iter().map(Item::without_password).collect();
        let array = scheme(&items, form.dialect());
        if form == Form::Inline {
            // Seed 002 prints the keys of this answer in alphabetical order.
            return Ok(Reply::new().with("scheme", array).sorted());
        }
        let (moment, extension) = match form {
            Form::Zip => (cx.now.millis(), "zip"),
            Form::NewerJson => (cx.now.millis(), "json"),
            Form::Json | Form::Inline => (cx.now.seconds(), "json"),
        };
        let name = format!("{}_{}_{moment}.{extension}", thing.kind.word(), thing.id);
        let content = match form {
            Form::Zip => archive::zip(&items, &name),
            _ => array.to_string().into_bytes(),
        };
        let link = cx.base.link(&format!("/user_downloads/{name}"));
        let reply = Reply::new().without_id().with("download_url", link);
        store::put_file(cx.conn, &FileRow { name, content, create_time: cx.now.seconds() }).await?;
        if form == Form::Json {
            return Ok(reply);
        }
        let planting = Planting::default();
        let objects = items.iter().filter(|item| !item.kind.is_beside()).count();
        let hash = cx.ids().hex::<71>().to_uppercase();
        let done = JobRow {
            ok: i64::try_from(objects).unwrap_or(i64::MAX),
            ..finished(
                &hash,
                "download",
                thing,
                &planting,
                items.first().and_then(|item| item.company.clone()),
                cx,
            )
        };
        job::insert(cx.conn, &[done]).await?;
        Ok(reply.with("statistics_id", hash))
    }
}

/// The file of a saved version, which is made already: however it is asked for, the answer is a link to it.
async fn saved(id: VersionId, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
    let card = version::find(cx.conn, id).await?;
    let card =
        card.filter(|card| card.status != Status::Deleted.number()).ok_or_else(|| missing(id.into()))?;
    let link = cx.base.link(&format!("/user_downloads/{}", card.link));
    Ok(Reply::new().without_id().with("download_url", link).with("statistics_id", card.link))
}

/// What goes along with an export though it lies in no folder of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// Those of the stages in it, and those that name a process in it.
    Aliases,
    /// Those of the stages in it.
    Variables,
    /// Aliases and variables.
    All,
}

impl Beside {
    const fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Nothing => false,
            Self::Aliases => matches!(kind, Kind::Alias),
            Self::Variables => matches!(kind, Kind::EnvVar),
            Self::All => true,
        }
    }
}

/// Only what is deployed is exported (sheet corezoid/api 3.1).
pub(super) async fn items(cx: &mut OpCx<'_>, thing: Thing, beside: Beside) -> Result<Vec<Item>, OpError> {
    let rows = store::items(cx.conn, thing).await?;
    if rows.is_empty() {
        return Err(missing(thing));
    }
    let convs: Vec<i64> = rows.iter().filter(|row| row.obj == Kind::Conv.word()).map(|row| row.id).collect();
    let nodes = if convs.is_empty() {
        Vec::new()
    } else {
        store::live_nodes(cx.conn, &Value::from(convs).to_string()).await?
    };
    let mut items: Vec<Item> = rows.into_iter().map(item).collect();
    let mut by_conv = std::collections::HashMap::<i64, Vec<_>>::new();
    for row in nodes {
        let doc = node::decode(&row.live)?;
        by_conv.entry(row.conv_id).or_default().push((row.id, doc));
    }
    let mut by_dashboard = charts(cx, &items).await?;
    for item in &mut items {
        match &mut item.body {
            Body::Conv { nodes, .. } => *nodes = by_conv.remove(&item.id).unwrap_or_default(),
            Body::Dashboard { charts, .. } => *charts = by_dashboard.remove(&item.id).unwrap_or_default(),
            Body::Folder
            | Body::Place { .. }
            | Body::Instance { .. }
            | Body::Alias { .. }
            | Body::EnvVar { .. } => {}
        }
    }
    if beside != Beside::Nothing {
        let of = |wanted: fn(Kind) -> bool| {
            let ids = items.iter().filter(|item| wanted(item.kind)).map(|item| item.id);
            Value::from(ids.collect::<Vec<_>>()).to_string()
        };
        let places = of(|kind| matches!(kind, Kind::Project | Kind::Stage));
        // Of a whole stage its own aliases; of a process those that name it, wherever they belong.
        let convs = if places == "[]" { of(|kind| kind == Kind::Conv) } else { "[]".to_owned() };
        let rows = store::beside(cx.conn, &places, &convs).await?;
        items.extend(rows.into_iter().map(beside_item).filter(|item| beside.takes(item.kind)));
    }
    Ok(items)
}

fn beside_item(row: BesideRow) -> Item {
    let is_alias = row.obj == Kind::Alias.word();
    let body = if is_alias {
        Body::Alias { short_name: row.short_name, conv: row.conv, conv_title: row.conv_title }
    } else {
        Body::EnvVar {
            short_name: row.short_name,
            env_var_type: row.env_var_type.unwrap_or_default(),
            data_type: row.data_type.unwrap_or_default(),
            value: row.value.unwrap_or_default(),
            scopes: row.scopes.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        }
    };
    Item {
        kind: if is_alias { Kind::Alias } else { Kind::EnvVar },
        id: row.id,
        parent: row.parent,
        title: row.title,
        description: row.description,
        company: row.company_id,
        uuid: Some(row.uuid),
        more: serde_json::Map::new(),
        body,
    }
}

/// The charts of the dashboards among these objects, by dashboard (sheet corezoid/api 3.1).
async fn charts(
    cx: &mut OpCx<'_>,
    items: &[Item],
) -> Result<std::collections::HashMap<i64, Vec<Value>>, OpError> {
    let mut charts = std::collections::HashMap::<i64, Vec<_>>::new();
    let dashboards = items.iter().filter(|item| item.kind == Kind::Dashboard).map(|item| item.id);
    let dashboards: Vec<i64> = dashboards.collect();
    if dashboards.is_empty() {
        return Ok(charts);
    }
    let ids = Value::from(dashboards).to_string();
    for row in chart::of_dashboards(cx.conn, Some(&ids)).await? {
        let mut entry = serde_json::Map::new();
        entry.insert("chart_id".to_owned(), row.id.into());
        entry.insert("name".to_owned(), row.name.into());
        entry.insert("description".to_owned(), row.description.into());
        entry.insert("obj_type".to_owned(), row.obj_type.into());
        entry.insert("series".to_owned(), serde_json::from_str(&row.series).unwrap_or_default());
        let more: serde_json::Map<String, Value> = serde_json::from_str(&row.more).unwrap_or_default();
        entry.extend(more);
        charts.entry(row.dashboard_id.0).or_default().push(Value::Object(entry));
    }
    Ok(charts)
}

fn item(row: ItemRow) -> Item {
    let json =
        |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    let more = row.more.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let kind = Kind::of(&row.obj).unwrap_or(Kind::Conv);
    let body = match kind {
        Kind::Folder | Kind::Alias | Kind::EnvVar | Kind::Version => Body::Folder,
        Kind::Instance => {
            Body::Instance { instance_type: row.instance_type.unwrap_or_default(), data: json(row.data) }
        }
        Kind::Project | Kind::Stage => Body::Place { short_name: row.short_name, immutable: row.immutable },
        Kind::Conv => Body::Conv {
            status: Status::of_number(row.status),
            conv_type: row.conv_type.unwrap_or_default(),
            params: json(row.params),
            ref_mask: row.ref_mask.unwrap_or(true),
            nodes: Vec::new(),
        },
        Kind::Dashboard => {
            Body::Dashboard { time_range: json(row.time_range), grid: json(row.grid), charts: Vec::new() }
        }
    };
    Item {
        kind,
        id: row.id,
        parent: row.folder_id,
        title: row.title,
        description: row.description,
        company: row.company_id,
        uuid: row.uuid,
        more,
        body,
    }
}

/// `check obj_scheme`: whether an export would leave a draft behind.
pub(super) struct CheckScheme(Thing);

impl Op for CheckScheme {
    const REQUEST: &'static [Field] = &[need("obj_id", ID), need("obj_type", Shape::Word(KINDS))];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        target(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        crate::corezoid::store::item::find(cx.conn, self.0, user).await?.ok_or_else(|| missing(self.0))?;
        match commit::uncommitted(cx.conn, self.0).await? {
            None => Ok(Reply::new()),
            Some(id) => Err(Refusal::Uncommitted(id).into()),
        }
    }
}
