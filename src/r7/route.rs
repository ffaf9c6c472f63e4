//! The portal's routing: which line of the table a path belongs to, by upstream's order and constraints. Pure.

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// The verbs that routes know; there is no PATCH (sheet r7/transport 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// The format that a path asks for. `.tml` behaves as XML (sheet r7/transport 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suffix {
    Json,
    Xml,
}

const SUFFIXES: [(&str, Suffix); 3] = [(".json", Suffix::Json), (".xml", Suffix::Xml), (".tml", Suffix::Xml)];

/// Takes a format suffix and all trailing slashes off a path.
///
/// A suffix followed by a slash is taken off but does not count: `@self.xml/` matches and answers JSON, because
/// upstream's test looks at the raw path (sheet r7/transport 1). A segment that is nothing but a suffix stays.
pub(crate) fn split_suffix(path: &str) -> (&str, Option<Suffix>) {
    let bare = path.trim_end_matches('/');
    for (ending, suffix) in SUFFIXES {
        let Some(stem) = bare.strip_suffix(ending) else { continue };
        if stem.is_empty() || stem.ends_with('/') {
            break;
        }
        return (stem, (bare.len() == path.len()).then_some(suffix));
    }
    (bare, None)
}

/// The route table, compiled: candidates by verb and number of segments, in upstream's order of precedence.
#[derive(Debug)]
pub(crate) struct Table {
    routes: HashMap<(Verb, usize), Vec<Route>>,
}

