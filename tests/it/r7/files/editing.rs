//! Files that are open in the editor, and the recent ones (sheet r7/files 1, 3.2, 6).

use serde_json::{Value, json};

use super::{COMMON, MY, folder, start, titles, upload, with_lena};
use crate::support::{App, Identity, builder};

async fn advance(app: &App, by: &str) {
    app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await.expect(200);
}

async fn start_edit(who: &Identity<'_>, file: i64, alone: bool) -> String {
    let path = format!("/api/2.0/files/file/{file}/startedit");
    let answer = who.post(&path, json!({ "editingAlone": alone })).await.expect(201).json();
    answer["response"].as_str().unwrap().to_owned()
}

async fn status(who: &Identity<'_>, file: i64) -> Value {
    who.get(&format!("/api/2.0/files/file/{file}")).await.expect(200).json()["response"]["fileStatus"].clone()
}

async fn track(who: &Identity<'_>, file: i64, key: &str, finish: bool) -> Value {
    let path = format!("/api/2.0/files/file/{file}/trackeditfile?docKeyForTrack={key}&isFinish={finish}");
    who.get(&path).await.expect(200).json()["response"].clone()
}

#[tokio::test]
async fn an_editor_that_is_alone_keeps_others_out_as_long_as_it_says_so() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    let file = upload(&admin, COMMON, "a.docx", "a").await;
    let key = start_edit(&admin, file, true).await;
    // To Lena it is new besides.
    assert_eq!((status(&admin, file).await, status(&lena, file).await), (json!(17), json!(19)));
    let again = admin.post("/api/2.0/files/file/1/startedit", json!({})).await.expect(403).json();
    assert_eq!(again["error"]["message"], "This document is being edited by you in another tab");
    advance(&app, "11s").await;
    assert_eq!(track(&admin, file, &key, false).await, json!({ "key": true, "value": "" }));
    advance(&app, "11s").await;
    assert_eq!(status(&admin, file).await, 17);
    advance(&app, "1s").await;
    assert_eq!(status(&admin, file).await, 0);
    start_edit(&admin, file, true).await;
    track(&admin, file, &key, true).await;
    assert_eq!(status(&admin, file).await, 0);
}

#[tokio::test]
async fn the_editors_calls_answer_like_the_real_ones() {
    let app = App::empty().await;
    let admin = app.admin();
    let file = upload(&admin, MY, "Отчёт.docx", "a").await;
    insta::assert_snapshot!(admin.post("/api/2.0/files/file/1/startedit", json!({})).await.print());
    let wrong = "/api/2.0/files/file/1/trackeditfile?docKeyForTrack=x";
    insta::assert_snapshot!(admin.get(wrong).await.print());
    insta::assert_snapshot!(
        admin.get("/api/2.0/files/file/1/trackeditfile.xml?docKeyForTrack=x").await.print()
    );
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1/openedit").await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1/openedit.xml").await.print());
    insta::assert_snapshot!(app.anonymous().get("/api/2.0/files/file/1/openedit").await.print());
    let body = admin.request(axum::http::Method::PUT, "/api/2.0/files/file/1/saveediting");
    let saved = app.send(body.body(axum::body::Body::from("more")).unwrap()).await;
    insta::assert_snapshot!(saved.print());
    assert_eq!(super::bytes(&admin, file).await, b"more");
}

#[tokio::test]
async fn what_somebody_has_open_is_neither_deleted_nor_overwritten() {
    for (language, deleted, updated) in [
        (
            standin::Language::En,
            "Cannot delete the file because it is opened for editing",
            "Cannot update the file because it's opened for editing",
        ),
        (
            standin::Language::Ru,
            "Невозможно удалить файл, т.к. файл открыт на редактирование",
            "Невозможно обновить файл, т.к. файл открыт на редактирование",
        ),
    ] {
        let app = App::of(builder().language(language)).await;
        let admin = app.admin();
        let outer = folder(&admin, MY, "outer").await;
        let inner = folder(&admin, outer, "inner").await;
        let file = upload(&admin, inner, "a.docx", "old").await;
        let other = upload(&admin, MY, "a.docx", "new").await;
        start_edit(&admin, file, false).await;
        assert_eq!(status(&admin, file).await, 1);
        for body in [json!({ "fileIds": [file] }), json!({ "folderIds": [outer], "immediately": true })] {
            let record = start(&admin, "delete", body).await;
            assert_eq!((&record["error"], &record["processed"]), (&json!(deleted), &json!("0")));
        }
        let body = json!({ "fileIds": [other], "destFolderId": inner, "conflictResolveType": "Overwrite" });
        let record = start(&admin, "move", body).await;
        assert_eq!((&record["error"], &record["processed"]), (&json!(updated), &json!("0")));
        assert_eq!(super::bytes(&admin, file).await, b"old");
        // An upload under its title becomes a namesake.
        let path = format!("/api/2.0/files/{inner}/upload?createNewIfExist=false");
        admin.upload(&path, "a.docx", b"third").await.expect(201);
        assert_eq!(titles(&admin, &inner.to_string()).await, ["a.docx", "a.docx"]);
        advance(&app, "60s").await;
        let record = start(&admin, "delete", json!({ "folderIds": [outer] })).await;
        assert_eq!(record["error"], "");
    }
}

