//! A node as a document. Logics and semaphors stay the objects that were sent, key order and unknown keys included. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::corezoid::args::{Args, integer, invalid};
use crate::corezoid::error::OpError;
use crate::kernel::settings::Profile;

/// Characters of a node's title and description (sheet corezoid/api 8, row 19: refused only above both limits).
const TITLE: usize = 255;
const DESCRIPTION: usize = 2000;
/// The limit that the seed itself states; kept under `--profile seed`.
const SEED_TITLE: usize = 240;

/// A JSON object as it was sent.
pub(crate) type Object = Map<String, Value>;

/// What a node is for; `obj_type` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schemars(with = "i64")]
pub(crate) enum NodeKind {
    /// Any logic.
    Normal,
    /// Where tasks begin; one a process.
    Start,
    /// Where tasks end.
    Final,
    /// Sorts the errors of another node.
    Escalation,
    /// Call a Process in stub mode.
    Stub,
}

impl TryFrom<i64> for NodeKind {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match number {
            0 => Ok(Self::Normal),
            1 => Ok(Self::Start),
            2 => Ok(Self::Final),
            3 => Ok(Self::Escalation),
            4 => Ok(Self::Stub),
            other => Err(format!("{other} is no node type, only 0 to 4 are")),
        }
    }
}

impl From<NodeKind> for i64 {
    fn from(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Normal => 0,
            NodeKind::Start => 1,
            NodeKind::Final => 2,
            NodeKind::Escalation => 3,
            NodeKind::Stub => 4,
        }
    }
}

impl NodeKind {
    /// `obj_type` of an op: required, a number or its text.
    pub(crate) fn of(args: Args<'_>) -> Result<Self, OpError> {
        let value = args.get("obj_type").ok_or(OpError::Required("obj_type".into()))?;
        let number = integer(value).ok_or_else(|| invalid("obj_type", value))?;
        Self::try_from(number).map_err(|_| invalid("obj_type", value))
    }

    /// Whether a node of this kind may hold a logic of that type. The seed allows logic in normal nodes only, yet shows
    /// conditions in an escalation node and `go` in a start node; real exports also answer errors (`api_rpc_reply`)
    /// from escalation nodes (sheet corezoid/api 4.5).
    pub(crate) fn allows(self, logic: &str, profile: Profile) -> bool {
        match self {
            Self::Normal | Self::Stub => true,
            Self::Start => logic == "go",
            Self::Final => false,
            Self::Escalation => {
                matches!(logic, "go" | "go_if_const")
                    || (logic == "api_rpc_reply" && profile == Profile::Upstream)
            }
        }
    }
}

/// Coordinates of the upper left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Position(pub(crate) Number, pub(crate) Number);

impl Default for Position {
    fn default() -> Self {
        Self(0.into(), 0.into())
    }
}

/// JSON that travels as a text inside a string: `"{\"icon\":\"\"}"`. Clients send it as an object or as that text
/// (sheet corezoid/api 8, row 16); documents show an object wherever the text is an object's own plain form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(try_from = "Value")]
#[schemars(with = "Option<Value>")]
pub(crate) struct JsonText(pub(crate) Option<String>);

impl TryFrom<Value> for JsonText {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self(None)),
            Value::String(text) => Ok(Self(Some(text))),
            object @ Value::Object(_) => Ok(Self(Some(object.to_string()))),
            other => Err(format!("expected an object or its text, found {other}")),
        }
    }
}

impl Serialize for JsonText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => serializer.serialize_none(),
            Some(text) => match serde_json::from_str::<Object>(text) {
                Ok(object) if serde_json::to_string(&object).is_ok_and(|plain| plain == *text) => {
                    object.serialize(serializer)
                }
                _ => serializer.serialize_str(text),
            },
        }
    }
}

impl JsonText {
    fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The text, or null.
    pub(crate) fn to_value(&self) -> Value {
        self.0.clone().map_or(Value::Null, Value::String)
    }
}

/// Everything about a node but its id: what is stored, deployed and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeDoc {
    /// 0 normal, 1 start, 2 final, 3 escalation, 4 stub.
    pub(crate) obj_type: NodeKind,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) logics: Vec<Object>,
    #[serde(default)]
    pub(crate) semaphors: Vec<Object>,
    #[serde(default)]
    pub(crate) position: Position,
    /// How the node looks: `modeForm`, `icon`.
    #[serde(default, skip_serializing_if = "JsonText::is_null")]
    pub(crate) extra: JsonText,
    /// `save_task`, `direct_url`, …
    #[serde(default, skip_serializing_if = "JsonText::is_null")]
    pub(crate) options: JsonText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stub: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uuid: Option<String>,
    /// Keys of an uploaded file that nobody knows; those of its `condition` under that name.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub(crate) more: Object,
}

