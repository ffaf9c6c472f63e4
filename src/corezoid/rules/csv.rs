//! Files of comma-separated values: tasks that come in from them, tasks that go out into them. Pure.

use serde_json::{Map, Number, Value};

/// What parts the values of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Divider {
    Comma,
    Semicolon,
    Bar,
}

/// Its spellings on the wire.
pub(crate) const DIVIDERS: &[&str] = &[",", ";", "|"];

impl Divider {
    /// From its spelling.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "," => Some(Self::Comma),
            ";" => Some(Self::Semicolon),
            "|" => Some(Self::Bar),
            _ => None,
        }
    }

    const fn char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Bar => '|',
        }
    }
}

/// The lines of a file, each its values. Values may stand in quotes, and then hold dividers, line ends and doubled
/// quotes. Empty lines are none.
pub(crate) fn lines(text: &str, divider: Divider) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut value) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{FEFF}').chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            '"' if quoted && chars.peek() == Some(&'"') => {
                value.push('"');
                chars.next();
            }
            '"' if quoted => quoted = false,
            '"' if value.is_empty() => quoted = true,
            _ if quoted => value.push(next),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                line.push(std::mem::take(&mut value));
                lines.push(std::mem::take(&mut line));
            }
            _ if next == divider.char() => line.push(std::mem::take(&mut value)),
            _ => value.push(next),
        }
    }
    if !value.is_empty() || !line.is_empty() {
        line.push(value);
        lines.push(line);
    }
    lines.retain(|line| line.iter().any(|value| !value.is_empty()));
    lines
}

/// One line of a file, its end included.
pub(crate) fn line<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        if value.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&value.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(value);
        }
    }
    line.push('\n');
    line
}

/// What the values of a column become.
pub(crate) const TYPES: &[&str] = &["string", "integer", "float", "number", "boolean", "array", "object"];

/// A value of a column as the type that was asked for; `None`: it cannot be one.
pub(crate) fn converted(text: String, to: &str) -> Option<Value> {
    let json = || serde_json::from_str::<Value>(&text).ok();
    match to {
        "integer" => text.trim().parse::<i64>().ok().map(Value::from),
        "float" => text.trim().parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number),
        "number" => serde_json::from_str::<Number>(text.trim()).ok().map(Value::Number),
        "boolean" => text.trim().parse::<bool>().ok().map(Value::from),
        "array" => json().filter(Value::is_array),
        "object" => json().filter(Value::is_object),
        _ => Some(Value::String(text)),
    }
}

/// What a file says of its tasks.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// Reference and data of each line that can be read, in order.
    pub(crate) tasks: Vec<(Option<String>, Map<String, Value>)>,
    /// Lines that cannot.
    pub(crate) broken: usize,
}

/// Reads the tasks of a file. Names are those of the first line, or the numbers of the columns from 1 on; `types` are
/// those of the columns, `string` where there are none; `reference` names the column that holds references.
pub(crate) fn table(
    lines: Vec<Vec<String>>,
    named: bool,
    types: &[String],
    reference: Option<&str>,
) -> Table {
    let mut lines = lines.into_iter();
    let names = if named { lines.next() } else { None };
    let name = |index: usize| match &names {
        Some(names) => names.get(index).cloned(),
        None => Some((index + 1).to_string()),
    };
    let mut table = Table::default();
    for line in lines {
        let (mut data, mut found, mut whole) = (Map::new(), None, true);
        for (index, text) in line.into_iter().enumerate() {
            // A value without a name has no place in the data.
            let Some(name) = name(index) else { continue };
            if reference == Some(name.as_str()) {
                found = Some(text);
                continue;
            }
            match converted(text, types.get(index).map_or("string", String::as_str)) {
                Some(value) => drop(data.insert(name, value)),
                None => whole = false,
            }
        }
        // A reference has 1 to 255 characters.
        whole &= found.as_ref().is_none_or(|text| (1..=255).contains(&text.chars().count()));
        if whole {
            table.tasks.push((found, data));
        } else {
            table.broken += 1;
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_stand_between_dividers_or_in_quotes() {
        for (text, expected) in [
            ("a;b\nc;d", vec![vec!["a", "b"], vec!["c", "d"]]),
            ("\u{FEFF}a;b\r\n\r\n;\n c ;\"d;\"\"\ne\"\r\n", vec![vec!["a", "b"], vec![" c ", "d;\"\ne"]]),
            ("a,b|c", vec![vec!["a,b|c"]]),
            ("a;", vec![vec!["a", ""]]),
            ("a\"b;\"c", vec![vec!["a\"b", "c"]]),
            ("", vec![]),
        ] {
            assert_eq!(lines(text, Divider::Semicolon), expected, "{text:?}");
        }
        for (word, text) in DIVIDERS.iter().zip(["a,b", "a;b", "a|b"]) {
            assert_eq!(lines(text, Divider::of(word).unwrap()), [["a", "b"]]);
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let values = ["a", "", "b,c", "d\"e", "f\ng", "{\"h\":[1]}"];
        let text = line(values);
        assert_eq!(text, "a,,\"b,c\",\"d\"\"e\",\"f\ng\",\"{\"\"h\"\":[1]}\"\n");
        assert_eq!(lines(&text, Divider::Comma), [values]);
    }

    #[test]
    fn values_become_what_was_asked_for_or_nothing() {
        for (text, to, expected) in [
            ("5", "string", Some(json!("5"))),
            ("5", "integer", Some(json!(5))),
            ("5.5", "integer", None),
            ("5", "float", Some(json!(5.0))),
            ("5.50", "number", Some(json!(5.5))),
            ("x", "number", None),
            ("NaN", "float", None),
            ("true", "boolean", Some(json!(true))),
            ("1", "boolean", None),
            ("[1,{}]", "array", Some(json!([1, {}]))),
            ("{}", "array", None),
            ("{\"a\":1}", "object", Some(json!({ "a": 1 }))),
            ("", "object", None),
        ] {
            assert_eq!(converted(text.to_owned(), to), expected, "{text} {to}");
        }
    }

    #[test]
    fn a_table_has_names_types_and_references() {
        let of = |text: &str, named: bool, types: &[&str], reference| {
            let types: Vec<String> = types.iter().map(|&word| word.to_owned()).collect();
            let Table { tasks, broken } = table(lines(text, Divider::Comma), named, &types, reference);
            (json!(tasks).to_string(), broken)
        };
        assert_eq!(
            of("id,n\nr1,1\nr2,x\n,3\nr4,4,5", true, &["string", "integer"], Some("id")),
            (r#"[["r1",{"n":1}],["r4",{"n":4}]]"#.to_owned(), 2)
        );
        assert_eq!(
            of("a,1\nb", false, &[], None),
            (r#"[[null,{"1":"a","2":"1"}],[null,{"1":"b"}]]"#.to_owned(), 0)
        );
        assert_eq!(of("", true, &[], None), ("[]".to_owned(), 0));
    }
}
