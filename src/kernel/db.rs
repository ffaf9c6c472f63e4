//! Storage of one world: SQLite connections, units of work, migrations.
//!
//! A private in-memory world has one connection. A file has one writer and a few readers (WAL). No pool: a pool may
//! replace a connection whose user was cancelled, and with it a whole in-memory world (style sheet 3.0).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteOwnedBuf, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::ids::IdGen;
use super::schema::{APPLICATION_ID, Schema};

const READERS: usize = 3;

/// Statements that a connection keeps prepared: all that there are. To prepare one of the long ones takes ten times as
/// long as to execute it.
const STATEMENTS: usize = 600;

/// What a call needs of the database; part of every endpoint and op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads only.
    Read,
    /// Writes with **one** statement at most, so that in memory autocommit is its transaction. Saves two thread hops.
    Single,
    /// Writes with several statements, in one `BEGIN IMMEDIATE` transaction.
    Write,
}

struct Connection {
    sql: SqliteConnection,
    /// A transaction is open. Still set when the next user takes the connection only if a user panicked.
    open: bool,
}

/// The connections of one world.
pub(crate) struct Db {
    writer: Arc<Mutex<Connection>>,
    readers: Vec<Arc<Mutex<Connection>>>,
    turn: AtomicUsize,
}

/// A unit of work: a connection held exclusively, and the transaction on it. Only the pipelines, the control plane and
/// the seed loader make one; store functions get its `&mut SqliteConnection` and so can neither begin nor commit.
pub(crate) struct Unit {
    guard: OwnedMutexGuard<Connection>,
    keep_ids: bool,
}

impl Db {
    /// A private in-memory database made from `image` (as [`Db::image`] gave it).
    pub(crate) async fn memory(image: &[u8]) -> Result<Self, sqlx::Error> {
        let mut sql = memory_options().connect().await?;
        let image =
            SqliteOwnedBuf::try_from(image).map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
        sql.deserialize(None, image, false).await?;
        // `deserialize` replaces the database, and with it the pragmas that live in it.
        sqlx::raw_sql("PRAGMA foreign_keys = ON").execute(&mut sql).await?;
        Ok(Self::over(sql, Vec::new()))
    }

    /// A file that exists already.
    pub(crate) async fn file(path: &Path, schema: &Schema) -> Result<Self, OpenError> {
        let options = || {
            SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(false)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                // An image from `scratch` has no folder for temporary files.
                .pragma("temp_store", "MEMORY")
                // A state document goes in by one transaction; what the log grew to is given back after it.
                .pragma("journal_size_limit", "67108864")
                .busy_timeout(std::time::Duration::from_secs(5))
                .statement_cache_capacity(STATEMENTS)
                .log_statements(tracing::log::LevelFilter::Trace)
        };
        let wrong = |source| OpenError::Unreadable { path: path.to_owned(), source };
        inspect(path, schema)?;
        let mut sql = options().connect().await.map_err(wrong)?;
        let version: i64 = sqlx::query_scalar("SELECT user_version FROM pragma_user_version")
            .fetch_one(&mut sql)
            .await
            .map_err(wrong)?;
        if usize::try_from(version).unwrap_or(usize::MAX) > schema.steps.len() {
            return Err(OpenError::Newer { path: path.to_owned() });
        }
        // SQLite opens what it may not write for reading, and would say so only at the first write.
        sqlx::raw_sql("UPDATE world SET ids = ids").execute(&mut sql).await.map_err(wrong)?;
        schema.migrate(&mut sql).await.map_err(wrong)?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(options().connect().await.map_err(wrong)?);
        }
        Ok(Self::over(sql, readers))
    }

    fn over(writer: SqliteConnection, readers: Vec<SqliteConnection>) -> Self {
        let wrap = |sql| Arc::new(Mutex::new(Connection { sql, open: false }));
        Self {
            writer: wrap(writer),
            readers: readers.into_iter().map(wrap).collect(),
            turn: AtomicUsize::new(0),
        }
    }

    /// Whether what is committed outlives the process.
    pub(crate) fn durable(&self) -> bool {
        !self.readers.is_empty()
    }

    /// Waits for a connection and opens the transaction that `access` asks for.
    pub(crate) async fn begin(&self, access: Access) -> Result<Unit, sqlx::Error> {
        let read = access == Access::Read && self.durable();
        let connection = if read {
            &self.readers[self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len()]
        } else {
            &self.writer
        };
        let mut guard = Arc::clone(connection).lock_owned().await;
        if guard.open {
            sqlx::query("ROLLBACK").execute(&mut guard.sql).await?;
            guard.open = false;
        }
        let begin = match access {
            // In memory the connection is exclusive, so a read needs no snapshot of its own.
            Access::Read if !read => None,
            Access::Read => Some("BEGIN"),
            // A durable world stores the state of its ids with what was written under them, or repeats them after a kill.
            Access::Single if !self.durable() => None,
            Access::Single | Access::Write => Some("BEGIN IMMEDIATE"),
        };
        if let Some(begin) = begin {
            sqlx::query(begin).execute(&mut guard.sql).await?;
            guard.open = true;
        }
        Ok(Unit { guard, keep_ids: self.durable() && access != Access::Read })
    }

    /// The whole database as bytes.
    pub(crate) async fn image(&self) -> Result<SqliteOwnedBuf, sqlx::Error> {
        let mut guard = self.writer.lock().await;
        guard.sql.serialize(None).await
    }

    /// Closes the connections, so that a file is left without its WAL.
    pub(crate) async fn close(&self) {
        for connection in self.readers.iter().chain([&self.writer]) {
            let mut guard = connection.lock().await;
            // An in-memory database takes the place of the connection, which then closes when it is dropped.
            if let Ok(idle) = memory_options().connect().await {
                let old = std::mem::replace(&mut guard.sql, idle);
                let _ = old.close().await;
            }
        }
    }
}