#[tokio::test]
async fn opening_needs_the_right_and_the_format() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    let mine = upload(&admin, MY, "a.docx", "a").await;
    let common = upload(&admin, COMMON, "b.docx", "b").await;
    let picture = upload(&admin, COMMON, "c.png", "c").await;
    let text = |answer: Value| answer["error"]["message"].as_str().unwrap().to_owned();
    let state = app.state().await;
    for (file, expected) in [
        (mine, "You don't have enough permission to view the file"),
        (common, "You do not have enough permissions to edit the file"),
        (777, "The required file was not found"),
    ] {
        let refused =
            lena.post(&format!("/api/2.0/files/file/{file}/startedit"), json!({})).await.expect(403);
        assert_eq!(text(refused.json()), expected);
    }
    let refused = lena.get(&format!("/api/2.0/files/file/{picture}/openedit")).await.expect(403);
    assert_eq!(text(refused.json()), "Sorry, this file format isn't supported");
    assert_eq!(app.state().await, state);
    let open = lena.get(&format!("/api/2.0/files/file/{common}/openedit")).await.expect(200).json();
    assert_eq!(open["response"]["editorConfig"]["mode"], "view");
    start(&admin, "delete", json!({ "fileIds": [mine] })).await;
    let refused = admin.get(&format!("/api/2.0/files/file/{mine}/openedit")).await.expect(403);
    assert_eq!(text(refused.json()), "You are not allowed to preview the elements in the Trash");
}

#[tokio::test]
async fn recent_files_come_in_the_order_of_visits_for_a_month() {
    let app = App::empty().await;
    let admin = app.admin();
    for title in ["a.docx", "b.xlsx", "c.pptx"] {
        upload(&admin, MY, title, "x").await;
    }
    let recent = async || -> Vec<String> {
        let answer = admin.get("/api/2.0/files/@recent?sortBy=AZ").await.expect(200).json();
        let files = answer["response"]["files"].as_array().unwrap().clone();
        files.iter().map(|file| file["title"].as_str().unwrap().to_owned()).collect()
    };
    for file in [1, 2, 3, 1] {
        admin.get(&format!("/api/2.0/files/file/{file}/openedit")).await.expect(200);
    }
    assert_eq!(recent().await, ["a.docx", "c.pptx", "b.xlsx"]);
    let state = app.state().await;
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    start(&admin, "delete", json!({ "fileIds": [3] })).await;
    assert_eq!(recent().await, ["a.docx", "b.xlsx"]);
    advance(&app, "27d").await;
    admin.get("/api/2.0/files/file/2/openedit").await.expect(200);
    advance(&app, "2d").await;
    // From 12 February, 29 days later is 13 March: a month has passed.
    assert_eq!(recent().await, ["b.xlsx"]);
}

#[tokio::test]
async fn what_is_open_does_not_go_back_to_an_earlier_version() {
    let app = App::empty().await;
    let admin = app.admin();
    let file = upload(&admin, MY, "a.docx", "one").await;
    start_edit(&admin, file, false).await;
    let path = format!("/api/2.0/files/file/{file}");
    let refused = admin.put(&path, json!({ "lastVersion": 1 })).await.expect(500).json();
    assert_eq!(refused["error"]["message"], "Cannot update the file because it's opened for editing");
    assert_eq!(admin.get(&path).await.json()["response"]["version"], 1);
}
