//! The words of a fun. Pure.

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Int(i64),
    Float(f64),
    /// Begins with a capital or `_`.
    Var(String),
    /// Also words of the language: `fun`, `when`, `end`, `div`, …
    Atom(String),
    /// `<<"…">>`.
    Binary(String),
    /// `"…"`.
    Text(String),
    /// Operators and punctuation.
    Sign(&'static str),
}

/// Longest first, so that `=:=` is not read as `=`.
const SIGNS: &[&str] = &[
    "=:=", "=/=", "->", "=>", "==", "/=", "=<", ">=", "++", "--", "||", "#{", "<", ">", "=", "+", "-", "*",
    "/", "(", ")", "[", "]", "{", "}", ",", ";", "|", ":",
];

/// Longest fun that is read, in bytes.
const LONGEST: usize = 65_536;

/// Splits a text into its words.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, String> {
    if source.len() > LONGEST {
        return Err(format!("the fun is longer than {LONGEST} bytes"));
    }
    let mut out = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if first == '%' {
            rest = rest.find('\n').map_or("", |at| rest.get(at..).unwrap_or("")).trim_start();
            continue;
        } else if let Some(inner) = rest.strip_prefix("<<\"") {
            let (text, after) = quoted(inner)?;
            (Token::Binary(text), after.strip_prefix(">>").ok_or("a binary must end with \">>")?)
        } else if let Some(inner) = rest.strip_prefix('"') {
            let (text, after) = quoted(inner)?;
            (Token::Text(text), after)
        } else if let Some(inner) = rest.strip_prefix('\'') {
            let end = inner.find('\'').ok_or("a quoted atom does not end")?;
            (Token::Atom(inner[..end].to_owned()), &inner[end + 1..])
        } else if first.is_ascii_digit() {
            number(rest)?
        } else if first.is_alphabetic() || first == '_' {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '@'))).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let var = first.is_uppercase() || first == '_';
            (if var { Token::Var(word.to_owned()) } else { Token::Atom(word.to_owned()) }, after)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), &rest[sign.len()..])
        } else {
            return Err(format!("{first:?} is not understood"));
        };
        out.push(token);
        rest = after.trim_start();
    }
    Ok(out)
}

/// A quoted text up to its closing quote, and what follows.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok((out, chars.as_str())),
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => break,
            },
            other => out.push(other),
        }
    }
    Err("a text does not end".to_owned())
}

fn number(text: &str) -> Result<(Token, &str), String> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    let fraction = text[whole..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        let (word, after) = text.split_at(whole + 1 + fraction);
        let float = word.parse().map_err(|_| format!("{word} is no number"))?;
        return Ok((Token::Float(float), after));
    }
    let (word, after) = text.split_at(whole);
    Ok((Token::Int(word.parse().map_err(|_| format!("{word} is too large"))?), after))
}
