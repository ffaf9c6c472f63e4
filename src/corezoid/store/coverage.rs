//! What is deployed of a process in outline, and which ways tasks have taken through it.

use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::{FromRow, SqliteConnection};

use crate::kernel::column::Json;

/// A deployed node in outline.
#[derive(Debug, FromRow)]
pub(crate) struct Outline {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) obj_type: i64,
    pub(crate) logics: Json<Vec<Logic>>,
    /// Where its timers lead.
    timers: Json<Vec<String>>,
}

/// A logic in outline.
#[derive(Debug, Deserialize)]
pub(crate) struct Logic {
    /// Its `type`.
    pub(crate) kind: String,
    to: Option<String>,
    err: Option<String>,
    /// Of a `go_if_const`: its comparisons as they were deployed.
    pub(crate) conditions: Vec<Map<String, Value>>,
}

impl Outline {
    /// The ways out of the node: their words in [`Visit::way`], where they lead, and the type of what leads there.
    pub(crate) fn ways(&self) -> Vec<(String, String, &str)> {
        let mut ways = Vec::new();
        for (index, logic) in self.logics.0.iter().enumerate() {
            if matches!(logic.kind.as_str(), "go" | "go_if_const") {
                let to = logic.to.clone().unwrap_or_default();
                ways.push((format!("logic:{index}"), to, logic.kind.as_str()));
            } else if let Some(err) = logic.err.as_ref().filter(|err| !err.is_empty()) {
                ways.push((format!("error:{index}"), err.clone(), logic.kind.as_str()));
            }
        }
        if let Some(to) = self.timers.0.first() {
            ways.push(("timer".to_owned(), to.clone(), "time"));
        }
        ways
    }
}

/// The deployed nodes of a process, in the order they were made.
pub(crate) async fn outlines(conn: &mut SqliteConnection, conv: i64) -> Result<Vec<Outline>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.id, n.live ->> 'title' AS title, n.live ->> 'obj_type' AS obj_type,
                (SELECT json_group_array(json_object('kind', coalesce(l.value ->> 'type', ''), 'to', l.value ->> 'to_node_id',
                    'err', l.value ->> 'err_node_id',
                    'conditions', json(CASE WHEN l.value ->> 'type' = 'go_if_const' THEN coalesce(l.value -> 'conditions',
                        json_array(json_object('param', l.value ->> 'param', 'fun', l.value ->> 'fun',
                            'const', l.value ->> 'const', 'cast', l.value ->> 'cast'))) ELSE '[]' END))) FROM json_each(n.live, '$.logics') l) AS logics,
                (SELECT json_group_array(s.value ->> 'to_node_id') FROM json_each(n.live, '$.semaphors') s
                 WHERE s.value ->> 'type' = 'time' AND s.value ->> 'to_node_id' IS NOT NULL) AS timers
         FROM cz_node n WHERE n.conv_id = ? AND n.live IS NOT NULL ORDER BY n.position",
    )
    .bind(conv)
    .fetch_all(conn)
    .await
}

/// How often tasks came to a node (way empty), or left it on one way.
#[derive(Debug, FromRow)]
pub(crate) struct Visit {
    pub(crate) node_id: String,
    pub(crate) way: String,
    pub(crate) times: i64,
}

/// Every way that tasks have taken through a process.
pub(crate) async fn visits(conn: &mut SqliteConnection, conv: i64) -> Result<Vec<Visit>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.node_id, v.way, v.times FROM cz_node n JOIN cz_visit v ON v.node_id = n.id WHERE n.conv_id = ?",
    )
    .bind(conv)
    .fetch_all(conn)
    .await
}
