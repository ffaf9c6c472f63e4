//! Nodes of processes: live and waiting documents. A process is reachable when neither it nor a folder above it is deleted.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::ConvId;
use crate::corezoid::model::draft::{Draft, Node};
use crate::corezoid::model::node::{Change, NodeDoc, NodeKind};
use crate::kernel::column::Json;

/// Who changes a node, when, and for which version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit {
    pub(crate) version: i64,
    pub(crate) user: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// A node as it is stored.
#[derive(Debug, FromRow)]
pub(crate) struct NodeRow {
    pub(crate) id: String,
    live: Option<String>,
    draft: Option<String>,
    draft_version: Option<i64>,
    draft_user_id: Option<i64>,
    draft_time: Option<i64>,
}

/// A stored document.
pub(crate) fn decode(text: &str) -> Result<NodeDoc, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

impl NodeRow {
    fn read(self) -> Result<Node, sqlx::Error> {
        let doc = |text: Option<String>| text.as_deref().map(decode).transpose();
        let draft = match self.draft_version {
            None => None,
            Some(version) => Some(Draft {
                version,
                user_id: self.draft_user_id.unwrap_or_default(),
                time: self.draft_time.unwrap_or_default(),
                doc: doc(self.draft)?,
            }),
        };
        Ok(Node { id: self.id, live: doc(self.live)?, draft })
    }
}

/// Stores a node as a draft; false: the process is not reachable, or has a start node already. One statement.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
    doc: &NodeDoc,
    edit: Edit,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO cz_node (id, conv_id, position, draft, draft_version, draft_user_id, draft_time)
         SELECT ?1, c.id, (SELECT coalesce(max(n.position), -1) + 1 FROM cz_node n WHERE n.conv_id = c.id), ?3, ?4, ?5, ?6
         FROM cz_reachable_conv c
         WHERE c.id = ?2
           AND NOT (?7 AND EXISTS (
               SELECT 1 FROM cz_node n WHERE n.conv_id = c.id AND n.obj_type = 1 AND NOT n.draft_deleted))",
    )
    .bind(id)
    .bind(conv)
    .bind(doc.to_json())
    .bind(edit.version)
    .bind(edit.user)
    .bind(edit.now)
    .bind(doc.obj_type == NodeKind::Start)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces the draft of a node, keeping what `change` says it keeps; false: there is no such node of this type in a
/// reachable process. One statement.
pub(crate) async fn set_draft(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
    change: &Change,
    edit: Edit,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_node SET
            draft = CASE WHEN ?7 OR ?8 OR ?9 THEN json_set(?3,
                '$.position', json(iif(?7, coalesce(draft, live), ?3) -> '$.position'),
                '$.extra', json(iif(?8, coalesce(draft, live), ?3) -> '$.extra'),
                '$.options', json(iif(?9, coalesce(draft, live), ?3) -> '$.options')) ELSE ?3 END,
            draft_version = ?4, draft_user_id = ?5, draft_time = ?6
         WHERE id = ?1 AND conv_id = ?2 AND NOT draft_deleted AND obj_type = ?10 AND EXISTS (
            SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?2)",
    )
    .bind(id)
    .bind(conv)
    .bind(change.doc.to_json())
    .bind(edit.version)
    .bind(edit.user)
    .bind(edit.now)
    .bind(change.keeps_position)
    .bind(change.keeps_extra)
    .bind(change.keeps_options)
    .bind(i64::from(change.doc.obj_type))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks a node for removal; one that was never deployed is gone at once. Without a version it joins the drafts that
/// wait. False: there is no such node in a reachable process. One statement.
pub(crate) async fn mark_deleted(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
    version: Option<i64>,
    (user, now): (i64, i64),
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_node SET draft = NULL, draft_deleted = 1, draft_user_id = ?4, draft_time = ?5,
            draft_version = coalesce(?3, (SELECT c.draft_version FROM cz_conv c WHERE c.id = ?2), ?5)
         WHERE id = ?1 AND conv_id = ?2 AND NOT draft_deleted AND EXISTS (
            SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?2)",
    )
    .bind(id)
    .bind(conv)
    .bind(version)
    .bind(user)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether a node of that id is in any process and not marked for removal.
pub(crate) async fn exists(conn: &mut SqliteConnection, id: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cz_node WHERE id = ? AND NOT draft_deleted)")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Every node of a reachable process, in the order they were made; `None`: there is no such process.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<Vec<Node>>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT n.id, n.live, n.draft, n.draft_version, n.draft_user_id, n.draft_time
         FROM cz_reachable_conv c LEFT JOIN cz_node n ON n.conv_id = c.id
         WHERE c.id = ?
         ORDER BY n.position",
    )
    .bind(conv)
    .fetch_all(conn)
    .await?;
    read_rows(rows)
}

