//! What folders and sections list: pages, order, filters (sheet r7/files 2.3, 6).

use serde_json::{Value, json};

use super::{MY, folder, start, upload};
use crate::support::{App, builder};

async fn list(app: &App, query: &str) -> Value {
    app.admin().get(&format!("/api/2.0/files/@my?{query}")).await.expect(200).json()["response"].clone()
}

fn names(content: &Value) -> Vec<&str> {
    ["folders", "files"]
        .iter()
        .flat_map(|key| content[*key].as_array().unwrap())
        .map(|entry| entry["title"].as_str().unwrap())
        .collect()
}

async fn several() -> App {
    let app = App::empty().await;
    for title in ["f10", "f9"] {
        folder(&app.admin(), MY, title).await;
    }
    for (title, text) in [("b.txt", "333"), ("a10.png", "22"), ("A9.docx", "1"), ("100%_sure.mp3", "4444")] {
        upload(&app.admin(), MY, title, text).await;
    }
    upload(&app.admin(), 100, "deep.txt", "x").await;
    app
}

#[tokio::test]
async fn an_empty_section_looks_like_the_real_one() {
    let app = App::empty().await;
    insta::assert_snapshot!(app.admin().get("/api/2.0/files/@my").await.print());
}

#[tokio::test]
async fn every_section_lists() {
    let app = App::empty().await;
    let admin = app.admin();
    for (answer, kind, title) in [
        (admin.get("/api/2.0/files/@common").await, 1, "Common"),
        (admin.get("/api/2.0/files/@trash").await, 3, "Trash"),
        (admin.get("/api/2.0/files/@share").await, 6, "Shared with me"),
        (admin.get("/api/2.0/files/@projects").await, 8, "In projects"),
        (admin.get("/api/2.0/files/@favorites").await, 10, "Favorites"),
        (admin.get("/api/2.0/files/@recent").await, 11, "Recent"),
        (admin.get("/api/2.0/files/@templates").await, 12, "templates"),
    ] {
        let current = answer.expect(200).json()["response"]["current"].clone();
        assert_eq!((&current["rootFolderType"], &current["title"]), (&json!(kind), &json!(title)));
    }
}

#[tokio::test]
async fn only_what_changed_later_is_listed_and_counted() {
    let app = several().await;
    let (admin, control) = (app.admin(), app.anonymous());
    control.post("/_standin/clock/advance", json!({ "by": "1h" })).await.expect(200);
    folder(&admin, MY, "young").await;
    upload(&admin, 100, "young.txt", "x").await;
    admin.put("/api/2.0/files/file/1", json!({ "title": "later.txt" })).await.expect(200);
    admin.post("/api/2.0/files/favorites", json!({ "fileIds": [1, 2] })).await.expect(201);
    let get = async |path: &str| admin.get(&format!("/api/2.0/files/{path}")).await.expect(200).json();
    for (since, expected, total) in [
        // sheet r7/transport 5: strictly later. What came into f10 has changed it.
        ("2026-02-12T09:00:00Z", &["f10", "young", "later.txt"][..], 3),
        (
            "2026-02-12T11:59:59.999%2B03:00",
            &["f9", "f10", "young", "100%_sure.mp3", "A9.docx", "a10.png", "later.txt"],
            7,
        ),
        ("2026-02-12T10:00:00Z", &[], 0),
        ("2026-02-13", &[], 0),
    ] {
        let content = list(&app, &format!("sortBy=AZ&updatedSince={since}")).await;
        assert_eq!((names(&content), &content["total"]), (expected.to_vec(), &json!(total)), "{since}");
    }
    let deep =
        list(&app, "withSubfolders=true&sortBy=AZ&updatedSince=2026-02-12T09:00:00Z&count=2&startIndex=2")
            .await;
    assert_eq!((names(&deep), &deep["total"]), (vec!["later.txt", "young.txt"], &json!(4)));
    let marked = get("@favorites?updatedSince=2026-02-12T09:00:00Z").await;
    assert_eq!((names(&marked["response"]), &marked["response"]["total"]), (vec!["later.txt"], &json!(1)));
    let roots = get("@root?updatedSince=2026-02-12T09:00:00Z&withoutAdditionalFolder=true").await;
    let totals: Vec<_> =
        roots["response"].as_array().unwrap().iter().map(|root| root["total"].clone()).collect();
    assert_eq!(totals, [0, 3, 0, 0, 0]);
    let titles = |answer: &Value| -> Vec<String> {
        let entries = answer["response"].as_array().unwrap();
        entries.iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&get("@search/young?updatedSince=2026-02-12T09:00:00Z").await), ["young.txt", "young"]);
    assert_eq!(titles(&get("@search/young?updatedSince=2026-02-13").await).len(), 0);
    // sheet r7/transport 5, `type`: the contract's name.
    for (kind, expected) in [("file", "young.txt"), ("folder", "young")] {
        let found = get(&format!("@search/young?type={kind}")).await;
        assert_eq!((titles(&found), &found["count"]), (vec![expected.to_owned()], &json!(1)));
    }
    // A list whose items have no dates is left alone, and what is no date is a mistake.
    let people = admin.get("/api/2.0/people?updatedSince=2030-01-01").await.expect(200).json();
    assert_eq!(people["count"], 1);
    let refused = admin.get("/api/2.0/files/@my?updatedSince=junk").await.expect(400).json();
    assert_eq!(refused["error"]["message"], "invalid date time format");
}

