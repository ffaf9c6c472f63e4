//! What is new to whom (sheet r7/files 2.3 `new`, 2.10 bit 2).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::sharing::{LENA, SALES, people, share, world};
use super::{COMMON, MY, bytes, folder, start, titles, upload};
use crate::support::{App, Identity, builder, seed};

const SHARE: i64 = 3;

/// `fileStatus` of a file as that person sees it.
async fn status(who: &Identity<'_>, file: i64) -> i64 {
    let card = who.get(&format!("/api/2.0/files/file/{file}")).await.expect(200).json();
    card["response"]["fileStatus"].as_i64().unwrap()
}

/// `new` of a section or folder.
async fn new(who: &Identity<'_>, place: &str) -> i64 {
    let content = who.get(&format!("/api/2.0/files/{place}")).await.expect(200).json();
    content["response"]["new"].as_i64().unwrap()
}

/// What is new in each of the sections that somebody has, by their titles; those where nothing is are left out.
async fn roots(who: &Identity<'_>) -> Vec<(String, i64)> {
    let sections = who.get("/api/2.0/files/@root").await.expect(200).json();
    let counts = sections["response"].as_array().unwrap().iter().map(|content| {
        (content["current"]["title"].as_str().unwrap().to_owned(), content["new"].as_i64().unwrap())
    });
    counts.filter(|(_, count)| *count > 0).collect()
}

async fn read(who: &Identity<'_>, files: &[i64], folders: &[i64]) -> Value {
    start(who, "markasread", json!({ "fileIds": files, "folderIds": folders })).await
}

/// The marks of what is new, from the state document.
async fn marks(app: &App) -> Vec<Value> {
    let marks = app.state().await["r7"]["marks"].as_array().cloned().unwrap_or_default();
    marks.into_iter().filter(|mark| mark["kind"] == "unread").collect()
}