/// A process as its editor shows it.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Version that was deployed last; 0: none was.
    pub(crate) confirmed: i64,
    /// The process that takes its errors.
    pub(crate) escalation: Option<i64>,
    /// In the order they were made.
    pub(crate) nodes: Vec<GraphNode>,
}

/// A node as the editor shows it.
#[derive(Debug)]
pub(crate) struct GraphNode {
    pub(crate) node: Node,
    /// Title of whoever saved its draft.
    pub(crate) nick: Option<String>,
    /// Tasks that stand in it.
    pub(crate) count: i64,
}

/// The graph of a process; the caller knows that it is there.
pub(crate) async fn graph(conn: &mut SqliteConnection, conv: ConvId) -> Result<Graph, sqlx::Error> {
    #[derive(FromRow)]
    struct GraphRow {
        last_confirmed_version: i64,
        escalation_conv: Option<i64>,
        nick: Option<String>,
        count: Option<i64>,
        #[sqlx(flatten)]
        row: Row,
    }
    let rows: Vec<GraphRow> = sqlx::query_as(
        "SELECT c.last_confirmed_version, c.escalation_conv, u.title AS nick,
                max((SELECT count(*) FROM cz_task t WHERE t.node_id = n.id) + n.dropped - n.uncounted, 0) AS count,
                n.id, n.live, n.draft, n.draft_version, n.draft_user_id, n.draft_time
         FROM cz_conv c LEFT JOIN cz_node n ON n.conv_id = c.id LEFT JOIN cz_user u ON u.id = n.draft_user_id
         WHERE c.id = ? ORDER BY n.position",
    )
    .bind(conv)
    .fetch_all(conn)
    .await?;
    let mut graph = Graph::default();
    for GraphRow { last_confirmed_version, escalation_conv, nick, count, row } in rows {
        graph.confirmed = last_confirmed_version;
        graph.escalation = escalation_conv;
        if let Some(node) = row.read().transpose()? {
            graph.nodes.push(GraphNode { node, nick, count: count.unwrap_or_default() });
        }
    }
    Ok(graph)
}

/// How many tasks stand in a node, in all and by status.
#[derive(Debug, Clone, Copy, FromRow)]
pub(crate) struct Counts {
    pub(crate) standing: i64,
    /// Those that its counter counts: a final node's may have been reset.
    pub(crate) count: i64,
    pub(crate) created: i64,
    pub(crate) processing: i64,
    pub(crate) delayed: i64,
}

/// One node of a reachable process: `None` without the process, `Some(None)` without the node.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
) -> Result<Option<Option<(Node, Counts)>>, sqlx::Error> {
    #[derive(FromRow)]
    struct CountedRow {
        #[sqlx(flatten)]
        row: Row,
        #[sqlx(flatten)]
        counts: Counts,
    }
    let row: Option<CountedRow> = sqlx::query_as(
        "SELECT n.id, n.live, n.draft, n.draft_version, n.draft_user_id, n.draft_time,
                (SELECT count(*) FROM cz_task t WHERE t.node_id = n.id) AS standing,
                coalesce(max((SELECT count(*) FROM cz_task t WHERE t.node_id = n.id) + n.dropped - n.uncounted, 0), 0) AS count,
                (SELECT count(*) FROM cz_task t WHERE t.node_id = n.id AND t.status = 'created') AS created,
                (SELECT count(*) FROM cz_task t WHERE t.node_id = n.id AND t.status = 'processing') AS processing,
                (SELECT count(*) FROM cz_task t WHERE t.node_id = n.id AND t.status = 'delayed') AS delayed
         FROM cz_reachable_conv c LEFT JOIN cz_node n ON n.conv_id = c.id AND n.id = ?2
         WHERE c.id = ?1",
    )
    .bind(conv)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let Some(CountedRow { row, counts }) = row else { return Ok(None) };
    Ok(Some(row.read().transpose()?.map(|node| (node, counts))))
}

