//! Operation records: shown, consumed, waiting, ended (sheet r7/files 3.1).

use serde_json::{Value, json};
use standin::Operations;

use super::{MY, folder, start, titles, upload};
use crate::support::{App, builder};

async fn poll(app: &App) -> Vec<Value> {
    let answer = app.admin().get("/api/2.0/files/fileops").await.expect(200).json();
    answer["response"].as_array().unwrap().clone()
}

async fn advance(app: &App, by: &str) {
    app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await.expect(200);
}

/// Operations take a second; a.txt is file 1 in `@my`, folder 100 beside it.
async fn slow() -> App {
    let app = App::of(builder().operations(Operations::After(1000))).await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    folder(&app.admin(), MY, "f").await;
    app
}

#[tokio::test]
async fn a_record_is_shown_finished_exactly_once() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    let started = start(&app.admin(), "delete", json!({ "fileIds": [1] })).await;
    assert_eq!((&started["progress"], &started["finished"]), (&json!(100), &json!(false)));
    let polled = poll(&app).await;
    assert_eq!((polled.len(), &polled[0]["finished"], &polled[0]["id"]), (1, &json!(true), &started["id"]));
    assert_eq!(polled[0]["files"][0]["id"], 1);
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn with_delete_after_it_is_never_shown_again() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    start(&app.admin(), "delete", json!({ "fileIds": [1], "deleteAfter": true })).await;
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn the_next_operation_shows_the_one_before_after_itself() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    let first = start(&app.admin(), "delete", json!({ "fileIds": [1], "immediately": true })).await;
    let body = json!({ "fileIds": [7] });
    let answer = app.admin().put("/api/2.0/files/fileops/delete", body).await.expect(200).json();
    let list = answer["response"].as_array().unwrap();
    assert_eq!((list.len(), &list[1]["id"], &list[1]["finished"]), (2, &first["id"], &json!(true)));
    // Its file is gone, and is still listed as it was.
    assert_eq!(list[1]["files"][0]["title"], "a.txt");
    let unread = poll(&app).await;
    assert_eq!((unread.len(), &unread[0]["id"]), (1, &list[0]["id"]));
}

#[tokio::test]
async fn an_unread_record_is_dropped_after_ten_minutes() {
    let app = App::empty().await;
    start(&app.admin(), "delete", json!({ "fileIds": [1] })).await;
    advance(&app, "10m").await;
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn calls_without_items() {
    let app = App::empty().await;
    for call in ["move", "copy", "markasread"] {
        let path = format!("/api/2.0/files/fileops/{call}");
        let answer =
            app.admin().put(&path, json!({ "fileIds": null, "folderIds": [""] })).await.expect(200).json();
        assert_eq!(answer["response"], json!([]), "{call}");
    }
    // Deleting nothing is an operation all the same (sheet r7/files 9).
    let record = start(&app.admin(), "delete", json!({})).await;
    assert_eq!((&record["processed"], &record["error"]), (&json!("0"), &json!("")));
}

#[tokio::test]
async fn marks_are_dropped_by_a_real_operation() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    let body = json!({ "fileIds": [1, 9], "folderIds": ["2"] });
    let answer = app.admin().put("/api/2.0/files/fileops/markasread", body).await.expect(200).json();
    let record = &answer["response"][0];
    assert_eq!((&record["operation"], &record["processed"]), (&json!(4), &json!("2")));
}

#[tokio::test]
async fn a_slow_operation_takes_effect_when_the_clock_passes() {
    let app = slow().await;
    insta::assert_snapshot!(app.admin().delete("/api/2.0/files/file/1", Value::Null).await.print());
    assert_eq!(titles(&app.admin(), "@my").await, ["f", "a.txt"]);
    assert_eq!(poll(&app).await[0]["progress"], 0);
    advance(&app, "999ms").await;
    assert_eq!(poll(&app).await[0]["finished"], false);
    advance(&app, "1ms").await;
    assert_eq!(titles(&app.admin(), "@my").await, ["f"]);
    let done = poll(&app).await;
    assert_eq!(
        (&done[0]["progress"], &done[0]["finished"], &done[0]["processed"]),
        (&json!(100), &json!(true), &json!("1"))
    );
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn two_deletes_of_one_file_at_once_erase_nothing_but_what_they_should() {
    let app = slow().await;
    for _ in 0..2 {
        app.admin().delete("/api/2.0/files/file/1", json!({ "immediately": true })).await.expect(200);
    }
    advance(&app, "1s").await;
    let done = poll(&app).await;
    // Newest first.
    assert_eq!(
        (&done[0]["error"], &done[0]["processed"]),
        (&json!("The required file was not found"), &json!("0"))
    );
    assert_eq!((&done[1]["error"], &done[1]["processed"]), (&json!(""), &json!("1")));
}

#[tokio::test]
async fn of_two_deletes_in_the_same_moment_one_finds_nothing() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    let (one, two) = (app.admin(), app.admin());
    let body = || json!({ "immediately": true, "deleteAfter": true });
    let (left, right) = tokio::join!(
        one.delete("/api/2.0/files/file/1", body()),
        two.delete("/api/2.0/files/file/1", body())
    );
    let mut processed = [left, right].map(|exchange| {
        let record = exchange.expect(200).json()["response"][0].clone();
        (record["processed"].as_str().unwrap().to_owned(), record["error"].as_str().unwrap().to_owned())
    });
    processed.sort();
    let nothing = ("0".to_owned(), "The required file was not found".to_owned());
    assert_eq!(processed, [nothing, ("1".to_owned(), String::new())]);
    assert_eq!(app.state().await["r7"]["files"], json!([]));
}

