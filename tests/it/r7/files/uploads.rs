//! Uploads and text files (sheet r7/files 5.1, 5.3).

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::{MY, bytes, titles, upload};
use crate::support::{App, Exchange};

async fn raw(app: &App, path: &str, headers: &[(header::HeaderName, &str)], body: &[u8]) -> Exchange {
    let mut request = app.admin().request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    app.send(request.body(Body::from(body.to_vec())).unwrap()).await
}

#[tokio::test]
async fn one_part_gives_an_object_and_several_give_a_list() {
    let app = App::empty().await;
    insta::assert_snapshot!(
        app.admin().upload("/api/2.0/files/@my/upload.json", "a.txt", b"hello").await.print()
    );
    let form = "--edge\r\nContent-Disposition: form-data; name=\"one\"; filename=\"b.txt\"\r\n\r\nB\r\n\
                --edge\r\nContent-Disposition: form-data; name=\"two\"; filename=\"c.txt\"\r\n\r\nC\r\n--edge--\r\n";
    let kind = [(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")];
    let answer = raw(&app, "/api/2.0/files/@my/upload", &kind, form.as_bytes()).await.expect(201).json();
    assert_eq!(answer["count"], 2);
    let title = |index: usize| answer["response"][index]["title"].clone();
    assert_eq!((title(0), title(1)), (json!("b.txt"), json!("c.txt")));
    assert_eq!(bytes(&app.admin(), 3).await, b"C");
}

#[tokio::test]
async fn a_raw_body_is_named_by_its_headers() {
    let app = App::empty().await;
    for (headers, expected) in [
        (
            vec![(
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"%D0%9E%D1%82%D1%87%D1%91%D1%82.TXT\"",
            )],
            "Отчёт.txt",
        ),
        (
            vec![(header::CONTENT_DISPOSITION, "attachment; filename=x; filename*=UTF-8''a%20b.txt")],
            "a b.txt",
        ),
        // As the PyPI clients `onlyoffice` and `pyonlyoffice` send it: quoted and not, with the path as typed.
        (vec![(header::CONTENT_DISPOSITION, "inline; filename=\"dir/a b.xlsx\"")], "dir_a b.xlsx"),
        (vec![(header::CONTENT_DISPOSITION, "inline; filename=./c.xlsx")], "._c.xlsx"),
        (vec![(header::CONTENT_TYPE, "text/plain")], "file.txt"),
        (vec![(header::CONTENT_TYPE, "image/png")], "file.png"),
        (vec![(header::CONTENT_TYPE, "application/octet-stream")], "file"),
        (
            vec![
                (header::CONTENT_TYPE, "application/json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=d.json"),
            ],
            "d.json",
        ),
    ] {
        let answer = raw(&app, "/api/2.0/files/1/upload", &headers, b"{\"a\":1}").await.expect(201).json();
        assert_eq!(answer["response"]["title"], expected);
        let id = answer["response"]["id"].as_i64().unwrap();
        assert_eq!(bytes(&app.admin(), id).await, b"{\"a\":1}");
    }
}

#[tokio::test]
async fn a_namesake_gets_a_version_in_the_sections_and_a_twin_in_folders() {
    let app = App::empty().await;
    let admin = app.admin();
    for text in ["one", "two"] {
        admin.upload("/api/2.0/files/@my/upload", "Акт.txt", text.as_bytes()).await.expect(201);
    }
    let card =
        admin.upload("/api/2.0/files/@my/upload", "АКТ.txt", b"three").await.expect(201).json()["response"]
            .clone();
    assert_eq!((&card["id"], &card["version"], &card["versionGroup"]), (&json!(1), &json!(3), &json!(3)));
    assert_eq!((&card["comment"], &card["title"]), (&json!("Uploaded"), &json!("АКТ.txt")));
    upload(&admin, MY, "акт.txt", "four").await;
    assert_eq!(titles(&admin, "@my").await, ["АКТ.txt", "акт.txt"]);
    let card =
        admin.upload("/api/2.0/files/2/upload?createNewIfExist=false", "акт.txt", b"five").await.json();
    assert_eq!((&card["response"]["id"], &card["response"]["version"]), (&json!(1), &json!(4)));
    // Each version is there, with its own bytes.
    let link = "/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid=1";
    for (version, text) in [(1, "one"), (2, "two"), (3, "three"), (4, "five")] {
        assert_eq!(admin.get(&format!("{link}&version={version}")).await.expect(200).text(), text);
    }
    admin.upload("/api/2.0/files/@common/upload", "Акт.txt", b"x").await.expect(201);
    assert_eq!(titles(&admin, "@common").await, ["Акт.txt"]);
}

#[tokio::test]
async fn parts_of_one_name_are_files_of_their_own_or_versions_of_one() {
    let app = App::empty().await;
    let admin = app.admin();
    let part = |text: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\n{text}\r\n")
    };
    let form = format!("{}{}--edge--\r\n", part("one"), part("second"));
    let kind = [(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")];
    let path = "/api/2.0/files/2/upload?storeOriginalFileFlag=true&keepConvertStatus=true";
    raw(&app, path, &kind, form.as_bytes()).await.expect(201);
    assert_eq!(titles(&admin, "@my").await, ["a.txt", "a.txt"]);
    assert_eq!((bytes(&admin, 1).await, bytes(&admin, 2).await), (b"one".to_vec(), b"second".to_vec()));
    raw(&app, "/api/2.0/files/@common/upload", &kind, form.as_bytes()).await.expect(201);
    assert_eq!(titles(&admin, "@common").await, ["a.txt"]);
    let card = admin.get("/api/2.0/files/file/3").await.expect(200).json();
    assert_eq!((&card["response"]["version"], &card["response"]["versionGroup"]), (&json!(2), &json!(2)));
    assert_eq!(bytes(&admin, 3).await, b"second");
}

#[tokio::test]
async fn an_upload_that_says_whether_originals_are_kept_sets_it_for_good() {
    let app = App::empty().await;
    let admin = app.admin();
    let kept = async || app.state().await["r7"]["fileSettings"][0]["storeOriginal"].clone();
    let path = "/api/2.0/files/2/upload?storeOriginalFileFlag=";
    // sheet r7/files 5.1; what is refused sets nothing.
    admin.upload(&format!("{path}false"), "a.txt", b"").await.expect(500);
    assert_eq!(kept().await, json!(null));
    admin.upload(&format!("{path}false"), "a.txt", b"one").await.expect(201);
    assert_eq!(kept().await, json!(false));
    admin.upload("/api/2.0/files/2/upload", "a.txt", b"two").await.expect(201);
    assert_eq!(kept().await, json!(false));
    admin.upload(&format!("{path}true"), "a.txt", b"three").await.expect(201);
    assert_eq!(kept().await, json!(true));
    assert_eq!(titles(&admin, "@my").await, ["a.txt", "a.txt", "a.txt"], "nothing is converted");
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let app = App::empty().await;
    let admin = app.admin();
    let before = app.state().await;
    let message = |exchange: Exchange| exchange.json()["error"]["message"].clone();
    assert_eq!(
        message(admin.upload("/api/2.0/files/2/upload", "a.txt", b"").await.expect(500)),
        "Empty file"
    );
    assert_eq!(
        message(admin.upload("/api/2.0/files/999/upload", "a.txt", b"x").await.expect(404)),
        "The required folder was not found"
    );
    assert_eq!(
        message(admin.upload("/api/2.0/files/abc/upload", "a", b"x").await.expect(500)),
        "Int32.TryParse(abc)"
    );
    assert_eq!(
        message(admin.upload("/api/2.0/files/3/upload", "a.txt", b"x").await.expect(403)),
        "You don't have enough permission to create"
    );
    let form = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nB\r\n--edge--\r\n";
    let kind = [(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")];
    let none = raw(&app, "/api/2.0/files/2/upload", &kind, form.as_bytes()).await.expect(403);
    assert_eq!(message(none), "No input files");
    // The second part is empty: the first is not kept either.
    let form = "--edge\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nB\r\n\
                --edge\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\n\r\n\r\n--edge--\r\n";
    raw(&app, "/api/2.0/files/2/upload", &kind, form.as_bytes()).await.expect(500);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_file_over_100_mb_is_refused_in_the_portals_words() {
    let app = App::empty().await;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    let big = vec![0_u8; (100 << 20) + 1];
    let answer = raw(&app, "/api/2.0/files/2/upload", &kind, &big).await.expect(500).json();
    assert_eq!(answer["error"]["message"], "The maximum file size is exceeded (100 MB).");
}

#[tokio::test]
async fn titles_are_cleaned() {
    let app = App::empty().await;
    for (sent, expected) in
        [("../a+b.TXT", ".._a_b.txt"), ("снимок 😀.png", "снимок __.png"), ("README", "README")]
    {
        let answer = app.admin().upload("/api/2.0/files/2/upload", sent, b"x").await.expect(201).json();
        assert_eq!(answer["response"]["title"], expected);
    }
    // sheet r7/files 5.5: over 170 characters, the name is cut where a late dot shows an extension, the whole elsewhere.
    let long = "ж".repeat(200);
    for (sent, expected) in [
        (format!("{long}.DOCX"), format!("{}.docx", "ж".repeat(165))),
        (format!("a.{long}"), format!("a.{}", "ж".repeat(168))),
        (long.clone(), "ж".repeat(170)),
    ] {
        let answer = app.admin().upload("/api/2.0/files/2/upload", &sent, b"x").await.expect(201).json();
        assert_eq!(answer["response"]["title"], expected);
    }
}

#[tokio::test]
async fn texts_become_txt_or_html() {
    let app = App::empty().await;
    let admin = app.admin();
    let made = |exchange: Exchange| exchange.expect(201).json()["response"]["title"].clone();
    let body = |title: &str, content: &str| json!({ "title": title, "content": content });
    assert_eq!(made(admin.post("/api/2.0/files/2/text", body("a", "<b>hi</b>")).await), "a.txt");
    assert_eq!(made(admin.post("/api/2.0/files/@my/text", body("b", "<a href='x'>y</a>")).await), "b.html");
    assert_eq!(made(admin.post("/api/2.0/files/@common/text", body("c.TXT", "привет")).await), "c.txt");
    assert_eq!(bytes(&admin, 3).await, "привет".as_bytes());
    let refused: [(Value, u16); 3] =
        [(json!({ "content": "x" }), 400), (json!({ "title": "x" }), 400), (body("x", ""), 500)];
    for (sent, status) in refused {
        admin.post("/api/2.0/files/2/text", sent).await.expect(status);
    }
}
