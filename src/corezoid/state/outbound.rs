//! Stubs of outbound calls in state documents.

use sqlx::SqliteConnection;

use crate::corezoid::rules::outbound::{self as rules, Stub};
use crate::corezoid::store::outbound as store;
use crate::kernel::state::StateError;

/// Adds stubs after those of documents before. A process or node that they name need not be there: a stub says which
/// calls it answers, not that there are any.
pub(super) async fn import(conn: &mut SqliteConnection, stubs: Vec<Stub>) -> Result<(), StateError> {
    if stubs.is_empty() {
        return Ok(());
    }
    let text = serde_json::to_string(&stubs).unwrap_or_default();
    rules::check(stubs)
        .map_err(|wrong| StateError::at(format!("outbound{}", wrong.place()), wrong.message.clone()))?;
    store::add(conn, &text).await?;
    Ok(())
}

/// Every stub with its count.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Stub>, sqlx::Error> {
    let rows = store::list(conn).await?;
    let read = |row: store::StubRow| {
        let stub: Stub =
            serde_json::from_str(&row.stub).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Stub { used: row.used, ..stub })
    };
    rows.into_iter().map(read).collect()
}
