//! Everybody in the portal, their groups and the tokens they hold, kept in memory: a sign-in check costs no statement.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::remembered::Remembered;
use crate::kernel::settings::Settings;
use crate::kernel::time::Timestamp;
use crate::r7::files::rules::settings::FilesSettings;
use crate::r7::portal::Portal;
use crate::r7::portal::rules::modules;
use crate::r7::store;
use crate::r7::store::people::{self, UserRow};
use crate::r7::store::setting;

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

/// A group of people, made by somebody or fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) manager: Option<Uuid>,
    /// In the order of the directory.
    pub(crate) members: Vec<Uuid>,
}

/// Everybody (sheet r7/crm 5, fixed ids).
pub(crate) const EVERYONE: Uuid = Uuid::from_u128(0xc5cc_67d1_c3e8_43c0_a3ad_3928_ae3e_5b5e);
/// Whoever has full rights.
pub(crate) const ADMINS: Uuid = Uuid::from_u128(0xcd84_e66b_b803_40fc_99f9_b296_9a54_a1de);
/// Everybody but guests.
pub(crate) const USERS: Uuid = Uuid::from_u128(0xabef_62db_11a8_4673_9d32_ef1d_8af1_9dc0);
/// Guests.
pub(crate) const VISITORS: Uuid = Uuid::from_u128(0xaced_04fa_dd96_4b35_af3e_346b_f1eb_972d);
/// The fixed groups with their names, which upstream does not translate. They are in no list of groups.
const FIXED: [(Uuid, &str); 4] =
    [(EVERYONE, "Everyone"), (ADMINS, "Admin"), (USERS, "User"), (VISITORS, "Visitor")];

/// A snapshot of users, groups and tokens.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) portal: Portal,
    /// In the order in which they were added.
    pub(crate) users: Vec<Arc<User>>,
    /// Those that somebody made, in the order in which they were added.
    pub(crate) groups: Vec<Group>,
    fixed: Vec<Group>,
    by_id: HashMap<Uuid, Arc<User>>,
    /// Of each person: groups that somebody made, then the fixed ones.
    groups_of: HashMap<Uuid, Vec<Uuid>>,
    files_settings: HashMap<Uuid, FilesSettings>,
    tokens: HashMap<String, (Uuid, Option<Timestamp>)>,
}

impl Directory {
    /// Reads users, groups and tokens.
    pub(crate) async fn load(conn: &mut SqliteConnection, settings: &Settings) -> Result<Self, sqlx::Error> {
        let mut directory = Self {
            portal: Portal::new(settings, store::portal::choices(conn).await?),
            users: Vec::new(),
            groups: Vec::new(),
            fixed: Vec::new(),
            by_id: HashMap::new(),
            groups_of: HashMap::new(),
            files_settings: HashMap::new(),
            tokens: HashMap::new(),
        };
        for row in people::list(conn).await? {
            let Ok(id) = Uuid::parse_str(&row.id) else { continue };
            let user = Arc::new(User { id, row });
            directory.by_id.insert(id, Arc::clone(&user));
            directory.users.push(user);
        }
        directory.groups = store::group::list(conn).await?.into_iter().filter_map(Group::read).collect();
        directory.enrol();
        for row in people::tokens(conn).await? {
            if let Ok(user) = Uuid::parse_str(&row.user_id) {
                directory.tokens.insert(row.token, (user, row.expires));
            }
        }
        for row in setting::all(conn).await? {
            if let Ok(user) = Uuid::parse_str(&row.user_id) {
                directory.files_settings.insert(user, row.settings);
            }
        }
        Ok(directory)
    }

    /// Fills the fixed groups, and finds the groups of each person.
    fn enrol(&mut self) {
        let fits = |id: Uuid, user: &User| match id {
            ADMINS => user.is_admin(),
            USERS => !user.row.is_visitor,
            VISITORS => user.row.is_visitor,
            _ => true,
        };
        self.fixed = FIXED
            .map(|(id, name)| Group {
                id,
                name: name.to_owned(),
                manager: None,
                members: self.users.iter().filter(|user| fits(id, user)).map(|user| user.id).collect(),
            })
            .into();
        for group in self.groups.iter().chain(&self.fixed) {
            for member in &group.members {
                self.groups_of.entry(*member).or_default().push(group.id);
            }
        }
    }

    /// Whether the person may change others: an admin of the portal, or of its people.
    pub(crate) fn manages_people(&self, person: &User) -> bool {
        person.is_admin() || self.portal.administers(person.id, modules::PEOPLE)
    }

    /// A group by its id, the fixed ones too.
    pub(crate) fn group(&self, id: Uuid) -> Option<&Group> {
        self.groups.iter().chain(&self.fixed).find(|group| group.id == id)
    }

    /// The ids of a person's groups: those that somebody made, then the fixed ones. Nobody's are none.
    pub(crate) fn groups_of(&self, user: Uuid) -> &[Uuid] {
        self.groups_of.get(&user).map_or(&[], Vec::as_slice)
    }

    /// The groups of a person that somebody made.
    pub(crate) fn departments(&self, user: Uuid) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.members.contains(&user))
    }

    /// What a person has set for documents.
    pub(crate) fn files_settings(&self, user: Uuid) -> FilesSettings {
        self.files_settings.get(&user).copied().unwrap_or_default()
    }

    /// Who lets the trash be cleaned, in no order, each with the gap after which.
    pub(crate) fn cleaners(&self) -> impl Iterator<Item = (Uuid, i64)> {
        let on = self.files_settings.iter().filter(|(_, settings)| settings.auto_clean_up);
        on.map(|(user, settings)| (*user, settings.clean_up_gap))
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

impl Group {
    fn read(row: store::group::GroupRow) -> Option<Self> {
        let members: Vec<Uuid> = serde_json::from_str(&row.members).unwrap_or_default();
        let manager = row.manager.and_then(|id| Uuid::parse_str(&id).ok());
        Some(Self { id: Uuid::parse_str(&row.id).ok()?, name: row.name, manager, members })
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