/// Lets the counter of a final node of a reachable process start over; other nodes keep theirs. False: there is no such
/// node. One statement.
pub(crate) async fn reset(conn: &mut SqliteConnection, conv: ConvId, id: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_node SET uncounted = CASE obj_type
            WHEN 2 THEN (SELECT count(*) FROM cz_task t WHERE t.node_id = cz_node.id) + dropped ELSE uncounted END
         WHERE id = ?2 AND conv_id = ?1 AND NOT draft_deleted AND EXISTS (
            SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?1)",
    )
    .bind(conv)
    .bind(id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A process joined with its nodes: without any, one row of nulls.
#[derive(FromRow)]
struct Row {
    id: Option<String>,
    live: Option<String>,
    draft: Option<String>,
    draft_version: Option<i64>,
    draft_user_id: Option<i64>,
    draft_time: Option<i64>,
}

impl Row {
    fn read(self) -> Option<Result<Node, sqlx::Error>> {
        let Self { id, live, draft, draft_version, draft_user_id, draft_time } = self;
        id.map(|id| NodeRow { id, live, draft, draft_version, draft_user_id, draft_time }.read())
    }
}

fn read_rows(rows: Vec<Row>) -> Result<Option<Vec<Node>>, sqlx::Error> {
    if rows.is_empty() {
        return Ok(None);
    }
    rows.into_iter().filter_map(Row::read).collect::<Result<_, _>>().map(Some)
}

/// What a search for nodes looks through.
#[derive(Debug, FromRow)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) conv_id: ConvId,
    pub(crate) obj_type: i64,
    pub(crate) title: String,
    pub(crate) description: String,
}

/// Title and description of every node, of one process or of all.
pub(crate) async fn headings(
    conn: &mut SqliteConnection,
    conv: Option<ConvId>,
) -> Result<Vec<Heading>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.id, n.conv_id, n.obj_type, coalesce(n.draft, n.live) ->> 'title' AS title,
                coalesce(n.draft, n.live) ->> 'description' AS description
         FROM cz_reachable_conv c JOIN cz_node n ON n.conv_id = c.id
         WHERE (?1 IS NULL OR c.id = ?1) AND NOT n.draft_deleted
         ORDER BY c.id, n.position",
    )
    .bind(conv)
    .fetch_all(conn)
    .await
}

/// A node and its process, for documents.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) conv: i64,
    pub(crate) node: Node,
    /// Tasks that its counter leaves out.
    pub(crate) uncounted: i64,
    /// Tasks that it counted and did not keep.
    pub(crate) dropped: i64,
    /// Its sums: a JSON object.
    pub(crate) sums: Json<BTreeMap<String, f64>>,
    /// Which of its count semaphors have told that their number is reached: a JSON array.
    pub(crate) told: Json<BTreeSet<usize>>,
}

/// Every node of the world, process by process.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Placed>, sqlx::Error> {
    #[derive(FromRow)]
    struct RowWithCounts {
        conv_id: i64,
        uncounted: i64,
        dropped: i64,
        sums: Json<BTreeMap<String, f64>>,
        told: Json<BTreeSet<usize>>,
        #[sqlx(flatten)]
        node: NodeRow,
    }
    let rows: Vec<RowWithCounts> = sqlx::query_as(
        "SELECT conv_id, uncounted, dropped,
                (SELECT json_group_object(s.sum_id, s.value) FROM cz_counter s WHERE s.node_id = cz_node.id) AS sums,
                (SELECT json_group_array(h.position) FROM cz_threshold h WHERE h.node_id = cz_node.id) AS told,
                id, live, draft, draft_version, draft_user_id, draft_time
         FROM cz_node
         ORDER BY conv_id, position",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let RowWithCounts { conv_id, uncounted, dropped, sums, told, node } = row;
            Ok(Placed { conv: conv_id, node: node.read()?, uncounted, dropped, sums, told })
        })
        .collect()
}

/// Ids of `wanted` (a JSON array of texts) that are taken.
pub(crate) async fn taken(conn: &mut SqliteConnection, wanted: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM cz_node WHERE id IN (SELECT value FROM json_each(?))")
        .bind(wanted)
        .fetch_all(conn)
        .await
}

/// Stores nodes of a document: a JSON array of
/// `[id, conv, position, live | null, draft | null, deleted, version | null, user | null, time | null, uncounted,
/// dropped, sums as an object, told as an array]`.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, nodes: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_node (id, conv_id, position, live, draft, draft_deleted, draft_version, draft_user_id, draft_time,
                uncounted, dropped)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8, coalesce(value ->> 9, 0), coalesce(value ->> 10, 0)
         FROM json_each(?1);
         INSERT INTO cz_counter (node_id, sum_id, value)
         SELECT n.value ->> 0, s.key, s.value FROM json_each(?1) n JOIN json_each(n.value, '$[11]') s;
         INSERT INTO cz_threshold (node_id, position)
         SELECT n.value ->> 0, h.value FROM json_each(?1) n JOIN json_each(n.value, '$[12]') h",
    )
    .bind(nodes)
    .execute(conn)
    .await?;
    Ok(())
}
