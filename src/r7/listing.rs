//! The options that every list call takes from its query string, and the trimming by `fields`. Pure.

use serde_json::Value;

use crate::kernel::time::Timestamp;

/// Page size: both the default and the ceiling (sheet r7/transport 5).
const MAX_COUNT: i64 = 1000;

/// How `filterValue` is compared; junk counts as `equals` (sheet r7/transport 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum FilterOp {
    #[default]
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    /// Contains, with regard to case.
    Present,
}

impl FilterOp {
    fn named(name: &str) -> Self {
        const NAMES: [(&str, FilterOp); 4] = [
            ("contains", FilterOp::Contains),
            ("startswith", FilterOp::StartsWith),
            ("endswith", FilterOp::EndsWith),
            ("present", FilterOp::Present),
        ];
        let found = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, op)| *op).unwrap_or_default()
    }
}

/// List options, from the query string only (sheet r7/transport 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListOptions {
    /// Page size, 0 to 1000; 0 means that nothing is cut.
    pub(crate) count: i64,
    pub(crate) start_index: i64,
    pub(crate) sort_by: Option<String>,
    pub(crate) descending: bool,
    pub(crate) filter_by: Option<String>,
    pub(crate) filter_op: FilterOp,
    /// Several mean "one of".
    pub(crate) filter_values: Vec<String>,
    /// As sent.
    pub(crate) updated_since: Option<String>,
    /// The moment that it means, once the portal's zone is known: only what changed later is listed.
    pub(crate) since: Option<Timestamp>,
    /// `type`: name of a contract; only such items are listed.
    pub(crate) contract: Option<String>,
    pub(crate) fields: Vec<String>,
}

impl ListOptions {
    /// Reads them from a query string without its `?`.
    pub(crate) fn from_query(query: Option<&str>) -> Self {
        let query =
            Query(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect());
        // sheet r7/transport 5: junk and negative numbers count as absent, larger ones as the ceiling.
        let count = query.first("count").and_then(|text| text.trim().parse::<u64>().ok());
        let start_index = query.first("startIndex").and_then(|text| text.trim().parse::<i64>().ok());
        Self {
            count: count.map_or(MAX_COUNT, |count| i64::try_from(count).unwrap_or(MAX_COUNT).min(MAX_COUNT)),
            start_index: start_index.unwrap_or(0).max(0),
            sort_by: query.first("sortBy"),
            descending: query.first("sortOrder").is_some_and(|order| order == "descending"),
            filter_by: query.first("filterBy"),
            filter_op: query.first("filterOp").map(|name| FilterOp::named(&name)).unwrap_or_default(),
            // Upstream cuts at commas here too; `Smith, John` stays whole with us (sheet r7/transport 5, comma trap).
            filter_values: query.all("filterValue").into_iter().filter(|value| !value.is_empty()).collect(),
            updated_since: query.first("updatedSince"),
            since: None,
            contract: query.first("type"),
            fields: query.pieces("fields"),
        }
    }

    /// The first `filterValue`: free search text in many modules.
    pub(crate) fn filter_value(&self) -> Option<&str> {
        self.filter_values.first().map(String::as_str)
    }
}

struct Query(Vec<(String, String)>);

impl Query {
    /// Values of `name[]`, or else those of `name`; upstream's names ignore case.
    fn all(&self, name: &str) -> Vec<String> {
        let named = |wanted: &str| -> Vec<String> {
            self.0
                .iter()
                .filter(|(key, _)| key.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.clone())
                .collect()
        };
        let bracketed = named(&format!("{name}[]"));
        if bracketed.is_empty() { named(name) } else { bracketed }
    }

    /// The same, a single plain value cut at its commas; empty pieces are left out.
    fn pieces(&self, name: &str) -> Vec<String> {
        let values = self.all(name);
        let pieces: Vec<String> = match values.as_slice() {
            [single] => single.split(',').map(str::to_owned).collect(),
            _ => values,
        };
        pieces.into_iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
    }

    /// The first piece; scalars take no more (sheet r7/transport 5, comma trap).
    fn first(&self, name: &str) -> Option<String> {
        let first = self.all(name).into_iter().next()?;
        let piece = first.split(',').next().unwrap_or_default();
        (!piece.is_empty()).then(|| piece.to_owned())
    }
}

