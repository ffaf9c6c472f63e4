//! The portal's settings.

use sqlx::SqliteConnection;

use crate::r7::portal::Choices;

/// What administrators have chosen so far.
pub(crate) async fn choices(conn: &mut SqliteConnection) -> Result<Choices, sqlx::Error> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT choices FROM r7_portal").fetch_optional(conn).await?;
    let choices = text.map(|text| serde_json::from_str(&text)).transpose();
    choices.map(Option::unwrap_or_default).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Stores the choices.
pub(crate) async fn set_choices(conn: &mut SqliteConnection, choices: &Choices) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(choices).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "INSERT INTO r7_portal (id, choices) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET choices = excluded.choices",
    )
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}
