//! Companies, users and keys in state documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::corezoid::store::user;
use crate::kernel::state::StateError;

/// A company.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    /// `i` and digits, or a UUID.
    id: String,
    title: String,
}

/// A user with API keys and session tokens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    id: i64,
    title: String,
    /// The company whose keys these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<Key>,
    /// Session tokens (`Authorization: Simulator …`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<String>,
}

/// An API key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    /// `API_LOGIN` of the URL.
    login: i64,
    secret: String,
}

/// Adds companies and users; a service without any gets its first.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    companies: &[Company],
    users: &[User],
) -> Result<(), StateError> {
    let fresh = user::list(conn).await?.is_empty();
    let (default_companies, default_users) = defaults();
    let bare = users.is_empty() && fresh;
    let known: Vec<String> = user::companies(conn).await?.into_iter().map(|(id, _)| id).collect();
    let companies =
        if bare && companies.is_empty() && known.is_empty() { &default_companies[..] } else { companies };
    // The first user belongs to the first company there is.
    let default_company = known.first().or(companies.first().map(|company| &company.id));
    let default_users = default_users.map(|user| User { company: default_company.cloned(), ..user });
    let users = if bare { &default_users[..] } else { users };
    for (index, company) in companies.iter().enumerate() {
        user::insert_company(conn, &company.id, &company.title)
            .await
            .map_err(|error| StateError::stored(error, &format!("companies[{index}].id")))?;
    }
    for (index, person) in users.iter().enumerate() {
        let path = format!("users[{index}]");
        user::insert(conn, person.id, &person.title, person.company.as_deref())
            .await
            .map_err(|error| StateError::stored(error, &path))?;
        for (index, key) in person.keys.iter().enumerate() {
            user::insert_key(conn, key.login, &key.secret, person.id)
                .await
                .map_err(|error| StateError::stored(error, &format!("{path}.keys[{index}]")))?;
        }
        for (index, token) in person.sessions.iter().enumerate() {
            user::insert_session(conn, token, person.id)
                .await
                .map_err(|error| StateError::stored(error, &format!("{path}.sessions[{index}]")))?;
        }
    }
    Ok(())
}

/// contract §2.
fn defaults() -> ([Company; 1], [User; 1]) {
    let company = Company { id: "i000000001".to_owned(), title: "Demo company".to_owned() };
    let user = User {
        id: 1,
        title: "API key".to_owned(),
        company: Some(company.id.clone()),
        keys: vec![Key { login: 12_345, secret: "secret".to_owned() }],
        sessions: vec!["standin-session-token".to_owned()],
    };
    ([company], [user])
}

/// Every company and user.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<(Vec<Company>, Vec<User>), sqlx::Error> {
    let companies = user::companies(conn).await?;
    let companies = companies.into_iter().map(|(id, title)| Company { id, title }).collect();
    let keys = user::keys(conn).await?;
    let sessions = user::sessions(conn).await?;
    let users = user::list(conn).await?.into_iter().map(|row| User {
        keys: keys
            .iter()
            .filter(|key| key.user_id == row.id)
            .map(|key| Key { login: key.login, secret: key.secret.clone() })
            .collect(),
        sessions: sessions
            .iter()
            .filter(|session| session.user_id == row.id)
            .map(|session| session.token.clone())
            .collect(),
        id: row.id,
        title: row.title,
        company: row.company_id,
    });
    Ok((companies, users.collect()))
}
