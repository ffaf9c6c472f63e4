//! What the portal does with any list that its endpoint has not paged itself: filter, sort, skip, take
//! (sheet r7/transport 5). Pure.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::listing::{FilterOp, ListOptions};
use super::wire::Paging;
use super::{contract, dates};
use crate::kernel::time::Timestamp;

/// Whether a list of that many items comes out otherwise than it went in.
pub(crate) fn is_touched(options: &ListOptions, items: i64) -> bool {
    options.start_index > 0
        || (options.count > 0 && items > options.count)
        || options.sort_by.is_some()
        || options.since.is_some()
        || is_filtered(options)
}

fn is_filtered(options: &ListOptions) -> bool {
    options.filter_by.is_some() && !options.filter_values.is_empty()
}

/// Filters, sorts and cuts the items, which the schema calls `named`; says what the envelope tells of it.
pub(crate) fn apply(items: &mut Vec<Value>, named: &str, options: &ListOptions) -> Paging {
    let before = items.len();
    if let Some(since) = options.since {
        later(items, since);
    }
    if let Some(by) = options.filter_by.as_deref().filter(|_| is_filtered(options)) {
        filter(items, by, options);
    }
    if let Some(by) = options.sort_by.as_deref() {
        sort(items, by, options.descending);
    }
    contract::pick(items, named, options);
    let filtered = items.len();
    let start = usize::try_from(options.start_index).unwrap_or(usize::MAX);
    items.drain(..start.min(filtered));
    let count = usize::try_from(options.count).unwrap_or(0);
    let mut paging = Paging::default();
    if count > 0 {
        // sheet r7/transport 5: a total only where the list was longer than the page.
        if before > count {
            paging.total = i64::try_from(filtered).ok();
        }
        items.truncate(count);
        // sheet r7/transport 5: measured before filtering, and one too high.
        if items.len() == count && before.saturating_sub(start) > count {
            paging.next_index = Some(options.start_index + options.count + 1);
        }
    }
    paging
}

/// Keeps what changed later than that: by `updated`, or else by `created`. Where no item says either, all stay, as
/// upstream's compiled lists leave them (sheet r7/transport 5).
fn later(items: &mut Vec<Value>, since: Timestamp) {
    let changed = |item: &Value| {
        let date = item.get("updated").or_else(|| item.get("created"))?.as_str()?;
        // What the portal prints has its offset; the zone is for texts without one.
        dates::parse(date, &TimeZone::UTC).ok()
    };
    if items.iter().any(|item| changed(item).is_some()) {
        items.retain(|item| changed(item).is_some_and(|at| at > since));
    }
}

/// The value at a dotted path whose names ignore case.
fn at<'a>(item: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(item, |value, name| {
        let properties = value.as_object()?;
        properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// A scalar in the words of .NET's invariant culture; nothing for null, lists and objects.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Keeps what has one of the values. A property that no item has filters nothing, as upstream's.
fn filter(items: &mut Vec<Value>, by: &str, options: &ListOptions) {
    if !items.iter().any(|item| at(item, by).is_some()) {
        return;
    }
    let wanted: Vec<(&str, String)> =
        options.filter_values.iter().map(|value| (value.as_str(), value.to_lowercase())).collect();
    items.retain(|item| {
        let Some(text) = at(item, by).and_then(text) else { return false };
        let lower = text.to_lowercase();
        wanted.iter().any(|(exact, value)| match options.filter_op {
            FilterOp::Equals => lower == *value,
            FilterOp::Contains => lower.contains(value.as_str()),
            FilterOp::StartsWith => lower.starts_with(value.as_str()),
            FilterOp::EndsWith => lower.ends_with(value.as_str()),
            // sheet r7/transport 5: the only one with regard to case.
            FilterOp::Present => text.contains(exact),
        })
    });
}

/// Orders by a property. An unknown one, or one that holds no scalar, changes nothing.
fn sort(items: &mut [Value], by: &str, descending: bool) {
    let known = items.iter().filter_map(|item| at(item, by));
    if known.clone().all(Value::is_null) || known.clone().any(|value| value.is_array() || value.is_object()) {
        return;
    }
    // Stable both ways, as .NET's.
    items.sort_by(|a, b| {
        let order = compare(at(a, by), at(b, by));
        if descending { order.reverse() } else { order }
    });
}

