//! Uploads of schemes: forms, ids, options, mistakes, and how they went.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

async fn app() -> App {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i000000001", "title": "Demo company" }, { "id": "i000000002", "title": "Other" }],
            "users": [{ "id": 1, "title": "API key", "company": "i000000001", "keys": [{ "login": 12345, "secret": "secret" }] },
                      { "id": 2, "title": "Second key", "company": "i000000001", "keys": [{ "login": 12346, "secret": "second" }] }],
            "folders": [{ "id": 300, "company": "i000000001", "title": "Imports" }],
            "convs": [
                { "id": 70, "folder": 300, "title": "Deleted", "status": "deleted" },
                { "id": 71, "company": "i000000002", "title": "Elsewhere" },
            ],
        },
    });
    App::of(builder().seed(seed(document))).await
}

fn node(id: &str, kind: i64, title: &str, logics: Value, semaphors: Value) -> Value {
    let condition: Value = [("logics", logics), ("semaphors", semaphors)].into_iter().collect();
    json!({
        "id": id, "obj_type": kind, "condition": condition, "title": title, "description": "",
        "x": 100, "y": 200, "uuid": format!("uuid of {id}"), "extra": "{\"modeForm\":\"expand\",\"icon\":\"\"}", "options": null,
    })
}

fn conv(id: i64, parent: i64, title: &str, nodes: Value) -> Value {
    let scheme: Value = [("nodes", nodes), ("web_settings", json!([[], []]))].into_iter().collect();
    json!({
        "obj_type": 1, "obj_id": id, "parent_id": parent, "title": title, "description": "", "status": "active", "params": [],
        "ref_mask": true, "conv_type": "process", "scheme": scheme, "uuid": format!("uuid of {id}"),
    })
}

/// A folder with two processes that call each other, one that is called from outside the file, and a dashboard.
fn tree() -> Value {
    let caller = json!([
        node("start", 1, "Start", json!([{ "type": "go", "to_node_id": "call" }]), json!([])),
        node(
            "call",
            0,
            "Call",
            json!([
                { "id": "kept", "type": "api_rpc", "conv_id": 12, "err_node_id": "escalation", "extra": {}, "extra_type": {}, "chTime": 5 },
                { "type": "go", "to_node_id": "final" },
            ]),
            json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "final" },
                   { "type": "count", "value": 9, "esc_node_id": "escalation" }])
        ),
        node(
            "escalation",
            3,
            "",
            json!([{ "type": "go_if_const", "to_node_id": "final", "conditions": [] }, { "type": "go", "to_node_id": "final" }]),
            json!([])
        ),
        node("final", 2, "Final", json!([]), json!([])),
    ]);
    let called = json!([
        node("start", 1, "Start", json!([{ "type": "go", "to_node_id": "copy" }]), json!([])),
        node(
            "copy",
            0,
            "Copy",
            json!([
                { "type": "api_copy", "conv_id": "11", "mode": "create" }, { "type": "go", "to_node_id": "alias" },
            ]),
            json!([])
        ),
        node(
            "alias",
            0,
            "By alias",
            json!([
                { "type": "api_copy", "conv_id": "@notify" }, { "type": "go", "to_node_id": "outside" },
            ]),
            json!([])
        ),
        node(
            "outside",
            0,
            "Outside",
            json!([
                { "type": "api_get_task", "conv_id": 999_999, "node_id": "start" }, { "type": "go", "to_node_id": "final" },
            ]),
            json!([])
        ),
        node("final", 2, "Final", json!([]), json!([])),
    ]);
    json!([
        { "obj_type": 0, "obj_id": 10, "parent_id": 5, "title": "Payments", "description": "All of them", "colour": "red" },
        conv(11, 10, "Caller", caller),
        conv(12, 10, "Called", called),
        { "obj_type": 2, "obj_id": 13, "parent_id": 10, "title": "Board", "description": null, "time_range": { "select": "online" },
          "grid": [{ "obj_id": "chart", "x": 0, "y": 0, "width": 4, "height": 4 }],
          "charts_list": [{ "chart_id": "chart", "name": "Flow", "description": "", "obj_type": "funnel",
            "series": [{ "conv_id": 12, "node_id": "copy", "title": "In" }], "settings": { "a": 1 }, "uuid": "uuid of the chart" }] },
    ])
}

