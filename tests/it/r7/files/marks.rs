//! Favourites, templates, sections all at once, the search (sheet r7/files 6, 7).

use serde_json::{Value, json};

use super::{COMMON, MY, folder, ids, start, titles, upload, with_lena};
use crate::support::{App, Identity, builder};

async fn mark(who: &Identity<'_>, what: &str, body: Value) {
    let answer = match what {
        "favorites" => who.post("/api/2.0/files/favorites", body).await,
        _ => who.post("/api/2.0/files/templates", body).await,
    };
    assert_eq!(answer.expect(201).json()["response"], true);
}

/// `isFavorite` of a folder's card, `fileStatus` of a file's.
async fn status(who: &Identity<'_>, file: i64) -> Value {
    who.get(&format!("/api/2.0/files/file/{file}")).await.expect(200).json()["response"]["fileStatus"].clone()
}

#[tokio::test]
async fn favorites_are_listed_and_shown_on_cards() {
    let app = App::empty().await;
    let admin = app.admin();
    let f = folder(&admin, MY, "f").await;
    let a = upload(&admin, MY, "a.txt", "a").await;
    let b = upload(&admin, f, "b.txt", "b").await;
    mark(&admin, "favorites", json!({ "folderIds": [f, 777], "fileIds": [a, b.to_string(), 777] })).await;
    insta::assert_snapshot!(admin.get("/api/2.0/files/@favorites?sortBy=AZ").await.expect(200).print());
    insta::assert_snapshot!(
        admin.get("/api/2.0/files/@favorites.xml?sortBy=AZ&count=2").await.expect(200).print()
    );
    let listed = admin.get("/api/2.0/files/@my").await.json();
    assert_eq!(listed["response"]["files"][0]["fileStatus"], 32);
    assert_eq!(listed["response"]["folders"][0]["isFavorite"], true);
    let body = json!({ "folderIds": [f], "fileIds": [a, 777] });
    insta::assert_snapshot!(admin.delete("/api/2.0/files/favorites", body).await.expect(200).print());
    assert_eq!(titles(&admin, "@favorites").await, ["b.txt"]);
    assert_eq!(status(&admin, a).await, 0);
    let card = admin.get(&format!("/api/2.0/files/folder/{f}")).await.json();
    assert!(card["response"].get("isFavorite").is_none(), "{card}");
}

#[tokio::test]
async fn marks_survive_the_trash_and_go_with_the_entry() {
    let app = App::empty().await;
    let admin = app.admin();
    let f = folder(&admin, MY, "f").await;
    let a = upload(&admin, f, "a.docx", "a").await;
    mark(&admin, "favorites", json!({ "folderIds": [f], "fileIds": [a] })).await;
    mark(&admin, "templates", json!({ "fileIds": [a] })).await;
    assert_eq!(status(&admin, a).await, 96);
    start(&admin, "delete", json!({ "folderIds": [f] })).await;
    assert!(titles(&admin, "@favorites").await.is_empty());
    assert!(titles(&admin, "@templates").await.is_empty());
    // sheet r7/files 3.2: the marks are kept.
    assert_eq!(status(&admin, a).await, 96);
    start(&admin, "move", json!({ "folderIds": [f], "destFolderId": MY })).await;
    assert_eq!(titles(&admin, "@favorites").await, ["f", "a.docx"]);
    start(&admin, "delete", json!({ "folderIds": [f], "immediately": true })).await;
    assert_eq!(app.state().await["r7"].get("marks"), None);
}

#[tokio::test]
async fn a_copy_is_not_marked() {
    let app = App::empty().await;
    let admin = app.admin();
    let a = upload(&admin, MY, "a.txt", "a").await;
    mark(&admin, "favorites", json!({ "fileIds": [a] })).await;
    let record = start(&admin, "copy", json!({ "fileIds": [a], "destFolderId": COMMON })).await;
    let copy = *ids(&record, "files").last().unwrap();
    assert_eq!((status(&admin, a).await, status(&admin, copy).await), (json!(32), json!(0)));
}

#[tokio::test]
async fn only_formats_of_templates_become_templates() {
    let app = App::empty().await;
    let admin = app.admin();
    let mut files = Vec::new();
    for title in ["a.docx", "b.xlsx", "c.pptx", "d.txt", "e.pdf"] {
        files.push(upload(&admin, MY, title, "x").await);
    }
    let answer = admin.post("/api/2.0/files/templates", json!({ "fileIds": files })).await;
    insta::assert_snapshot!(answer.print());
    assert_eq!(titles(&admin, "@templates").await, ["a.docx", "b.xlsx", "c.pptx"]);
    let answer = admin.delete("/api/2.0/files/templates", json!({ "fileIds": [files[0]] })).await;
    insta::assert_snapshot!(answer.expect(200).print());
    assert_eq!(titles(&admin, "@templates").await, ["b.xlsx", "c.pptx"]);
}

