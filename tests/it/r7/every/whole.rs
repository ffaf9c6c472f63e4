//! Every example, one after another, without a reset between them: a world repeats byte for byte, worlds keep to
//! themselves, and all that the portal keeps comes back out of its state document (contract 4).

use std::path::Path;

use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::examples;
use crate::support::temp::TempDir;
use crate::support::{App, builder};
use standin::Seed;

const ADMIN: &str = "standin-admin-token";
const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const OLGA: &str = "7d1a0000-0000-4000-8000-000000000003";

#[tokio::test]
async fn the_same_requests_get_the_same_bytes_whatever_another_world_does() {
    let (alone, busy) = (App::demo().await, App::demo().await);
    for example in examples() {
        for suffix in ["", ".xml"] {
            let expected = alone.send(example.request("", ADMIN, suffix)).await.print();
            busy.send(example.request("/w/other", ADMIN, suffix)).await;
            let answer = busy.send(example.request("", ADMIN, suffix)).await.print();
            assert_eq!(answer, expected, "{}", example.line);
        }
    }
    let state = alone.state().await;
    assert_eq!(busy.state().await, state);
    // Whatever came to pass, a world's document is one that can be put back.
    alone.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(alone.state().await, state);
}

/// Requests that fill what the examples leave empty: verb, path after `/api/2.0/`, body.
fn more() -> Vec<(&'static str, String, Value)> {
    let call = |verb, path: &str, body| (verb, path.to_owned(), body);
    vec![
        call("POST", "group", json!({ "groupName": "Sales", "groupManager": MIKE, "members": [OLGA] })),
        (
            "PUT",
            format!("people/{MIKE}"),
            json!({ "location": "Omsk", "comment": "Reads", "sex": "male", "title": "Boss", "disable": true, "lead": OLGA,
                "birthday": "1980-01-01T00:00:00Z", "worksfrom": "2020-01-01T00:00:00Z" }),
        ),
        (
            "PUT",
            format!("people/{MIKE}/contacts"),
            json!({ "contacts": [{ "type": "skype", "value": "mike" }] }),
        ),
        call("POST", "crm/case", json!({ "title": "Theft", "isPrivate": true, "accessList": [OLGA] })),
        call(
            "POST",
            "crm/opportunity",
            json!({ "title": "Mall", "stageId": 1, "responsibleId": MIKE, "bidCurrencyAbbr": "RUB", "description": "Big",
                "bidType": 1, "bidValue": 5, "perPeriodValue": 3, "isPrivate": true, "accessList": [OLGA] }),
        ),
        call("PUT", "files/hideconfirmconvert", json!({ "save": false })),
        call("PUT", "files/settings/autocleanup", json!({ "set": true, "gap": 2 })),
        call(
            "PUT",
            "files/docservice",
            json!({ "docServiceUrl": "http://docs.example.org/", "docServiceUrlInternal": "10.0.0.1",
                "docServiceUrlPortal": "http://portal.example.org/" }),
        ),
        call(
            "PUT",
            "files/7/properties",
            json!({ "fileProperties": { "formFilling": { "collectFillForm": true } } }),
        ),
        call("PUT", "files/fileops/bulkdownload", json!({ "fileIds": [7] })),
    ]
}

/// A demo world in a file, in which every example that removes nothing has been, and [`more`].
async fn used(path: &Path) -> Value {
    let app = App::of(builder().seed(Seed::Demo).database(path)).await;
    for example in examples() {
        let removes = ["delete", "emptytrash", "logout", "terminate", "photo"];
        if example.verb != "DELETE" && !removes.iter().any(|word| example.path.contains(word)) {
            app.send(example.request("", ADMIN, "")).await;
        }
    }
    let admin = app.admin();
    admin.upload("/api/2.0/people/mike/photo", "me.png", b"\x89PNG\r\n\x1a\nme").await.expect(201);
    let large = vec![0xA5; (1 << 20) + 1];
    admin.upload("/api/2.0/files/@my/upload", "large.bin", &large).await.expect(201);
    let start = json!({ "fileName": "half.bin", "fileSize": 2048 });
    let session = admin.post("/api/2.0/files/2/upload/create_session", start).await.expect(201).json();
    let address = session["response"]["data"]["location"].as_str().unwrap();
    let address = address.strip_prefix("http://portal.test").unwrap();
    app.anonymous().upload(address, "blob", &[1; 1024]).await.expect(200);
    for (verb, path, body) in more() {
        let path = format!("/api/2.0/{path}");
        let answer = match verb {
            "POST" => admin.post(&path, body).await,
            _ => admin.put(&path, body).await,
        };
        assert!(answer.status() < 300, "{}", answer.print());
    }
    let state = app.state().await;
    app.stop().await;
    state
}

