//! Every node, deploy and export sample of seed 002: requests as they are printed there, answers compared byte for byte
//! with what is printed there (white space between tokens aside; key order counts).

use serde_json::{Value, json};
use standin::{Builder, ClockStart, Profile, Settings, Timestamp};

use crate::support::{App, NOW, builder, seed};

/// Request and answer of one sample, verbatim.
macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name, ".json"))
    };
}

/// The world that the samples take for granted: process 125892 with the nodes they name.
fn world() -> Builder {
    let node = |id: &str, obj_type: i64| json!({ "id": id, "live": { "obj_type": obj_type } });
    builder().seed(seed(json!({
        "standin": 1,
        "corezoid": { "convs": [{
            "id": 125_892,
            "title": "Process of the samples",
            "nodes": [
                node("741852963", 2),
                node("1235809652", 0),
                node("8523069879", 2),
                node("1485269578", 2),
                node("8547963253", 2),
                node("123589635", 0),
                node("85236954", 2),
            ],
        }] },
    })))
}

/// The answer as the seed prints it, without the white space between tokens.
fn printed(sample: &str) -> String {
    serde_json::from_str::<Value>(sample).unwrap().to_string()
}

async fn show(app: &App, node: &str) -> Value {
    app.key().op(json!({ "type": "show", "obj": "node", "conv_id": 125_892, "obj_id": node })).await
}

fn node_ids(answer: &Value) -> Vec<String> {
    let ids: Vec<String> = answer["ops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|op| op["obj_id"].as_str().unwrap().to_owned())
        .collect();
    for id in &ids {
        assert!(id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
    ids
}

/// "Создание узла процесса"; only the id of the new node is ours.
#[tokio::test]
async fn a_start_node_is_created_as_the_seed_prints_it() {
    for profile in [Profile::Seed, Profile::Upstream] {
        let app = App::of(world().profile(profile)).await;
        let answer = app.key().package("json", sample!("start_request")).await.expect(200);
        let id = node_ids(&answer.json()).remove(0);
        assert_eq!(answer.text(), printed(sample!("start_answer")).replace("67890", &id));
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        let node = show(&app, &id).await;
        assert_eq!((&node["title"], &node["obj_type"]), (&json!("START"), &json!(1)));
    }
}

/// "Установка координат узла".
#[tokio::test]
async fn coordinates_are_set_as_the_seed_prints_it() {
    let app = App::of(world()).await;
    let answer = app.key().package("json", sample!("coordinates_request")).await.expect(200);
    assert_eq!(answer.text(), printed(sample!("coordinates_answer")));
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 125_892 })).await;
    let draft = &list["commits"]["list"][0];
    assert_eq!(
        (&draft["obj_id"], &draft["name"], &draft["position"], &draft["extra"]),
        (
            &json!("741852963"),
            &json!("Final"),
            &json!([-1580, 160]),
            &json!("{\"modeForm\":\"collapse\",\"icon\":\"success\"}")
        )
    );
    assert_eq!(list["commits"]["version"], 1_487_321_422);
}

/// "Создание узлов для добавления логик API Call, …", "Добавление Логики API Call" and "Deploy процесса", one after the
/// other: the cluster of four nodes.
#[tokio::test]
async fn the_api_call_cluster_is_made_and_deployed_as_the_seed_prints_it() {
    let app = App::of(world().profile(Profile::Seed)).await;
    let created = app.key().package("json", sample!("cluster_request")).await.expect(200);
    let ids = node_ids(&created.json());
    let [logic, escalation, delay, last] = ids.as_slice() else { panic!("{ids:?}") };
    let mut expected = printed(sample!("cluster_answer"));
    for (theirs, ours) in [("963852", logic), ("741852", escalation), ("852123", delay), ("632547", last)] {
        expected = expected.replace(theirs, ours);
    }
    assert_eq!(created.text(), expected);

    let filled = |text: &str| {
        text.replace("{{logic_node_id}}", logic)
            .replace("{{escalation_node_id}}", escalation)
            .replace("{{delay_node_id}}", delay)
            .replace("{{final_node_id}}", last)
    };
    let request = filled(sample!("api_call_request"));
    let modified = app.key().package("json", &request).await.expect(200);
    assert_eq!(modified.text(), filled(&printed(sample!("api_call_answer"))));

    let deployed = app.key().package("json", sample!("deploy_request")).await.expect(200);
    assert_eq!(deployed.text(), printed(sample!("deploy_answer")));

    // What was sent is what runs, key for key: `\/` is the same text as `/`, templates stay templates.
    let sent: Value = serde_json::from_str(&request).unwrap();
    for (op, id) in sent["ops"].as_array().unwrap().iter().zip(&ids) {
        let node = show(&app, id).await;
        assert_eq!(node["logics"].to_string(), op["logics"].to_string());
        assert_eq!(node["semaphors"].to_string(), op["semaphors"].to_string());
    }
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 125_892 })).await;
    assert_eq!(
        list["commits"],
        json!({ "version": 0, "list": [], "size": 11, "last_confirmed_version": 1_487_321_422 })
    );
}