impl Unit {
    /// The connection, for store functions.
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.guard.sql
    }

    /// Makes one transaction of what follows, where the unit was begun for a single statement ([`Access::Single`]) and more
    /// are to come. Never for a unit that reads.
    pub(crate) async fn widen(&mut self) -> Result<(), sqlx::Error> {
        if !self.guard.open {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut self.guard.sql).await?;
            self.guard.open = true;
        }
        Ok(())
    }

    /// Ends the unit and keeps its work. A durable world stores the state of its id generator with it.
    pub(crate) async fn commit(mut self, ids: &IdGen) -> Result<(), sqlx::Error> {
        if self.keep_ids {
            let sql = "UPDATE world SET ids = ?1 WHERE ids <> ?1";
            sqlx::query(sql).bind(ids.state().cast_signed()).execute(&mut self.guard.sql).await?;
        }
        if self.guard.open {
            sqlx::query("COMMIT").execute(&mut self.guard.sql).await?;
            self.guard.open = false;
        }
        Ok(())
    }

    /// Ends the unit and drops its work.
    pub(crate) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        if self.guard.open {
            sqlx::query("ROLLBACK").execute(&mut self.guard.sql).await?;
            self.guard.open = false;
        }
        Ok(())
    }
}

/// Why a database file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("database {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: sqlx::Error },
    #[error("database {}: {source}", path.display())]
    NoFile { path: PathBuf, source: std::io::Error },
    #[error("database {}: not a SQLite file", path.display())]
    NotSqlite { path: PathBuf },
    #[error("database {}: a SQLite file, but not one of standin's", path.display())]
    Foreign { path: PathBuf },
    #[error("database {}: written by a newer standin", path.display())]
    Newer { path: PathBuf },
}

/// Looks at a file's header, before SQLite opens it and changes the journal mode of what may be somebody else's.
///
/// <https://www.sqlite.org/fileformat.html#the_database_header>: the magic text, `user_version` at 60,
/// `application_id` at 68.
pub(crate) fn inspect(path: &Path, schema: &Schema) -> Result<(), OpenError> {
    use std::io::Read as _;
    let path = path.to_owned();
    let mut header = Vec::new();
    let read = std::fs::File::open(&path).and_then(|file| file.take(100).read_to_end(&mut header));
    if let Err(source) = read {
        return Err(OpenError::NoFile { path, source });
    }
    let number =
        |at: usize| header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_be_bytes);
    let (Some(version), Some(id)) = (number(60), number(68)) else {
        return Err(OpenError::NotSqlite { path });
    };
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::NotSqlite { path });
    }
    if id != APPLICATION_ID {
        return Err(OpenError::Foreign { path });
    }
    if usize::try_from(version).is_ok_and(|version| version > schema.steps.len()) {
        return Err(OpenError::Newer { path });
    }
    Ok(())
}

