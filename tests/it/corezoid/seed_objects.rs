//! The object samples of seed 002, as they are printed there.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

async fn world_with(objects: Value) -> App {
    App::of(builder().seed(seed(json!({ "standin": 1, "corezoid": objects })))).await
}

/// seed 002, "Ответ" of "Описание протокола": the process is made, the node is not there, and the package is `ok`.
#[tokio::test]
async fn one_op_of_a_package_may_fail_alone() {
    let app = App::empty().await;
    let body = r#"{
  "ops": [
    {
      "type": "create",
      "obj": "conv"
    },
    {
      "type": "modify",
      "obj": "node",
      "obj_id": "n1234"
    }
  ]
}"#;
    assert_snapshot!(app.key().package("json", body).await.print());
}

/// seed 002, "Пример ошибки всего пакета".
#[tokio::test]
async fn a_package_that_is_none_is_a_format_error() {
    let app = App::empty().await;
    assert_snapshot!(app.key().package("json", r#"{"ops":[{"type":"create""#).await.print());
}

/// seed 002, "Пример запроса создания активного процесса с названием "Corezoid" в папке 11456 компании i7856235891".
#[tokio::test]
async fn a_process_is_created_as_the_seed_prints_it() {
    let app = world_with(json!({
        "companies": [{ "id": "i7856235891", "title": "Corezoid" }],
        "folders": [{ "id": 11456, "company": "i7856235891", "title": "Processes" }],
        // The sample's process is number 24545.
        "convs": [{ "id": 24544, "title": "The one before" }],
    }))
    .await;
    let body = r#"{
  "ops": [
    {
      "id": "147",
      "title": "Corezoid",
      "description": null,
      "folder_id": 11456,
      "company_id": "i7856235891",
      "obj": "conv",
      "type": "create",
      "obj_type": 0,
      "conv_type": "process",
      "create_mode": "without_nodes",
      "status": "actived"
    }
  ]
}"#;
    assert_snapshot!(app.key().package("json", body).await.print());
}

/// seed 002, "Восстановление объекта", on the URL printed there and on the usual one.
#[tokio::test]
async fn a_process_is_restored_as_the_seed_prints_it() {
    let body = r#"{
    "ops": [
        {
            "type": "restore",
            "obj": "conv",
            "obj_id": 480063
        }
    ]
}"#;
    for family in ["download", "json"] {
        let app = world_with(
            json!({ "convs": [{ "id": 480_063, "title": "Deleted by mistake", "status": "deleted" }] }),
        )
        .await;
        assert_snapshot!(format!("restored_by_{family}"), app.key().package(family, body).await.print());
        // Nothing with that id is in the trash any more.
        assert_snapshot!(
            format!("restored_again_by_{family}"),
            app.key().package(family, body).await.print()
        );
    }
}
