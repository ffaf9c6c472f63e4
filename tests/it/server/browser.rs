//! Cross-origin calls.

use axum::http::HeaderValue;
use standin::Cors;

use crate::support::socket::{Answer, call};
use crate::support::{App, builder};

const PREFLIGHT: &str = "Origin: http://localhost:3000\nAccess-Control-Request-Method: DELETE\n\
                         Access-Control-Request-Headers: authorization, content-type";

fn shown(answer: &Answer) -> String {
    let names = ["origin", "credentials", "methods", "headers", "max-age"]
        .map(|name| format!("access-control-allow-{name}"));
    let more = ["access-control-max-age", "access-control-expose-headers"].map(str::to_owned);
    let lines =
        names.iter().chain(&more).filter_map(|name| Some(format!("{name}: {}", answer.header(name)?)));
    format!("{}\n{}", answer.status, lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_origin_may_call_with_credentials_by_default() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    // A preflight carries no credentials, and needs none.
    let preflight = call(at, &format!("OPTIONS /api/2.0/files/file/1\n{PREFLIGHT}"), "");
    insta::assert_snapshot!(shown(&preflight), @r"
    200
    access-control-allow-origin: http://localhost:3000
    access-control-allow-credentials: true
    access-control-allow-methods: GET,POST,PUT,DELETE
    access-control-allow-headers: authorization, content-type
    access-control-max-age: 1728000
    ");
    for path in ["/api/2.0/people/@self", "/api/2/json", "/_standin/health", "/w/a/api/2.0/nothing", "/w/./x"]
    {
        let answer = call(at, &format!("GET {path}\nOrigin: http://localhost:3000"), "");
        let status = answer.status;
        assert_eq!(
            shown(&answer),
            format!(
                "{status}\naccess-control-allow-origin: http://localhost:3000\n\
                 access-control-allow-credentials: true\naccess-control-expose-headers: content-disposition"
            ),
            "{path}: refusals too must be readable by the page"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_origin_alone_may_be_let_in() {
    let only = Cors::Only(HeaderValue::from_static("http://app.test"));
    let app = App::of(builder().cors(only)).await;
    let answer =
        call(app.server().address(), "GET /_standin/health\nOrigin: http://localhost:3000", "").expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://app.test"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn off_means_no_header_and_no_preflight() {
    let app = App::of(builder().cors(Cors::Off)).await;
    let at = app.server().address();
    let preflight = call(at, &format!("OPTIONS /api/2.0/people/@self\n{PREFLIGHT}"), "");
    assert_eq!(shown(&preflight), "200\n", "the portal knows OPTIONS, but says nothing of origins");
    let answer = call(at, "GET /_standin/health\nOrigin: http://localhost:3000", "");
    assert_eq!(shown(&answer), "200\n");
}
