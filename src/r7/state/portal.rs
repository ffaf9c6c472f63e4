//! The portal's settings in state documents.

use serde_json::Value;
use sqlx::SqliteConnection;

use crate::kernel::state::StateError;
use crate::r7::portal::Choices;
use crate::r7::portal::rules::culture::{self, Named};
use crate::r7::portal::rules::zone::Zone;
use crate::r7::store;

/// Adds settings: what a document names takes the place of what an earlier one said.
pub(crate) async fn import(conn: &mut SqliteConnection, chosen: &Choices) -> Result<(), StateError> {
    if chosen.is_empty() {
        return Ok(());
    }
    check(chosen)?;
    let storage = |error: serde_json::Error| StateError::at("portal", error.to_string());
    let mut all = serde_json::to_value(store::portal::choices(conn).await?).map_err(storage)?;
    let new = serde_json::to_value(chosen).map_err(storage)?;
    if let (Value::Object(all), Value::Object(new)) = (&mut all, new) {
        all.extend(new);
    }
    store::portal::set_choices(conn, &serde_json::from_value(all).map_err(storage)?).await?;
    Ok(())
}

fn check(chosen: &Choices) -> Result<(), StateError> {
    if let Some(language) = &chosen.language
        && !matches!(culture::named(language), Named::Enabled(name) if name == language)
    {
        return Err(StateError::at("portal.language", format!("there is no culture {language}")));
    }
    if let Some(zone) = chosen.time_zone.as_deref().filter(|zone| Zone::named(zone).is_none()) {
        return Err(StateError::at("portal.timeZone", format!("there is no time zone {zone}")));
    }
    Ok(())
}

/// What administrators have set.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Choices, sqlx::Error> {
    store::portal::choices(conn).await
}
