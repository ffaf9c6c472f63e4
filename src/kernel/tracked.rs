//! Reading JSON so that a mistake names its path.
//!
//! The types are read through [`erased_serde`]: following the path is so compiled once, not once more for every type of a
//! state document. It costs time, which nobody misses where a document is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Track};

/// What could not be read.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// Where, from the root of what was read; `.` is the root.
    pub(crate) path: Path,
    /// What, in the words of serde.
    pub(crate) message: String,
}

impl Wrong {
    /// The message without the line and column that reading a text appends.
    pub(crate) fn without_place(&self) -> &str {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let cut = || {
            let (before, place) = self.message.rsplit_once(" at line ")?;
            let (line, column) = place.split_once(" column ")?;
            (number(line) && number(column)).then_some(before)
        };
        cut().unwrap_or(&self.message)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As serde_path_to_error puts it.
        if self.path.iter().next().is_some() {
            write!(to, "{}: {}", self.path, self.message)
        } else {
            to.write_str(&self.message)
        }
    }
}

/// Reads a value.
pub(crate) fn decode<'de, T, D>(from: D) -> Result<T, Wrong>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let mut track = Track::new();
    let outcome = {
        let tracked = serde_path_to_error::Deserializer::new(from, &mut track);
        erased_serde::deserialize(&mut <dyn erased_serde::Deserializer<'_>>::erase(tracked))
    };
    outcome.map_err(|error: erased_serde::Error| Wrong { path: track.path(), message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer<'a> {
        #[serde(borrow)]
        raw: Option<&'a RawValue>,
        #[serde(default)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Item {
        Number(u8),
        Named { name: String },
    }

    #[test]
    fn a_mistake_names_its_path_in_the_words_of_serde() {
        for (text, short) in [
            (r#"{"items":[{"number":1},{"number":"x"}]}"#, "invalid type: string \"x\", expected u8"),
            (r#"{"items":[{"named":{}}]}"#, "missing field `name`"),
            (r#"{"items":[{"other":1}]}"#, "unknown variant `other`, expected `number` or `named`"),
            (r#"{"more":1}"#, "unknown field `more`, expected `raw` or `items`"),
            ("[", "EOF while parsing a list"),
        ] {
            let mut json = serde_json::Deserializer::from_str(text);
            let wrong = decode::<Outer<'_>, _>(&mut json).unwrap_err();
            assert_eq!(wrong.without_place(), short, "{text}");
            // The same as without erasing the types.
            let mut json = serde_json::Deserializer::from_str(text);
            let typed = serde_path_to_error::deserialize::<_, Outer<'_>>(&mut json).unwrap_err();
            assert_eq!(wrong.to_string(), typed.to_string());
        }
    }

    #[test]
    fn what_is_right_is_read_borrowed_texts_too() {
        let mut json =
            serde_json::Deserializer::from_str(r#"{"raw":{"a": [1,2]},"items":[{"named":{"name":"n"}}]}"#);
        let outer: Outer<'_> = decode(&mut json).unwrap();
        assert_eq!(outer.raw.unwrap().get(), r#"{"a": [1,2]}"#);
        assert!(matches!(&outer.items[..], [Item::Named { name }] if name == "n"));
        let number = json!({ "number": 7 });
        assert!(matches!(decode(&number), Ok(Item::Number(7))));
    }
}