/// "Deploy процесса" in the default profile: what newer clients read comes after what the seed prints.
#[tokio::test]
async fn a_deploy_also_answers_newer_clients() {
    let app = App::of(world()).await;
    let answer = app.key().package("json", sample!("deploy_request")).await.expect(200);
    let seeds = printed(sample!("deploy_answer"));
    let seeds = seeds.strip_suffix("}]}").unwrap();
    assert_eq!(answer.text(), format!("{seeds},\"obj_id\":125892,\"obj_type\":\"conv\"}}]}}"));
}

/// "Добавление Логики Condition": the sample lacks a comma, so nothing of it is executed; with the comma it works.
#[tokio::test]
async fn the_condition_sample_works_once_its_comma_is_there() {
    let app = App::of(world()).await;
    let before = app.state().await;
    let broken = app.key().package("json", sample!("condition_request")).await.expect(200);
    assert_eq!(broken.text(), r#"{"request_proc":"format_error","ops":[]}"#);
    assert_eq!(app.state().await, before);

    let mended = sample!("condition_request").replace("\"1485269578\"\n", "\"1485269578\",\n");
    let answer = app.key().package("json", &mended).await.expect(200);
    assert_eq!(
        answer.text(),
        r#"{"request_proc":"ok","ops":[{"id":"","proc":"ok","conv_id":125892,"obj_id":"1235809652"}]}"#
    );
    let sent: Value = serde_json::from_str(&mended).unwrap();
    assert_eq!(show(&app, "1235809652").await["logics"].to_string(), sent["ops"][0]["logics"].to_string());
    let confirm =
        json!({ "type": "confirm", "obj": "commit", "conv_id": "125892", "version": 1_487_234_301 });
    assert_eq!(app.key().op(confirm).await["proc"], "ok");
}

/// The table of Condition: every `fun` with every `cast`, through the template of the seed, and deployed.
#[tokio::test]
async fn every_comparison_of_the_table_is_accepted_for_every_type() {
    let app = App::of(world()).await;
    for fun in ["eq", "not_eq", "more", "less", "regexp"] {
        for cast in ["string", "number", "boolean", "array", "object"] {
            let mut request = include_str!("fixtures/condition_template.json").to_owned();
            for (placeholder, value) in [
                ("{{node_id}}", "1235809652"),
                ("{{conv_id}}", "125892"),
                ("{{title}}", "Условие"),
                ("{{condition_ok_node_id}}", "8523069879"),
                ("{{request_id}}", "1"),
                ("{{key}}", "amount"),
                ("{{value}}", ""),
                ("{{fun}}", fun),
                ("{{key_type}}", cast),
                ("{{go_node_id}}", "8547963253"),
                ("{{position_X}}", "-2604"),
                ("{{position_Y}}", "-276.5"),
                ("{{version}}", "7"),
            ] {
                request = request.replace(placeholder, value);
            }
            let answer = app.key().package("json", &request).await.json();
            assert_eq!(answer["ops"][0]["proc"], "ok", "{fun} {cast}: {answer}");
            let confirm = json!({ "type": "confirm", "obj": "commit", "conv_id": 125_892, "version": 7 });
            assert_eq!(app.key().op(confirm).await["proc"], "ok", "{fun} {cast}");
            let condition = &show(&app, "1235809652").await["logics"][0]["conditions"][0];
            assert_eq!((&condition["fun"], &condition["cast"]), (&json!(fun), &json!(cast)));
        }
    }
}

/// "Добавление Логики Sum".
#[tokio::test]
async fn the_sum_sample_is_stored_and_deployed() {
    let app = App::of(world()).await;
    let answer = app.key().package("json", sample!("sum_request")).await.expect(200);
    assert_eq!(
        answer.text(),
        r#"{"request_proc":"ok","ops":[{"id":"","proc":"ok","conv_id":125892,"obj_id":"123589635"}]}"#
    );
    let node = show(&app, "123589635").await;
    assert_eq!(
        node["logics"].to_string(),
        r#"[{"type":"api_sum","extra":[{"id":"1","name":"Total amount","value":"{{amount}}"}]},{"type":"go","to_node_id":"85236954"}]"#
    );
    let confirm = json!({ "type": "confirm", "obj": "commit", "conv_id": 125_892, "version": 1_487_582_372 });
    assert_eq!(app.key().op(confirm).await["proc"], "ok");
}

/// The process of "Получение объектов".
fn exported() -> Builder {
    builder().seed(seed(json!({
        "standin": 1,
        "corezoid": { "convs": [{
            "id": 4740,
            "title": "fol_get_obj_scheme",
            "description": "fol_get_obj_scheme",
            "nodes": [
                { "id": "58134741e44b60791c00199e", "live": {
                    "obj_type": 2,
                    "title": "Final",
                    "position": [988, 400],
                    "extra": { "modeForm": "collapse", "icon": "error" },
                } },
                { "id": "58134741e44b60791c00199f", "live": {
                    "obj_type": 1,
                    "title": "Start",
                    "logics": [{ "type": "go", "to_node_id": "58134741e44b60791c00199e" }],
                    "position": [988, 100],
                    "extra": { "modeForm": "collapse", "icon": "" },
                } },
            ],
        }] },
    })))
}

/// "Получение объектов", by its own URL, and by "Выгрузка объектов" with `"async": false`, which answers the same.
#[tokio::test]
async fn a_scheme_is_given_as_the_seed_prints_it() {
    for profile in [Profile::Seed, Profile::Upstream] {
        let app = App::of(exported().profile(profile)).await;
        let answer = app.key().package("json", sample!("scheme_request")).await.expect(200);
        assert_eq!(answer.text(), printed(sample!("scheme_answer")));
        let request = sample!("scheme_request").replace("\"type\": \"get\",", "");
        let downloaded = app.key().package("download", &request).await.expect(200).json();
        assert_eq!(downloaded["ops"].to_string(), answer.json()["ops"].to_string());
    }
}

/// "Выгрузка объектов": at the second and under the address of the sample, the very link of the sample.
#[tokio::test]
async fn a_download_link_is_given_as_the_seed_prints_it_and_works() {
    let world = builder().seed(seed(json!({
        "standin": 1,
        "corezoid": {
            "folders": [{ "id": 236_739, "title": "Exported" }],
            "convs": [{ "id": 1, "folder": 236_739, "title": "In it" }],
        },
    })));
    let settings = Settings {
        public_url: Some("https://www.corezoid.com".to_owned()),
        clock: ClockStart::Frozen(Some(Timestamp::from_seconds(1_540_473_741))),
        ..Settings::default()
    };
    let app = App::of(world.settings(settings)).await;
    let answer = app.key().package("download", sample!("download_request")).await.expect(200);
    assert_eq!(answer.text(), printed(sample!("download_answer")));
    let path = "/user_downloads/folder_236739_1540473741.json";
    let file = app.anonymous().get(path).await.expect(200);
    assert_eq!(file.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(
        file.text(),
        concat!(
            r#"[{"obj_type":0,"obj_id":236739,"parent_id":0,"title":"Exported","description":""},"#,
            r#"{"obj_type":1,"obj_id":1,"parent_id":236739,"title":"In it","description":"","status":"actived","#,
            r#""params":null,"conv_type":"process","scheme":{"nodes":[],"web_settings":[[],[]]},"company_id":null}]"#
        )
    );
    // Clients with a key append login, time and the signature of an empty body.
    let time = NOW.seconds().to_string();
    let signature = standin::sign(&time, "secret", b"");
    let signed = app.anonymous().get(&format!("{path}/12345/{time}/{signature}")).await.expect(200);
    assert_eq!(signed.body, file.body);
    app.anonymous().get(&format!("{path}/12345/{time}/{}", "0".repeat(40))).await.expect(401);
    app.anonymous().get("/user_downloads/folder_236739_1.json").await.expect(404);
}

/// "Описание протокола": a node that does not exist is named before anything else about the op is.
#[tokio::test]
async fn a_missing_node_is_not_found_as_the_seed_prints_it() {
    let app = App::of(world()).await;
    let missing = json!({ "type": "modify", "obj": "node", "obj_id": "n1234" });
    let answer = app.key().op(missing).await;
    assert_eq!(
        answer.to_string(),
        r#"{"id":"","proc":"obj_id_not_found","obj":"node","obj_id":"n1234","description":"Object node with id n1234 does not exist"}"#
    );
    let known = json!({ "type": "modify", "obj": "node", "obj_id": "741852963" });
    assert_eq!(app.key().op(known).await["description"], "Key 'conv_id' is required");
}
