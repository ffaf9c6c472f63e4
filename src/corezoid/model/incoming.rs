//! The objects of an uploaded file with types: what is known of each, and what is only carried (sheet corezoid/api 3.1).
//! Pure.

use std::collections::HashMap;

use serde_json::{Number, Value};

use super::flaw::Flaw;
use super::node::{JsonText, NodeDoc, NodeKind, Object, Position};
use super::unpack::{Broken, Bundle, Entry};
use crate::corezoid::args::integer;
use crate::corezoid::ids::Kind;
use crate::corezoid::rules::status::Status;
use crate::corezoid::spec::is_name;

/// Characters of a title and of a description (sheet corezoid/api 8, row 19).
const TITLE: usize = 255;
const DESCRIPTION: usize = 2000;

/// An object of a file.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) kind: Kind,
    /// Its id in the file, as it stands there; null: it has none.
    pub(crate) old_id: Value,
    pub(crate) old_parent: Value,
    /// The object of the file that it lies in, by its place in the list.
    pub(crate) parent: Option<usize>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) uuid: Option<String>,
    /// Keys that nobody knows.
    pub(crate) more: Object,
    pub(crate) body: Body,
    /// What is wrong with the object itself, in the words of the service.
    pub(crate) mistakes: Vec<String>,
}

/// What only one kind has.
#[derive(Debug)]
pub(crate) enum Body {
    /// Also projects and stages.
    Folder {
        short_name: Option<String>,
        immutable: bool,
    },
    Conv {
        status: Status,
        conv_type: &'static str,
        params: Value,
        ref_mask: bool,
        nodes: Vec<IncomingNode>,
    },
    Dashboard {
        time_range: Value,
        grid: Value,
        charts: Vec<Object>,
    },
    /// A database connection.
    Instance {
        instance_type: String,
        /// Without the password where it comes from a file: exports keep it back.
        data: Object,
    },
    /// A name for a process.
    Alias {
        short_name: String,
        /// The id of the process in the file; null: it names none.
        conv: Value,
    },
    /// A variable of a stage.
    EnvVar {
        short_name: String,
        secret: bool,
        json: bool,
        /// Empty where the file does not tell: exports keep the values of secrets back.
        value: String,
        scopes: Value,
    },
}

/// A node, and its id in the file: any text, also none.
#[derive(Debug)]
pub(crate) struct IncomingNode {
    pub(crate) old_id: String,
    pub(crate) doc: NodeDoc,
}

/// What a file asks for.
#[derive(Debug, Default)]
pub(crate) struct Shipment {
    /// Each folder before what is in it.
    pub(crate) items: Vec<Incoming>,
}

/// What a chart may be (sheet corezoid/api 2.3).
pub(crate) const CHART_TYPES: &[&str] = &["table", "funnel", "column", "pie"];

/// The one type of database connections (sheet corezoid/api 2.8).
const DB_CALL: &str = "db_call";