#[tokio::test]
async fn a_move_started_while_a_delete_waits_finds_the_file_in_the_trash_and_restores_it() {
    let app = slow().await;
    app.admin().delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    let body = json!({ "destFolderId": 100, "fileIds": [1] });
    app.admin().put("/api/2.0/files/fileops/move", body).await.expect(200);
    advance(&app, "1s").await;
    assert_eq!(titles(&app.admin(), "100").await, ["a.txt"]);
    assert!(titles(&app.admin(), "@trash").await.is_empty());
}

#[tokio::test]
async fn a_move_into_a_folder_that_is_erased_meanwhile_fails_alone() {
    let app = slow().await;
    app.admin().delete("/api/2.0/files/folder/100", json!({ "immediately": true })).await.expect(200);
    let body = json!({ "destFolderId": 100, "fileIds": [1] });
    app.admin().put("/api/2.0/files/fileops/move", body).await.expect(200);
    advance(&app, "1s").await;
    assert_eq!(poll(&app).await[0]["error"], "The required folder was not found");
    assert_eq!(titles(&app.admin(), "@my").await, ["a.txt"]);
}

#[tokio::test]
async fn terminate_ends_what_waits() {
    let app = slow().await;
    app.admin().delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    let answer = app.admin().put("/api/2.0/files/fileops/terminate", json!({})).await.expect(200).json();
    let record = &answer["response"][0];
    assert_eq!((&record["error"], &record["finished"]), (&json!("The operation was canceled"), &json!(true)));
    advance(&app, "1h").await;
    assert_eq!(titles(&app.admin(), "@my").await, ["f", "a.txt"]);
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn a_waiting_operation_survives_export_and_import() {
    let app = slow().await;
    app.admin().delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    let state = app.state().await;
    assert_eq!(state["r7"]["operations"][0]["job"]["do"], "delete");
    app.anonymous().put("/_standin/state", state.clone()).await;
    assert_eq!(app.state().await, state);
    advance(&app, "2s").await;
    assert_eq!(titles(&app.admin(), "@trash").await, ["a.txt"]);
}

/// Four files, 1 to 4, in `@my`, folder 100 beside them; operations take a second.
async fn four() -> App {
    let app = App::of(builder().operations(Operations::After(1000))).await;
    for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
        upload(&app.admin(), MY, name, "x").await;
    }
    folder(&app.admin(), MY, "f").await;
    app
}

#[tokio::test]
async fn a_slow_operation_goes_on_item_by_item_while_the_clock_passes() {
    let app = four().await;
    let body = json!({ "destFolderId": 100, "fileIds": [1, 2, 3, 4] });
    let started = start(&app.admin(), "move", body).await;
    let picture = |record: &Value| {
        let key = |key: &str| record[key].clone();
        (key("progress"), key("processed"), key("finished"))
    };
    assert_eq!(picture(&started), (json!(0), json!("0"), json!(false)));
    let mut seen = Vec::new();
    for _ in 0..4 {
        advance(&app, "249ms").await;
        let record = poll(&app).await[0].clone();
        assert_eq!(record["id"], started["id"]);
        let moved = titles(&app.admin(), "100").await.len();
        assert_eq!(record["processed"], moved.to_string(), "what is counted is done");
        seen.push((record["progress"].as_i64().unwrap(), moved));
    }
    assert_eq!(seen, [(24, 0), (49, 1), (74, 2), (99, 3)]);
    advance(&app, "4ms").await;
    let done = poll(&app).await[0].clone();
    assert_eq!(picture(&done), (json!(100), json!("4"), json!(true)));
    assert_eq!((super::ids(&done, "files"), super::ids(&done, "folders")), (vec![1, 2, 3, 4], vec![100]));
    assert!(poll(&app).await.is_empty());
}

