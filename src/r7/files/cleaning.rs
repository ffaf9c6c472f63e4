//! Trashes of those who let theirs be cleaned (`settings/autocleanup`): what lies there too long is erased when the
//! world's clock passes its moment (sheet r7/files 3.3).

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::rules::cleaning;
use crate::kernel::time::Timestamp;
use crate::r7::people::directory::Directory;
use crate::r7::store;

/// When the next entry is erased. No statement as long as nobody lets clean.
pub(super) async fn next_due(
    conn: &mut SqliteConnection,
    directory: &Directory,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let owners: Vec<Uuid> = directory.cleaners().map(|(owner, _)| owner).collect();
    if owners.is_empty() {
        return Ok(None);
    }
    let oldest = store::cleaning::oldest(conn, &serde_json::to_string(&owners).unwrap_or_default()).await?;
    let moments = oldest.into_iter().map(|(owner, trashed)| {
        let gap = directory.files_settings(Uuid::parse_str(&owner).unwrap_or_default()).clean_up_gap;
        cleaning::erased_at(trashed, gap, &directory.portal.zone)
    });
    Ok(moments.min())
}

/// Erases what is to be erased by `now`. No statement as long as nobody lets clean.
pub(super) async fn clean(
    conn: &mut SqliteConnection,
    directory: &Directory,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let zone = &directory.portal.zone;
    let cutoffs: Vec<(Uuid, i64)> =
        directory.cleaners().map(|(owner, gap)| (owner, cleaning::cutoff(now, gap, zone).0)).collect();
    if cutoffs.is_empty() {
        return Ok(());
    }
    store::cleaning::erase(conn, &serde_json::to_string(&cutoffs).unwrap_or_default()).await
}