/// Bytes of a page of a database that stays in memory: small pages keep an idle world small (style sheet 3.0).
pub(crate) const SMALL_PAGES: u32 = 1024;
/// The same of one that becomes a file: as systems write them; of small ones a large log would have too many.
pub(crate) const FILE_PAGES: u32 = 4096;

/// What tells one empty database from another in this process: where its schema is told, and the size of a page.
type Blank = (usize, u32);

/// Empty databases by their schema: to make one takes far longer than to copy it, and every state document that
/// replaces a world begins with one.
static BLANKS: std::sync::Mutex<Vec<(Blank, Arc<[u8]>)>> = std::sync::Mutex::new(Vec::new());

/// A fresh in-memory database with its tables, to be filled and taken as an image; a file made of it has the same pages.
pub(crate) async fn blank(schema: &'static Schema, page_size: u32) -> Result<Db, sqlx::Error> {
    let key = (std::ptr::from_ref(schema).addr(), page_size);
    if let Some(image) = known_blank(key) {
        return Db::memory(&image).await;
    }
    let mut sql = memory_options().page_size(page_size).connect().await?;
    schema.lay(&mut sql).await?;
    let db = Db::over(sql, Vec::new());
    let image = Arc::from(db.image().await?.as_ref());
    BLANKS.lock().unwrap_or_else(PoisonError::into_inner).push((key, image));
    Ok(db)
}

fn known_blank(key: Blank) -> Option<Arc<[u8]>> {
    let known = BLANKS.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().find(|known| known.0 == key).map(|known| Arc::clone(&known.1))
}

fn memory_options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .in_memory(true)
        .page_size(SMALL_PAGES)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(STATEMENTS)
        .log_statements(tracing::log::LevelFilter::Trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCHEMA: Schema = Schema {
        whole: "",
        steps: &[
            ("0001", "CREATE TABLE world (ids INTEGER NOT NULL) STRICT; INSERT INTO world VALUES (0);"),
            ("0002", "CREATE TABLE t (x INTEGER NOT NULL) STRICT;"),
        ],
    };
    static OLDER: Schema = Schema { whole: "", steps: SCHEMA.steps.split_at(1).0 };

    async fn count(db: &Db) -> i64 {
        let mut unit = db.begin(Access::Read).await.unwrap();
        let n = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(unit.conn()).await.unwrap();
        unit.rollback().await.unwrap();
        n
    }

    #[tokio::test]
    async fn an_abandoned_transaction_is_rolled_back_by_the_next_user() {
        let db = blank(&SCHEMA, SMALL_PAGES).await.unwrap();
        let mut unit = db.begin(Access::Write).await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)").execute(unit.conn()).await.unwrap();
        drop(unit);
        assert_eq!(count(&db).await, 0);
    }

    #[tokio::test]
    async fn an_image_is_a_copy_of_its_own() {
        let db = blank(&SCHEMA, SMALL_PAGES).await.unwrap();
        let copy = Db::memory(db.image().await.unwrap().as_ref()).await.unwrap();
        let mut unit = copy.begin(Access::Write).await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)").execute(unit.conn()).await.unwrap();
        unit.commit(&IdGen::new(0)).await.unwrap();
        assert_eq!((count(&copy).await, count(&db).await), (1, 0));
    }

    #[tokio::test]
    async fn a_file_keeps_what_was_committed_and_the_state_of_the_ids() {
        let dir = std::env::temp_dir().join(format!("standin-db-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("a.db");
        std::fs::write(&path, blank(&SCHEMA, SMALL_PAGES).await.unwrap().image().await.unwrap()).unwrap();
        let db = Db::file(&path, &SCHEMA).await.unwrap();
        let mut unit = db.begin(Access::Write).await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)").execute(unit.conn()).await.unwrap();
        unit.commit(&IdGen::new(42)).await.unwrap();
        db.close().await;
        let db = Db::file(&path, &SCHEMA).await.unwrap();
        let mut unit = db.begin(Access::Read).await.unwrap();
        let ids: i64 = sqlx::query_scalar("SELECT ids FROM world").fetch_one(unit.conn()).await.unwrap();
        unit.rollback().await.unwrap();
        assert_eq!((count(&db).await, ids), (1, 42));
        std::fs::write(dir.join("b.db"), "not a database, but long enough to be looked at as one").unwrap();
        assert!(matches!(Db::file(&dir.join("b.db"), &SCHEMA).await, Err(OpenError::NotSqlite { .. })));
        assert!(matches!(Db::file(&path, &OLDER).await, Err(OpenError::Newer { .. })));
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