fn zip(files: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

// The same form does op validate obj_scheme
/// Uploads a file with these further fields, and gives the answer of its one op.
async fn upload(app: &App, fields: &[(&str, &str)], file: &[u8]) -> Value {
    let mut all = vec![("type", "create"), ("obj", "obj_scheme"), ("company_id", "i000000001")];
    all.extend(fields);
    let answer = app.key().form(&all, &[("scheme", "scheme.json", file)]).await.expect(200).json();
    assert_eq!(answer["request_proc"], "ok", "{answer}");
    answer["ops"][0].clone()
}

async fn exported(app: &App, kind: &str, id: &Value) -> Value {
    let op = json!({ "type": "get", "obj": "obj_scheme", "obj_type": kind, "obj_id": id });
    app.key().op(op).await["scheme"].clone()
}

// Behind this GET is op get upload_info
/// How an upload went.
async fn info(app: &App, hash: &Value) -> crate::support::Exchange {
    let path = app.key().signed("upload/info", b"");
    app.key().get(&format!("{path}?hash={}", hash.as_str().unwrap())).await
}

#[tokio::test]
async fn an_uploaded_tree_has_new_ids_everywhere_and_is_deployed() {
    let app = app().await;
    let file = tree().to_string();
    let fields = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "300"), ("async", "false")];
    let answer = app.key().form(&fields, &[("scheme", "scheme.json", file.as_bytes())]).await;
    insta::assert_snapshot!(answer.print());
    let root = answer.json()["ops"][0]["scheme"][0]["obj_id"].clone();
    let tree = exported(&app, "folder", &root).await;
    insta::assert_snapshot!("uploaded_tree", serde_json::to_string_pretty(&tree).unwrap());
    let shown = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": tree[1]["obj_id"] })).await;
    assert_eq!(
        (&shown["commits"]["version"], &shown["last_confirmed_version"]),
        (&json!(0), &json!(1_770_886_800))
    );
}

#[tokio::test]
async fn every_form_of_a_body_uploads_the_same() {
    let file = conv(7, 0, "Процесс", json!([node("a", 2, "Final", json!([]), json!([]))]));
    let (bare, array) = (file.to_string(), json!([file]).to_string());
    let archive = zip(&[("7_Процесс.json", bare.clone())]);
    let mut titles = Vec::new();
    for bytes in [bare.as_bytes(), array.as_bytes(), &archive] {
        let app = app().await;
        let answer = upload(&app, &[("folder_id", "0")], bytes).await;
        titles.push(answer["scheme"][0].clone());
    }
    let expected = json!({
        "hash": "78d0823b261a7854dd70dd24f63fd55cbf7189f2",
        "obj_id": 72, "obj_type": "conv", "title": "Процесс", "description": "", "old_obj_id": 7, "old_parent_id": 0,
    });
    assert_eq!(titles, vec![expected.clone(); 3]);
    // A form without files, a flat object, and a package say the same.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("obj", "obj_scheme")
        .append_pair("folder_id", "0")
        .append_pair("scheme", &array)
        .finish();
    let flat = json!({ "type": "create", "obj": "obj_scheme", "folder_id": 0, "scheme": [file] });
    for body in [form, flat.to_string(), json!({ "ops": [flat] }).to_string()] {
        let answer = app().await.key().package("upload", &body).await.expect(200).json();
        assert_eq!(answer["ops"][0]["scheme"][0], expected, "{body}");
    }
}