impl NodeDoc {
    /// A node as `create node` makes it.
    pub(crate) fn new(obj_type: NodeKind, title: String, description: String) -> Self {
        Self {
            obj_type,
            title,
            description,
            logics: Vec::new(),
            semaphors: Vec::new(),
            position: Position::default(),
            extra: JsonText::default(),
            options: JsonText::default(),
            stub: None,
            uuid: None,
            more: Object::new(),
        }
    }

    /// The stored form.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `{logics, semaphors, stub?}`, and what else an uploaded file said there.
    pub(crate) fn condition(&self) -> Value {
        let list = |objects: &[Object]| objects.iter().cloned().map(Value::Object).collect::<Vec<_>>();
        let mut condition = Object::new();
        condition.insert("logics".to_owned(), list(&self.logics).into());
        condition.insert("semaphors".to_owned(), list(&self.semaphors).into());
        if let Some(stub) = &self.stub {
            condition.insert("stub".to_owned(), stub.clone());
        }
        if let Some(Value::Object(more)) = self.more.get("condition") {
            condition.extend(more.clone());
        }
        Value::Object(condition)
    }
}

/// Title and description of a node op: absent and null are empty.
pub(crate) fn texts(args: Args<'_>) -> Result<(String, String), OpError> {
    let title = args.bounded_text("title", TITLE)?.unwrap_or_default();
    let description = args.bounded_text("description", DESCRIPTION)?.unwrap_or_default();
    Ok((title, description))
}

/// The seed's own limit of a title, where the seed's own shapes are asked for.
pub(crate) fn check_title(title: &str, profile: Profile) -> Result<(), OpError> {
    if profile == Profile::Seed && title.chars().count() > SEED_TITLE {
        let value = Value::String(title.to_owned());
        return Err(OpError::Length { key: "title".into(), value, less: false, limit: SEED_TITLE });
    }
    Ok(())
}

/// The list of objects under `key`; absent is empty.
fn objects(args: Args<'_>, key: &'static str) -> Result<Vec<Object>, OpError> {
    let list = args.list(key)?.map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|item| item.as_object().cloned().ok_or_else(|| invalid(key, item))).collect()
}

/// What `modify node` sends. The draft is replaced whole (sheet corezoid/api 9, 18), except that `position`, `extra` and
/// `options` keep their value when they are not sent: the seed's clients do not know `options`, newer ones leave out
/// `position` (sheet corezoid/api 8, row 28).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) doc: NodeDoc,
    pub(crate) keeps_position: bool,
    pub(crate) keeps_extra: bool,
    pub(crate) keeps_options: bool,
}

impl Change {
    /// Reads the fields.
    pub(crate) fn of(args: Args<'_>) -> Result<Self, OpError> {
        let obj_type = NodeKind::of(args)?;
        let (title, description) = texts(args)?;
        let text = |key: &'static str| match args.get(key) {
            None => Ok(JsonText::default()),
            Some(value) => JsonText::try_from(value.clone()).map_err(|_| invalid(key, value)),
        };
        // sheet corezoid/api 8, row 17: v1 pages also spell it `semaphores`.
        let semaphors = if args.sent("semaphors") { "semaphors" } else { "semaphores" };
        let doc = NodeDoc {
            logics: objects(args, "logics")?,
            semaphors: objects(args, semaphors)?,
            position: position(args)?.unwrap_or_default(),
            extra: text("extra")?,
            options: text("options")?,
            stub: args.get("stub").cloned(),
            ..NodeDoc::new(obj_type, title, description)
        };
        Ok(Self {
            doc,
            keeps_position: args.get("position").is_none(),
            keeps_extra: !args.sent("extra"),
            keeps_options: !args.sent("options"),
        })
    }

    /// Refuses what a node of this kind cannot hold. Links may still lead nowhere: other ops of the package may come
    /// first or last (sheet corezoid/api 2.4); a deploy looks at them.
    pub(crate) fn check(&self, profile: Profile) -> Result<(), OpError> {
        let kind = self.doc.obj_type;
        check_title(&self.doc.title, profile)?;
        for logic in &self.doc.logics {
            let word = logic.get("type").and_then(Value::as_str).unwrap_or_default();
            if word.is_empty() || !kind.allows(word, profile) {
                return Err(invalid("logics", &Value::Object(logic.clone())));
            }
        }
        for semaphor in &self.doc.semaphors {
            if kind == NodeKind::Final || !semaphor.get("type").is_some_and(Value::is_string) {
                return Err(invalid("semaphors", &Value::Object(semaphor.clone())));
            }
        }
        Ok(())
    }
}