#[derive(Debug)]
struct Route {
    index: usize,
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(&'static str),
    Parameter { name: &'static str, constraint: Constraint },
}

/// Upstream has regular expressions here, anchored and without regard to case; its routes use two shapes of them.
#[derive(Debug)]
enum Constraint {
    Any,
    /// `[0-9]+`
    Digits,
    /// `(a|b|c)`
    OneOf(Vec<&'static str>),
}

impl Table {
    /// Compiles entries of verb and template, e.g. `crm/history/{id:[0-9]+}`. A parameter is a whole segment.
    pub(crate) fn new(entries: impl IntoIterator<Item = (Verb, &'static str)>) -> Self {
        let mut ordered: Vec<_> = entries.into_iter().enumerate().collect();
        // The sort is stable: equal positions keep the order of the table.
        ordered.sort_by_key(|(_, (_, template))| precedence(template));
        let mut routes: HashMap<_, Vec<Route>> = HashMap::new();
        for (index, (verb, template)) in ordered {
            let segments: Vec<_> = template.trim_matches('/').split('/').map(Segment::compile).collect();
            routes.entry((verb, segments.len())).or_default().push(Route { index, segments });
        }
        Self { routes }
    }

    /// The entry that a path belongs to, by its position in `new`, and the captured names and decoded values.
    ///
    /// `path` is what follows `/api/2.0/`, suffix off, still percent-encoded. A plus stays a plus.
    pub(crate) fn find(&self, verb: Verb, path: &str) -> Option<(usize, Vec<(&'static str, String)>)> {
        let candidates = self.routes.get(&(verb, path.split('/').count()))?;
        let segments = path.split('/').map(decode).collect::<Option<Vec<_>>>()?;
        let route = candidates.iter().find(|route| route.matches(&segments))?;
        let captured = route.segments.iter().zip(segments).filter_map(|(segment, text)| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter { name, .. } => Some((*name, text.into_owned())),
        });
        Some((route.index, captured.collect()))
    }
}

/// sheet r7/transport 1: fully static templates first, then the earlier first `{`, then the earlier last `}`, measured
/// without the constraints' text (upstream cuts it out before it sorts).
fn precedence(template: &str) -> (Option<usize>, Option<usize>) {
    let mut plain = String::with_capacity(template.len());
    let mut in_constraint = false;
    for char in template.chars() {
        match char {
            ':' => in_constraint = true,
            '}' => in_constraint = false,
            _ => {}
        }
        if !in_constraint {
            plain.push(char);
        }
    }
    (plain.find('{'), plain.rfind('}'))
}

/// A decoded segment; `None` if it is empty or not UTF-8, which no route takes.
///
/// Segments are cut before they are decoded, so that `%2F` stays inside a value.
fn decode(segment: &str) -> Option<Cow<'_, str>> {
    if segment.is_empty() { None } else { percent_decode_str(segment).decode_utf8().ok() }
}

impl Route {
    fn matches(&self, path: &[Cow<'_, str>]) -> bool {
        self.segments.len() == path.len()
            && self.segments.iter().zip(path).all(|(segment, text)| match segment {
                Segment::Literal(literal) => literal.eq_ignore_ascii_case(text),
                Segment::Parameter { constraint, .. } => constraint.admits(text),
            })
    }
}

impl Segment {
    fn compile(text: &'static str) -> Self {
        let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
            return Self::Literal(text);
        };
        match inner.split_once(':') {
            None => Self::Parameter { name: inner, constraint: Constraint::Any },
            Some((name, pattern)) => Self::Parameter { name, constraint: Constraint::compile(pattern) },
        }
    }
}

impl Constraint {
    fn compile(pattern: &'static str) -> Self {
        if pattern == "[0-9]+" {
            return Self::Digits;
        }
        let words = pattern.strip_prefix('(').and_then(|words| words.strip_suffix(')')).unwrap_or(pattern);
        Self::OneOf(words.split('|').collect())
    }

    fn admits(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Digits => text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::OneOf(words) => words.iter().any(|word| word.eq_ignore_ascii_case(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        // sheet r7/transport 1
        for (path, expected) in [
            ("people/@self", ("people/@self", None)),
            ("people/@self.json", ("people/@self", Some(Suffix::Json))),
            ("people/@self.xml", ("people/@self", Some(Suffix::Xml))),
            ("people/@self.tml", ("people/@self", Some(Suffix::Xml))),
            ("people/@self.xml/", ("people/@self", None)),
            ("people/@self///", ("people/@self", None)),
            ("people/@self.JSON", ("people/@self.JSON", None)),
            ("files/a.docx", ("files/a.docx", None)),
            ("people/a.b.xml", ("people/a.b", Some(Suffix::Xml))),
            ("people/a.json.xml", ("people/a.json", Some(Suffix::Xml))),
            ("people/mike.z", ("people/mike.z", None)),
            ("people/.json", ("people/.json", None)),
            (".xml", (".xml", None)),
            ("", ("", None)),
            ("/", ("", None)),
        ] {
            assert_eq!(split_suffix(path), expected, "{path}");
        }
    }

    const ROUTES: &[(Verb, &str)] = &[
        (Verb::Get, "files/{folderId}/{what}"),
        (Verb::Get, "files/file/{fileId}"),
        (Verb::Get, "files/@my"),
        (Verb::Get, "files/{folderId}"),
        (Verb::Get, "files/file/{fileId}/history"),
        (Verb::Delete, "crm/history/{id:[0-9]+}"),
        (Verb::Get, "crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files"),
        (Verb::Get, "crm/{entityType}/{name}/files"),
        (Verb::Post, "authentication"),
        (Verb::Post, "authentication/{code}"),
        (Verb::Post, "authentication/sendsms"),
        (Verb::Get, "group/{a}/{bb}/x"),
        (Verb::Get, "group/{a}/y/{b}"),
        (Verb::Get, "twice/{one}"),
        (Verb::Get, "twice/{two}"),
        (Verb::Put, "sorted/{verylongname:[0-9]+}/b"),
        (Verb::Put, "sorted/{short:(1111111111111111111|2)}/{x}"),
    ];

    #[test]
    fn routes() {
        let table = Table::new(ROUTES.iter().copied());
        let find = |verb, path| {
            let (index, captured) = table.find(verb, path)?;
            let captured: Vec<_> = captured.iter().map(|(name, value)| format!("{name}={value}")).collect();
            Some((ROUTES[index].1, captured.join("&")))
        };
        for (verb, path, expected) in [
            (Verb::Get, "files/@my", Some(("files/@my", ""))),
            (Verb::Get, "files/%40my", Some(("files/@my", ""))),
            (Verb::Get, "Files/@MY", Some(("files/@my", ""))),
            (Verb::Get, "files/@Common", Some(("files/{folderId}", "folderId=@Common"))),
            // The earlier first brace wins, even over a literal.
            (Verb::Get, "files/file/5", Some(("files/{folderId}/{what}", "folderId=file&what=5"))),
            (
                Verb::Get,
                "FILES/FILE/some+text/history",
                Some(("files/file/{fileId}/history", "fileId=some+text")),
            ),
            (Verb::Get, "files/a%20b%2Fc", Some(("files/{folderId}", "folderId=a b/c"))),
            (Verb::Get, "files/%D0%A0.docx", Some(("files/{folderId}", "folderId=Р.docx"))),
            (Verb::Get, "files/%ff", None),
            (Verb::Get, "files/", None),
            (Verb::Get, "files//x", None),
            (Verb::Get, "", None),
            // A constraint that misses is no such route.
            (Verb::Delete, "crm/history/12", Some(("crm/history/{id:[0-9]+}", "id=12"))),
            (Verb::Delete, "crm/history/12a", None),
            (Verb::Delete, "crm/history/-1", None),
            (Verb::Get, "crm/history/12", None),
            (
                Verb::Get,
                "crm/Contact/7/files",
                Some((
                    "crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files",
                    "entityType=Contact&id=7",
                )),
            ),
            (
                Verb::Get,
                "crm/contacts/7/files",
                Some(("crm/{entityType}/{name}/files", "entityType=contacts&name=7")),
            ),
            // Static names win over `{code}`.
            (Verb::Post, "authentication/sendSms", Some(("authentication/sendsms", ""))),
            (Verb::Post, "authentication/123456", Some(("authentication/{code}", "code=123456"))),
            (Verb::Post, "authentication", Some(("authentication", ""))),
            // Then the earlier last brace; then the order of the table.
            (Verb::Get, "group/1/y/x", Some(("group/{a}/{bb}/x", "a=1&bb=y"))),
            (Verb::Get, "twice/1", Some(("twice/{one}", "one=1"))),
            (Verb::Put, "sorted/2/b", Some(("sorted/{short:(1111111111111111111|2)}/{x}", "short=2&x=b"))),
        ] {
            let found = find(verb, path);
            assert_eq!(
                found.as_ref().map(|(route, captured)| (*route, captured.as_str())),
                expected,
                "{path}"
            );
        }
    }
}