#[tokio::test]
async fn the_form_of_the_go_client_is_read_and_its_signature_holds() {
    let app = app().await;
    let file = conv(7, 0, "P", json!([])).to_string();
    let part = |name: &str, more: &str, value: &str| {
        format!("--b1\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let body = [
        part("obj", "", "obj_scheme"),
        part("folder_id", "", "300"),
        part("scheme", "; filename=\"scheme.json\"\r\nContent-Type: application/json", &file),
        "--b1--\r\n".to_owned(),
    ]
    .concat();
    let signed = [
        "Content-Disposition: form-data; name=\"obj\"\r\nobj_scheme",
        "Content-Disposition: form-data; name=\"folder_id\"\r\n300",
        "Content-Disposition: form-data; name=\"scheme\"; filename=\"scheme.json\"\r\nContent-Type: application/json\r\n",
        &file,
    ]
    .concat();
    let path = app.key().signed("upload", signed.as_bytes());
    let request = axum::http::Request::post(path).header("content-type", "multipart/form-data; boundary=b1");
    let answer = app.send(request.body(body.into()).unwrap()).await.expect(200).json();
    assert_eq!(answer["ops"][0]["scheme"][0]["obj_id"], 72, "{answer}");
}

#[tokio::test]
async fn an_archive_of_directories_keeps_its_tree() {
    let app = app().await;
    let twice = |name: &str| name.bytes().map(char::from).collect::<String>();
    let folder = |id: i64, parent: i64, title: &str| {
        json!({ "obj_type": 0, "obj_id": id, "parent_id": parent, "title": title, "description": "" })
            .to_string()
    };
    let outer = format!("w/1_{}.folder", twice("Папка"));
    let mut lost = conv(4, 0, "Says no parent", json!([]));
    lost.as_object_mut().unwrap().remove("parent_id");
    let archive = zip(&[
        (&format!("{outer}/3_P.conv.json"), conv(3, 2, "In the inner one", json!([])).to_string()),
        (&format!("{outer}/2_Inner.folder/2_Inner.folder.json"), folder(2, 1, "Inner")),
        (&format!("{outer}/2_Inner.folder/4_L.conv.json"), lost.to_string()),
        (&format!("{outer}/1_{}.folder.json", twice("Папка")), folder(1, 99, "Папка")),
        (&format!("{outer}/_ENV_VARS_.json"), r#"{"URL":{"description":"d"}}"#.to_owned()),
    ]);
    let answer = upload(&app, &[("obj_to_id", "300"), ("obj_to_type", "folder")], &archive).await;
    let made: Vec<_> = answer["scheme"].as_array().unwrap().iter().map(|made| &made["title"]).collect();
    assert_eq!(made, ["Папка", "Inner", "In the inner one", "Says no parent"]);
    let tree = exported(&app, "folder", &answer["scheme"][0]["obj_id"]).await;
    let lies = |title: &str, parent: &str| {
        let find = |title: &str| tree.as_array().unwrap().iter().find(|item| item["title"] == title).unwrap();
        assert_eq!(find(title)["parent_id"], find(parent)["obj_id"], "{title}");
    };
    lies("Inner", "Папка");
    lies("In the inner one", "Inner");
    lies("Says no parent", "Inner");
}

#[tokio::test]
async fn without_its_root_a_tree_goes_into_the_target_itself() {
    let app = app().await;
    let answer =
        upload(&app, &[("folder_id", "300"), ("skip_root", "true")], tree().to_string().as_bytes()).await;
    let made: Vec<_> =
        answer["scheme"].as_array().unwrap().iter().map(|made| made["old_obj_id"].clone()).collect();
    assert_eq!(made, [11, 12, 13]);
    let tree = exported(&app, "folder", &json!(300)).await;
    let parents: Vec<_> = tree.as_array().unwrap().iter().map(|item| item["parent_id"].clone()).collect();
    assert_eq!(parents, [0, 300, 300, 300]);
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_answers_a_hash_and_tells_later() {
    let app = app().await;
    let answer = app
        .key()
        .form(
            &[
                ("type", "create"),
                ("obj", "obj_scheme"),
                ("folder_id", "300"),
                ("company_id", "i000000001"),
                ("async", "true"),
            ],
            &[("scheme", "scheme.json", tree().to_string().as_bytes())],
        )
        .await;
    insta::assert_snapshot!(answer.print());
    let hash = answer.json()["ops"][0]["hash"].clone();
    assert_eq!(hash.as_str().unwrap().len(), 142);
    let told = info(&app, &hash).await;
    insta::assert_snapshot!("upload_info", told.text());
    let statistics = |obj: &str, verb: &str| json!({ "type": verb, "obj": obj, "action": "upload", "obj_type": "obj_scheme", "id": hash });
    let answer = app.key().ops(json!([{ "type": "get", "obj": "statistics", "action": "upload", "obj_type": "obj_scheme", "id": hash }])).await;
    insta::assert_snapshot!("upload_statistics", answer.text());
    let same = app.key().ops(json!([{ "type": "show", "obj": "sum_stat", "action": "upload", "obj_type": "obj_scheme", "id": hash }])).await;
    assert_eq!(same.text(), answer.text());
    // Only who began it sees it.
    let other = app.key_of(12_346, "second").op(statistics("statistics", "get")).await;
    assert_eq!(other["data"], json!([]));
    let stopped = app
        .key()
        .op(json!({ "type": "stop", "obj": "upload", "hash": hash, "obj_type": "obj_scheme" }))
        .await;
    assert_eq!(stopped, json!({ "id": "", "proc": "ok", "obj": "upload" }));
    // What is known of it travels with the world.
    let copy = App::of(builder().seed(seed(app.state().await))).await;
    assert_eq!(copy.state().await, app.state().await);
    assert_eq!(info(&copy, &hash).await.text(), told.text());
}

#[tokio::test]
async fn a_file_may_wait_to_be_named_later() {
    let app = app().await;
    let before = app.state().await["corezoid"]["convs"].clone();
    let file = tree().to_string();
    let kept = upload(&app, &[("folder_id", "300"), ("apply_mode", "false")], file.as_bytes()).await;
    assert_eq!(app.state().await["corezoid"]["convs"], before, "nothing is made yet");
    let id = kept["hash"].as_str().unwrap().to_owned();
    let copy = App::of(builder().seed(seed(app.state().await))).await;
    assert_eq!(copy.state().await, app.state().await);
    let fields =
        [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "300"), ("scheme_id", id.as_str())];
    let answer = copy.key().form(&fields, &[]).await.json();
    assert_eq!(answer["ops"][0]["scheme"].as_array().unwrap().len(), 4, "{answer}");
    let unknown = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "300"), ("scheme_id", "gone")];
    let answer = copy.key().form(&unknown, &[]).await.json();
    assert_eq!(answer["ops"][0], json!({ "proc": "error", "description": "Invalid scheme" }));
}