#[tokio::test]
async fn marks_are_each_persons_own_and_need_a_right_to_read() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    let mine = upload(&admin, MY, "mine.txt", "x").await;
    let common = upload(&admin, COMMON, "common.txt", "x").await;
    mark(&lena, "favorites", json!({ "fileIds": [mine, common], "folderIds": [MY] })).await;
    assert_eq!(titles(&lena, "@favorites").await, ["common.txt"]);
    assert!(titles(&admin, "@favorites").await.is_empty());
    assert_eq!((status(&lena, common).await, status(&admin, common).await), (json!(34), json!(0)));
    // What she may no longer see is not listed either.
    start(&admin, "move", json!({ "fileIds": [common], "destFolderId": MY })).await;
    assert!(titles(&lena, "@favorites").await.is_empty());
}

#[tokio::test]
async fn a_guest_marks_nothing() {
    let user = json!({ "id": "00000000-0000-0000-0000-00000000000a", "userName": "g", "email": "g@example.org",
        "password": "secret", "firstName": "G", "lastName": "", "isVisitor": true, "tokens": [{ "token": "guest" }] });
    let admin = json!({ "id": "00000000-0000-0000-0000-00000000000b", "userName": "a", "email": "a@example.org",
        "password": "secret", "firstName": "A", "lastName": "", "isAdmin": true });
    let document = json!({ "standin": 1, "r7": { "users": [user, admin] } });
    for (language, text) in [
        (standin::Language::En, "You don't have enough permission to perform the operation"),
        (standin::Language::Ru, "Недостаточно прав для совершения операции"),
    ] {
        let seed = crate::support::seed(document.clone());
        let app = App::of(builder().language(language).seed(seed)).await;
        let guest = app.token("guest");
        let refused = guest.post("/api/2.0/files/favorites", json!({ "folderIds": [1] })).await.expect(403);
        assert_eq!(refused.json()["error"]["message"], text);
        let roots = guest.get("/api/2.0/files/@root").await.expect(200).json();
        let kinds: Vec<i64> = roots["response"]
            .as_array()
            .unwrap()
            .iter()
            .map(|root| root["current"]["rootFolderType"].as_i64().unwrap())
            .collect();
        // A guest has neither documents nor marks of their own; the trash comes last.
        assert_eq!(kinds, [1, 6, 8, 3]);
    }
}

#[tokio::test]
async fn an_id_that_is_no_number_is_refused_and_changes_nothing() {
    let app = App::empty().await;
    let admin = app.admin();
    let a = upload(&admin, MY, "a.txt", "a").await;
    let state = app.state().await;
    let refused = admin.post("/api/2.0/files/favorites", json!({ "fileIds": [a, "abc"] })).await;
    insta::assert_snapshot!(refused.print());
    admin.post("/api/2.0/files/favorites", json!({ "fileIds": null, "folderIds": [""] })).await.expect(201);
    assert_eq!(app.state().await, state);
}