/// The rows of a table.
struct Table {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Every table of the portal, as SQL literals, in a fixed order. Positions only order rows: that order is compared. The
/// names of series of parts mean nothing.
async fn dump(path: &Path) -> Vec<Table> {
    let mut conn = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'r7_*' ORDER BY name";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut conn).await.unwrap();
    let mut tables = Vec::new();
    for name in names {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
            .bind(&name)
            .fetch_all(&mut conn)
            .await
            .unwrap();
        let ordered = columns.iter().any(|column| column == "position");
        let columns: Vec<String> = columns.into_iter().filter(|column| column != "position").collect();
        let quoted: Vec<String> = columns
            .iter()
            .map(|column| match column.as_str() {
                "series" => "quote(iif(series IS NULL, NULL, 'parts'))".to_owned(),
                _ => format!("quote({column})"),
            })
            .collect();
        let mut sql = format!("SELECT {} FROM {name}", quoted.join(", "));
        if ordered {
            sql += " ORDER BY position";
        }
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
        let mut rows: Vec<Vec<String>> =
            rows.iter().map(|row| (0..columns.len()).map(|at| row.get(at)).collect()).collect();
        if !ordered {
            rows.sort();
        }
        tables.push(Table { name, columns, rows });
    }
    tables
}

/// Columns that nothing here fills: those of operations under way, of large archives and of links, which the tests of state
/// documents beside those calls fill, and those that only a state document can.
const ELSEWHERE: &[&str] = &[
    "r7_archive.series",
    "r7_blob_staged.series",
    "r7_crm_contact.photo",
    "r7_crm_contact.type_id",
    "r7_crm_list_item.description",
    "r7_crm_stage.description",
    "r7_operation.due",
    "r7_operation.ends",
    "r7_operation.error",
    "r7_operation.files",
    "r7_operation.folders",
    "r7_operation.job",
    "r7_operation.started",
    "r7_operation.steps",
    "r7_share.auto_delete",
    "r7_share.expires",
    "r7_share.password",
    "r7_share.title",
    "r7_user.avatar",
    "r7_user.culture",
];

#[tokio::test]
async fn every_column_of_the_portal_comes_back_out_of_the_state_document() {
    let dir = TempDir::new();
    let (first, second) = (dir.join("first.db"), dir.join("second.db"));
    let state = used(&first).await;
    let app = App::of(builder().database(second.clone())).await;
    app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(app.state().await, state);
    app.stop().await;
    let (before, after) = (dump(&first).await, dump(&second).await);
    let mut plain = Vec::new();
    let mut lost = Vec::new();
    for (table, copy) in before.iter().zip(&after) {
        assert_eq!((&table.name, &table.columns), (&copy.name, &copy.columns));
        for (at, column) in table.columns.iter().enumerate() {
            let name = format!("{}.{column}", table.name);
            let empty = ["NULL", "0", "''", "'[]'", "X''"];
            if table.rows.iter().all(|row| empty.contains(&row[at].as_str()))
                && !ELSEWHERE.contains(&name.as_str())
            {
                plain.push(name.clone());
            }
            let values = |table: &Table| table.rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>();
            let (values, copies) = (values(table), values(copy));
            if values != copies {
                let differing = values.iter().zip(&copies).find(|(value, copy)| value != copy);
                let short = |text: &String| text.chars().take(300).collect::<String>();
                let differing = differing.map(|(value, copy)| (short(value), short(copy)));
                lost.push(format!("{name}: {} rows, {}: {differing:?}", values.len(), copies.len()));
            }
        }
    }
    assert!(lost.is_empty(), "an import loses:\n{}", lost.join("\n"));
    assert!(
        plain.is_empty(),
        "nothing fills these, so nobody knows whether they come back:\n{}",
        plain.join("\n")
    );
}