/// How ids are compared: as text, whatever their form (sheet corezoid/api 3.4). `None`: there is no id.
pub(crate) fn key(id: &Value) -> Option<String> {
    match id {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What the number or word in `obj_type` stands for.
fn kind(object: &Object) -> Option<Kind> {
    let value = object.get("obj_type")?;
    Some(match integer(value) {
        Some(0) => Kind::Folder,
        Some(1) => Kind::Conv,
        // sheet corezoid/api 3.1: 2 is what exports say, 3 what the plug-in's documentation says.
        Some(2 | 3) => Kind::Dashboard,
        Some(4) => Kind::Instance,
        Some(5) => Kind::Project,
        // The documentation's number, and the one that a live `show folder` gives (sheet corezoid/api 8, row 25).
        Some(6 | 10) => Kind::Stage,
        Some(9) => Kind::Alias,
        Some(_) => return None,
        None => value.as_str().and_then(Kind::of_any).filter(|kind| *kind != Kind::Version)?,
    })
}

/// Reads what was unpacked.
pub(crate) fn read(bundle: Bundle) -> Result<Shipment, Broken> {
    let (mut items, mut places) = (Vec::new(), Vec::new());
    for Entry { object, directory, is_directory } in bundle.entries {
        let kind = kind(&object).ok_or(Broken)?;
        items.push(item(kind, object)?);
        places.push((directory, is_directory));
    }
    if items.iter().all(|item| item.kind.is_beside()) {
        return Err(Broken);
    }
    place(&mut items, &places);
    Ok(Shipment { items: parents_first(items)? })
}

/// Says where each object lies: in the folder that it names, else in that of its directory.
fn place(items: &mut [Incoming], places: &[(String, bool)]) {
    let (mut by_id, mut by_directory) = (HashMap::new(), HashMap::new());
    for (index, (item, (directory, is_directory))) in items.iter().zip(places).enumerate() {
        if item.kind.is_folder() {
            if let Some(id) = key(&item.old_id) {
                by_id.entry(id).or_insert(index);
            }
            if *is_directory {
                by_directory.entry(directory.as_str()).or_insert(index);
            }
        }
    }
    let around = |directory: &str, own: usize| {
        std::iter::successors(Some(directory), |path| path.rsplit_once('/').map(|(around, _)| around))
            .find_map(|path| by_directory.get(path).filter(|index| **index != own))
            .copied()
    };
    for (index, (item, (directory, _))) in items.iter_mut().zip(places).enumerate() {
        let named = key(&item.old_parent).and_then(|id| by_id.get(&id)).filter(|parent| **parent != index);
        item.parent = named.copied().or_else(|| around(directory, index));
    }
}

/// The same objects, each folder before what is in it, else in the order of the file.
fn parents_first(items: Vec<Incoming>) -> Result<Vec<Incoming>, Broken> {
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        children.entry(item.parent).or_default().push(index);
    }
    let mut order = Vec::with_capacity(items.len());
    let mut open: Vec<usize> = children.remove(&None).unwrap_or_default();
    open.reverse();
    while let Some(index) = open.pop() {
        order.push(index);
        open.extend(children.remove(&Some(index)).into_iter().flatten().rev());
    }
    if order.len() < items.len() {
        // Folders that lie in each other.
        return Err(Broken);
    }
    let new_place: HashMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let mut slots: Vec<Option<Incoming>> = items.into_iter().map(Some).collect();
    let moved = order.iter().filter_map(|old| slots.get_mut(*old).and_then(Option::take));
    Ok(moved
        .map(|mut item| {
            item.parent = item.parent.and_then(|old| new_place.get(&old)).copied();
            item
        })
        .collect())
}

/// Takes a text; null and absent are nothing.
fn text(object: &mut Object, name: &str) -> Result<Option<String>, Broken> {
    match object.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(Broken),
    }
}

fn list(object: &mut Object, name: &str) -> Result<Vec<Object>, Broken> {
    let object_of = |value| if let Value::Object(object) = value { Ok(object) } else { Err(Broken) };
    match object.shift_remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list.into_iter().map(object_of).collect(),
        Some(_) => Err(Broken),
    }
}