fn broken_tree() -> Value {
    let mut file = tree();
    file[1]["scheme"]["nodes"][1]["condition"]["logics"][0]["err_node_id"] = json!("nowhere");
    file[1]["scheme"]["nodes"][1]["condition"]["semaphors"][0]["value"] = json!(15);
    file[2]["scheme"]["nodes"][1]["condition"]["logics"][0]["conv_id"] = json!(71);
    file[2]["scheme"]["nodes"][2]["condition"]["logics"][0]["conv_id"] = json!(70);
    file
}

#[tokio::test]
async fn mistakes_are_a_tree_and_nothing_is_made() {
    let app = app().await;
    let before = app.state().await;
    let file = broken_tree().to_string();
    for verb in ["create", "validate"] {
        let fields = [("type", verb), ("obj", "obj_scheme"), ("folder_id", "300")];
        let answer = app.key().form(&fields, &[("scheme", "s.json", file.as_bytes())]).await.expect(200);
        insta::allow_duplicates! { insta::assert_snapshot!("upload_mistakes", answer.text()) };
    }
    let mut long = tree();
    long[1]["title"] = json!("x".repeat(256));
    let answer = upload(&app, &[("folder_id", "300")], long.to_string().as_bytes()).await;
    let errors = &answer["errors"][0];
    assert_eq!(
        (&errors["obj"], &errors["obj_id"], &errors["count"]),
        (&json!("folder"), &json!(10), &json!(1))
    );
    assert_eq!(
        errors["destinations"][0]["errors"],
        json!(["Value is not valid. Value's byte_size is more than maximum allowed: 255"])
    );
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn validate_looks_and_makes_nothing() {
    let app = app().await;
    let before = app.state().await;
    let file = tree().to_string();
    let fields = [("type", "validate"), ("obj", "obj_scheme"), ("folder_id", "300")];
    let answer = app.key().form(&fields, &[("scheme", "s.json", file.as_bytes())]).await;
    assert_eq!(answer.text(), r#"{"request_proc":"ok","ops":[{"obj":"obj_scheme","proc":"ok"}]}"#);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_keeps_broken_processes_undeployed() {
    let app = app().await;
    let answer =
        upload(&app, &[("folder_id", "300"), ("async", "true")], broken_tree().to_string().as_bytes()).await;
    let told = info(&app, &answer["hash"]).await;
    insta::assert_snapshot!(told.text());
    let scheme = &told.json()["ops"][0]["scheme"];
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": scheme[1]["obj_id"] })).await;
    assert_eq!((&list["list"], &list["commits"]["version"]), (&json!([]), &json!(1_770_886_800)));
    assert_eq!(list["commits"]["list"].as_array().unwrap().len(), 4);
    let copy = App::of(builder().seed(seed(app.state().await))).await;
    assert_eq!(copy.state().await, app.state().await);
}

#[tokio::test]
async fn every_wrong_request_has_its_own_words() {
    let app = app().await;
    let before = app.state().await;
    let good = tree().to_string();
    let mut said = String::new();
    for (fields, file) in [
        (vec![("folder_id", "300")], Some("{")),
        (vec![("folder_id", "300")], Some("[]")),
        (vec![("folder_id", "300")], Some(r#"{"scheme":{"nodes":[]}}"#)),
        (vec![("folder_id", "300")], None),
        (vec![], Some(good.as_str())),
        (vec![("obj_to_id", "300")], Some(good.as_str())),
        (vec![("obj_to_id", "300"), ("obj_to_type", "stage")], Some(good.as_str())),
        (vec![("obj_to_id", "300"), ("obj_to_type", "conv")], Some(good.as_str())),
        (vec![("folder_id", "9")], Some(good.as_str())),
        (vec![("folder_id", "x")], Some(good.as_str())),
        (vec![("folder_id", "300"), ("async", "maybe")], Some(good.as_str())),
        (vec![("folder_id", "300"), ("short_name", "Upper")], Some(good.as_str())),
    ] {
        let mut all = vec![("type", "create"), ("obj", "obj_scheme")];
        all.extend(&fields);
        let files: Vec<_> = file.iter().map(|file| ("scheme", "s.json", file.as_bytes())).collect();
        let answer = app.key().form(&all, &files).await.expect(200);
        said += &format!("{fields:?} {}\n{}\n\n", file.map_or(0, str::len), answer.text());
    }
    insta::assert_snapshot!(said);
    let unknown = info(&app, &json!("gone")).await;
    assert_eq!(unknown.json()["ops"][0]["description"], "Object upload with id gone does not exist");
    let stop = app
        .key()
        .op(json!({ "type": "stop", "obj": "upload", "hash": "gone", "obj_type": "obj_scheme" }))
        .await;
    assert_eq!(stop["proc"], "obj_id_not_found");
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_chart_of_an_unknown_type_is_refused_and_one_of_none_is_a_table() {
    let app = app().await;
    let before = app.state().await;
    let board = |kind: &Value| {
        json!([{ "obj_type": 2, "obj_id": 5, "parent_id": 0, "title": "Board", "grid": [],
            "charts_list": [{ "chart_id": "c", "name": "Speed", "obj_type": kind, "series": [] }] }])
    };
    let send = async |kind: Value| {
        let fields = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "300")];
        let file = board(&kind).to_string();
        app.key().form(&fields, &[("scheme", "s", file.as_bytes())]).await.json()["ops"][0].clone()
    };
    for kind in [json!("gauge"), json!(3)] {
        let refused = send(kind).await;
        let text = "Chart 'Speed'. Key 'obj_type'. 'Value is not valid'";
        assert_eq!(refused["errors"][0]["errors"], json!([text]), "{refused}");
        assert_eq!(app.state().await, before);
    }
    let made = send(Value::Null).await;
    let id = &made["scheme"][0]["obj_id"];
    let shown = app.key().op(json!({ "type": "show", "obj": "dashboard", "obj_id": id })).await;
    assert_eq!(shown["chart_list"][0]["type"], "table", "{shown}");
}
