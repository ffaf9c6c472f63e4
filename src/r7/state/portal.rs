//! The portal's settings in state documents.

use std::collections::HashSet;

use serde_json::Value;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::state::StateError;
use crate::r7::portal::rules::culture::{self, Named};
use crate::r7::portal::rules::zone::Zone;
use crate::r7::portal::{Choices, version};
use crate::r7::store;

/// Adds settings: what a document names takes the place of what an earlier one said.
pub(crate) async fn import(conn: &mut SqliteConnection, chosen: &Choices) -> Result<(), StateError> {
    if chosen.is_empty() {
        return Ok(());
    }
    check(chosen)?;
    let people: HashSet<Uuid> =
        store::people::list(conn).await?.iter().filter_map(|row| Uuid::parse_str(&row.id).ok()).collect();
    for (product, named) in &chosen.administrators {
        if let Some(index) = named.iter().position(|id| !people.contains(id)) {
            let path = format!("portal.administrators.{product}[{index}]");
            return Err(StateError::at(path, format!("there is no user {}", named[index])));
        }
    }
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
    if let Some(version) = chosen.version.filter(|version| !version::is_known(*version)) {
        return Err(StateError::at("portal.version", format!("there is no version {version}")));
    }
    Ok(())
}

/// What administrators have set; whoever is gone since is left out.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Choices, sqlx::Error> {
    let mut choices = store::portal::choices(conn).await?;
    if !choices.administrators.is_empty() {
        let people: HashSet<String> =
            store::people::list(conn).await?.into_iter().map(|row| row.id).collect();
        choices.administrators.retain(|_, named| {
            named.retain(|id| people.contains(&id.to_string()));
            !named.is_empty()
        });
    }
    Ok(choices)
}
