//! Database connections: create, modify, show, check, list (sheet corezoid/api 2.8). They lie in folders, as dashboards do.

use serde_json::{Map, Value, json};

use super::fields::{Given, description, missing, title};
use super::folder::new;
use super::share;
use crate::corezoid::args::{Args, integer};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{InstanceId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{DESCRIPTION, Field, ID, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::instance::{self, Change, NewInstance};
use crate::corezoid::store::item;
use crate::kernel::db::Access;

/// The one type there is.
const TYPES: Shape = Shape::Word(&["db_call"]);
const TITLE: Shape = Shape::Text { least: 1, most: 255 };
const NAME: Shape = Shape::Text { least: 1, most: 255 };

/// How a database is reached: as requests write it. Other keys are carried.
const DATA: Shape = Shape::Object(&[
    need("driver", Shape::Word(&["postgres", "mysql", "mssql", "mongo", "oracle"])),
    need("database", NAME),
    need("host", NAME),
    need("port", Shape::Int { least: 0, most: 65_535 }),
    need("username", NAME),
    need("password", NAME),
    need("ssl", Shape::Flag),
    // sheet corezoid/engine 8.
    need("timeoutMs", Shape::Int { least: 0, most: 30_000 }),
]);

/// `data` as it is kept and shown: numbers that came as text are numbers (the published example of `show`).
fn data(args: Args<'_>) -> Result<String, OpError> {
    let mut data: Map<String, Value> =
        args.get("data").and_then(Value::as_object).cloned().ok_or(OpError::Required("data".into()))?;
    for key in ["port", "timeoutMs"] {
        if let Some(number) = data.get(key).and_then(integer) {
            data.insert(key.to_owned(), json!(number));
        }
    }
    let ssl = data.get("ssl").is_some_and(|ssl| ssl == true || ssl == "true");
    data.insert("ssl".to_owned(), json!(ssl));
    Ok(Value::Object(data).to_string())
}

/// The answer of [`CreateInstance`] and [`ModifyInstance`].
const MADE: &[Field] = &[need("instance_type", TYPES), need("obj_id", NEW_ID)];

/// `create instance`.
pub(super) struct CreateInstance {
    given: Given,
    instance_type: String,
    data: String,
}

impl Op for CreateInstance {
    const REQUEST: &'static [Field] = &[
        need("instance_type", TYPES),
        need("data", DATA),
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("folder_id", Shape::Ref(Kind::Folder)),
    ];
    const ANSWER: &'static [Field] = MADE;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            given: Given::parse(args)?,
            instance_type: args.required_text("instance_type")?,
            data: data(args)?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let given = self.given.placed(cx)?;
        let new =
            NewInstance { place: new(&given, cx), instance_type: &self.instance_type, data: &self.data };
        let id = instance::insert(cx.conn, &new).await?.ok_or_else(|| given.no_folder())?;
        Ok(Reply::new().with("instance_type", self.instance_type).with("obj_id", cx.new_id(id.0)))
    }
}

/// `modify instance`: title and description where they are sent, the connection as a whole.
pub(super) struct ModifyInstance {
    id: InstanceId,
    change: Change,
}

impl Op for ModifyInstance {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Instance)),
        need("instance_type", TYPES),
        need("data", DATA),
        may("title", TITLE),
        may("description", DESCRIPTION),
    ];
    const ANSWER: &'static [Field] = &[need("instance_type", TYPES), need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let change = Change {
            title: title(args)?,
            description: description(args)?,
            instance_type: args.required_text("instance_type")?,
            data: data(args)?,
        };
        Ok(Self { id: InstanceId(args.required_id("obj_id")?), change })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !instance::update(cx.conn, self.id, &self.change, cx.now.seconds()).await? {
            return Err(missing(self.id.into()));
        }
        Ok(Reply::new().with("instance_type", self.change.instance_type).with("obj_id", self.id.0))
    }
}

/// `check instance`: whether the database of an instance that may yet be made answers. Databases are not stood in for, so
/// one that is described as it should be does.
pub(super) struct CheckInstance;

impl Op for CheckInstance {
    const REQUEST: &'static [Field] = &[
        need("instance_type", TYPES),
        need("data", DATA),
        may("title", TITLE),
        may("description", DESCRIPTION),
        may("folder_id", Shape::Ref(Kind::Folder)),
    ];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Read;

    fn parse(_args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self)
    }

    async fn run(self, _cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        Ok(Reply::new().without_obj())
    }
}

/// `show instance`, password and all (the published example).
pub(super) struct ShowInstance(InstanceId);

impl Op for ShowInstance {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Instance))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("title", TEXT),
        need("description", TEXT).or_null(),
        need("create_time", ID),
        need("change_time", ID),
        need("instance_type", TYPES),
        need("status", Shape::Word(SHOWN)),
        need("company_id", TEXT).or_null(),
        need("data", SHOWN_DATA),
        need("folder_id", ID),
        need("owner_name", TEXT),
        need("owner_login", TEXT),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(InstanceId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let card = instance::card(cx.conn, self.0, cx.caller.user_id).await?;
        let instance::Card { item, data } = card.ok_or_else(|| missing(self.0.into()))?;
        Ok(Reply::new()
            .with("obj_id", item.id)
            .with("title", item.title)
            .with("description", item.description)
            .with("create_time", item.create_time)
            .with("change_time", item.change_time)
            .with("instance_type", item.instance_type)
            .with("status", Status::of_number(item.status).map(Status::word))
            .with("company_id", item.company_id)
            .with("data", data.0)
            .with("folder_id", item.folder_id.0)
            .with("owner_name", item.owner_name)
            .with("owner_login", item.owner_login)
            .with("parent_obj_id", item.folder_id.0)
            .with("parent_obj_type", item.folder_kind))
    }
}

/// What `data` looks like in an answer: any object, since other keys are carried.
const SHOWN_DATA: Shape = Shape::Object(&[]);

/// `list instance`: those it is shared with, and whether the caller starred it.
pub(super) struct ListInstance(InstanceId);

impl Op for ListInstance {
    const REQUEST: &'static [Field] =
        &[need("obj_id", Shape::Ref(Kind::Instance)), need("list_obj", Shape::Word(&["group"]))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("favorite", Shape::Flag),
        need("list_obj", Shape::Word(&["group"])),
        need("list", Shape::List(&share::LINE)),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(InstanceId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let thing = self.0.into();
        let item = item::find(cx.conn, thing, cx.caller.user_id).await?.ok_or_else(|| missing(thing))?;
        Ok(Reply::new()
            .with("obj_id", item.id)
            .with("favorite", item.favorite)
            .with("list_obj", "group")
            .with("list", share::lines(thing, cx).await?))
    }
}
