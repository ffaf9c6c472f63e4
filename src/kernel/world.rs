//! Worlds: isolated copies of both services, each with its own data, ids and clock (contract §3).

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::sqlite::SqliteOwnedBuf;

use super::bulk;
use super::clock::{Clock, TimeSource};
use super::db::{self, Access, Db, OpenError};
use super::home::Home;
use super::ids::{IdGen, seed_of};
use super::schema::Schema;
use super::service::Service;
use super::settings::Settings;
use super::state::{self, Document, StateError};

/// The world that root URLs use.
pub(crate) const DEFAULT: &str = "default";

/// Header that chooses a world where the path does not.
pub(crate) const WORLD_HEADER: &str = "x-standin-world";

/// One isolated copy of both services.
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) db: Arc<Db>,
    pub(crate) clock: Clock,
    pub(crate) ids: IdGen,
    pub(crate) settings: Arc<Settings>,
    /// The server that it is a world of.
    pub(crate) home: Arc<Home>,
    parts: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    next_due: AtomicI64,
}

impl World {
    /// A service's own memory in this world (caches of tokens, keys, deployed graphs); made empty on first use and gone
    /// with the world when it is reset.
    pub(crate) fn part<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let found = self.parts.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let part = found.unwrap_or_else(|| {
            let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(parts.entry(key).or_insert_with(|| Arc::new(T::default())))
        });
        part.downcast().unwrap_or_default()
    }

    /// Tells the world that something falls due at `at` (ticks of its clock).
    pub(crate) fn due_at(&self, at: super::time::Timestamp) {
        self.next_due.fetch_min(at.0, Ordering::SeqCst);
    }

    /// A durable world was emptied and filled again: nothing in memory may speak of what was there before.
    fn restart(&self) {
        self.clock.restart(self.settings.clock);
        self.parts.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.next_due.store(i64::MIN, Ordering::SeqCst);
    }

    /// Whether something may have fallen due; if so the mark is taken off, and whoever asked does the work and sets the
    /// next mark.
    pub(crate) fn take_due(&self) -> bool {
        let next = self.next_due.load(Ordering::SeqCst);
        next <= self.clock.now().0
            && self.next_due.compare_exchange(next, i64::MAX, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// Where worlds live.
pub(crate) enum Storage {
    Memory,
    /// The default world is this file; others lie beside it, in `FILE.worlds/NAME.db`.
    File(PathBuf),
}

struct Image {
    bytes: SqliteOwnedBuf,
    /// Start of the id generator: a hash of the documents, so that ids never repeat ones that a document carries.
    ids: u64,
}

/// All worlds of a server.
pub(crate) struct Worlds {
    pub(crate) services: Arc<[Arc<dyn Service>]>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) home: Arc<Home>,
    schema: &'static Schema,
    time: Arc<dyn TimeSource>,
    storage: Storage,
    seed: Image,
    seed_documents: Vec<Document>,
    known: RwLock<BTreeMap<String, Arc<World>>>,
    making: tokio::sync::Mutex<()>,
    /// Held as long as a database file is in use; the system lets go of it even after `kill -9`.
    _lock: Option<std::fs::File>,
}

/// Why the worlds cannot be set up, or a document not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorldError {
    #[error("{origin}: {error}")]
    Document { origin: String, error: StateError },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
    #[error("database {}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("database {}: in use by another standin", .0.display())]
    InUse(PathBuf),
}

