//! Schemas of arguments and answers, and those of the second kind with nothing required: what `fields` leaves. Pure.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::super::endpoint::Endpoint;

const COMPONENTS: &str = "#/components/schemas/";

/// Collects the components while the routes are gone through.
pub(crate) struct Schemas {
    arguments: SchemaGenerator,
    answers: SchemaGenerator,
    /// Names of answers that `fields` may trim.
    trimmed: Vec<String>,
}

/// What one endpoint takes and gives.
pub(crate) struct Described {
    /// An object; nested types are written out in place.
    pub(super) arguments: Value,
    /// The payload, as `$ref`s into the components.
    pub(super) answer: Value,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let arguments = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let answers = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self { arguments: arguments.into(), answers: answers.into(), trimmed: Vec::new() }
    }

    /// For a line of the route table.
    pub(crate) fn of<E: Endpoint>(&mut self) -> Described {
        self.of_types::<E, E::Out>()
    }

    /// The same, of types that no endpoint has.
    pub(crate) fn of_types<Taken: JsonSchema, Given: JsonSchema>(&mut self) -> Described {
        Described {
            arguments: Taken::json_schema(&mut self.arguments).to_value(),
            answer: self.answers.subschema_for::<Given>().to_value(),
        }
    }

    /// The component that a `$ref` names.
    fn named<'a>(&'a self, schema: &Value) -> Option<(&'a str, &'a Value)> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix(COMPONENTS)?;
        let (name, schema) = self.answers.definitions().get_key_value(name)?;
        Some((name, schema))
    }

    /// Whether an answer is a list, or a folder's content: something that takes the list options.
    pub(super) fn is_listing(&self, answer: &Value) -> bool {
        let is_list = |schema: &Value| schema.get("type").is_some_and(|kind| kind == "array");
        let is_content = |schema: &Value| {
            let properties = schema.get("properties");
            ["startIndex", "total"].iter().all(|name| properties.is_some_and(|all| all.get(name).is_some()))
        };
        is_list(answer) || self.named(answer).is_some_and(|(_, schema)| is_list(schema) || is_content(schema))
    }

    /// The schema of an answer that the option `fields` may have trimmed (sheet r7/transport 5): each item of a list, or
    /// the object itself, may lack any property.
    pub(super) fn trimmed(&mut self, answer: &Value) -> Value {
        if let Some(items) = answer.get("items") {
            let mut list = answer.clone();
            list["items"] = self.trimmed(items);
            return list;
        }
        let Some(name) = self.named(answer).map(|(name, _)| name.to_owned()) else { return answer.clone() };
        let part = format!("{COMPONENTS}{name}Part");
        if !self.trimmed.contains(&name) {
            self.trimmed.push(name);
        }
        json!({ "$ref": part })
    }

    /// All components.
    pub(super) fn finish(mut self) -> Value {
        let mut all: Map<String, Value> = self.answers.take_definitions(true);
        for name in self.trimmed {
            let Some(mut schema) = all.get(&name).cloned() else { continue };
            write_out(&mut schema, &all);
            demand_nothing(&mut schema);
            schema["description"] = "What the option `fields` left of it.".into();
            all.insert(format!("{name}Part"), schema);
        }
        all.insert("Envelope".to_owned(), envelope());
        all.insert("Error".to_owned(), error());
        all.insert("NoBatch".to_owned(), no_batch());
        Value::Object(all)
    }
}

/// Puts components in the place of the references among an answer's forms: what is trimmed is no longer the component.
fn write_out(schema: &mut Value, all: &Map<String, Value>) {
    for form in ["anyOf", "oneOf", "allOf"] {
        for one in schema.get_mut(form).and_then(Value::as_array_mut).into_iter().flatten() {
            let name = one.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(COMPONENTS));
            if let Some(component) = name.and_then(|name| all.get(name)) {
                *one = component.clone();
            }
        }
    }
}

/// Takes `required` off an object, in whichever of its forms it comes; its properties stay as they are.
fn demand_nothing(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    keywords.remove("required");
    for form in ["anyOf", "oneOf", "allOf"] {
        let forms = keywords.get_mut(form).and_then(Value::as_array_mut);
        forms.into_iter().flatten().for_each(demand_nothing);
    }
}

/// sheet r7/transport 8: what a batch without calls is answered.
fn no_batch() -> Value {
    let mut schema = error();
    schema["properties"]["status"] = json!({ "const": 0 });
    schema["required"] = json!(["status", "error"]);
    schema
}

/// sheet r7/transport 2.
fn envelope() -> Value {
    json!({
        "type": "object",
        "description": "Around every answer. With `--profile seed` only `status` and `response`.",
        "properties": {
            "count": { "type": "integer", "description": "Items of a list, 1 of an object, the length of a text; absent if 0." },
            "startIndex": { "type": "integer", "description": "The query's; absent if 0." },
            "nextIndex": { "type": "integer", "description": "There is more. One too high, as the portal says it." },
            "total": { "type": "integer", "description": "Rows before paging." },
            "status": { "const": 0 },
            "statusCode": { "type": "integer", "description": "The HTTP status." },
            "response": {},
        },
        "required": ["status", "response"],
    })
}

/// sheet r7/transport 7.
fn error() -> Value {
    json!({
        "type": "object",
        "properties": {
            "startIndex": { "type": "integer" },
            "status": { "const": 1 },
            "statusCode": { "type": "integer", "description": "The HTTP status." },
            "error": {
                "type": "object",
                "properties": {
                    "message": { "type": "string" },
                    "hresult": { "type": "integer", "description": ".NET's number of the exception." },
                    "data": { "type": "object" },
                },
                "required": ["message", "hresult", "data"],
            },
        },
        "required": ["status", "statusCode", "error"],
    })
}
