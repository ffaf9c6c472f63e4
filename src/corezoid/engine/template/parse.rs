//! Reading of templates: where a placeholder or a call begins and ends, and what it says. Pure.

use super::{Call, Part, Place, Segment, Source, Template};
use crate::corezoid::engine::erlang;
use crate::corezoid::engine::function::Function;
use crate::corezoid::engine::path::Step;

/// Deepest nesting of placeholders and calls; what is deeper stays text.
const DEPTH: usize = 16;

/// The parts of a text.
pub(super) fn parts(text: &str) -> Vec<Part> {
    parts_at(text, 0)
}

fn template(text: &str, depth: usize) -> Template {
    Template { parts: parts_at(text, depth + 1) }
}

fn parts_at(text: &str, depth: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = next_mark(rest).filter(|_| depth < DEPTH) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some((part, after)) = placeholder(from, depth).or_else(|| call(from, depth)) {
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(part);
            rest = after;
        } else {
            plain.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

/// Where the next `{{` or `$.` stands.
fn next_mark(text: &str) -> Option<usize> {
    match (text.find("{{"), text.find("$.")) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// `{{…}}` at the start of a text, and what follows it.
fn placeholder(text: &str, depth: usize) -> Option<(Part, &str)> {
    let inner = text.strip_prefix("{{")?;
    let end = closing(inner)?;
    let place = place(inner[..end].trim(), depth)?;
    Some((Part::Place(place), &inner[end + 2..]))
}

/// Where the `}}` of an opened placeholder stands; placeholders inside have theirs.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut open) = (0, 0_usize);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'{', b'{') => {
                open += 1;
                at += 2;
            }
            (b'}', b'}') if open == 0 => return Some(at),
            (b'}', b'}') => {
                open -= 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    None
}

/// What stands between the braces.
fn place(text: &str, depth: usize) -> Option<Place> {
    let segments = segments(text, depth)?;
    let name = |index: usize| match segments.get(index) {
        Some(Segment::Name(name)) => name.as_text(),
        _ => None,
    };
    let bracket = |index: usize| match segments.get(index) {
        Some(Segment::Bracket(inner)) => Some(inner.clone()),
        _ => None,
    };
    match (name(0), bracket(1)) {
        (Some("conv"), Some(conv)) => match (name(2), bracket(3)) {
            (Some("ref"), Some(reference)) => {
                let path = segments.get(4..)?.to_vec();
                return Some(Place::Outside(Source::Task { conv, reference }, path));
            }
            (Some("node"), Some(node)) => {
                let path = segments.get(4..)?.to_vec();
                return Some(Place::Outside(Source::Node { conv: Some(conv), node }, path));
            }
            _ => {}
        },
        (Some("node"), Some(node)) if segments.len() > 2 => {
            return Some(Place::Outside(Source::Node { conv: None, node }, segments.get(2..)?.to_vec()));
        }
        (Some("env_var"), Some(variable)) => {
            return Some(Place::Outside(Source::Variable(variable), segments.get(2..)?.to_vec()));
        }
        (Some("root"), None) if segments.len() == 2 => return Some(Place::Root(name(1)?.to_owned())),
        _ => {}
    }
    let fixed = segments.iter().map(|segment| match segment {
        Segment::Name(name) => name.as_text().map(|text| Step::Key(text.to_owned())),
        Segment::Bracket(inner) => inner.as_text().map(super::bracket),
    });
    Some(fixed.collect::<Option<Vec<_>>>().map_or_else(|| Place::Built(segments.clone()), Place::Fixed))
}

/// The steps of a path; `None`: it is none, and the braces are text.
fn segments(text: &str, depth: usize) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = text;
    loop {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = bracket_end(inner)?;
            segments.push(Segment::Bracket(template(&inner[..end], depth)));
            rest = &inner[end + 1..];
        } else {
            let (name, after) = name(rest, depth)?;
            segments.push(Segment::Name(name));
            rest = after;
        }
        match rest.chars().next() {
            None => return Some(segments),
            Some('.') => rest = &rest[1..],
            Some('[') => {}
            Some(_) => return None,
        }
    }
}

/// A name up to the next `.` or `[`. A backslash takes the special meaning off what follows it, and placeholders may
/// stand in it.
fn name(text: &str, depth: usize) -> Option<(Template, &str)> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    loop {
        if rest.starts_with("{{") {
            let (part, after) = placeholder(rest, depth + 1).filter(|_| depth < DEPTH)?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(part);
            rest = after;
            continue;
        }
        let mut chars = rest.chars();
        match chars.next() {
            None | Some('.' | '[') => break,
            Some('\\') => match chars.next() {
                Some(escaped) => plain.push(escaped),
                None => plain.push('\\'),
            },
            // Nothing of these stands in a name (sheet corezoid/engine 1.4): the braces are text then.
            Some('"' | '\'' | '{' | '}' | '\n' | ',' | ']') => return None,
            Some(other) => plain.push(other),
        }
        rest = chars.as_str();
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    if parts.is_empty() { None } else { Some((Template { parts }, rest)) }
}

/// Where the bracket that was opened closes.
fn bracket_end(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => open += 1,
            b']' if open == 0 => return Some(at),
            b']' => open -= 1,
            _ => {}
        }
    }
    None
}

/// `$.name(…)` at the start of a text, and what follows it.
fn call(text: &str, depth: usize) -> Option<(Part, &str)> {
    let from = text.strip_prefix("$.")?;
    let open = from.find('(')?;
    let name = Function::name_of(&from[..open])?;
    let inner = &from[open + 1..];
    // Quotes of a fun may hold parentheses.
    let fun = if matches!(name, "map" | "filter") { erlang::end_of(inner).unwrap_or(0) } else { 0 };
    let end = fun + call_end(inner.get(fun..)?)?;
    let mut after = &inner[end + 1..];
    let (function, arguments) = Function::read(name, &inner[..end])?;
    let mut zone = None;
    if let Some(given) = after.strip_prefix(".tz(") {
        let close = given.find(')')?;
        zone = Some(given[..close].trim_matches(|c| matches!(c, '\'' | '"' | ' ')).to_owned());
        after = &given[close + 1..];
    }
    let arguments = arguments.into_iter().map(|argument| template(argument, depth)).collect();
    Some((Part::Call(Call { function, arguments, zone, name }), after))
}

/// Where the parenthesis that was opened closes.
fn call_end(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return Some(at),
            b')' => open -= 1,
            _ => {}
        }
    }
    None
}
