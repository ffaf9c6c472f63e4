//! CRM: contacts, opportunities, cases, lists, history.

pub(crate) mod case;
pub(crate) mod column;
pub(crate) mod contact;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod list;
pub(crate) mod member;
pub(crate) mod opportunity;

use crate::kernel::time::Timestamp;

/// Whose rows a list may show.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// GUID.
    pub(crate) id: String,
    pub(crate) admin: bool,
}

/// What every list of the CRM takes: search, order, page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// JSON list of words in lower case; all of them must occur.
    pub(crate) words: String,
    /// Lower case; an unknown one leaves the order to the ids.
    pub(crate) sort: String,
    pub(crate) descending: bool,
    /// Only what was made later than this.
    pub(crate) since: Option<Timestamp>,
    /// -1: no limit.
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

/// Bounds on a date, both included.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}

/// Rows of a page, and how many there are on all pages.
#[derive(Debug)]
pub(crate) struct Hits<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) total: i64,
}

impl<T> Hits<T> {
    /// The page to ask for where this one lies behind the end and so carries no total.
    pub(crate) fn before(&self, page: &Page) -> Option<Page> {
        (self.rows.is_empty() && page.offset > 0).then(|| Page { limit: 1, offset: 0, ..page.clone() })
    }
}

/// A row of a list with the total beside it.
#[derive(Debug, sqlx::FromRow)]
struct Counted<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
{
    total: i64,
    #[sqlx(flatten)]
    row: T,
}

impl<T> From<Vec<Counted<T>>> for Hits<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
{
    fn from(counted: Vec<Counted<T>>) -> Self {
        let total = counted.first().map_or(0, |first| first.total);
        Self { rows: counted.into_iter().map(|counted| counted.row).collect(), total }
    }
}
