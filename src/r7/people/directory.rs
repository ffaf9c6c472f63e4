//! Everybody in the portal and the tokens they hold, kept in memory: a sign-in check costs no statement.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::remembered::Remembered;
use crate::kernel::settings::Settings;
use crate::kernel::time::Timestamp;
use crate::r7::portal::Portal;
use crate::r7::store;
use crate::r7::store::people::{self, UserRow};

/// A person of the portal.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) row: UserRow,
}

impl User {
    /// First and last name, as upstream shows it (HTML encoding is the wrapper's).
    pub(crate) fn display_name(&self) -> String {
        format!("{} {}", self.row.first_name, self.row.last_name).trim().to_owned()
    }

    /// Full rights everywhere: a portal admin, or the owner.
    pub(crate) fn is_admin(&self) -> bool {
        self.row.is_admin || self.row.is_owner
    }

    /// Whether the person may sign in.
    pub(crate) fn is_active(&self) -> bool {
        self.row.status != 2
    }
}

/// A snapshot of users and tokens.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) portal: Portal,
    /// In the order in which they were added.
    pub(crate) users: Vec<Arc<User>>,
    by_id: HashMap<Uuid, Arc<User>>,
    tokens: HashMap<String, (Uuid, Option<Timestamp>)>,
}

impl Directory {
    /// Reads users and tokens.
    async fn load(conn: &mut SqliteConnection, settings: &Settings) -> Result<Self, sqlx::Error> {
        let mut directory = Self {
            portal: Portal::new(settings, &store::portal::choices(conn).await?),
            users: Vec::new(),
            by_id: HashMap::new(),
            tokens: HashMap::new(),
        };
        for row in people::list(conn).await? {
            let Ok(id) = Uuid::parse_str(&row.id) else { continue };
            let user = Arc::new(User { id, row });
            directory.by_id.insert(id, Arc::clone(&user));
            directory.users.push(user);
        }
        for row in people::tokens(conn).await? {
            if let Ok(user) = Uuid::parse_str(&row.user_id) {
                directory.tokens.insert(row.token, (user, row.expires));
            }
        }
        Ok(directory)
    }

    /// The person with that id.
    pub(crate) fn user(&self, id: Uuid) -> Option<&Arc<User>> {
        self.by_id.get(&id)
    }

    /// The holder of a token that has not expired, and when it will.
    pub(crate) fn holder(&self, token: &str, now: Timestamp) -> Option<(&Arc<User>, Option<Timestamp>)> {
        let (user, expires) = self.tokens.get(token)?;
        if expires.is_some_and(|expires| expires <= now) {
            return None;
        }
        Some((self.user(*user).filter(|user| user.is_active())?, *expires))
    }

    /// Whoever answers to an e-mail address, a login name or a GUID (sheet r7/transport 6: all three are taken).
    pub(crate) fn named(&self, login: &str) -> Option<&Arc<User>> {
        let login = login.trim();
        let guid = Uuid::parse_str(login).ok();
        self.users.iter().find(|user| {
            Some(user.id) == guid
                || user.row.email.eq_ignore_ascii_case(login)
                || user.row.user_name.eq_ignore_ascii_case(login)
        })
    }

    /// The first admin: who acts under `--auth open`.
    pub(crate) fn first_admin(&self) -> Option<&Arc<User>> {
        self.users.iter().find(|user| user.is_admin()).or_else(|| self.users.first())
    }
}

/// The directory of a world; read again after a write has changed it.
#[derive(Default)]
pub(crate) struct People(Remembered<Directory>);

impl People {
    /// The directory, if it is in memory.
    pub(crate) fn known(&self) -> Option<Arc<Directory>> {
        self.0.known()
    }

    /// The directory, read if need be.
    pub(crate) async fn get(
        &self,
        conn: &mut SqliteConnection,
        settings: &Settings,
    ) -> Result<Arc<Directory>, sqlx::Error> {
        self.0.get(Directory::load(conn, settings)).await
    }

    /// Forgets it: a committed write has changed users or tokens.
    pub(crate) fn forget(&self) {
        self.0.forget();
    }
}
