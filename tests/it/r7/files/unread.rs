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

/// Gives a file another version.
async fn update(app: &App, who: &Identity<'_>, file: i64) {
    let request = who
        .request(Method::PUT, &format!("/api/2.0/files/{file}/update"))
        .header("content-type", "text/plain")
        .body(Body::from("another version"));
    app.send(request.unwrap()).await.expect(200);
}

/// What is new to Lena, in order: files by number, folders as `/` and their number. It is read then.
async fn heard(app: &App) -> Vec<String> {
    let mut entries = Vec::new();
    for mark in marks(app).await {
        assert_eq!(mark["user"], LENA, "who did it has no news: {mark}");
        entries.push(mark.get("file").map_or_else(|| format!("/{}", mark["folder"]), ToString::to_string));
    }
    read(&app.token("lena-token"), &[], &[SHARE]).await;
    entries.sort();
    entries
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
        update(&app, &mike, id).await;
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
async fn what_goes_into_an_archive_is_read_by_who_packs_it() {
    let app = world().await;
    let (mike, lena, olga) = (app.token("mike-token"), app.token("lena-token"), app.token("olga-token"));
    let outer = folder(&mike, COMMON, "outer").await;
    let inner = folder(&mike, outer, "inner").await;
    let files = [
        upload(&mike, COMMON, "a.txt", "x").await,
        upload(&mike, COMMON, "b.txt", "x").await,
        upload(&mike, inner, "c.txt", "x").await,
    ];
    assert_eq!((new(&lena, "@common").await, new(&olga, "@common").await), (3, 3));
    start(&lena, "bulkdownload", json!({ "fileIds": [files[0]] })).await;
    assert_eq!((status(&lena, files[0]).await, new(&lena, "@common").await), (0, 2));
    start(&lena, "bulkdownload", json!({ "folderIds": [outer] })).await;
    assert_eq!((status(&lena, files[2]).await, new(&lena, "@common").await), (0, 1));
    assert_eq!(new(&olga, "@common").await, 3);
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
        // What moves stays shared: another version makes it new without a share of its own.
        if number == 2 {
            update(&app, &mike, id).await;
        } else {
            share(&mike, &format!("file/{id}"), LENA, json!("Read")).await;
        }
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
async fn what_is_moved_or_copied_is_new_to_those_who_may_read_it_there() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let shared = folder(&mike, MY, "shared").await;
    upload(&mike, shared, "there.txt", "x").await;
    share(&mike, &format!("folder/{shared}"), LENA, json!("ReadWrite")).await;
    assert_eq!(heard(&app).await, [format!("/{shared}")]);
    let to = |entries: Value, resolve: &str| {
        let mut body = json!({ "destFolderId": shared, "conflictResolveType": resolve });
        body.as_object_mut().unwrap().extend(entries.as_object().unwrap().clone());
        body
    };
    // Files: the moved one, and the copy.
    let (moved, copied) = (upload(&mike, MY, "m.txt", "x").await, upload(&mike, MY, "c.txt", "x").await);
    start(&mike, "move", to(json!({ "fileIds": [moved] }), "Skip")).await;
    assert_eq!((status(&lena, moved).await, new(&lena, "@share").await, new(&mike, "@my").await), (2, 1, 0));
    assert_eq!(heard(&app).await, [moved.to_string()]);
    let record = start(&mike, "copy", to(json!({ "fileIds": [copied] }), "Skip")).await;
    let copy = record["files"][1]["id"].as_i64().unwrap();
    assert_eq!(heard(&app).await, [copy.to_string()]);
    // Nothing is done, nothing is new.
    start(&mike, "copy", to(json!({ "fileIds": [copied] }), "Skip")).await;
    start(&mike, "move", to(json!({ "fileIds": [moved] }), "Skip")).await;
    assert!(heard(&app).await.is_empty());
    start(&mike, "copy", to(json!({ "fileIds": [copied] }), "Overwrite")).await;
    assert_eq!(heard(&app).await, [copy.to_string()], "overwritten");
    // Folders: the folder, and not what is in it.
    let outer = folder(&mike, MY, "outer").await;
    upload(&mike, folder(&mike, outer, "inner").await, "deep.txt", "x").await;
    let record = start(&mike, "copy", to(json!({ "folderIds": [outer] }), "Skip")).await;
    let cards = record["folders"].as_array().unwrap();
    let twin = cards.iter().map(|card| card["id"].as_i64().unwrap()).max().unwrap();
    assert_eq!(titles(&lena, &twin.to_string()).await, ["inner"]);
    assert_eq!(new(&lena, "@share").await, 1);
    assert_eq!(heard(&app).await, [format!("/{twin}")]);
    // Merged: the folder that was there, and the file in it that has another version now; not the one that came along.
    upload(&mike, outer, "beside.txt", "x").await;
    start(&mike, "move", to(json!({ "folderIds": [outer] }), "Overwrite")).await;
    assert_eq!(titles(&lena, &twin.to_string()).await, ["inner", "beside.txt"]);
    let heard_of = heard(&app).await;
    assert_eq!((heard_of.len(), &heard_of[0]), (2, &format!("/{twin}")));
    // Moved whole, with something new in it that is not new any more; and out of sight.
    let whole = folder(&mike, shared, "whole").await;
    upload(&mike, whole, "new.txt", "x").await;
    assert_eq!(marks(&app).await.len(), 1);
    start(&mike, "move", json!({ "folderIds": [whole], "destFolderId": MY })).await;
    assert!(heard(&app).await.is_empty());
    start(&mike, "move", to(json!({ "folderIds": [whole] }), "Skip")).await;
    assert_eq!(heard(&app).await, [format!("/{whole}")]);
    // A share of its own goes along with a file: it is new where only that lets Lena see it.
    let own = upload(&mike, MY, "own.txt", "x").await;
    share(&mike, &format!("file/{own}"), LENA, json!("Read")).await;
    assert_eq!(heard(&app).await, [own.to_string()]);
    let elsewhere = folder(&mike, MY, "elsewhere").await;
    start(&mike, "move", json!({ "fileIds": [own], "destFolderId": elsewhere })).await;
    assert_eq!(heard(&app).await, [own.to_string()]);
    // What Lena does there is news to Mike, to whom it belongs.
    let section = lena.get("/api/2.0/files/@my").await.expect(200).json();
    let hers = upload(&lena, section["response"]["current"]["id"].as_i64().unwrap(), "hers.txt", "x").await;
    start(&lena, "copy", to(json!({ "fileIds": [hers] }), "Skip")).await;
    assert_eq!((new(&mike, "@my").await, new(&lena, "@share").await), (1, 0));
}

#[tokio::test]
async fn many_files_are_told_of_at_once_and_a_slow_operation_tells_as_it_goes() {
    let mut part = people();
    part["users"][0]["isOwner"] = json!(true);
    let slow = builder().operations(standin::Operations::After(1000));
    let app = App::of(slow.seed(seed(json!({ "standin": 1, "r7": part })))).await;
    let mike = app.token("mike-token");
    let mut files = Vec::new();
    for number in 0..30 {
        files.push(upload(&mike, MY, &format!("{number}.txt"), "x").await);
    }
    let body = json!({ "fileIds": files, "destFolderId": COMMON });
    mike.put("/api/2.0/files/fileops/copy", body).await.expect(200);
    let mut counts = Vec::new();
    for _ in 0..2 {
        app.anonymous().post("/_standin/clock/advance", json!({ "by": "500ms" })).await.expect(200);
        counts.push((new(&app.token("lena-token"), "@common").await, titles(&mike, "@common").await.len()));
    }
    assert_eq!(counts, [(15, 15), (30, 30)]);
    assert_eq!(marks(&app).await.len(), 60, "Lena's and Olga's");
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
