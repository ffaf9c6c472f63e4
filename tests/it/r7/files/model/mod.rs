//! Random lives of documents against a model: three people make, share, move, copy, delete and restore; afterwards each
//! sees what the model says, and not a byte more.
//!
//! `PROPTEST_CASES=500 cargo test model` looks longer.

mod check;
mod operations;
mod steps;
mod tree;

use proptest::prelude::*;
use serde_json::json;

use super::{sharing, start};
use crate::support::{App, Identity, builder, seed};
use steps::Step;
use tree::{Model, PEOPLE, Root};

/// Somebody by number.
fn caller(app: &App, who: usize) -> Identity<'_> {
    app.token(&format!("{}-token", PEOPLE[who]))
}

/// The people of the sharing tests, but Olga is no guest here.
async fn world() -> App {
    let mut people = sharing::people();
    people["users"][2]["isVisitor"] = json!(false);
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": people })))).await
}

async fn sections(app: &App) -> Model {
    let mut model = Model::default();
    model.roots.insert(super::COMMON, Root::Common);
    for who in 0..PEOPLE.len() {
        for (section, root) in [("@my", Root::My(who)), ("@trash", Root::Trash(who))] {
            let content = caller(app, who).get(&format!("/api/2.0/files/{section}")).await.expect(200).json();
            model.roots.insert(content["response"]["current"]["id"].as_i64().unwrap(), root);
        }
    }
    model
}

/// A few lives in the suite; as many as are wanted by `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let cases =
        if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 8 };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn documents_live_as_the_model_says(steps in prop::collection::vec(any::<Step>(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = world().await;
            let mut model = sections(&app).await;
            let middle = steps.len() / 2;
            for (serial, step) in steps.iter().enumerate() {
                steps::take(&app, &mut model, step, serial).await;
                check::places(&app, &model).await;
                if serial == middle {
                    // A second life from the state document is the same.
                    let state = app.state().await;
                    app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
                    assert_eq!(app.state().await, state);
                    check::everything(&app, &model).await;
                }
            }
            check::everything(&app, &model).await;
            check::thieves(&app, &model).await;
        });
    }
}
