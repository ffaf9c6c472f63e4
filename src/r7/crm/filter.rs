//! What the lists of the CRM have in common: order, search words, dates, totals (sheet r7/crm 0, 3.4, 4.2).

use jiff::tz::TimeZone;

use super::rules::rights::Viewer;
use crate::r7::dates;
use crate::r7::error::Fault;
use crate::r7::listing::ListOptions;
use crate::r7::store::crm::{Page, Reader, Span};
use crate::r7::wire::Paging;

/// Order and direction where the request names none.
pub(crate) struct Order {
    pub(crate) sort: &'static str,
    pub(crate) descending: bool,
}

/// The page that a request asks for. A named order is ascending unless it says otherwise.
pub(crate) fn page(list: &ListOptions, default: &Order) -> Page {
    let (sort, descending) = match &list.sort_by {
        Some(name) => (name.to_lowercase(), list.descending),
        None => (default.sort.to_owned(), default.descending),
    };
    Page {
        words: words(list.filter_value().unwrap_or_default()),
        sort,
        descending,
        since: list.since,
        // sheet r7/transport 5: 0 cuts nothing.
        limit: if list.count == 0 { -1 } else { list.count },
        offset: list.start_index,
    }
}

/// Search words as storage takes them; every one must occur somewhere, in any case (sheet r7/crm 3.4).
fn words(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    serde_json::to_string(&words).unwrap_or_else(|_| "[]".to_owned())
}

/// Bounds from `fromDate` and `toDate`; the latter runs to the end of its day (sheet r7/crm 3.4).
pub(crate) fn span(from: Option<&str>, to: Option<&str>, zone: &TimeZone) -> Result<Span, Fault> {
    let from = from.map(|text| dates::parse(text, zone)).transpose()?;
    let to = to.map(|text| dates::parse(text, zone)).transpose()?;
    Ok(Span { from, to: to.map(|at| dates::end_of_day(at, zone)) })
}

/// Total, and where the next page starts: one too high, as upstream says it (sheet r7/transport 5).
pub(crate) fn paging(list: &ListOptions, rows: usize, total: i64) -> Paging {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let end = list.start_index.saturating_add(rows);
    let more = list.count != 0 && rows == list.count && end < total;
    Paging { total: Some(total), next_index: more.then(|| end.saturating_add(1)) }
}

/// Whose rows a list may show.
pub(crate) fn reader(viewer: Viewer) -> Reader {
    Reader { id: viewer.id.to_string(), admin: viewer.admin }
}
