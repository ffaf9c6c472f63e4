//! The schema of this program: `migrations/`, and what they come to (`migrations/schema.sql`).

use crate::app::MIGRATIONS;
use crate::kernel::schema::Schema;

/// What every database of this program has.
pub(crate) static SCHEMA: Schema =
    Schema { whole: include_str!("../migrations/schema.sql"), steps: MIGRATIONS };

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::*;
    use crate::kernel::schema::script;

    const HEAD: &str = "-- What the numbered files beside this one come to. Made by `UPDATE_SCHEMA=1 cargo test --lib schema`; \
                        new databases begin here.\n";

    async fn made_by(schema: &Schema) -> String {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        schema.lay(&mut conn).await.unwrap();
        let script = format!("{HEAD}{}", script(&mut conn).await.unwrap());
        conn.close().await.unwrap();
        script
    }

    #[tokio::test]
    async fn a_new_database_begins_with_what_the_migrations_come_to() {
        let migrated = made_by(&Schema { whole: "", steps: MIGRATIONS }).await;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/schema.sql");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &migrated).unwrap();
            return;
        }
        let kept = std::fs::read_to_string(path).unwrap();
        let line = kept.lines().zip(migrated.lines()).position(|(kept, made)| kept != made);
        assert!(
            kept == migrated,
            "migrations/schema.sql is older than the migrations (line {line:?}): run UPDATE_SCHEMA=1 cargo test --lib schema"
        );
        // The script says again what it was made from, so nothing of it is lost on the way.
        assert!(
            made_by(&SCHEMA).await == migrated,
            "migrations/schema.sql makes another database than it tells of"
        );
    }

    #[tokio::test]
    async fn a_migration_that_the_script_does_not_have_yet_comes_after_it() {
        let more: &[_] = &[MIGRATIONS, &[("new", "CREATE TABLE one_more (x INTEGER) STRICT;")]].concat();
        let more: &'static [_] = more.to_vec().leak();
        let both = Schema { whole: SCHEMA.whole, steps: more };
        assert!(made_by(&both).await == made_by(&Schema { whole: "", steps: more }).await);
    }
}