/// Keeps only the named properties (any case) of a response object, or of each item of a list; nested objects stay
/// whole (sheet r7/transport 5). Without names nothing is trimmed.
pub(crate) fn trim_fields(response: &mut Value, fields: &[String]) {
    if fields.is_empty() {
        return;
    }
    match response {
        Value::Object(object) => {
            object.retain(|name, _| fields.iter().any(|field| field.trim().eq_ignore_ascii_case(name)));
        }
        Value::Array(items) => {
            for item in items.iter_mut().filter(|item| item.is_object()) {
                trim_fields(item, fields);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn default() -> ListOptions {
        ListOptions::from_query(None)
    }

    #[test]
    fn options() {
        let some = |text: &str| Some(text.to_owned());
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!((default().count, default().start_index, default().descending), (1000, 0, false));
        // sheet r7/transport 5
        for (query, expected) in [
            ("", default()),
            ("__=123", default()),
            ("type=file,x", ListOptions { contract: some("file"), ..default() }),
            ("count=25", ListOptions { count: 25, ..default() }),
            ("COUNT=25&Startindex=3", ListOptions { count: 25, start_index: 3, ..default() }),
            ("count=0", ListOptions { count: 0, ..default() }),
            ("count=5000", default()),
            ("count=-1", default()),
            ("count=x", default()),
            ("count=99999999999999999999", default()),
            ("count[]=7&count=8", ListOptions { count: 7, ..default() }),
            ("startIndex=-4", default()),
            ("startIndex=junk", default()),
            ("sortBy=a,b", ListOptions { sort_by: some("a"), ..default() }),
            ("sortBy=", default()),
            ("sortOrder=descending", ListOptions { descending: true, ..default() }),
            ("sortOrder=Descending", default()),
            ("sortOrder=desc", default()),
            (
                "filterBy=title&filterOp=contains&filterValue=x",
                ListOptions {
                    filter_by: some("title"),
                    filter_op: FilterOp::Contains,
                    filter_values: texts(&["x"]),
                    ..default()
                },
            ),
            ("filterOp=startsWith", ListOptions { filter_op: FilterOp::StartsWith, ..default() }),
            ("filterOp=endsWith", ListOptions { filter_op: FilterOp::EndsWith, ..default() }),
            ("filterOp=present", ListOptions { filter_op: FilterOp::Present, ..default() }),
            ("filterOp=junk", default()),
            (
                "filterValue=Smith%2C+John",
                ListOptions { filter_values: texts(&["Smith, John"]), ..default() },
            ),
            (
                "filterValue[]=a&filterValue[]=b",
                ListOptions { filter_values: texts(&["a", "b"]), ..default() },
            ),
            ("filterValue=", default()),
            ("updatedSince=2022-10-08", ListOptions { updated_since: some("2022-10-08"), ..default() }),
            ("fields=id,title", ListOptions { fields: texts(&["id", "title"]), ..default() }),
            ("fields[]=id&fields[]=title", ListOptions { fields: texts(&["id", "title"]), ..default() }),
            ("fields=", default()),
        ] {
            assert_eq!(ListOptions::from_query(Some(query)), expected, "{query}");
        }
        let searched = ListOptions::from_query(Some("filterValue=Smith%2C+John"));
        assert_eq!((searched.filter_value(), default().filter_value()), (Some("Smith, John"), None));
    }

    #[test]
    fn trimming() {
        // sheet r7/transport 5
        let fields = ["ID".to_owned(), "owner".to_owned()];
        for (mut response, expected) in [
            (
                json!({"id": 1, "title": "x", "owner": {"name": "n"}}),
                json!({"id": 1, "owner": {"name": "n"}}),
            ),
            (json!([{"id": 1, "a": 2}, {"a": 3}, null, 5]), json!([{"id": 1}, {}, null, 5])),
            (json!("text"), json!("text")),
        ] {
            trim_fields(&mut response, &fields);
            assert_eq!(response, expected);
        }
        let mut whole = json!({"id": 1, "title": "x"});
        trim_fields(&mut whole, &[]);
        assert_eq!(whole, json!({"id": 1, "title": "x"}));
    }
}
