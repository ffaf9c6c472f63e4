//! Companies, users and keys in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::corezoid::ids::UserId;
use crate::corezoid::rules::people::LOGIN_TYPES;
use crate::corezoid::store::invite;
use crate::corezoid::store::user::{self, CompanyRow, UserRow};
use crate::kernel::column::Json;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A company.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    /// `i` and digits, or a UUID.
    id: String,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "Standing::is_active")]
    status: Standing,
    /// A user; absent: its first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    auth_providers: Vec<String>,
}

/// What companies and users may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    #[default]
    Actived,
    Blocked,
    Deleted,
}

const STANDINGS: [(Standing, &str); 3] =
    [(Standing::Actived, "actived"), (Standing::Blocked, "blocked"), (Standing::Deleted, "deleted")];

impl Standing {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_active(&self) -> bool {
        *self == Self::Actived
    }

    fn word(self) -> String {
        STANDINGS.iter().find(|row| row.0 == self).map_or("actived", |row| row.1).to_owned()
    }

    fn of(word: &str) -> Self {
        STANDINGS.iter().find(|row| row.1 == word).map_or(Self::Actived, |row| row.0)
    }
}

/// A user: a person with logins, or API keys and session tokens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    id: i64,
    title: String,
    /// The company that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// The user who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<i64>,
    /// Who is `blocked` is refused everything; who is `deleted` signs no more.
    #[serde(default, skip_serializing_if = "Standing::is_active")]
    status: Standing,
    /// Every op of it is answered with "Access denied".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    denied: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<Key>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    logins: Vec<Login>,
    /// Session tokens (`Authorization: Simulator …`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<String>,
}

/// How a person signs in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// `google`, `corezoid` and others.
    #[serde(rename = "type")]
    kind: String,
    login: String,
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
    now: Timestamp,
) -> Result<(), StateError> {
    let fresh = user::list(conn).await?.is_empty();
    let (default_companies, default_users) = defaults();
    let bare = users.is_empty() && fresh;
    let known: Vec<String> = user::companies(conn).await?.into_iter().map(|row| row.id).collect();
    let companies =
        if bare && companies.is_empty() && known.is_empty() { &default_companies[..] } else { companies };
    // The first user belongs to the first company there is.
    let default_company = known.first().or(companies.first().map(|company| &company.id));
    let default_users = default_users.map(|user| User { company: default_company.cloned(), ..user });
    let users = if bare { &default_users[..] } else { users };
    for (index, company) in companies.iter().enumerate() {
        let row = CompanyRow {
            id: company.id.clone(),
            title: company.title.clone(),
            description: company.description.clone(),
            status: company.status.word(),
            owner_id: company.owner,
            create_time: company.create_time.unwrap_or(now).seconds(),
            auth_providers: Json(company.auth_providers.clone()),
        };
        user::insert_company(conn, &row)
            .await
            .map_err(|error| StateError::stored(error, &format!("companies[{index}].id")))?;
    }
    for (index, person) in users.iter().enumerate() {
        import_user(conn, person, &format!("users[{index}]")).await?;
    }
    let ids: BTreeSet<i64> = user::list(conn).await?.into_iter().map(|row| row.id).collect();
    let owners = |kind: &'static str, owners: Vec<Option<i64>>| {
        let unknown =
            |(index, owner): (usize, Option<i64>)| Some((index, owner.filter(|id| !ids.contains(id))?));
        match owners.into_iter().enumerate().find_map(unknown) {
            Some((index, id)) => {
                Err(StateError::at(format!("{kind}[{index}].owner"), format!("there is no user {id}")))
            }
            None => Ok(()),
        }
    };
    owners("companies", companies.iter().map(|company| company.owner).collect())?;
    owners("users", users.iter().map(|user| user.owner).collect())
}

async fn import_user(conn: &mut SqliteConnection, person: &User, path: &str) -> Result<(), StateError> {
    let row = UserRow {
        id: person.id,
        title: person.title.clone(),
        company_id: person.company.clone(),
        status: person.status.word(),
        denied: person.denied,
        owner_id: person.owner,
    };
    user::insert(conn, &row).await.map_err(|error| StateError::stored(error, path))?;
    for (index, key) in person.keys.iter().enumerate() {
        user::insert_key(conn, key.login, &key.secret, person.id)
            .await
            .map_err(|error| StateError::stored(error, &format!("{path}.keys[{index}]")))?;
    }
    for (index, login) in person.logins.iter().enumerate() {
        let path = format!("{path}.logins[{index}]");
        if login.kind == "api" || !LOGIN_TYPES.contains(&login.kind.as_str()) {
            return Err(StateError::at(
                format!("{path}.type"),
                "a kind of login other than api, such as google",
            ));
        }
        invite::insert_login(conn, UserId(person.id), &login.kind, &login.login)
            .await
            .map_err(|error| StateError::stored(error, &path))?;
    }
    for (index, token) in person.sessions.iter().enumerate() {
        user::insert_session(conn, token, person.id)
            .await
            .map_err(|error| StateError::stored(error, &format!("{path}.sessions[{index}]")))?;
    }
    Ok(())
}

/// contract §2.
fn defaults() -> ([Company; 1], [User; 1]) {
    let company = Company {
        id: "i000000001".to_owned(),
        title: "Demo company".to_owned(),
        description: String::new(),
        status: Standing::Actived,
        owner: None,
        create_time: None,
        auth_providers: Vec::new(),
    };
    let user = User {
        id: 1,
        title: "API key".to_owned(),
        company: Some(company.id.clone()),
        owner: None,
        status: Standing::Actived,
        denied: false,
        logins: Vec::new(),
        keys: vec![Key { login: 12_345, secret: "secret".to_owned() }],
        sessions: vec!["standin-session-token".to_owned()],
    };
    ([company], [user])
}

/// Every company and user.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<(Vec<Company>, Vec<User>), sqlx::Error> {
    let companies = user::companies(conn).await?;
    let companies = companies.into_iter().map(|row| Company {
        id: row.id,
        title: row.title,
        description: row.description,
        status: Standing::of(&row.status),
        owner: row.owner_id,
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        auth_providers: row.auth_providers.0,
    });
    let companies = companies.collect();
    let logins = user::logins(conn).await?;
    let keys = user::keys(conn).await?;
    let sessions = user::sessions(conn).await?;
    let users = user::list(conn).await?.into_iter().map(|row| User {
        keys: keys
            .iter()
            .filter(|key| key.user_id == row.id)
            .map(|key| Key { login: key.login, secret: key.secret.clone() })
            .collect(),
        logins: logins
            .iter()
            .filter(|login| login.user_id == row.id)
            .map(|login| Login { kind: login.kind.clone(), login: login.login.clone() })
            .collect(),
        sessions: sessions
            .iter()
            .filter(|session| session.user_id == row.id)
            .map(|session| session.token.clone())
            .collect(),
        id: row.id,
        title: row.title,
        company: row.company_id,
        owner: row.owner_id,
        status: Standing::of(&row.status),
        denied: row.denied,
    });
    Ok((companies, users.collect()))
}