fn item(kind: Kind, mut object: Object) -> Result<Incoming, Broken> {
    object.shift_remove("obj_type");
    // The company is that of the place the object goes to.
    object.shift_remove("company_id");
    let old_id = object.shift_remove("obj_id").unwrap_or_default();
    let old_parent = object.shift_remove("parent_id").unwrap_or_default();
    let title = text(&mut object, "title")?.unwrap_or_default();
    let description = text(&mut object, "description")?;
    let uuid = text(&mut object, "uuid")?.filter(|uuid| !uuid.is_empty());
    let mut mistakes = Vec::new();
    for (long, most) in [(&title, TITLE), (description.as_ref().unwrap_or(&String::new()), DESCRIPTION)] {
        if long.chars().count() > most {
            mistakes.push(Flaw::TooLong(most).to_string());
        }
    }
    let body = match kind {
        Kind::Folder | Kind::Version => Body::Folder { short_name: None, immutable: false },
        Kind::Instance => instance(&mut object, &mut mistakes)?,
        Kind::Alias => {
            let short_name = short_name(&mut object)?;
            if !is_name(&short_name) {
                mistakes.push(Flaw::NotValid("short_name").to_string());
            }
            Body::Alias { short_name, conv: object.shift_remove("obj_to_id").unwrap_or_default() }
        }
        Kind::EnvVar => env_var(&mut object)?,
        Kind::Project | Kind::Stage => Body::Folder {
            short_name: text(&mut object, "short_name")?,
            immutable: object.shift_remove("immutable").is_some_and(|flag| flag == true),
        },
        Kind::Conv => conv(&mut object, &mut mistakes)?,
        Kind::Dashboard => {
            let charts = list(&mut object, "charts_list")?;
            let known = |chart: &&Object| match chart.get("obj_type") {
                None | Some(Value::Null) => true,
                Some(kind) => kind.as_str().is_some_and(|kind| CHART_TYPES.contains(&kind)),
            };
            mistakes.extend(charts.iter().filter(|chart| !known(chart)).map(|chart| {
                let name = chart.get("name").and_then(Value::as_str).unwrap_or_default();
                Flaw::ChartType(name).to_string()
            }));
            Body::Dashboard {
                time_range: object.shift_remove("time_range").unwrap_or_default(),
                grid: Value::from(list(&mut object, "grid")?),
                charts,
            }
        }
    };
    Ok(Incoming {
        kind,
        old_id,
        old_parent,
        parent: None,
        title,
        description,
        uuid,
        // Aliases, variables and database connections have no room for what nobody knows.
        more: if kind.is_beside() || kind == Kind::Instance { Object::new() } else { object },
        body,
        mistakes,
    })
}

/// The name of an alias or a variable. Names of foreign files may be spelled otherwise than the API takes them; without
/// any there is nothing to call it by.
fn short_name(object: &mut Object) -> Result<String, Broken> {
    text(object, "short_name")?.filter(|name| !name.is_empty() && name.len() <= 127).ok_or(Broken)
}

fn env_var(object: &mut Object) -> Result<Body, Broken> {
    let mut is = |key: &str, word: &str| object.shift_remove(key).is_some_and(|value| value == word);
    let (secret, json) = (is("env_var_type", "secret"), is("data_type", "json"));
    Ok(Body::EnvVar {
        short_name: short_name(object)?,
        secret,
        json,
        value: text(object, "value")?.unwrap_or_default(),
        scopes: Value::from(list(object, "scopes")?),
    })
}

fn instance(object: &mut Object, mistakes: &mut Vec<String>) -> Result<Body, Broken> {
    let instance_type = text(object, "instance_type")?.unwrap_or_else(|| DB_CALL.to_owned());
    if instance_type != DB_CALL {
        mistakes.push(Flaw::NotValid("instance_type").to_string());
    }
    let data = if let Some(Value::Object(data)) = object.shift_remove("data") {
        data
    } else {
        mistakes.push(Flaw::Required("data").to_string());
        Object::new()
    };
    Ok(Body::Instance { instance_type, data })
}

fn conv(object: &mut Object, mistakes: &mut Vec<String>) -> Result<Body, Broken> {
    let word = |object: &mut Object, name: &str| -> Result<Option<String>, Broken> {
        text(object, name).map(|text| text.filter(|text| !text.is_empty()))
    };
    let status = match word(object, "status")? {
        None => Status::Active,
        Some(word) => Status::asked(&word).unwrap_or_else(|| {
            mistakes.push(Flaw::NotValid("status").to_string());
            Status::Active
        }),
    };
    let conv_type = match word(object, "conv_type")?.as_deref() {
        None | Some("process") => "process",
        Some("state") => "state",
        Some("escalation") => "escalation",
        Some(_) => {
            mistakes.push(Flaw::NotValid("conv_type").to_string());
            "process"
        }
    };
    let params = match object.shift_remove("params") {
        None => Value::Array(Vec::new()),
        Some(params @ (Value::Null | Value::Array(_))) => params,
        Some(_) => return Err(Broken),
    };
    let ref_mask = object.shift_remove("ref_mask").is_none_or(|flag| flag != false);
    let Some(Value::Object(mut scheme)) = object.shift_remove("scheme") else { return Err(Broken) };
    let nodes = list(&mut scheme, "nodes")?.into_iter().map(node).collect::<Result<_, _>>()?;
    if scheme.get("web_settings") == Some(&super::scheme::web_settings()) {
        scheme.shift_remove("web_settings");
    }
    if !scheme.is_empty() {
        object.insert("scheme".to_owned(), Value::Object(scheme));
    }
    Ok(Body::Conv { status, conv_type, params, ref_mask, nodes })
}