async fn roots(who: &Identity<'_>, query: &str) -> Vec<String> {
    let answer = who.get(&format!("/api/2.0/files/@root?{query}")).await.expect(200).json();
    let list = answer["response"].as_array().unwrap().clone();
    list.iter().map(|root| root["current"]["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn all_sections_come_by_id_and_can_be_left_out() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "a").await;
    insta::assert_snapshot!(admin.get("/api/2.0/files/@root?withoutAdditionalFolder=true").await.print());
    insta::assert_snapshot!(
        admin.get("/api/2.0/files/@root.xml?withoutAdditionalFolder=true&withoutTrash=true").await.print()
    );
    let all = [
        "Common",
        "My documents",
        "Shared with me",
        "Trash",
        "In projects",
        "Recent",
        "Favorites",
        "templates",
    ];
    assert_eq!(roots(&admin, "").await, all);
    assert_eq!(roots(&admin, "withoutTrash=true").await.len(), 7);
    for (call, left) in [("displayRecent", 7), ("settings/favorites", 6), ("settings/templates", 5)] {
        let path = format!("/api/2.0/files/{call}");
        let answer = admin.put(&path, json!({ "set": false })).await.expect(200).json();
        assert_eq!(answer["response"], false, "{call}");
        assert_eq!(roots(&admin, "").await.len(), left, "{call}");
    }
    assert_eq!(
        roots(&admin, "withoutAdditionalFolder=false").await,
        ["Common", "My documents", "Shared with me", "Trash", "In projects"]
    );
}

#[tokio::test]
async fn a_filter_of_all_sections_is_each_ones() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, COMMON, "f").await;
    upload(&admin, COMMON, "a.txt", "a").await;
    let answer = admin.get("/api/2.0/files/@root?filterType=FoldersOnly&filterValue=F").await.json();
    let totals: Vec<&Value> =
        answer["response"].as_array().unwrap().iter().map(|root| &root["total"]).collect();
    assert_eq!(totals, [1, 0, 0, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn the_search_finds_files_then_folders_of_my_and_common() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    let inner = folder(&admin, MY, "План работ").await;
    folder(&admin, COMMON, "plan").await;
    upload(&admin, inner, "план.txt", "x").await;
    upload(&admin, COMMON, "Общий ПЛАН.txt", "x").await;
    let gone = upload(&admin, MY, "план б.txt", "x").await;
    start(&admin, "delete", json!({ "fileIds": [gone] })).await;
    let path = "/api/2.0/files/@search/%D0%9F%D0%BB%D0%B0%D0%BD";
    let found = |answer: Value| -> Vec<String> {
        let list = answer["response"].as_array().unwrap().clone();
        list.iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(admin.get(path).await.expect(200).json()), ["план.txt", "Общий ПЛАН.txt", "План работ"]);
    assert_eq!(found(lena.get(path).await.expect(200).json()), ["Общий ПЛАН.txt"]);
    insta::assert_snapshot!(admin.get("/api/2.0/files/@search/plan").await.expect(200).print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/@search/plan.xml").await.expect(200).print());
    assert_eq!(admin.get("/api/2.0/files/@search/nothing").await.expect(200).json()["response"], json!([]));
}

#[tokio::test]
async fn marks_and_settings_come_back_from_a_state_document() {
    let app = App::empty().await;
    let admin = app.admin();
    let a = upload(&admin, MY, "a.docx", "a").await;
    mark(&admin, "favorites", json!({ "fileIds": [a], "folderIds": [COMMON] })).await;
    mark(&admin, "templates", json!({ "fileIds": [a] })).await;
    admin.put("/api/2.0/files/updateifexist", json!({ "set": true })).await.expect(200);
    let state = app.state().await;
    assert_eq!(state["r7"]["marks"].as_array().unwrap().len(), 3);
    assert_eq!(state["r7"]["fileSettings"][0]["updateIfExist"], true);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    assert_eq!(titles(&other.admin(), "@templates").await, ["a.docx"]);
    other.anonymous().post("/_standin/reset", json!({})).await;
    assert_eq!(other.state().await["r7"].get("fileSettings"), None);
}

#[tokio::test]
async fn mistakes_in_a_state_document_name_their_place() {
    let admin = "00000000-0000-0000-0000-00000000000a";
    for (part, expected) in [
        (
            json!({ "marks": [{ "user": admin, "kind": "favorite", "file": 7 }] }),
            "r7.marks[0].file: no file 7",
        ),
        (
            json!({ "marks": [{ "user": admin, "kind": "favorite", "folder": 777 }] }),
            "r7.marks[0].folder: no folder 777",
        ),
        (json!({ "marks": [{ "user": admin, "kind": "favorite" }] }), "r7.marks[0]: a mark is on"),
        (
            json!({ "marks": [{ "user": admin, "kind": "liked", "folder": 1 }] }),
            "r7.marks[0].kind: no mark is called liked",
        ),
        (
            json!({ "marks": [{ "user": "00000000-0000-0000-0000-0000000000ff", "kind": "favorite", "folder": 1 }] }),
            "r7.marks[0].user: no user",
        ),
        (json!({ "fileSettings": [{ "user": admin, "cleanUpGap": 6 }] }), "r7.fileSettings[0].cleanUpGap: "),
        (
            json!({ "fileProperties": [{ "file": 7, "properties": {} }] }),
            "r7.fileProperties[0].file: no file 7",
        ),
    ] {
        let mut part = part;
        part["users"] = json!([{ "id": admin, "userName": "a", "email": "a@example.org", "password": "s",
            "firstName": "A", "lastName": "", "isAdmin": true }]);
        let document = json!({ "standin": 1, "r7": part });
        let refused = builder().seed(crate::support::seed(document)).start().await.err().unwrap().to_string();
        assert!(refused.contains(expected), "{refused} against {expected}");
    }
}
