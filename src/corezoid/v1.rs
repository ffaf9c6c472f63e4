//! What version 1 of the API does its own way (sheet corezoid/api 2.1, 2.4). It knows no drafts: its pages change nodes
//! without a `version` and have no `confirm`, so what they change is live at once; and they make the start node of a new
//! process themselves. Pure.

use serde_json::Value;

use super::op::Version;

/// Completes the ops of a package: a node's change without a version gets a null one, which means "live at once", and a new
/// process is made without nodes, unless its op says otherwise.
pub(crate) fn complete(ops: &mut [Value], version: Version) {
    if version != Version::V1 {
        return;
    }
    for op in ops.iter_mut().filter_map(Value::as_object_mut) {
        let word = |key| op.get(key).and_then(Value::as_str).unwrap_or_default();
        match (word("type"), word("obj")) {
            ("create" | "modify" | "delete", "node") => drop(op.entry("version").or_insert(Value::Null)),
            ("create", "conv") => drop(op.entry("create_mode").or_insert_with(|| "without_nodes".into())),
            _ => {}
        }
    }
}

/// A refused task keeps its `ref`: the Java client finds its tasks in the answer by it, the refused ones as well.
pub(crate) fn name_refused(answer: &mut Value, reference: Option<Value>, version: Version) {
    if version == Version::V1
        && let Some(fields) = answer.as_object_mut()
        && let Some(reference @ (Value::String(_) | Value::Number(_))) = reference
    {
        fields.insert("ref".to_owned(), reference);
    }
}
