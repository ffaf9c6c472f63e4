//! Every object sample of seed 002, as it is printed there.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{App, builder, seed};

/// A world in which the ids of the samples exist.
async fn world_of_the_seed() -> App {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i7856235891", "title": "Corezoid" }],
            "folders": [{ "id": 11456, "company": "i7856235891", "title": "Processes" }],
            "convs": [
                { "id": 24544, "title": "The one before" },
                { "id": 480_063, "title": "Deleted by mistake", "status": "deleted" },
            ],
        },
    });
    App::of(builder().seed(seed(document))).await
}

/// seed 002, "Пример запроса создания активного процесса": the process after id 24544 is 24545, as printed there, once
/// nothing of the document has a higher id.
#[tokio::test]
async fn a_process_is_created_as_the_seed_prints_it() {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i7856235891", "title": "Corezoid" }],
            "folders": [{ "id": 11456, "company": "i7856235891", "title": "Processes" }],
            "convs": [{ "id": 24544, "title": "The one before" }],
        },
    });
    let app = App::of(builder().seed(seed(document))).await;
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
    let answer = app.key().package("json", body).await;
    assert_snapshot!(answer.print());
}

/// seed 002, "Восстановление объекта", on the URL printed there.
#[tokio::test]
async fn a_process_is_restored_as_the_seed_prints_it() {
    let app = world_of_the_seed().await;
    let body = r#"{
    "ops": [
        {
            "type": "restore",
            "obj": "conv",
            "obj_id": 480063
        }
    ]
}"#;
    assert_snapshot!("restored", app.key().package("download", body).await.print());
    // Nothing with that id is in the trash any more.
    assert_snapshot!("restored_again", app.key().package("download", body).await.print());
}

/// seed 002, "Пример ошибки всего пакета".
#[tokio::test]
async fn a_package_that_is_none_is_a_format_error() {
    let app = App::empty().await;
    assert_snapshot!(app.key().package("json", r#"{"ops":[{"type":"create""#).await.print());
}
