//! One op: the trait, what it gets, what it answers, and the table of them.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::args::Args;
use super::context::{self, Place};
use super::error::OpError;
use super::form::Files;
use super::ids::Thing;
use super::intake::Intake;
use super::keys::Caller;
use super::ops::{OPS, UNSERVED};
use super::spec::{self, Field};
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::ids::IdGen;
use crate::kernel::service::{Boxed, Call};
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;

/// The URL families of signed packages; a family only sets defaults (sheet corezoid/api 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Json,
    Download,
    Upload,
    Copy,
    Compare,
    Merge,
    System,
    /// `upload/info`, a GET: no word in a URL of its own.
    UploadInfo,
}

impl Family {
    /// Every family with its word in the URL.
    pub(crate) const WORDS: [(Self, &'static str); 7] = [
        (Self::Json, "json"),
        (Self::Download, "download"),
        (Self::Upload, "upload"),
        (Self::Copy, "copy"),
        (Self::Compare, "compare"),
        (Self::Merge, "merge"),
        (Self::System, "system"),
    ];

    /// The family of a word in the URL.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Its word in the URL.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The `type` of an op that names none (sheet corezoid/api 1.1).
    pub(crate) const fn default_type(self) -> &'static str {
        match self {
            Self::Json => "",
            Self::Download => "download",
            Self::Upload | Self::Copy => "create",
            Self::Compare => "compare",
            Self::Merge => "merge",
            Self::System => "list",
            Self::UploadInfo => "get",
        }
    }
}

/// Which API a package was sent to; v1 answers text where v2 answers a number (sheet corezoid/api 8, row 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// What an op gets besides its fields.
pub(crate) struct OpCx<'a> {
    pub(crate) conn: &'a mut SqliteConnection,
    pub(crate) world: &'a World,
    pub(crate) base: &'a PublicBase,
    pub(crate) caller: &'a Caller,
    /// The moment of the package, by the world's clock.
    pub(crate) now: Timestamp,
    pub(crate) version: Version,
    /// Project and stage that the request names.
    pub(crate) place: Place,
    /// Of a form.
    pub(crate) files: &'a Files,
    /// The new tasks of the package, and where the op stands in it.
    pub(crate) intake: &'a mut Intake,
    pub(crate) position: usize,
}

impl OpCx<'_> {
    /// The id of a new object: a number, in v1 its digits.
    pub(crate) fn new_id(&self, id: i64) -> Value {
        match self.version {
            Version::V1 => json!(id.to_string()),
            Version::V2 => json!(id),
        }
    }

    /// The world's ids.
    pub(crate) fn ids(&self) -> &IdGen {
        &self.world.ids
    }
}

/// An answer: the fields after `id`, `proc` and `obj`, in wire order.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    fields: Map<String, Value>,
    obj: Obj,
    without_id: bool,
    obj_first: bool,
    sorted: bool,
}

/// What an answer says in `obj`.
#[derive(Debug, Default, Clone, Copy)]
enum Obj {
    /// The request's own.
    #[default]
    Echo,
    /// Nothing (modify node, destroy: sheet corezoid/api 9, 5).
    Absent,
    /// Another word (delete node answers `conv`).
    Other(&'static str),
}

impl Reply {
    /// An answer without further fields.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// Leaves `obj` out.
    #[must_use]
    pub(crate) fn without_obj(mut self) -> Self {
        self.obj = Obj::Absent;
        self
    }

    /// Says another word in `obj`.
    #[must_use]
    pub(crate) fn with_obj(mut self, obj: &'static str) -> Self {
        self.obj = Obj::Other(obj);
        self
    }

    /// Leaves `id` out (answers of download, upload, copy: sheet corezoid/api 8, row 11).
    #[must_use]
    pub(crate) fn without_id(mut self) -> Self {
        self.without_id = true;
        self
    }

    /// `obj` before `proc`, as answers of upload, copy and merge are printed.
    #[must_use]
    pub(crate) fn obj_first(mut self) -> Self {
        self.obj_first = true;
        self
    }

    /// Keys in alphabetical order, as the seed prints this answer.
    #[must_use]
    pub(crate) fn sorted(mut self) -> Self {
        self.sorted = true;
        self
    }

