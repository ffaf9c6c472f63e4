//! Paths into a task's data: `a.b[0].c`, with names and indexes that may come from the task itself. Pure.

use serde_json::{Map, Value};

/// A step of a path, its name known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// Highest index that may be written (sheet corezoid/engine 3.2); reading has no such limit (4.1).
pub(crate) const LAST_INDEX: usize = 100;

/// Why a value could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwritable {
    /// The index is above [`LAST_INDEX`].
    Index,
    /// A step leads into something that is neither object nor list.
    Shape,
}

/// The value at a path; `None`: a step is absent.
pub(crate) fn get<'a>(data: &'a Map<String, Value>, path: &[Step]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let Step::Key(key) = first else { return None };
    follow(data.get(key)?, rest)
}

/// The value at a path below a value.
pub(crate) fn follow<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Key(key), Value::Object(object)) => object.get(key),
        (Step::Index(index), Value::Array(list)) => list.get(*index),
        // `{{user[{{name}}]}}` names a property; a list asked for a name has none.
        (Step::Index(index), Value::Object(object)) => object.get(&index.to_string()),
        _ => None,
    })
}

/// Writes a value at a path; objects and lists on the way are made, gaps of a list become null.
pub(crate) fn set(data: &mut Map<String, Value>, path: &[Step], value: Value) -> Result<(), Unwritable> {
    let Some((first, rest)) = path.split_first() else { return Err(Unwritable::Shape) };
    let Step::Key(key) = first else { return Err(Unwritable::Shape) };
    write(data.entry(key.clone()).or_insert(Value::Null), rest, value)
}

fn write(place: &mut Value, path: &[Step], value: Value) -> Result<(), Unwritable> {
    let Some((first, rest)) = path.split_first() else {
        *place = value;
        return Ok(());
    };
    match first {
        Step::Key(key) => {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let object = place.as_object_mut().ok_or(Unwritable::Shape)?;
            write(object.entry(key.clone()).or_insert(Value::Null), rest, value)
        }
        Step::Index(index) => {
            if let Value::Object(object) = place {
                return write(object.entry(index.to_string()).or_insert(Value::Null), rest, value);
            }
            if *index > LAST_INDEX {
                return Err(Unwritable::Index);
            }
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let list = place.as_array_mut().ok_or(Unwritable::Shape)?;
            if list.len() <= *index {
                list.resize(index + 1, Value::Null);
            }
            list.get_mut(*index).map_or(Err(Unwritable::Index), |place| write(place, rest, value))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_value_is_found_by_names_and_indexes() {
        let data = object(&json!({ "a": { "b": [{ "c": 1 }], "0": "zero" } }));
        assert_eq!(get(&data, &[key("a"), key("b"), Step::Index(0), key("c")]), Some(&json!(1)));
        assert_eq!(get(&data, &[key("a"), Step::Index(0)]), Some(&json!("zero")));
        for absent in
            [vec![key("x")], vec![key("a"), key("b"), Step::Index(1)], vec![key("a"), key("b"), key("c")]]
        {
            assert_eq!(get(&data, &absent), None, "{absent:?}");
        }
    }

    #[test]
    fn writing_makes_what_is_missing_and_keeps_the_rest() {
        let mut data = object(&json!({ "obj": { "a": 1 } }));
        set(&mut data, &[key("obj"), key("status")], json!("on")).unwrap();
        set(&mut data, &[key("arr"), Step::Index(2)], json!("v")).unwrap();
        assert_eq!(
            Value::Object(data),
            json!({ "obj": { "a": 1, "status": "on" }, "arr": [null, null, "v"] })
        );
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let mut data = object(&json!({ "text": "x" }));
        assert_eq!(set(&mut data, &[key("arr"), Step::Index(101)], json!(1)), Err(Unwritable::Index));
        assert_eq!(set(&mut data, &[key("text"), key("a")], json!(1)), Err(Unwritable::Shape));
        assert_eq!(set(&mut data, &[], json!(1)), Err(Unwritable::Shape));
    }
}
