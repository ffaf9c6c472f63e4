//! Secret values are shown nowhere: what stands in their place. Pure.

use serde_json::Value;

/// What is shown instead.
const MASK: &str = "***";

/// A text without secrets.
pub(crate) fn masked(text: &str, secrets: &[String]) -> String {
    let known = secrets.iter().filter(|secret| !secret.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
}

/// Takes secrets out of a value: out of its texts; a number, a list or an object that is one is replaced whole.
pub(crate) fn mask(value: &mut Value, secrets: &[String]) {
    match value {
        Value::String(text) => *text = masked(text, secrets),
        Value::Null => {}
        other if secrets.iter().any(|secret| is(other, secret)) => *other = Value::from(MASK),
        Value::Array(list) => list.iter_mut().for_each(|value| mask(value, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|value| mask(value, secrets)),
        Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a value that is no text is what a secret says.
fn is(value: &Value, secret: &str) -> bool {
    serde_json::from_str::<Value>(secret).is_ok_and(|secret| secret == *value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_taken_out_wherever_it_stands_and_nothing_else_is_harmed() {
        let secrets = ["s3".to_owned(), String::new(), "42".to_owned(), r#"{ "key": "k" }"#.to_owned()];
        let mut value = json!({ "s3": "a s3 \" s3", "n": [42, 421, "142"], "o": { "key": "k" }, "p": { "key": "l" }, "x": null });
        mask(&mut value, &secrets);
        assert_eq!(
            value.to_string(),
            r#"{"s3":"a *** \" ***","n":["***",421,"1***"],"o":"***","p":{"key":"l"},"x":null}"#
        );
        assert_eq!(masked("s3,s4", &secrets), "***,s4");
    }
}
