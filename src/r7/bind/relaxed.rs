//! What Json.NET's reader takes beyond JSON, rewritten as JSON: comments, single quotes, bare names, a comma too many
//! (sheet r7/transport 4). Pure.

/// The text with its liberties taken out; what is broken stays broken.
pub(super) fn relax(text: &str) -> String {
    let mut strict = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (_, tail) = rest.split_at(char.len_utf8());
        rest = match char {
            '"' | '\'' => quoted(char, tail, &mut strict),
            '/' if tail.starts_with('*') => tail.split_once("*/").map_or("", |(_, tail)| tail),
            '/' if tail.starts_with('/') => {
                tail.find(['\n', '\r']).and_then(|end| tail.get(end..)).unwrap_or("")
            }
            '}' | ']' => {
                // Json.NET takes a comma before the end.
                strict.truncate(strict.trim_end().trim_end_matches(',').len());
                strict.push(char);
                tail
            }
            char if is_bare(char) => {
                let (word, tail) = rest.split_at(rest.find(|char| !is_bare(char)).unwrap_or(rest.len()));
                if tail.trim_start().starts_with(':') {
                    strict.push('"');
                    strict.push_str(word);
                    strict.push('"');
                } else {
                    strict.push_str(word);
                }
                tail
            }
            char => {
                strict.push(char);
                tail
            }
        };
    }
    strict
}

fn is_bare(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$' | '.' | '-' | '+')
}

/// Copies a string up to its closing quote as a double-quoted one; gives what follows.
fn quoted<'a>(quote: char, text: &'a str, strict: &mut String) -> &'a str {
    strict.push('"');
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            char if char == quote => {
                strict.push('"');
                return text.get(at + 1..).unwrap_or_default();
            }
            '\\' => match chars.next() {
                Some((_, '\'')) => strict.push('\''),
                Some((_, escaped)) => strict.extend(['\\', escaped]),
                None => strict.push('\\'),
            },
            '"' => strict.push_str("\\\""),
            char if char < ' ' => strict.extend(escape(char)),
            char => strict.push(char),
        }
    }
    ""
}

/// A control character in JSON's long form; none of them needs four digits.
fn escape(char: char) -> [char; 6] {
    let digit = |value: u32| char::from_digit(value % 16, 16).unwrap_or('0');
    ['\\', 'u', '0', '0', digit(u32::from(char) / 16), digit(u32::from(char))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn liberties() {
        for (text, expected) in [
            (r#"{'a': 'it\'s "x"'}"#, r#"{"a": "it's \"x\""}"#),
            ("{a: 1, $b_2: true}", r#"{"a": 1, "$b_2": true}"#),
            ("{/* x: 'y' */ a // tail\n: null}", "{ a \n: null}"),
            ("{a /* c */: [1, 2,], }", "{a : [1, 2]}"),
            (
                r#"{"a": "x // y", 'b': "line
break"}"#,
                "{\"a\": \"x // y\", \"b\": \"line\\u000abreak\"}",
            ),
            ("{имя: -1.5e+3}", r#"{"имя": -1.5e+3}"#),
            (r#"{"a": "open"#, r#"{"a": "open"#),
            ("'", "\""),
        ] {
            assert_eq!(relax(text), expected, "{text}");
        }
    }
}
