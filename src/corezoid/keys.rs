//! API keys and session tokens, kept in memory: a signature check costs no statement.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::SqliteConnection;

use super::rules::people::key_name;
use super::store::user;
use crate::kernel::remembered::Remembered;

/// Who a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) user_id: i64,
    pub(crate) title: String,
    pub(crate) login: i64,
    /// Everything is refused to it (sheet corezoid/api 7).
    pub(crate) denied: bool,
}

/// A snapshot of keys and tokens.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    keys: HashMap<i64, (String, Caller)>,
    /// Logins by the names of their keys.
    names: HashMap<String, i64>,
    sessions: HashMap<String, Caller>,
    first: Option<Caller>,
}

impl KeyRing {
    async fn load(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut ring = Self::default();
        for row in user::keys(conn).await?.into_iter().filter(|row| !row.dead) {
            let caller =
                Caller { user_id: row.user_id, title: row.title, login: row.login, denied: row.denied };
            ring.first.get_or_insert_with(|| caller.clone());
            ring.names.insert(key_name(row.login), row.login);
            ring.keys.insert(row.login, (row.secret, caller));
        }
        for row in user::sessions(conn).await? {
            let login = ring
                .keys
                .values()
                .find(|(_, caller)| caller.user_id == row.user_id)
                .map_or(0, |(_, c)| c.login);
            let caller = Caller { user_id: row.user_id, title: row.title, login, denied: row.denied };
            ring.sessions.insert(row.token, caller);
        }
        Ok(ring)
    }

    /// The secret and the holder of a login: its number, or the name of its key, which `show user` calls `login` and which
    /// the official client stores as the login to sign with (sheet corezoid/api 7).
    pub(crate) fn key(&self, login: &str) -> Option<(&str, &Caller)> {
        let number = login.parse().ok().or_else(|| self.names.get(login).copied())?;
        self.keys.get(&number).map(|(secret, caller)| (secret.as_str(), caller))
    }

    /// The holder of a session token.
    pub(crate) fn session(&self, token: &str) -> Option<&Caller> {
        self.sessions.get(token)
    }

    /// Who acts under `--auth open`.
    pub(crate) fn first(&self) -> Option<&Caller> {
        self.first.as_ref()
    }
}

/// The keys of a world, read once.
#[derive(Default)]
pub(crate) struct Keys(Remembered<KeyRing>);

impl Keys {
    /// The keys, if they are in memory.
    pub(crate) fn known(&self) -> Option<Arc<KeyRing>> {
        self.0.known()
    }

    /// Forgets the keys: to be called after a commit that changed them.
    pub(crate) fn forget(&self) {
        self.0.forget();
    }

    /// The keys, read if need be.
    pub(crate) async fn get(&self, conn: &mut SqliteConnection) -> Result<Arc<KeyRing>, sqlx::Error> {
        self.0.get(KeyRing::load(conn)).await
    }
}
