//! Objects found by words: what `list convs` and `list dashboards` show.

use sqlx::{FromRow, SqliteConnection};

use super::item::Item;

/// Where a search looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// Everywhere.
    All,
    /// In no project.
    Folders,
    /// In any project.
    Projects,
    /// In one project, and in one stage of it if that is not 0.
    Project { id: i64, stage: i64 },
}

/// What a search looks for.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) company: Option<String>,
    pub(crate) around: Around,
    /// Part of title or description, or the id; of a process also part of a URL that its nodes call. ASCII letter case does
    /// not count.
    pub(crate) pattern: Option<String>,
    /// Of processes only.
    pub(crate) conv_type: Option<&'static str>,
    pub(crate) owner: Option<i64>,
    pub(crate) limit: i64,
}

impl Search {
    fn like(&self) -> Option<String> {
        self.pattern.as_ref().map(|text| {
            let text = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
            format!("%{text}%")
        })
    }

    /// Least and most project, and the stage, of what is looked for.
    const fn bounds(&self) -> (i64, i64, Option<i64>) {
        match self.around {
            Around::All => (0, i64::MAX, None),
            Around::Folders => (0, 0, None),
            Around::Projects => (1, i64::MAX, None),
            Around::Project { id, stage: 0 } => (id, id, None),
            Around::Project { id, stage } => (id, id, Some(stage)),
        }
    }
}

/// A process that was found.
#[derive(Debug, FromRow)]
pub(crate) struct FoundConv {
    #[sqlx(flatten)]
    pub(crate) item: Item,
    pub(crate) escalation_conv: Option<i64>,
    /// Empty: in none.
    pub(crate) project_title: String,
    pub(crate) stage_title: String,
}

/// Processes that are present, oldest first.
pub(crate) async fn convs(
    conn: &mut SqliteConnection,
    search: &Search,
    user: i64,
) -> Result<Vec<FoundConv>, sqlx::Error> {
    let (least, most, stage) = search.bounds();
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?1) AS favorite,
                (SELECT c.escalation_conv FROM cz_conv c WHERE c.id = i.id) AS escalation_conv,
                coalesce((SELECT p.title FROM cz_folder p WHERE p.id = i.project_id), '') AS project_title,
                coalesce((SELECT p.title FROM cz_folder p WHERE p.id = i.stage_id), '') AS stage_title
         FROM cz_item i
         WHERE i.obj = 'conv' AND i.company_id IS ?2 AND i.present AND (?5 IS NULL OR i.conv_type = ?5)
           AND (?6 IS NULL OR i.owner_id = ?6) AND i.project_id BETWEEN ?7 AND ?8 AND (?9 IS NULL OR i.stage_id = ?9)
           AND (?3 IS NULL OR i.title LIKE +?4 ESCAPE '!' OR i.description LIKE +?4 ESCAPE '!' OR i.id || '' = ?3
                OR EXISTS (SELECT 1 FROM cz_node n, json_each(n.live, '$.logics') l
                           WHERE n.conv_id = i.id AND n.live LIKE +?4 ESCAPE '!' AND l.value ->> 'url' LIKE +?4 ESCAPE '!'))
         ORDER BY i.id LIMIT ?10 + 0",
    )
    .bind(user)
    .bind(&search.company)
    .bind(&search.pattern)
    .bind(search.like())
    .bind(search.conv_type)
    .bind(search.owner)
    .bind(least)
    .bind(most)
    .bind(stage)
    .bind(search.limit)
    .fetch_all(conn)
    .await
}

/// Dashboards that are present, oldest first.
pub(crate) async fn dashboards(
    conn: &mut SqliteConnection,
    search: &Search,
    user: i64,
) -> Result<Vec<Item>, sqlx::Error> {
    let (least, most, stage) = search.bounds();
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?1) AS favorite
         FROM cz_item i
         WHERE i.obj = 'dashboard' AND i.company_id IS ?2 AND i.present AND (?5 IS NULL OR i.owner_id = ?5)
           AND i.project_id BETWEEN ?6 AND ?7 AND (?8 IS NULL OR i.stage_id = ?8)
           AND (?3 IS NULL OR i.title LIKE +?4 ESCAPE '!' OR i.description LIKE +?4 ESCAPE '!' OR i.id || '' = ?3)
         ORDER BY i.id LIMIT ?9 + 0",
    )
    .bind(user)
    .bind(&search.company)
    .bind(&search.pattern)
    .bind(search.like())
    .bind(search.owner)
    .bind(least)
    .bind(most)
    .bind(stage)
    .bind(search.limit)
    .fetch_all(conn)
    .await
}