    /// The whole answer.
    pub(super) fn into_value(self, id: Value, obj: &str) -> Value {
        let mut all = Map::new();
        if !self.without_id {
            all.insert("id".to_owned(), id);
        }
        if !self.obj_first {
            all.insert("proc".to_owned(), json!("ok"));
        }
        match self.obj {
            Obj::Echo => drop(all.insert("obj".to_owned(), json!(obj))),
            Obj::Other(word) => drop(all.insert("obj".to_owned(), json!(word))),
            Obj::Absent => {}
        }
        if self.obj_first {
            all.insert("proc".to_owned(), json!("ok"));
        }
        all.extend(self.fields);
        if self.sorted {
            all.sort_keys();
        }
        Value::Object(all)
    }
}

/// One operation: its fields are what it was sent, `run` is what it does.
pub(crate) trait Op: Sized + Send {
    /// The fields it takes besides `type`, `obj`, `id` and the company, project and stage: checked before `parse`.
    const REQUEST: &'static [Field];

    /// The fields of its answer, after `id`, `proc` and `obj`.
    const ANSWER: &'static [Field];

    /// The fields of its answers to requests of another form.
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[];

    /// Whether it changes what it works on: refused inside an immutable stage. Tasks, stars, shares and exports are no edits.
    const EDITS: bool = !matches!(Self::ACCESS, Access::Read);

    /// Whether it changes who may sign, or how they are called: the keys in memory are forgotten after the commit.
    const CHANGES_KEYS: bool = false;

    /// Whether all it writes is a task for [`OpCx::intake`]: several in a row are stored, and run, together.
    const GATHERS: bool = false;

    /// Whether `obj_alias` may stand for `conv_id`: the pipeline puts the process there before it checks the fields.
    const BY_ALIAS: bool = false;

    /// What completes its answer when what it set going has run.
    const AFTER: Option<After> = None;

    /// The transaction it needs. With `Single` it must not fail after its one writing statement: nothing would undo that.
    const ACCESS: Access;

    /// The same for a request whose fields decide about it; asked before they are checked.
    fn access(_args: Args<'_>) -> Access {
        Self::ACCESS
    }

    /// The objects that its request names: by default those of its [`Shape::Ref`](spec::Shape::Ref) fields. The pipeline looks
    /// whether they fit the project and stage of the request.
    fn things(args: Args<'_>) -> Vec<Thing> {
        context::named(Self::REQUEST, args)
    }

    /// Reads its fields: required keys first, then validation.
    fn parse(args: Args<'_>) -> Result<Self, OpError>;

    /// Does it. Never begins or commits anything.
    fn run(self, cx: &mut OpCx<'_>) -> impl Future<Output = Result<Reply, OpError>> + Send;
}

/// Completes the answer of an op that succeeded, after the commit and after what the package set going has run. It only
/// reads.
pub(crate) type After = for<'a> fn(
    &'a mut Map<String, Value>,
    &'a mut SqliteConnection,
    &'a World,
) -> Boxed<'a, Result<(), sqlx::Error>>;

/// A line of the op table.
pub(crate) struct Entry {
    pub(crate) verb: &'static str,
    pub(crate) obj: &'static str,
    pub(crate) only: Option<Family>,
    pub(crate) request: &'static [Field],
    pub(crate) answer: &'static [Field],
    pub(crate) other_answers: &'static [&'static [Field]],
    /// Whether `obj_alias` may stand for `conv_id`.
    pub(crate) by_alias: bool,
    changes_keys: bool,
    pub(super) gathers: bool,
    after: Option<After>,
    edits: fn(Args<'_>) -> bool,
    access: fn(Args<'_>) -> Access,
    things: fn(Args<'_>) -> Vec<Thing>,
    parse: fn(Args<'_>) -> Result<Box<dyn Parsed>, OpError>,
}

impl Entry {
    /// Answered on one URL family only.
    pub(crate) const fn only(mut self, family: Family) -> Self {
        self.only = Some(family);
        self
    }
}

/// A line of the table.
pub(crate) const fn op<O: Op + 'static>(verb: &'static str, obj: &'static str) -> Entry {
    Entry {
        verb,
        obj,
        only: None,
        request: O::REQUEST,
        answer: O::ANSWER,
        other_answers: O::OTHER_ANSWERS,
        by_alias: O::BY_ALIAS,
        changes_keys: O::CHANGES_KEYS,
        gathers: O::GATHERS,
        after: O::AFTER,
        edits: edits::<O>,
        access: O::access,
        things: O::things,
        parse: parse::<O>,
    }
}

/// An op whose fields are read, without its type: the way around it is compiled once and not for every line of the table.
pub(super) trait Parsed: Send {
    /// [`Op::run`].
    fn call<'a>(self: Box<Self>, cx: &'a mut OpCx<'_>) -> Boxed<'a, Result<Reply, OpError>>;
}

impl<O: Op + 'static> Parsed for O {
    fn call<'a>(self: Box<Self>, cx: &'a mut OpCx<'_>) -> Boxed<'a, Result<Reply, OpError>> {
        Box::pin(async move { (*self).run(cx).await })
    }
}

fn edits<O: Op>(args: Args<'_>) -> bool {
    O::EDITS && O::access(args) != Access::Read
}

fn parse<O: Op + 'static>(args: Args<'_>) -> Result<Box<dyn Parsed>, OpError> {
    Ok(Box::new(O::parse(args)?))
}

impl Entry {
    /// Does the op that these fields ask for.
    pub(super) async fn run(&self, fields: &Map<String, Value>, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        // An object may be named otherwise than by its id.
        let named = if self.by_alias {
            context::by_alias(fields, cx).await?
        } else {
            context::identified(self.request, fields, cx).await?
        };
        let args = Args(named.as_ref().unwrap_or(fields));
        spec::check(self.request, args.0)?;
        let op = (self.parse)(args)?;
        // sheet corezoid/api 9.11: `company_id:""` is refused by every op, also by those that need no company.
        args.company()?;
        cx.place = context::settle(args, &(self.things)(args), (self.edits)(args), cx).await?;
        op.call(cx).await
    }
}

static BY_NAME: LazyLock<std::collections::HashMap<(&str, &str), Vec<&'static Entry>>> =
    LazyLock::new(|| {
        let mut by_name = std::collections::HashMap::<_, Vec<_>>::new();
        for entry in OPS {
            by_name.entry((entry.verb, entry.obj)).or_default().push(entry);
        }
        by_name
    });

/// The table of ops.
pub(crate) fn entries() -> &'static [Entry] {
    OPS
}

/// The ops, for whoever lists them.
pub(crate) fn surface() -> Vec<Call> {
    OPS.iter().map(|entry| Call { verb: entry.verb, target: entry.obj }).collect()
}

/// An op of a package, found in the table or not.
pub(crate) struct Planned<'a> {
    pub(super) fields: Option<&'a Map<String, Value>>,
    pub(super) entry: Result<&'static Entry, OpError>,
    pub(super) access: Access,
    pub(super) obj: &'a str,
}