impl Worlds {
    /// Prepares the image of a fresh world from the seed, and opens the world `default`.
    pub(crate) async fn open(
        services: Arc<[Arc<dyn Service>]>,
        schema: &'static Schema,
        settings: Arc<Settings>,
        time: Arc<dyn TimeSource>,
        storage: Storage,
        seed_documents: Vec<Document>,
    ) -> Result<Self, WorldError> {
        let lock = match &storage {
            Storage::Memory => None,
            Storage::File(path) => Some(lock(path, schema)?),
        };
        let clock = Clock::new(Arc::clone(&time), settings.clock);
        let page_size = match &storage {
            Storage::Memory => db::SMALL_PAGES,
            Storage::File(_) => db::FILE_PAGES,
        };
        let (db, ids) = filled(&services, schema, page_size, &settings, &clock, &seed_documents).await?;
        let seed = Image { bytes: db.image().await?, ids };
        // Gone before the first world is made of its image: a large one would be held three times.
        drop(db);
        let worlds = Self {
            services,
            settings,
            home: Arc::default(),
            schema,
            time,
            storage,
            seed,
            seed_documents,
            known: RwLock::default(),
            making: tokio::sync::Mutex::default(),
            _lock: lock,
        };
        worlds.get(DEFAULT).await?;
        Ok(worlds)
    }