#[tokio::test]
async fn a_file_shared_with_a_group_is_new_to_its_members_until_they_open_it() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "plan.docx", "x").await;
    assert!(marks(&app).await.is_empty(), "a file in a \"my\" that nobody shares is news to nobody");
    share(&mike, &format!("file/{id}"), SALES, json!("ReadWrite")).await;
    let content = lena.get("/api/2.0/files/@share").await.expect(200).json();
    assert_eq!(
        (&content["response"]["new"], &content["response"]["files"][0]["fileStatus"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(roots(&lena).await, [("Shared with me".to_owned(), 1)]);
    assert_eq!((status(&mike, id).await, new(&mike, "@my").await, new(&mike, "@share").await), (0, 0, 0));
    // The page of the editor, the editor, and the bytes.
    lena.get(&format!("/api/2.0/files/file/{id}/openedit")).await.expect(200);
    assert_eq!((status(&lena, id).await, new(&lena, "@share").await), (0, 0));
    for version in 2..4 {
        let answer = mike
            .request(Method::PUT, &format!("/api/2.0/files/{id}/update"))
            .header("content-type", "text/plain")
            .body(Body::from(format!("version {version}")));
        app.send(answer.unwrap()).await.expect(200);
        assert_eq!((status(&lena, id).await, status(&mike, id).await), (2, 0), "version {version}");
        if version == 2 {
            let path = format!("/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}");
            let head = lena.request(Method::HEAD, &path).body(Body::empty()).unwrap();
            app.send(head).await.expect(200);
            assert_eq!(status(&lena, id).await, 2, "who asks for the headers has not looked");
            bytes(&mike, id).await;
            assert_eq!(status(&lena, id).await, 2, "another's look is not hers");
            bytes(&lena, id).await;
            assert_eq!(status(&lena, id).await, 0);
        }
    }
    lena.post(&format!("/api/2.0/files/file/{id}/startedit"), json!({})).await.expect(201);
    assert_eq!(status(&lena, id).await, 1);
    assert!(marks(&app).await.is_empty());
}

#[tokio::test]
async fn what_somebody_adds_to_the_common_section_is_new_to_everybody_else() {
    let app = world().await;
    let (mike, lena, olga) = (app.token("mike-token"), app.token("lena-token"), app.token("olga-token"));
    let place = folder(&mike, COMMON, "place").await;
    assert_eq!(new(&lena, "@common").await, 0, "an empty folder is no news");
    let first = upload(&mike, place, "a.txt", "x").await;
    let second =
        mike.post(&format!("/api/2.0/files/{place}/text"), json!({ "title": "b", "content": "y" })).await;
    let second = second.expect(201).json()["response"]["id"].as_i64().unwrap();
    for who in [&lena, &olga] {
        assert_eq!((status(who, first).await, status(who, second).await), (2, 2));
        assert_eq!((new(who, "@common").await, new(who, &place.to_string()).await), (2, 2));
        assert_eq!(roots(who).await, [("Common".to_owned(), 2)]);
    }
    assert_eq!((status(&mike, first).await, new(&mike, "@common").await), (0, 0));
    // Without ids nothing is done.
    lena.put("/api/2.0/files/fileops/markasread", json!({})).await.expect(200);
    assert_eq!(new(&lena, "@common").await, 2);
    let record = read(&lena, &[first], &[]).await;
    assert_eq!(
        (&record["operation"], &record["processed"], &record["files"][0]["fileStatus"]),
        (&json!(4), &json!("1"), &json!(0))
    );
    assert_eq!(
        (status(&lena, first).await, status(&lena, second).await, new(&lena, "@common").await),
        (0, 2, 1)
    );
    read(&lena, &[], &[COMMON]).await;
    assert_eq!((status(&lena, second).await, new(&lena, "@common").await), (0, 0));
    assert_eq!(
        (status(&olga, first).await, new(&olga, "@common").await),
        (2, 2),
        "what Lena has read is new to Olga"
    );
}

#[tokio::test]
async fn in_a_shared_folder_both_sides_hear_of_each_other() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let (empty, outer) = (folder(&mike, MY, "empty").await, folder(&mike, MY, "outer").await);
    let inner = folder(&mike, outer, "inner").await;
    upload(&mike, inner, "old.txt", "x").await;
    share(&mike, &format!("folder/{empty}"), LENA, json!("Read")).await;
    assert_eq!(new(&lena, "@share").await, 0);
    share(&mike, &format!("folder/{outer}"), LENA, json!("ReadWrite")).await;
    assert_eq!(new(&lena, "@share").await, 1, "the folder itself");
    let his = upload(&mike, inner, "his.txt", "x").await;
    let hers = upload(&lena, inner, "hers.txt", "x").await;
    assert_eq!((status(&lena, his).await, status(&lena, hers).await), (2, 0));
    assert_eq!((status(&mike, his).await, status(&mike, hers).await), (0, 2));
    assert_eq!(
        (new(&lena, "@share").await, new(&lena, &inner.to_string()).await, new(&lena, "@my").await),
        (2, 2, 0)
    );
    assert_eq!(
        (new(&mike, "@my").await, new(&mike, &inner.to_string()).await, new(&mike, "@share").await),
        (1, 1, 0)
    );
    read(&lena, &[], &[outer]).await;
    assert_eq!((status(&lena, his).await, new(&lena, "@share").await), (0, 0));
    upload(&mike, inner, "more.txt", "x").await;
    assert_eq!(new(&lena, "@share").await, 1);
    read(&lena, &[], &[SHARE]).await;
    assert_eq!((new(&lena, "@share").await, new(&mike, "@my").await), (0, 1));
}

#[tokio::test]
async fn what_goes_away_is_new_no_more() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let secret = folder(&mike, MY, "secret").await;
    for (number, case) in
        ["trash", "trash with its folder", "move", "end", "restrict", "decline", "erase"].iter().enumerate()
    {
        let place = folder(&mike, MY, case).await;
        let id = upload(&mike, place, "a.txt", "x").await;
        share(&mike, &format!("folder/{place}"), LENA, json!("Read")).await;
        share(&mike, &format!("file/{id}"), LENA, json!("Read")).await;
        assert_eq!((marks(&app).await.len(), new(&lena, "@share").await), (2, 2), "{case}");
        let here = json!({ "fileIds": [id], "destFolderId": secret });
        match number {
            0 => drop(start(&mike, "delete", here).await),
            1 => drop(start(&mike, "delete", json!({ "folderIds": [place] })).await),
            2 => drop(start(&mike, "move", here).await),
            3 => drop(share(&mike, &format!("folder/{place}"), LENA, json!(0)).await),
            4 => drop(share(&mike, &format!("file/{id}"), LENA, json!("Restrict")).await),
            5 => drop(lena.delete("/api/2.0/files/share", json!({ "fileIds": [id] })).await.expect(200)),
            _ => drop(start(&mike, "delete", json!({ "fileIds": [id], "immediately": true })).await),
        }
        let left: Vec<Value> = marks(&app).await.iter().map(|mark| mark["folder"].clone()).collect();
        let gone = matches!(number, 1 | 3);
        assert_eq!(left, if gone { vec![] } else { vec![json!(place)] }, "{case}");
        read(&lena, &[], &[SHARE]).await;
        assert!(marks(&app).await.is_empty(), "{case}");
    }
    assert_eq!(titles(&mike, "@trash").await.len(), 2);
}

#[tokio::test]
async fn unread_marks_come_back_with_the_world() {
    let app = world().await;
    let mike = app.token("mike-token");
    let id = upload(&mike, COMMON, "a.txt", "x").await;
    let state = app.state().await;
    let marks = &state["r7"]["marks"];
    assert_eq!(
        marks[0],
        json!({ "user": LENA, "kind": "unread", "file": id, "at": "2026-02-12T09:00:00Z" }),
        "{marks}"
    );
    let other = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(other.state().await, state);
    assert_eq!(new(&other.token("lena-token"), "@common").await, 1);
    let mut part = people();
    part["marks"] = json!([{ "user": LENA, "kind": "unread", "file": 7 }]);
    let refused = other.anonymous().put("/_standin/state", json!({ "standin": 1, "r7": part })).await;
    assert!(refused.text().contains("r7.marks[0].file: no file 7"), "{}", refused.text());
}