#[tokio::test]
async fn an_operation_gives_the_same_world_however_often_it_is_looked_at() {
    let mut worlds = Vec::new();
    for pieces in [["1s", "0s"], ["300ms", "700ms"]] {
        let app = four().await;
        app.admin().put("/api/2.0/files/fileops/delete", json!({ "fileIds": [4, 2, 1] })).await.expect(200);
        for by in pieces {
            advance(&app, by).await;
        }
        worlds.push(app.state().await);
    }
    assert_eq!(worlds[0], worlds[1]);
}

#[tokio::test]
async fn what_is_done_when_an_operation_is_ended_stays_done() {
    let app = four().await;
    let body = json!({ "fileIds": [1, 2, 3, 4], "immediately": true });
    start(&app.admin(), "delete", body).await;
    advance(&app, "600ms").await;
    let answer = app.admin().put("/api/2.0/files/fileops/terminate", json!({})).await.expect(200).json();
    let record = &answer["response"][0];
    assert_eq!(
        [&record["error"], &record["processed"], &record["progress"], &record["finished"]],
        [&json!("The operation was canceled"), &json!("2"), &json!(100), &json!(true)]
    );
    assert_eq!(super::ids(record, "files"), [1, 2]);
    advance(&app, "1h").await;
    assert_eq!(titles(&app.admin(), "@my").await, ["f", "c.txt", "d.txt"]);
}

#[tokio::test]
async fn a_half_done_operation_survives_export_and_import() {
    let app = four().await;
    start(&app.admin(), "copy", json!({ "destFolderId": 100, "fileIds": [1, 2, 3, 4] })).await;
    advance(&app, "500ms").await;
    let state = app.state().await;
    assert_eq!(
        (&state["r7"]["operations"][0]["steps"], &state["r7"]["operations"][0]["processed"]),
        (&json!(2), &json!(2))
    );
    app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(app.state().await, state);
    advance(&app, "1s").await;
    assert_eq!(titles(&app.admin(), "100").await, ["a.txt", "b.txt", "c.txt", "d.txt"]);
    for (key, wrong, message) in [
        ("ends", json!(null), "operations[0].ends: an operation has both `started` and `ends`, or neither"),
        ("steps", json!(-1), "operations[0].steps: not a number of steps"),
        ("started", json!("2030-01-01T00:00:00Z"), "operations[0].ends: an operation ends when"),
    ] {
        let mut document = state.clone();
        document["r7"]["operations"][0][key] = wrong;
        let answer = app.anonymous().put("/_standin/state", document).await.expect(400).json();
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
    }
}

#[tokio::test]
async fn what_stands_against_the_whole_is_seen_before_the_first_item() {
    let app = four().await;
    let body = json!({ "destFolderId": 100, "fileIds": [1, 2, 3], "folderIds": [100] });
    start(&app.admin(), "move", body).await;
    advance(&app, "1s").await;
    let record = poll(&app).await[0].clone();
    assert_eq!(
        (&record["error"], &record["processed"]),
        (&json!("You cannot copy the folder to its subfolder"), &json!("0"))
    );
    assert_eq!(titles(&app.admin(), "@my").await, ["f", "a.txt", "b.txt", "c.txt", "d.txt"]);
}

#[tokio::test]
async fn emptying_the_trash_slowly_takes_what_lay_in_it_when_it_began() {
    let app = four().await;
    app.admin().put("/api/2.0/files/fileops/delete", json!({ "fileIds": [1, 2] })).await.expect(200);
    advance(&app, "1s").await;
    poll(&app).await;
    let started = start(&app.admin(), "emptytrash", json!({})).await;
    assert_eq!(started["operation"], 2);
    // Deleted meanwhile: it stays there.
    app.admin().put("/api/2.0/files/fileops/delete", json!({ "fileIds": [3] })).await.expect(200);
    advance(&app, "1s").await;
    assert_eq!(titles(&app.admin(), "@trash").await, ["c.txt"]);
    let done = poll(&app).await;
    let emptied = done.iter().find(|record| record["id"] == started["id"]).unwrap();
    assert_eq!((&emptied["processed"], &emptied["finished"]), (&json!("2"), &json!(true)));
}

#[tokio::test]
async fn the_text_of_an_ended_operation_is_in_the_language_of_the_portal() {
    let app = App::of(builder().operations(Operations::After(1000)).language(standin::Language::Ru)).await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    app.admin().delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    let answer = app.admin().put("/api/2.0/files/fileops/terminate", json!({})).await.expect(200).json();
    assert_eq!(answer["response"][0]["error"], "Операция отменена");
}