#[tokio::test]
async fn titles_follow_the_portals_language() {
    let app = App::of(builder().language(standin::Language::Ru)).await;
    assert_eq!(list(&app, "").await["current"]["title"], "Мои документы");
    let refused = app.admin().get("/api/2.0/files/file/5").await.expect(403).json();
    assert_eq!(refused["error"]["message"], "Запрашиваемый файл не найден");
}

#[tokio::test]
async fn folders_come_first_and_pages_are_cut_over_both() {
    let app = several().await;
    let all = list(&app, "sortBy=AZ").await;
    assert_eq!(names(&all), ["f9", "f10", "100%_sure.mp3", "A9.docx", "a10.png", "b.txt"]);
    assert_eq!((&all["count"], &all["total"], &all["pathParts"]), (&json!(6), &json!(6), &json!([2])));
    let page = list(&app, "sortBy=AZ&startIndex=1&count=2").await;
    assert_eq!(names(&page), ["f10", "100%_sure.mp3"]);
    assert_eq!((&page["startIndex"], &page["count"], &page["total"]), (&json!(1), &json!(2), &json!(6)));
    let past = list(&app, "startIndex=50").await;
    assert_eq!((names(&past).len(), &past["total"]), (0, &json!(6)));
}

#[tokio::test]
async fn orders() {
    let app = several().await;
    for (query, expected) in [
        ("sortBy=az&sortOrder=descending", ["b.txt", "a10.png", "A9.docx", "100%_sure.mp3"]),
        ("sortBy=Size", ["A9.docx", "a10.png", "b.txt", "100%_sure.mp3"]),
        ("sortBy=2&sortOrder=descending", ["100%_sure.mp3", "b.txt", "a10.png", "A9.docx"]),
        ("sortBy=Type", ["A9.docx", "100%_sure.mp3", "a10.png", "b.txt"]),
    ] {
        assert_eq!(names(&list(&app, query).await)[2..], expected, "{query}");
    }
}

#[tokio::test]
async fn the_newest_come_first_unless_asked_otherwise() {
    let app = App::empty().await;
    for title in ["a", "b", "c"] {
        upload(&app.admin(), MY, title, "x").await;
        app.anonymous().post("/_standin/clock/advance", json!({ "by": "1s" })).await.expect(200);
    }
    assert_eq!(names(&list(&app, "").await), ["c", "b", "a"]);
    assert_eq!(names(&list(&app, "sortBy=DateAndTime").await), ["a", "b", "c"]);
}

#[tokio::test]
async fn filters() {
    let app = several().await;
    for (query, expected) in [
        ("filterType=FilesOnly", vec!["100%_sure.mp3", "A9.docx", "a10.png", "b.txt"]),
        ("filterType=2", vec!["f9", "f10"]),
        ("filterType=DocumentsOnly", vec!["A9.docx", "b.txt"]),
        ("filterType=ImagesOnly", vec!["a10.png"]),
        ("filterType=12", vec!["100%_sure.mp3"]),
        ("filterType=ByExtension&extension=.TXT", vec!["b.txt"]),
        ("filterType=13&extension=.txt", vec!["f9", "f10", "b.txt"]),
        ("filterValue=A", vec!["A9.docx", "a10.png"]),
        ("filterValue=%25_", vec!["100%_sure.mp3"]),
        ("filterValue=.txt&withSubfolders=true", vec!["b.txt", "deep.txt"]),
        ("userIdOrGroupId=00000000-0000-0000-0000-000000000001", vec![]),
    ] {
        let content = list(&app, &format!("sortBy=AZ&{query}")).await;
        assert_eq!(names(&content), expected, "{query}");
        assert_eq!(content["total"], expected.len(), "{query}");
    }
}

#[tokio::test]
async fn the_trash_lists_its_top_alone() {
    let app = several().await;
    start(&app.admin(), "delete", json!({ "folderIds": [100] })).await;
    let trash = app.admin().get("/api/2.0/files/@trash?withSubfolders=true").await.expect(200).json();
    assert_eq!(names(&trash["response"]), ["f10"]);
    assert_eq!(trash["response"]["current"]["filesCount"], 1);
}