impl Planned<'_> {
    /// Whether it is noted in the history: it writes, and is no task (of those there are too many).
    pub(crate) fn is_noted(&self) -> bool {
        self.access != Access::Read && self.obj != "task"
    }

    /// What completes its answer.
    pub(crate) fn after(&self) -> Option<After> {
        self.entry.as_ref().ok().and_then(|entry| entry.after)
    }

    /// Whether all it writes is a new task.
    pub(super) fn gathers(&self) -> bool {
        self.entry.as_ref().is_ok_and(|entry| entry.gathers)
    }

    /// Whether the keys in memory are old once it has succeeded.
    pub(crate) fn changes_keys(&self) -> bool {
        self.entry.as_ref().is_ok_and(|entry| entry.changes_keys)
    }
}

/// Finds an op: unknown `obj` and unknown `type` are different mistakes, and both come before ids (sheet 9, 4).
pub(crate) fn plan(op: &Value, family: Family) -> Planned<'_> {
    let Some(fields) = op.as_object() else {
        return Planned { fields: None, entry: Err(OpError::BadObject), access: Access::Read, obj: "" };
    };
    let obj = fields.get("obj").and_then(Value::as_str).unwrap_or_default();
    let verb = fields.get("type").and_then(Value::as_str).unwrap_or(family.default_type());
    let found = BY_NAME.get(&(verb, obj)).into_iter().flatten();
    let entry = found.copied().find(|entry| entry.only.is_none_or(|only| only == family)).ok_or_else(|| {
        let known = OPS.iter().any(|entry| entry.obj == obj) || UNSERVED.contains(&obj);
        if known { OpError::UndefinedRequest } else { OpError::BadObject }
    });
    let access = entry.as_ref().map_or(Access::Read, |entry| (entry.access)(Args(fields)));
    Planned { fields: Some(fields), entry, access, obj }
}

/// The transaction that a package needs.
pub(crate) fn access(plan: &[Planned<'_>]) -> Access {
    match plan {
        [only] => only.access,
        all if all.iter().all(|planned| planned.access == Access::Read) => Access::Read,
        all if all.iter().all(Planned::gathers) => Access::Single,
        _ => Access::Write,
    }
}