fn node(mut object: Object) -> Result<IncomingNode, Broken> {
    let old_id = object.shift_remove("id").and_then(|id| key(&id)).unwrap_or_default();
    let kind = object.shift_remove("obj_type").and_then(|value| integer(&value)).ok_or(Broken)?;
    let kind = NodeKind::try_from(kind).map_err(|_| Broken)?;
    let title = text(&mut object, "title")?.unwrap_or_default();
    let description = text(&mut object, "description")?.unwrap_or_default();
    let mut doc = NodeDoc::new(kind, title, description);
    let mut condition = match object.shift_remove("condition") {
        None | Some(Value::Null) => Object::new(),
        Some(Value::Object(condition)) => condition,
        Some(_) => return Err(Broken),
    };
    doc.logics = list(&mut condition, "logics")?;
    // sheet corezoid/api 8, row 17.
    let semaphors = if condition.contains_key("semaphors") { "semaphors" } else { "semaphores" };
    doc.semaphors = list(&mut condition, semaphors)?;
    doc.stub = condition.shift_remove("stub");
    doc.position = Position(coordinate(&mut object, "x")?, coordinate(&mut object, "y")?);
    doc.extra = json_text(&mut object, "extra")?;
    doc.options = json_text(&mut object, "options")?;
    doc.uuid = text(&mut object, "uuid")?.filter(|uuid| !uuid.is_empty());
    if !condition.is_empty() {
        object.insert("condition".to_owned(), Value::Object(condition));
    }
    doc.more = object;
    Ok(IncomingNode { old_id, doc })
}

fn coordinate(object: &mut Object, name: &str) -> Result<Number, Broken> {
    match object.shift_remove(name) {
        None | Some(Value::Null) => Ok(0.into()),
        Some(Value::Number(number)) => Ok(number),
        Some(Value::String(text)) => text.parse().map_err(|_| Broken),
        Some(_) => Err(Broken),
    }
}

