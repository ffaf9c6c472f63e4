//! `list history`: what was done to an object, or by whom in a company.

use serde_json::{Value, json};

use crate::corezoid::args::{Args, integer};
use crate::corezoid::error::OpError;
use crate::corezoid::history::{Entry, History};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{self, Field, ID, INT, OBJECT, Shape, TEXT, may, need};
use crate::kernel::db::Access;

/// What an object's history is kept of.
const KINDS: &[&str] = &["conv", "folder", "alias", "dashboard", "stage", "project", "instance", "version"];

/// What a log of operations can be asked for.
const LISTED: &[&str] =
    &["conv", "folder", "dashboard", "stage", "project", "instance", "version", "user", "group"];

/// sheet corezoid/api 1.7.
const LIMIT: Shape = Shape::Int { least: 1, most: 100 };
const OFFSET: Shape = Shape::Int { least: 0, most: 20_000 };
const USUAL_LIMIT: usize = 20;

/// The form of a request about an object.
const OF_OBJECT: &[Field] =
    &[need("limit", LIMIT), need("offset", OFFSET), need("obj_id", ID), need("obj_type", Shape::Word(KINDS))];

/// `list history`.
pub(super) struct ListHistory {
    about: About,
    offset: usize,
    limit: usize,
}

enum About {
    Object { kind: String, id: i64 },
    Operations(Asked),
}

/// What a log of operations is narrowed to.
struct Asked {
    company: Option<String>,
    user: Option<i64>,
    verb: Option<String>,
    obj: Option<String>,
    start: Option<i64>,
    end: Option<i64>,
}

const LINE: Shape = Shape::Object(&[
    need("id", ID),
    need("create_time", ID),
    need("user_id", ID),
    need("user_name", TEXT),
    need("company_id", TEXT).or_null(),
    need("obj", TEXT),
    need("type", TEXT),
    need("request", OBJECT),
    need("response", OBJECT),
    need("severity", Shape::Word(&["INFO", "WARN", "ERROR"])),
]);

const OPERATION: Shape = Shape::Object(&[
    need("id", ID),
    need("create_time", ID),
    need("user_id", ID),
    need("user_name", TEXT),
    need("login", TEXT),
    need("company_id", TEXT).or_null(),
    need("obj", TEXT),
    need("type", TEXT),
    need("obj_type", TEXT),
    need("obj_id", Shape::Json),
    need("obj_name", TEXT).or_null(),
    need("obj_to", TEXT).or_null(),
    need("obj_to_id", Shape::Json),
    need("obj_to_name", TEXT).or_null(),
    need("request", OBJECT),
    need("response", OBJECT),
]);

impl Op for ListHistory {
    const REQUEST: &'static [Field] = &[
        may("obj_id", ID),
        may("obj_type", Shape::Word(KINDS)),
        may("limit", LIMIT),
        may("offset", OFFSET),
        may("start", INT),
        may("end", INT),
        may("list_type", Shape::Word(&["create", "delete", "link"])),
        may("list_obj", Shape::Word(LISTED)),
        may("user_id", ID),
    ];
    const ANSWER: &'static [Field] =
        &[need("obj_id", ID), need("obj_type", Shape::Word(KINDS)), need("list", Shape::List(&LINE))];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[&[need("list", Shape::List(&OPERATION))]];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let number =
            |key| Ok::<_, OpError>(args.integer(key)?.and_then(|number| usize::try_from(number).ok()));
        let about = if args.get("obj_id").is_some() || args.get("obj_type").is_some() {
            spec::check(OF_OBJECT, args.0)?;
            About::Object { kind: args.required_text("obj_type")?, id: args.required_id("obj_id")? }
        } else {
            About::Operations(Asked {
                company: args.company()?,
                user: args.id("user_id")?,
                verb: args.text("list_type")?,
                obj: args.text("list_obj")?,
                start: args.integer("start")?,
                end: args.integer("end")?,
            })
        };
        Ok(Self {
            about,
            offset: number("offset")?.unwrap_or(0),
            limit: number("limit")?.unwrap_or(USUAL_LIMIT),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let history = cx.world.part::<History>();
        match self.about {
            About::Object { kind, id } => {
                let found = history.find(|entry| entry.is_about(&kind, id, KINDS), self.offset, self.limit);
                let list: Vec<Value> = found.iter().map(line).collect();
                Ok(Reply::new().with("obj_id", id).with("obj_type", kind).with("list", list))
            }
            About::Operations(asked) => {
                let found = history.find(|entry| asked.keeps(entry), self.offset, self.limit);
                Ok(Reply::new().with("list", found.iter().map(operation).collect::<Vec<_>>()))
            }
        }
    }
}

impl Asked {
    fn keeps(&self, entry: &Entry) -> bool {
        let company = entry.request["company_id"].as_str();
        self.company.as_deref().is_none_or(|id| company == Some(id))
            && self.user.is_none_or(|id| entry.user_id == id)
            && self.verb.as_deref().is_none_or(|word| entry.word("type") == word)
            && self.obj.as_deref().is_none_or(|word| entry.object(KINDS).0 == word)
            && self.start.is_none_or(|start| entry.time >= start)
            && self.end.is_none_or(|end| entry.time <= end)
    }
}

fn line(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "create_time": entry.time,
        "user_id": entry.user_id,
        "user_name": entry.user_name,
        "company_id": entry.request["company_id"].as_str(),
        "obj": entry.word("obj"),
        "type": entry.word("type"),
        "request": entry.request,
        "response": entry.response,
        // Only what was done is kept.
        "severity": "INFO",
    })
}

fn operation(entry: &Entry) -> Value {
    let (kind, id) = entry.object(KINDS);
    let (sent, said) = (&entry.request, &entry.response);
    let name = [&said["title"], &sent["title"], &sent["name"]].into_iter().find_map(Value::as_str);
    json!({
        "id": entry.id,
        "create_time": entry.time,
        "user_id": entry.user_id,
        "user_name": entry.user_name,
        "login": entry.login.to_string(),
        "company_id": sent["company_id"].as_str(),
        "obj": entry.word("obj"),
        "type": entry.word("type"),
        "obj_type": kind,
        // Numbers where a client sent their digits.
        "obj_id": integer(id).map_or_else(|| id.clone(), Value::from),
        "obj_name": name,
        "obj_to": said["obj_to_type"].as_str(),
        "obj_to_id": said["obj_to_id"],
        "obj_to_name": said["obj_to_title"].as_str(),
        "request": sent,
        "response": said,
    })
}