    /// Whether a text may name a world: `[A-Za-z0-9_-]{1,64}`.
    pub(crate) fn is_name(name: &str) -> bool {
        (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    }

    /// The world of that name, made from the seed on first use.
    pub(crate) async fn get(&self, name: &str) -> Result<Arc<World>, WorldError> {
        if let Some(world) = self.peek(name) {
            return Ok(world);
        }
        let _one_at_a_time = self.making.lock().await;
        if let Some(world) = self.peek(name) {
            return Ok(world);
        }
        let db = match self.path(name) {
            None => Db::memory(self.seed.bytes.as_ref()).await?,
            Some(path) => {
                if !is_there(&path) {
                    place(&path, self.seed.bytes.as_ref())?;
                }
                Db::file(&path, self.schema).await?
            }
        };
        Ok(self.keep(name, Arc::new(db)).await?)
    }

    /// Every world: those in use, and with a database file those that lie beside it.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: std::collections::BTreeSet<String> = self.lock_known().keys().cloned().collect();
        if let Some(folder) = self.folder()
            && let Ok(entries) = std::fs::read_dir(folder)
        {
            names.extend(entries.filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?.strip_suffix(".db")?.to_owned();
                Self::is_name(&name).then_some(name)
            }));
        }
        names.into_iter().collect()
    }

    /// Puts a world back to its seed: data, ids, clock, tokens.
    pub(crate) async fn reset(&self, name: &str) -> Result<(), WorldError> {
        self.put(name, None).await
    }

    /// Replaces the whole world by a document; on a mistake nothing changes.
    pub(crate) async fn replace(&self, name: &str, document: &Document) -> Result<(), WorldError> {
        self.put(name, Some(document)).await
    }

    async fn put(&self, name: &str, document: Option<&Document>) -> Result<(), WorldError> {
        let documents = document.map_or(&self.seed_documents[..], std::slice::from_ref);
        if self.path(name).is_none() {
            let (db, ids) = match document {
                Some(_) => {
                    filled(
                        &self.services,
                        self.schema,
                        db::SMALL_PAGES,
                        &self.settings,
                        &self.clock(),
                        documents,
                    )
                    .await?
                }
                None => (Db::memory(self.seed.bytes.as_ref()).await?, self.seed.ids),
            };
            self.known_as(name, Arc::new(db), ids);
            return Ok(());
        }
        let world = self.get(name).await?;
        let mut unit = world.db.begin(Access::Write).await?;
        match self.refill(unit.conn(), documents).await {
            Ok(ids) => {
                // Requests under way share the database, so they must share its ids and clock too. Whoever writes next
                // draws fresh ids; what was read before the commit stays with the caches that are thrown away after it.
                let before = world.ids.state();
                world.ids.restart(ids);
                if let Err(error) = unit.commit(&world.ids).await {
                    world.ids.restart(before);
                    return Err(error.into());
                }
                world.restart();
                Ok(())
            }
            Err(error) => {
                unit.rollback().await?;
                Err(error)
            }
        }
    }

    /// Empties a durable world and fills it from documents, inside the caller's transaction. Gives the start of its ids.
    async fn refill(
        &self,
        conn: &mut sqlx::SqliteConnection,
        documents: &[Document],
    ) -> Result<u64, WorldError> {
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *conn).await?;
        let tables: Vec<&str> = self.services.iter().flat_map(|service| service.tables()).copied().collect();
        bulk::empty(conn, &tables).await?;
        // From here on a dangling reference shows where it is made, so that the import can name its place.
        sqlx::raw_sql(
            "PRAGMA defer_foreign_keys = OFF; DELETE FROM sqlite_sequence;
             UPDATE world SET clock_mode = NULL, clock_ticks = NULL",
        )
        .execute(&mut *conn)
        .await?;
        fill(&self.services, &self.settings, &self.clock(), documents, conn).await
    }

    fn clock(&self) -> Clock {
        Clock::new(Arc::clone(&self.time), self.settings.clock)
    }

    /// Forgets a world and its file; `default` is reset instead.
    pub(crate) async fn drop_world(&self, name: &str) -> Result<bool, WorldError> {
        if name == DEFAULT {
            self.reset(name).await?;
            return Ok(true);
        }
        let _one_at_a_time = self.making.lock().await;
        let world = self.known.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        // In memory, a request under way ends in peace and takes the world with it.
        if let Some(world) = world.as_ref().filter(|world| world.db.durable()) {
            world.db.close().await;
        }
        let file = self.path(name).filter(|path| path.exists());
        if let Some(path) = &file {
            for suffix in ["", "-wal", "-shm"] {
                let mut part = path.clone().into_os_string();
                part.push(suffix);
                let _ = std::fs::remove_file(part);
            }
        }
        Ok(world.is_some() || file.is_some())
    }

    /// The world as a state document: JSON text.
    pub(crate) async fn export(&self, world: &World) -> Result<String, sqlx::Error> {
        let mut unit = world.db.begin(Access::Read).await?;
        let document = state::export(&self.services, unit.conn()).await;
        unit.rollback().await?;
        document
    }

    /// Stores a clock that was moved, where the world is durable.
    pub(crate) async fn keep_clock(&self, world: &World) -> Result<(), sqlx::Error> {
        if !world.db.durable() {
            return Ok(());
        }
        let (mode, ticks) = world.clock.saved();
        let mut unit = world.db.begin(Access::Single).await?;
        let sql = "UPDATE world SET clock_mode = ?, clock_ticks = ?";
        sqlx::query(sql).bind(mode).bind(ticks).execute(unit.conn()).await?;
        unit.commit(&world.ids).await
    }

    /// Does what fell due by a world's clock.
    pub(crate) async fn run_due(&self, world: &Arc<World>) -> Result<(), sqlx::Error> {
        for service in self.services.iter() {
            service.run_due(world).await?;
        }
        Ok(())
    }

    /// The same, and waits for whatever others are at: whoever asks then finds the world at rest.
    pub(crate) async fn settle(&self, world: &Arc<World>) -> Result<(), sqlx::Error> {
        for service in self.services.iter() {
            service.settle(world).await?;
        }
        Ok(())
    }

    /// Closes every database.
    pub(crate) async fn close(&self) {
        let worlds: Vec<_> = self.lock_known().values().cloned().collect();
        for world in worlds {
            if world.db.durable() {
                world.db.close().await;
            }
        }
    }

    /// A world that is in use, without making it.
    pub(crate) fn peek(&self, name: &str) -> Option<Arc<World>> {
        self.lock_known().get(name).cloned()
    }

    fn lock_known(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Arc<World>>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep(&self, name: &str, db: Arc<Db>) -> Result<Arc<World>, sqlx::Error> {
        let mut unit = db.begin(Access::Read).await?;
        let sql = "SELECT ids, clock_mode, clock_ticks FROM world";
        let (ids, mode, ticks): (i64, Option<String>, Option<i64>) =
            sqlx::query_as(sql).fetch_one(unit.conn()).await?;
        unit.rollback().await?;
        let world = self.known_as(name, db, ids.cast_unsigned());
        if let (Some(mode), Some(ticks)) = (mode, ticks) {
            world.clock.restore(&mode, ticks);
        }
        // What was waiting when the file was closed may be due.
        world.due_at(super::time::Timestamp(i64::MIN));
        Ok(world)
    }

    fn known_as(&self, name: &str, db: Arc<Db>, ids: u64) -> Arc<World> {
        let world = Arc::new(World {
            name: name.to_owned(),
            db,
            clock: Clock::new(Arc::clone(&self.time), self.settings.clock),
            ids: IdGen::new(ids),
            settings: Arc::clone(&self.settings),
            home: Arc::clone(&self.home),
            parts: RwLock::default(),
            next_due: AtomicI64::new(i64::MIN),
        });
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), Arc::clone(&world));
        world
    }

    fn folder(&self) -> Option<PathBuf> {
        let Storage::File(path) = &self.storage else { return None };
        let mut folder = path.clone().into_os_string();
        folder.push(".worlds");
        Some(folder.into())
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        match &self.storage {
            Storage::Memory => None,
            Storage::File(path) if name == DEFAULT => Some(path.clone()),
            Storage::File(_) => Some(self.folder()?.join(format!("{name}.db"))),
        }
    }
}