fn json_text(object: &mut Object, name: &str) -> Result<JsonText, Broken> {
    object
        .shift_remove(name)
        .map_or(Ok(JsonText::default()), |value| JsonText::try_from(value).map_err(|_| Broken))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::unpack::unpack;
    use super::*;

    fn shipment(file: &Value) -> Result<Shipment, Broken> {
        read(unpack(file.to_string().as_bytes())?)
    }

    fn order(file: &Value) -> Vec<(String, Option<usize>)> {
        shipment(file).unwrap().items.into_iter().map(|item| (item.title, item.parent)).collect()
    }

    fn at(title: &str, parent: Option<usize>) -> (String, Option<usize>) {
        (title.to_owned(), parent)
    }

    #[test]
    fn objects_stand_behind_the_folder_that_they_name() {
        let folder = |id: Value, parent: Value, title: &str| json!({ "obj_type": 0, "obj_id": id, "parent_id": parent, "title": title });
        let conv = |parent: Value, title: &str| json!({ "obj_type": 1, "obj_id": 5, "parent_id": parent, "title": title, "scheme": { "nodes": [] } });
        let file = json!([
            conv(json!("inner"), "deep"),
            folder(json!("inner"), json!(7), "b"),
            conv(json!("7"), "near"),
            folder(json!(7), json!(99), "a"),
            conv(json!(null), "lonely"),
            conv(json!(5), "a process is no folder"),
        ]);
        assert_eq!(
            order(&file),
            [
                at("a", None),
                at("b", Some(0)),
                at("deep", Some(1)),
                at("near", Some(0)),
                at("lonely", None),
                at("a process is no folder", None)
            ]
        );
        let itself = json!([folder(json!(1), json!(1), "a")]);
        assert_eq!(order(&itself), [at("a", None)]);
        let ring = json!([folder(json!(1), json!(2), "a"), folder(json!(2), json!(1), "b")]);
        assert_eq!(shipment(&ring).unwrap_err(), Broken);
    }

    #[test]
    fn what_nobody_knows_is_carried() {
        let file = json!({
            "obj_type": "1", "obj_id": 5, "parent_id": 0, "title": "t", "description": null, "status": "debugged",
            "params": null, "ref_mask": false, "conv_type": "state", "company_id": "i1", "uuid": "u", "future": { "a": 1 },
            "scheme": { "web_settings": [[], []], "layers": [1], "nodes": [{
                "id": 17, "obj_type": 0, "x": "1.5", "y": null, "colour": "red", "extra": { "icon": "" },
                "condition": { "logics": [{ "type": "go", "chTime": 1 }], "semaphores": [{ "type": "time" }], "notes": [] },
            }] },
        });
        let item = shipment(&file).unwrap().items.remove(0);
        assert_eq!(Value::from(item.more), json!({ "future": { "a": 1 }, "scheme": { "layers": [1] } }));
        let Body::Conv { status, conv_type, params, ref_mask, nodes } = item.body else {
            panic!("no process")
        };
        assert_eq!((status, conv_type, params, ref_mask), (Status::Debug, "state", Value::Null, false));
        let IncomingNode { old_id, doc } = &nodes[0];
        assert_eq!(old_id, "17");
        assert_eq!(Value::from(doc.more.clone()), json!({ "colour": "red", "condition": { "notes": [] } }));
        assert_eq!((doc.logics.len(), doc.semaphors.len()), (1, 1));
        assert_eq!(serde_json::to_value(&doc.position).unwrap(), json!([1.5, 0]));
        assert_eq!(doc.extra.to_value(), json!("{\"icon\":\"\"}"));
    }

    #[test]
    fn wrong_values_are_mistakes_of_their_object_and_wrong_types_break_the_file() {
        let with = |name: &str, value: Value| {
            let mut file = json!({ "obj_type": 1, "obj_id": 1, "title": "t", "scheme": { "nodes": [] } });
            file[name] = value;
            shipment(&file).map(|mut shipment| shipment.items.remove(0).mistakes)
        };
        assert_eq!(with("title", json!("Ж".repeat(255))).unwrap(), [""; 0]);
        let long = "Value is not valid. Value's byte_size is more than maximum allowed: 255";
        assert_eq!(with("title", json!("Ж".repeat(256))).unwrap(), [long]);
        assert_eq!(with("status", json!("deleted")).unwrap(), ["Key 'status'. 'Value is not valid'"]);
        assert_eq!(with("conv_type", json!("x")).unwrap(), ["Key 'conv_type'. 'Value is not valid'"]);
        // A connection without its data.
        assert_eq!(with("obj_type", json!(4)).unwrap(), ["Key 'data' is required"]);
        for (name, value) in [
            ("obj_type", json!(9)),
            ("obj_type", json!(null)),
            ("title", json!([])),
            ("params", json!({})),
            ("scheme", json!(null)),
            ("scheme", json!({ "nodes": {} })),
            ("scheme", json!({ "nodes": [7] })),
            ("scheme", json!({ "nodes": [{ "id": "a" }] })),
            ("scheme", json!({ "nodes": [{ "id": "a", "obj_type": 9 }] })),
            ("scheme", json!({ "nodes": [{ "id": "a", "obj_type": 0, "x": "left" }] })),
            ("scheme", json!({ "nodes": [{ "id": "a", "obj_type": 0, "condition": { "logics": [1] } }] })),
        ] {
            assert_eq!(with(name, value.clone()).unwrap_err(), Broken, "{name}: {value}");
        }
    }
}