/// Null first; the rest by its kind. sheet r7/transport 5: upstream drops the rows of null, we keep them.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let (a, b) = (a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)),
        },
        (Value::String(a), Value::String(b)) => {
            a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| b.cmp(a))
        }
        (a, b) => b.is_null().cmp(&a.is_null()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(query: &str) -> (String, Paging) {
        let mut items = vec![
            json!({ "id": 1, "title": "Beta", "size": 2.5, "by": { "name": "lena" } }),
            json!({ "id": 2, "title": "alpha", "size": 10.0, "by": { "name": "Otto" } }),
            json!({ "id": 3, "title": null, "size": -1.0, "by": { "name": "anna" }, "new": true }),
            json!({ "id": 4, "title": "Alphabet", "size": 2.0, "by": { "name": "lena" } }),
        ];
        let paging = apply(&mut items, "Thing", &ListOptions::from_query(Some(query)));
        (items.iter().map(|item| item["id"].to_string()).collect::<Vec<_>>().join(" "), paging)
    }

    #[test]
    fn filters_sorts_and_pages() {
        // sheet r7/transport 5
        for (query, expected, total, next) in [
            ("", "1 2 3 4", None, None),
            ("filterBy=title&filterValue=ALPHA", "2", None, None),
            ("filterBy=Title&filterValue=alpha&filterOp=startsWith", "2 4", None, None),
            ("filterBy=title&filterValue=ET&filterOp=endsWith", "4", None, None),
            ("filterBy=title&filterValue=lpha&filterOp=contains", "2 4", None, None),
            ("filterBy=title&filterValue=Alpha&filterOp=present", "4", None, None),
            ("filterBy=title&filterValue=beta&filterValue=alpha", "1 2", None, None),
            ("filterBy=by.name&filterValue=Lena", "1 4", None, None),
            ("filterBy=new&filterValue=true", "3", None, None),
            ("filterBy=id&filterValue=3", "3", None, None),
            ("filterBy=nothing&filterValue=3", "1 2 3 4", None, None),
            ("filterBy=title", "1 2 3 4", None, None),
            ("filterValue=alpha", "1 2 3 4", None, None),
            ("sortBy=title", "3 2 4 1", None, None),
            ("sortBy=title&sortOrder=descending", "1 4 2 3", None, None),
            ("sortBy=title&sortOrder=Descending", "3 2 4 1", None, None),
            ("sortBy=SIZE", "3 4 1 2", None, None),
            ("sortBy=by.name", "3 1 4 2", None, None),
            ("sortBy=by", "1 2 3 4", None, None),
            ("sortBy=nothing", "1 2 3 4", None, None),
            ("count=2", "1 2", Some(4), Some(3)),
            ("count=2&startIndex=2", "3 4", Some(4), None),
            ("count=2&startIndex=1", "2 3", Some(4), Some(4)),
            ("count=4", "1 2 3 4", None, None),
            ("count=0&startIndex=3", "4", None, None),
            ("startIndex=9", "", None, None),
            ("count=1&filterBy=by.name&filterValue=lena", "1", Some(2), Some(2)),
        ] {
            assert_eq!(ids(query), (expected.to_owned(), Paging { total, next_index: next }), "{query}");
        }
    }

    #[test]
    fn what_changed_later_stays() {
        let dated = |id: i32, updated: Value, created: Value| json!({ "id": id, "updated": updated, "created": created });
        let day = |day: i32| json!(format!("2026-02-{day:02}T09:00:00.0000000Z"));
        let only_created = json!({ "id": 4, "created": "2026-02-12T12:00:00.0000001+03:00" });
        let items = || {
            vec![
                dated(1, day(11), day(1)),
                dated(2, day(12), day(1)),
                dated(3, day(13), day(1)),
                only_created.clone(),
            ]
        };
        let zone = TimeZone::UTC;
        let since = |text: &str| {
            let since = dates::parse(text, &zone).ok();
            ListOptions { since, ..ListOptions::from_query(None) }
        };
        let ids =
            |items: &[Value]| items.iter().map(|item| item["id"].to_string()).collect::<Vec<_>>().join(" ");
        // sheet r7/transport 5: strictly later.
        for (text, expected) in
            [("2026-02-12T09:00:00Z", "3 4"), ("2026-02-11T08:59:59Z", "1 2 3 4"), ("2026-03-01", "")]
        {
            let mut items = items();
            assert_eq!(apply(&mut items, "Thing", &since(text)), Paging::default());
            assert_eq!(ids(&items), expected, "{text}");
        }
        let mut items = vec![json!({ "id": 1 }), json!({ "id": 2, "updated": null }), json!("text")];
        apply(&mut items, "Thing", &since("2026-03-01"));
        assert_eq!(items.len(), 3, "nothing here has a date");
        assert!(is_touched(&since("2026-03-01"), 1));
    }

    #[test]
    fn nothing_to_do_is_seen_beforehand() {
        let touched = |query: &str, items| is_touched(&ListOptions::from_query(Some(query)), items);
        assert!(!touched("filterValue=a&filterBy=&sortOrder=descending", 1000));
        assert!(touched("", 1001) && touched("count=2", 3) && touched("sortBy=a", 1));
        assert!(!touched("count=0", 5000));
    }
}
