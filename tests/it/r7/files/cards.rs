//! Cards of files and folders, and other titles.

use serde_json::json;

use super::{MY, folder, upload};
use crate::support::App;

#[tokio::test]
async fn a_file_card_has_the_fields_of_the_real_portal_in_their_order() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "Отчёт.DOCX", "hello").await;
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1").await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1.xml").await.print());
}

#[tokio::test]
async fn a_folder_card_counts_the_whole_subtree() {
    let app = App::empty().await;
    let admin = app.admin();
    let outer = folder(&admin, MY, "outer").await;
    let inner = folder(&admin, outer, "inner").await;
    upload(&admin, inner, "a.json", "1").await;
    upload(&admin, outer, "b", "22").await;
    assert_eq!((outer, inner), (100, 101));
    insta::assert_snapshot!(admin.get("/api/2.0/files/folder/100").await.print());
    let path = admin.get("/api/2.0/files/folder/101/path").await.expect(200).json();
    let titles: Vec<_> = path["response"].as_array().unwrap().iter().map(|folder| &folder["title"]).collect();
    assert_eq!(titles, [&json!("My documents"), &json!("outer"), &json!("inner")]);
    assert_eq!(path["response"][0]["parentId"], 0);
}

#[tokio::test]
async fn unknown_types_and_empty_values_leave_their_fields_out() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "data.json", "{}").await;
    let card = admin.get("/api/2.0/files/file/1").await.json()["response"].clone();
    // sheet r7/files 10.14
    assert!(card.get("fileType").is_none() && card["comment"].is_null());
    assert_eq!((&card["fileExst"], &card["access"]), (&json!(".json"), &json!(0)));
    let url = "http://portal.test/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid=1";
    assert_eq!((card["viewUrl"].as_str(), card["webUrl"].as_str()), (Some(url), Some(url)));
}

#[tokio::test]
async fn renaming_never_changes_the_extension() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.docx", "x").await;
    for (title, expected) in [
        ("b", "b.docx"),
        ("c.txt", "c.txt.docx"),
        ("Итог.docx", "Итог.docx"),
        ("../../etc/pass:wd", ".._.._etc_pass_wd.docx"),
        ("", ".._.._etc_pass_wd.docx"),
    ] {
        let card = admin.put("/api/2.0/files/file/1", json!({ "title": title })).await.expect(200).json();
        assert_eq!(card["response"]["title"], expected, "{title}");
    }
    admin.put("/api/2.0/files/file/1", json!({ "title": "  " })).await.expect(400);
}

#[tokio::test]
async fn renaming_a_folder_cleans_its_title_and_a_section_keeps_its_own() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, MY, "a").await;
    let card = admin.put("/api/2.0/files/folder/100", json!({ "title": " a/b " })).await.expect(200).json();
    assert_eq!(card["response"]["title"], "a_b");
    let card = admin.put("/api/2.0/files/folder/2", json!({ "title": "mine" })).await.expect(200).json();
    assert_eq!(card["response"]["title"], "My documents");
    admin.post("/api/2.0/files/folder/2", json!({})).await.expect(400);
}
