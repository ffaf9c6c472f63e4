//! Saved versions of stages (sheet corezoid/api 2.8).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told, world};
use crate::support::App;

/// Puts a version into a stage, or beside the stages: a flat object on the upload URL (sheet corezoid/api 1.1).
async fn upload(app: &App, more: &Value) -> Value {
    let op = op("upload", "version", &json!({ "project_id": 1, "company_id": "i1" }));
    let mut op = op.as_object().unwrap().clone();
    op.extend(more.as_object().unwrap().clone());
    app.key().package("upload", &Value::Object(op).to_string()).await.expect(200).json()
}

async fn create(app: &App, vsn: &str, stage: i64) -> Value {
    let more = json!({ "vsn": vsn, "stage_from_id": stage, "project_id": 1, "company_id": "i1" });
    let answer = app.key().op(op("create", "version", &more)).await;
    assert_eq!(answer["proc"], "ok", "{answer}");
    answer
}

async fn titles(app: &App, stage: i64) -> Vec<(String, i64)> {
    let list = app.key().op(op("list", "stage", &json!({ "obj_id": stage }))).await["list"].clone();
    let line = |line: &Value| (line["title"].as_str().unwrap().to_owned(), line["obj_id"].as_i64().unwrap());
    list.as_array().unwrap_or_else(|| panic!("{list}")).iter().map(line).collect()
}

