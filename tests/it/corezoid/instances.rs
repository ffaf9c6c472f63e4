//! Database connections (sheet corezoid/api 2.8).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told, world};
use crate::support::{App, builder, seed};

fn data() -> Value {
    json!({ "driver": "postgres", "database": "shop", "host": "db.example.org", "port": "5432", "username": "u",
        "password": "secret", "ssl": false, "timeoutMs": "3000" })
}

/// An op about an instance that is described in full.
fn described(verb: &str, more: &Value) -> Value {
    let mut op = op(verb, "instance", &json!({ "instance_type": "db_call", "data": data() }));
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op
}

#[tokio::test]
async fn an_instance_lives_in_a_folder_from_its_making_to_its_end() {
    let app = world().await;
    let view = json!([{ "type": "view", "list_obj": ["all"] }]);
    let package = [
        described("create", &json!({ "title": "Наша база", "description": null, "folder_id": "4" })),
        described("create", &json!({ "id": 7, "stage_id": 3 })),
        described("check", &json!({ "title": "test_db", "description": "" })),
        op("show", "instance", &json!({ "obj_id": "1" })),
        op("list", "folder", &json!({ "obj_id": 4, "filter": "instance" })),
        described(
            "modify",
            &json!({ "obj_id": 1, "title": "Renamed", "data": {
            "driver": "mongo", "database": "d", "host": "h", "port": 1, "username": "u", "password": "p", "ssl": "true",
            "timeoutMs": 0, "replicaSet": "rs0" } }),
        ),
        op("show", "instance", &json!({ "obj_id": 1, "project_id": 1, "stage_id": 3 })),
        op("favorite", "instance", &json!({ "obj_id": 1, "favorite": true })),
        op("link", "instance", &json!({ "obj_id": 1, "obj_to": "user", "obj_to_id": 2, "privs": view })),
        op("create", "group", &json!({ "title": "Admins", "obj_type": "admins" })),
        op("link", "instance", &json!({ "obj_id": 1, "obj_to": "group", "obj_to_id": 1, "privs": view })),
        op("list", "instance", &json!({ "obj_id": 1, "list_obj": "group" })),
        op("get", "object", &json!({ "obj_type": "instance", "obj_id": 1 })),
        op("modify", "owner", &json!({ "obj_type": "instance", "obj_id": 1, "obj_to_id": 2 })),
        op("link", "folder", &json!({ "obj_type": "instance", "obj_id": 1, "folder_id": 3, "parent_id": 4 })),
        op("delete", "instance", &json!({ "obj_id": 1 })),
        op("show", "instance", &json!({ "obj_id": 1 })),
        op("list", "folder", &json!({ "obj_id": 3, "filter": "deleted", "company_id": "i1" })),
        op("restore", "instance", &json!({ "obj_id": 1 })),
        op("delete", "instance", &json!({ "obj_id": 1 })),
        op("destroy", "instance", &json!({ "obj_id": 1 })),
        op("restore", "instance", &json!({ "obj_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn mistakes_about_instances_have_the_words_of_the_service_and_change_nothing() {
    let app = world().await;
    app.key().op(described("create", &json!({ "folder_id": 2 }))).await;
    app.key()
        .op(op(
            "modify",
            "stage",
            &json!({ "obj_id": 3, "title": "d", "short_name": "develop", "immutable": true }),
        ))
        .await;
    app.key().op(described("create", &json!({ "folder_id": 5 }))).await;
    let before = app.state().await;
    let without = |key: &str| {
        let mut data = data();
        data.as_object_mut().unwrap().shift_remove(key);
        json!({ "data": data })
    };
    let with = |key: &str, value: &Value| {
        let mut data = data();
        data[key] = value.clone();
        json!({ "data": data })
    };
    let package = [
        op("create", "instance", &json!({ "data": data() })),
        op("create", "instance", &json!({ "instance_type": "db_call" })),
        described("create", &json!({ "instance_type": "http" })),
        described("create", &without("driver")),
        described("create", &with("driver", &json!("sqlite"))),
        described("create", &with("port", &json!("many"))),
        described("create", &with("host", &json!(""))),
        described("create", &json!({ "title": "" })),
        described("create", &json!({ "folder_id": 99 })),
        described("create", &json!({ "folder_id": 3 })),
        described("check", &without("password")),
        described("modify", &json!({ "obj_id": 9 })),
        described("modify", &json!({ "obj_id": 1, "stage_id": 3, "project_id": 1 })),
        op("modify", "instance", &json!({ "obj_id": 1, "title": "alone" })),
        op("show", "instance", &json!({ "obj_id": 9 })),
        op("show", "instance", &json!({})),
        op("list", "instance", &json!({ "obj_id": 1 })),
        op("list", "instance", &json!({ "obj_id": 9, "list_obj": "group" })),
        op("favorite", "instance", &json!({ "obj_id": 9, "favorite": true })),
        op("link", "instance", &json!({ "obj_id": 9, "obj_to": "all", "privs": [] })),
        op("delete", "instance", &json!({ "obj_id": 9 })),
        op("restore", "instance", &json!({ "obj_id": 1 })),
        op("destroy", "instance", &json!({ "obj_id": 1 })),
        op("confirm", "instance", &json!({ "obj_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_instance_shares_the_fate_of_its_folder() {
    let app = world().await;
    let made = app.key().op(described("create", &json!({ "folder_id": 4, "title": "db" }))).await;
    assert_eq!(made["obj_id"], 1, "{made}");
    let proc = async |verb: &str, obj: &str, id: i64| {
        app.key().op(op(verb, obj, &json!({ "obj_id": id }))).await["proc"].clone()
    };
    assert_eq!(proc("delete", "folder", 4).await, "ok");
    assert_eq!(proc("show", "instance", 1).await, "obj_id_not_found");
    assert_eq!(proc("restore", "folder", 4).await, "ok");
    assert_eq!(proc("show", "instance", 1).await, "ok");
    assert_eq!(
        (proc("delete", "folder", 4).await, proc("destroy", "folder", 4).await),
        (json!("ok"), json!("ok"))
    );
    assert_eq!(proc("restore", "instance", 1).await, "error");
    assert_eq!(app.state().await["corezoid"].get("instances"), None);
}

#[tokio::test]
async fn what_a_deleted_user_owned_goes_to_another_instances_and_versions_too() {
    let app = world().await;
    let made = app.key().op(described("create", &json!({ "folder_id": 4 }))).await;
    let version = op("create", "version", &json!({ "vsn": "1", "stage_from_id": 3, "project_id": 1 }));
    assert_eq!(app.key_of(777, "other").op(version).await["proc"], "ok");
    let give = |kind: &str, id: &Value| {
        op("modify", "owner", &json!({ "obj_type": kind, "obj_id": id, "obj_to_id": 2 }))
    };
    assert_eq!(app.key().op(give("instance", &made["obj_id"])).await["proc"], "ok");
    assert_eq!(app.key().op(op("delete", "user", &json!({ "obj_id": 2 }))).await["proc"], "ok");
    let card = op("get", "object", &json!({ "obj_type": "instance", "obj_id": made["obj_id"] }));
    assert_eq!(app.key().op(card).await["owner_id"], 1);
    let state = app.state().await;
    let owners = |list: &str| state["corezoid"][list][0]["owner"].clone();
    assert_eq!((owners("instances"), owners("versions")), (json!(1), json!(1)));
}

#[tokio::test]
async fn instances_and_versions_come_back_from_a_state_document() {
    let app = world().await;
    app.key().op(described("create", &json!({ "folder_id": 4, "title": "db" }))).await;
    app.key().op(op("favorite", "instance", &json!({ "obj_id": 1, "favorite": true }))).await;
    app.key().op(described("create", &json!({ "company_id": "i1" }))).await;
    app.key().op(op("delete", "instance", &json!({ "obj_id": 2 }))).await;
    for vsn in ["1.0", "1.1"] {
        let version =
            json!({ "vsn": vsn, "stage_from_id": 2, "project_id": 1, "title": "Release", "changelog": "" });
        assert_eq!(app.key().op(op("create", "version", &version)).await["proc"], "ok");
    }
    app.key().op(op("delete", "version", &json!({ "obj_id": 1 }))).await;
    let state = app.state().await;
    let again = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(again.state().await, state);
    let shown = |id: i64| op("get", "version", &json!({ "obj_id": id }));
    for id in [1, 2] {
        assert_eq!(again.key().op(shown(id)).await, app.key().op(shown(id)).await);
    }
}

#[tokio::test]
async fn a_document_that_is_wrong_about_instances_or_versions_names_the_place() {
    let app = App::empty().await;
    let before = app.state().await;
    let folders = json!([
        { "id": 1, "title": "p", "kind": "project", "short_name": "pr" },
        { "id": 2, "title": "s", "kind": "stage", "short_name": "st", "folder": 1 },
    ]);
    let instance = |more: Value| {
        let mut it = json!({ "id": 1, "title": "a", "instance_type": "db_call", "data": {} });
        it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "folders": folders, "instances": [it] })
    };
    let versions = |list: &[Value]| {
        let whole = |more: &Value| {
            let mut it = json!({ "id": 1, "project": 1, "stage": 2, "vsn": "1", "link": "v.zip" });
            it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            it
        };
        let list: Vec<Value> = list.iter().map(whole).collect();
        json!({ "folders": folders, "downloads": [{ "name": "v.zip", "text": "" }], "versions": list })
    };
    for (part, place) in [
        (instance(json!({ "folder": 9 })), "corezoid.instances[0].folder: there is no folder 9"),
        (instance(json!({ "owner": 9 })), "corezoid.instances[0].owner: there is no user 9"),
        (instance(json!({ "favorite_of": [9] })), "corezoid.instances[0].favorite_of[0]: there is no user 9"),
        (instance(json!({ "id": 0 })), "corezoid.instances[0].id: ids start at 1"),
        (versions(&[json!({ "project": 2 })]), "corezoid.versions[0].project: there is no project 2"),
        (versions(&[json!({ "vsn": "v1" })]), "corezoid.versions[0].vsn: digits and dots"),
        (versions(&[json!({ "link": "w.zip" })]), "corezoid.versions[0].link: there is no download w.zip"),
        (versions(&[json!({ "owner": 9 })]), "corezoid.versions[0].owner: there is no user 9"),
        (versions(&[json!({ "status": "paused" })]), "corezoid.versions[0].status: one of active, deleted"),
        (versions(&[json!({}), json!({ "vsn": "2" })]), "corezoid.versions[1].id: id 1 is taken or under 1"),
        (
            versions(&[json!({}), json!({ "id": 2 })]),
            "corezoid.versions[1].vsn: another version of the project has this number",
        ),
    ] {
        let answer = app.anonymous().put("/_standin/state", json!({ "standin": 1, "corezoid": part })).await;
        assert!(answer.text().contains(place), "{place}\n{}", answer.print());
    }
    assert_eq!(app.state().await, before);
}

/// The path of a file's link.
fn path(answer: &Value) -> String {
    let link = answer["download_url"].as_str().unwrap_or_else(|| panic!("{answer}"));
    link.strip_prefix("http://portal.test").unwrap().to_owned()
}

/// No public source tells what a file says of an instance: the form is our own.
#[tokio::test]
async fn an_instance_is_exported_without_its_password_and_read_again() {
    let app = world().await;
    app.key()
        .op(described("create", &json!({ "folder_id": 4, "title": "Наша база", "description": "d" })))
        .await;
    let exported = json!({ "obj_type": "instance", "obj_id": 1 });
    let linked = json!({ "obj_type": "instance", "obj_id": 1, "format": "json" });
    let package = [
        op("get", "obj_scheme", &exported),
        op("create", "obj_scheme", &linked),
        op("check", "obj_scheme", &exported),
        op("get", "obj_scheme", &json!({ "obj_type": "instance", "obj_id": 9 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    // The same file as JSON and, by its name, in a zip.
    let file = app.anonymous().get(&path(&app.key().op(op("create", "obj_scheme", &linked)).await)).await;
    assert_snapshot!(file.expect(200).text(), @r#"[{"obj_type":4,"obj_id":1,"parent_id":4,"title":"Наша база","description":"d","instance_type":"db_call","data":{"driver":"postgres","database":"shop","host":"db.example.org","port":5432,"username":"u","ssl":false,"timeoutMs":3000},"uuid":"d86ee8d2-5ad9-4ac9-868d-138fc277b725"}]"#);
    let zipped = json!({ "obj_type": "instance", "obj_id": 1, "format": "zip" });
    let archive = app.anonymous().get(&path(&app.key().op(op("create", "obj_scheme", &zipped)).await)).await;
    let archive = archive.expect(200).body.to_vec();
    let mut files = zip::ZipArchive::new(std::io::Cursor::new(&archive)).unwrap();
    let mut text = String::new();
    let mut inner = files.by_name("instance_1_1770886800000.zip/1_Наша_база.instance.json").unwrap();
    std::io::Read::read_to_string(&mut inner, &mut text).unwrap();
    assert!(!text.contains("password") && text.contains("db.example.org"), "{text}");
    // Read again, it lacks its password only.
    let told_of = async |id: i64| app.key().op(op("show", "instance", &json!({ "obj_id": id }))).await;
    let mut before = told_of(1).await["data"].clone();
    before.as_object_mut().unwrap().shift_remove("password");
    for bytes in [text.as_bytes(), &archive] {
        let fields = [("obj", "obj_scheme"), ("folder_id", "5"), ("async", "false")];
        let answer = app.key().form(&fields, &[("scheme", "scheme", bytes)]).await.expect(200).json();
        let made = &answer["ops"][0]["scheme"][0];
        assert_eq!((&made["obj_type"], &made["old_obj_id"]), (&json!("instance"), &json!(1)), "{answer}");
        let shown = told_of(made["obj_id"].as_i64().unwrap()).await;
        assert_eq!((&shown["data"], &shown["folder_id"]), (&before, &json!(5)), "{shown}");
    }
    // A file of an unknown type, or without a connection, is refused.
    let before = app.state().await;
    for (item, text) in [
        (json!({ "instance_type": "http", "data": {} }), "Key 'instance_type'. 'Value is not valid'"),
        (json!({ "instance_type": "db_call" }), "Key 'data' is required"),
    ] {
        let mut file = json!({ "obj_type": 4, "obj_id": 1, "parent_id": 0, "title": "db" });
        file.as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
        let upload = json!({ "obj": "obj_scheme", "folder_id": 5, "scheme": json!([file]).to_string() });
        let answer = app.key().package("upload", &upload.to_string()).await.expect(200).json();
        assert_eq!(answer["ops"][0]["errors"][0]["errors"], json!([text]), "{answer}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_copy_of_an_instance_still_reaches_its_database() {
    let app = world().await;
    app.key().op(described("create", &json!({ "folder_id": 4, "title": "db" }))).await;
    let copy = async |more: Value| {
        let mut copy = json!({ "type": "create", "obj": "obj_copy", "obj_type": "instance", "obj_id": 1,
            "title": "Copy", "async": false });
        copy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.key().package("copy", &json!({ "ops": [copy] }).to_string()).await;
        answer.expect(200).json()["ops"][0].clone()
    };
    for (to, folder) in [
        (json!({ "obj_to_type": "stage", "obj_to_id": 3 }), 3),
        (json!({ "obj_to_type": "folder", "obj_to_id": 5 }), 5),
    ] {
        let made = copy(to).await;
        let id = &made["scheme"][0]["obj_id"];
        let shown = app.key().op(op("show", "instance", &json!({ "obj_id": id }))).await;
        assert_eq!(
            (&shown["title"], &shown["folder_id"], &shown["data"]["password"]),
            (&json!("Copy"), &json!(folder), &json!("secret")),
            "{made}"
        );
    }
    let before = app.state().await;
    for (to, text) in [
        (json!({ "obj_to_type": "project", "obj_to_id": 1 }), "Value is not valid"),
        (json!({ "obj_to_type": "stage", "obj_to_id": 9 }), "Object stage with id 9 does not exist"),
        (
            json!({ "obj_to_type": "folder", "obj_to_id": 5, "obj_id": 99 }),
            "Object instance with id 99 does not exist",
        ),
    ] {
        assert_eq!(copy(to).await["description"], text);
    }
    assert_eq!(app.state().await, before);
}