/// Whether there is a database to open. An empty file is what `mktemp` and mounts leave: as good as none.
fn is_there(path: &std::path::Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() || found.len() > 0)
}

/// Makes sure that no other server uses the file: its ids and caches would not be ours.
fn lock(path: &std::path::Path, schema: &Schema) -> Result<std::fs::File, WorldError> {
    let wrong = |source| WorldError::File { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(wrong(std::io::ErrorKind::IsADirectory.into()));
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(wrong)?;
    }
    if is_there(path) {
        db::inspect(path, schema)?;
    }
    // A file of its own: closing a second handle of the database would drop SQLite's locks on it.
    let mut beside = path.to_owned().into_os_string();
    beside.push(".lock");
    let file = std::fs::File::create(PathBuf::from(beside)).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(WorldError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(wrong(source)),
    }
}

/// Puts a new database file in its place in one step, so that a kill never leaves half of one.
fn place(path: &std::path::Path, bytes: &[u8]) -> Result<(), WorldError> {
    let wrong = |source| WorldError::File { path: path.to_owned(), source };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(wrong)?;
    }
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    std::fs::write(&part, bytes).map_err(wrong)?;
    std::fs::rename(&part, path).map_err(wrong)
}

/// A database in memory that holds `documents`, and the start of its ids.
async fn filled(
    services: &[Arc<dyn Service>],
    schema: &'static Schema,
    page_size: u32,
    settings: &Settings,
    clock: &Clock,
    documents: &[Document],
) -> Result<(Db, u64), WorldError> {
    let db = db::blank(schema, page_size).await?;
    let mut unit = db.begin(Access::Write).await?;
    let ids = fill(services, settings, clock, documents, unit.conn()).await?;
    unit.commit(&IdGen::new(ids)).await?;
    Ok((db, ids))
}

/// Adds documents to an empty world and stores where its ids start.
async fn fill(
    services: &[Arc<dyn Service>],
    settings: &Settings,
    clock: &Clock,
    documents: &[Document],
    conn: &mut sqlx::SqliteConnection,
) -> Result<u64, WorldError> {
    let mut ids = 0;
    for document in documents {
        ids = seed_of(&document.text, ids);
        document
            .import(services, conn, settings, clock.now())
            .await
            .map_err(|error| WorldError::Document { origin: document.origin.clone(), error })?;
    }
    sqlx::query("UPDATE world SET ids = ?").bind(ids.cast_signed()).execute(conn).await?;
    Ok(ids)
}