#[tokio::test]
async fn a_version_is_made_changed_listed_and_thrown_away() {
    let app = world().await;
    let make = |vsn: &str, stage: i64, more: Value| {
        let mut op = op(
            "create",
            "version",
            &json!({ "vsn": vsn, "stage_from_id": stage, "project_id": 1, "company_id": "i1" }),
        );
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let list = |more: Value| {
        let mut op = op("list", "versions", &json!({ "project_id": 1, "company_id": "i1" }));
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let package = [
        make("1.9", 2, json!({ "changelog": "" })),
        make("1.10", 3, json!({ "title": "Релиз", "changelog": "Всё новое" })),
        op("modify", "version", &json!({ "obj_id": 1, "title": "test", "changelog": null })),
        op("modify", "version", &json!({ "obj_id": 1 })),
        op("get", "version", &json!({ "obj_id": 1, "company_id": "i1", "project_id": 1 })),
        list(json!({})),
        list(json!({ "sort": "title", "order": "desc", "stage_id": 3 })),
        op("delete", "version", &json!({ "obj_id": 1, "project_id": 1, "company_id": "i1" })),
        op("get", "version", &json!({ "obj_id": 1 })),
        list(json!({ "filter": "deleted" })),
        op("restore", "version", &json!({ "obj_id": 1 })),
        op("delete", "version", &json!({ "obj_id": 2 })),
        make("1.10", 3, json!({})),
        op("restore", "version", &json!({ "obj_id": 2 })),
        op("destroy", "version", &json!({ "obj_id": 2 })),
        op("get", "version", &json!({ "obj_id": 2 })),
        op("get", "object", &json!({ "obj_type": "version", "obj_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    let numbers = app.key().op(list(json!({ "filter": "all", "sort": "vsn", "order": "desc" }))).await;
    let numbers: Vec<_> =
        numbers["list"].as_array().unwrap().iter().map(|line| line["vsn"].clone()).collect();
    assert_eq!(numbers, ["1.10", "1.9"]);
}

#[tokio::test]
async fn the_file_of_a_version_is_what_the_stage_had_deployed_and_goes_with_it() {
    let app = world().await;
    let link = create(&app, "1.0", 2).await["link"].as_str().unwrap().to_owned();
    assert_eq!(link, "version_2_1.0_1770886800000.zip");
    let path = format!("/user_downloads/{link}");
    let file = app.anonymous().get(&path).await.expect(200);
    assert_eq!(file.parts.headers["content-type"], "application/zip");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.body.to_vec())).unwrap();
    let names: Vec<String> =
        (0..zip.len()).map(|index| zip.by_index(index).unwrap().name().unwrap().into_owned()).collect();
    assert_eq!(
        names,
        [
            "version_2_1.0_1770886800000.zip/2_production.stage/2_production.stage.json",
            "version_2_1.0_1770886800000.zip/2_production.stage/3_Released.conv.json",
        ]
    );
    // In the trash it can still be had.
    app.key().op(op("delete", "version", &json!({ "obj_id": 1 }))).await;
    app.anonymous().get(&path).await.expect(200);
    app.key().op(op("destroy", "version", &json!({ "obj_id": 1 }))).await;
    app.anonymous().get(&path).await.expect(404);
}

#[tokio::test]
async fn a_stage_becomes_again_what_a_version_holds() {
    let app = world().await;
    create(&app, "1.0", 3).await;
    let before = titles(&app, 3).await;
    let do_all = [
        op("modify", "conv", &json!({ "obj_id": 1, "title": "Changed" })),
        op("delete", "conv", &json!({ "obj_id": 2 })),
        op("create", "conv", &json!({ "title": "Too much", "stage_id": 3 })),
        op("delete", "dashboard", &json!({ "obj_id": 1 })),
    ];
    for op in do_all {
        assert_eq!(app.key().op(op.clone()).await["proc"], "ok", "{op}");
    }
    let compare = json!({ "ops": [{ "type": "compare", "obj": "obj_scheme", "obj_id": 3, "obj_type": "stage",
        "obj_to_id": 1, "obj_to_type": "version", "diff_status": true }] });
    let statuses = app.key().package("compare", &compare.to_string()).await.json()["ops"][0]["list"].clone();
    let status =
        |line: &Value| format!("{} {}", line["title"].as_str().unwrap(), line["__status"].as_str().unwrap());
    let mut found: Vec<_> = statuses.as_array().unwrap().iter().map(status).collect();
    found.sort();
    assert_eq!(found, ["Board added", "Inner ", "One changed", "Too much deleted", "Two added"]);
    let answer = upload(&app, &json!({ "version_id": 1, "stage_to_id": 3 })).await;
    assert_eq!(
        answer,
        json!({ "request_proc": "ok", "ops": [{ "obj": "version", "proc": "ok", "stage_to_id": 3 }] })
    );
    // What is still there keeps its id; what had been deleted is made anew.
    let after = titles(&app, 3).await;
    let names = |list: &[(String, i64)]| list.iter().map(|row| row.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&after), names(&before));
    assert!(after.contains(&("One".to_owned(), 1)), "{after:?}");
}

#[tokio::test]
async fn a_version_goes_into_a_closed_stage_or_becomes_one_of_its_own() {
    let app = world().await;
    create(&app, "2.0", 3).await;
    let answer = upload(&app, &json!({ "version_id": "1", "stage_to_id": "2", "async": true })).await;
    let hash = answer["ops"][0]["hash"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert_eq!(answer["ops"][0], json!({ "obj": "obj_scheme", "proc": "ok", "hash": hash }));
    let names = |list: Vec<(String, i64)>| list.into_iter().map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(names(titles(&app, 2).await), ["Inner", "One", "Board"]);
    let answer = upload(&app, &json!({ "version_id": 1 })).await;
    let stage = answer["ops"][0]["stage_to_id"].as_i64().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(names(titles(&app, stage).await), ["Inner", "One", "Board"]);
    let shown = app.key().op(op("show", "stage", &json!({ "obj_id": stage }))).await;
    assert_eq!((&shown["title"], &shown["short_name"]), (&json!("develop 2.0"), &json!("develop-2-0")));
    let again = upload(&app, &json!({ "version_id": 1 })).await;
    assert_eq!(again["ops"][0]["description"], "short_name already exists");
}

#[tokio::test]
async fn mistakes_about_versions_change_nothing() {
    let app = world().await;
    create(&app, "1.0", 3).await;
    create(&app, "2.0", 3).await;
    app.key().op(op("delete", "version", &json!({ "obj_id": 2 }))).await;
    app.key()
        .op(op("create", "project", &json!({ "title": "Other", "short_name": "other", "company_id": "i1" })))
        .await;
    let before = app.state().await;
    let package = [
        op("create", "version", &json!({ "vsn": "1.1", "project_id": 1 })),
        op("create", "version", &json!({ "stage_from_id": 3, "project_id": 1 })),
        op("create", "version", &json!({ "vsn": "1.1", "stage_from_id": 3 })),
        op("create", "version", &json!({ "vsn": "v1", "stage_from_id": 3, "project_id": 1 })),
        op("create", "version", &json!({ "vsn": "1.0", "stage_from_id": 3, "project_id": 1 })),
        op("create", "version", &json!({ "vsn": "1.1", "stage_from_id": 9, "project_id": 1 })),
        op("create", "version", &json!({ "vsn": "1.1", "stage_from_id": 3, "project_id": 6 })),
        op("create", "version", &json!({ "vsn": "1.1", "stage_from_id": 3, "project_id": 1, "title": "ab" })),
        op("create", "version", &json!({ "vsn": "1.1", "stage_from_id": 3, "project_id": 99 })),
        op("modify", "version", &json!({ "obj_id": 9, "title": "abc" })),
        op("modify", "version", &json!({ "obj_id": 2, "title": "abc" })),
        op("get", "version", &json!({ "obj_id": 9 })),
        op("get", "version", &json!({ "obj_id": 1, "project_id": 6 })),
        op("delete", "version", &json!({ "obj_id": 2 })),
        op("restore", "version", &json!({ "obj_id": 1 })),
        op("destroy", "version", &json!({ "obj_id": 1 })),
        op("list", "versions", &json!({})),
        op("list", "versions", &json!({ "project_id": 99 })),
        op("list", "versions", &json!({ "project_id": 1, "filter": "some" })),
        op("upload", "version", &json!({ "version_id": 1, "stage_to_id": 3 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    let mut uploads = String::new();
    for more in [
        json!({}),
        json!({ "version_id": 9 }),
        json!({ "version_id": 2, "stage_to_id": 3 }),
        json!({ "version_id": 1, "stage_to_id": 9 }),
        json!({ "version_id": 1, "stage_to_id": 3, "project_id": 6 }),
    ] {
        uploads.push_str(&format!("{more}\n    {}\n", upload(&app, &more).await));
    }
    assert_snapshot!(uploads);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn of_projects_stages_and_versions_there_is_a_zip_only() {
    let app = world().await;
    let link = create(&app, "1.0", 2).await["link"].clone();
    let download = async |kind: &str, id: i64, more: Value| {
        let mut op = json!({ "obj": "obj_scheme", "obj_id": id, "obj_type": kind });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.key().package("download", &json!({ "ops": [op] }).to_string()).await.json()["ops"][0].clone()
    };
    let json_file = json!({ "format": "json" });
    for (kind, id) in [("project", 1), ("stage", 3), ("version", 1)] {
        let refused = json!({ "description": "Value is not valid", "id": "", "key": "format", "proc": "error", "value": "json" });
        assert_eq!(download(kind, id, json_file.clone()).await, refused, "{kind}");
        let answer = download(kind, id, json!({ "format": "zip" })).await;
        let url = answer["download_url"].as_str().unwrap_or_else(|| panic!("{kind} {answer}"));
        app.anonymous().get(url.strip_prefix("http://portal.test").unwrap()).await.expect(200);
    }
    assert_eq!(download("folder", 4, json_file).await["proc"], "ok");
    let saved = download("version", 1, json!({})).await;
    let url = format!("http://portal.test/user_downloads/{}", link.as_str().unwrap());
    let expected = json!({ "download_url": url, "obj": "obj_scheme", "proc": "ok", "statistics_id": link });
    assert_eq!(saved, expected);
    let missing = download("version", 9, json!({})).await;
    assert_eq!(missing["description"], "Object version with id 9 does not exist");
}