fn position(args: Args<'_>) -> Result<Option<Position>, OpError> {
    let Some(value) = args.get("position") else { return Ok(None) };
    match value.as_array().map(Vec::as_slice) {
        Some([Value::Number(x), Value::Number(y)]) => Ok(Some(Position(x.clone(), y.clone()))),
        _ => Err(invalid("position", value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(op: &Value) -> Result<Change, OpError> {
        let change = Change::of(Args(op.as_object().unwrap()))?;
        change.check(Profile::Upstream)?;
        Ok(change)
    }

    #[test]
    fn unknown_keys_and_key_order_of_logics_survive() {
        let logics = r#"[{"zeta":1,"type":"api_future","alpha":{"y":null,"x":[1.50,"é"]},"to_node_id":"n"}]"#;
        let op = format!(r#"{{"obj_type":"0","logics":{logics},"extra":{{"icon":"","modeForm":"expand"}}}}"#);
        let change = change(&serde_json::from_str(&op).unwrap()).unwrap();
        let stored = change.doc.to_json();
        assert!(stored.contains(&logics.replace("1.50", "1.5")), "{stored}");
        assert_eq!(serde_json::from_str::<NodeDoc>(&stored).unwrap(), change.doc);
        assert_eq!(change.doc.extra.to_value(), json!(r#"{"icon":"","modeForm":"expand"}"#));
    }

    #[test]
    fn extra_is_an_object_or_its_text_and_comes_out_as_text() {
        for (sent, text) in [
            (json!({ "modeForm": "expand", "icon": "" }), json!(r#"{"modeForm":"expand","icon":""}"#)),
            (json!("{ \"icon\" : \"x\" }"), json!("{ \"icon\" : \"x\" }")),
            (json!("not json"), json!("not json")),
            (json!(null), json!(null)),
        ] {
            let change = change(&json!({ "obj_type": 0, "extra": sent })).unwrap();
            assert_eq!(change.doc.extra.to_value(), text);
            let again: NodeDoc = serde_json::from_str(&change.doc.to_json()).unwrap();
            assert_eq!(again.extra, change.doc.extra);
        }
    }

    #[test]
    fn logic_stands_only_where_the_kind_of_node_allows_it() {
        let logics = ["go", "go_if_const", "api_rpc_reply", "api", "api_sum", "something_new"];
        let accepted = |kind: i64| {
            let fits = |logic: &&str| {
                change(&json!({ "obj_type": kind, "logics": [{ "type": logic, "to_node_id": "n" }] })).is_ok()
            };
            logics.iter().filter(|logic| fits(logic)).copied().collect::<Vec<_>>()
        };
        assert_eq!(accepted(0), logics);
        assert_eq!(accepted(1), ["go"]);
        assert_eq!(accepted(2), [""; 0]);
        assert_eq!(accepted(3), ["go", "go_if_const", "api_rpc_reply"]);
        assert_eq!(accepted(4), logics);
        assert!(!NodeKind::Escalation.allows("api_rpc_reply", Profile::Seed));
    }

    #[test]
    fn a_wrong_type_names_its_field() {
        for (field, value) in [
            ("logics", json!({})),
            ("logics", json!(["go"])),
            ("logics", json!([{ "to_node_id": "n" }])),
            ("semaphors", json!([1])),
            ("position", json!([1])),
            ("position", json!(["1", "2"])),
            ("extra", json!([])),
            ("options", json!(7)),
            ("title", json!(["t"])),
            ("title", json!("t".repeat(256))),
            ("description", json!("d".repeat(2001))),
        ] {
            let mut op = json!({ "obj_type": 0 });
            op[field] = value.clone();
            let fields = change(&op).unwrap_err().fields();
            assert_eq!(fields["key"], field, "{value}");
        }
        for kind in [json!(5), json!(-1), json!("x"), json!(1.5), json!(true)] {
            assert_eq!(change(&json!({ "obj_type": kind })).unwrap_err().fields()["key"], "obj_type");
        }
        let final_with_timer = json!({ "obj_type": 2, "semaphors": [{ "type": "time" }] });
        assert_eq!(change(&final_with_timer).unwrap_err().fields()["key"], "semaphors");
    }

    #[test]
    fn lengths_count_characters_and_the_seed_profile_is_stricter() {
        let russian = "Ж".repeat(255);
        let change =
            change(&json!({ "obj_type": 0, "title": russian, "description": "Ж".repeat(2000) })).unwrap();
        assert!(change.check(Profile::Seed).is_err());
        assert!(check_title(&"Ж".repeat(240), Profile::Seed).is_ok());
    }
}
