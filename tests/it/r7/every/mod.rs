//! Every route, by the examples of `examples.txt`: its answer as JSON fits the OpenAPI document, and its XML is that JSON
//! by the rules of sheet r7/transport 2.

mod document;
mod golden;
mod whole;
mod xml;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use crate::support::{App, Exchange, source};

/// One line of `examples.txt`, of the demo world: `VERB path`, then what the body is: JSON, or `file NAME`. A line that
/// starts with `!` is refused.
pub(crate) struct Example {
    pub(crate) line: String,
    pub(crate) refused: bool,
    pub(crate) verb: Method,
    /// After `/api/2.0/`.
    pub(crate) path: String,
    body: String,
}

pub(crate) fn examples() -> Vec<Example> {
    let text = source::files("tests/it/r7/every", "examples.txt").remove(0).text;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut seen = std::collections::BTreeSet::new();
    // Merges may leave a line twice.
    lines.filter(|line| seen.insert(*line)).map(Example::of).collect()
}

impl Example {
    fn of(line: &str) -> Self {
        let plain = line.trim_start_matches('!').trim();
        let (verb, rest) = plain.split_once(' ').unwrap_or_else(|| panic!("no verb in {line}"));
        let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let path = path.trim_start_matches('/').trim_start_matches("api/2.0/");
        let refused = line.starts_with('!');
        Self {
            line: line.to_owned(),
            refused,
            verb: verb.parse().unwrap(),
            path: path.to_owned(),
            body: body.trim().to_owned(),
        }
    }

    /// In a fresh demo world, with this suffix.
    pub(crate) async fn send(&self, app: &App, suffix: &str) -> Exchange {
        let world = app.anonymous().post("/_standin/reset", Value::Null).await;
        assert_eq!(world.status(), 204);
        self.send_as(app, "standin-admin-token", suffix).await
    }

    /// As whoever holds that token, in the world as it is.
    pub(crate) async fn send_as(&self, app: &App, token: &str, suffix: &str) -> Exchange {
        app.send(self.request("", token, suffix)).await
    }

    /// In the world of a prefix, by whoever holds that token.
    pub(crate) fn request(&self, world: &str, token: &str, suffix: &str) -> Request<Body> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let query = query.replace('{', "%7B").replace('}', "%7D").replace('"', "%22").replace(' ', "%20");
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let request = Request::builder()
            .method(&self.verb)
            .uri(format!("{world}/api/2.0/{path}{suffix}{query}"))
            .header(header::AUTHORIZATION, token);
        let request = match self.body.as_str() {
            "" => request.body(Body::empty()),
            file if file.starts_with("file ") => {
                let name = file.trim_start_matches("file ");
                let form = format!(
                    "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nHello\r\n--edge--\r\n"
                );
                request
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
                    .body(Body::from(form))
            }
            json => {
                serde_json::from_str::<Value>(json)
                    .unwrap_or_else(|error| panic!("{error} in {}", self.line));
                // Beside it `.xml` answers JSON, unless `Accept` asks for XML (sheet r7/transport 1).
                let accept = if suffix == ".xml" { "text/xml" } else { "application/json" };
                request
                    .header(header::CONTENT_TYPE, "application/json")
                    .header(header::ACCEPT, accept)
                    .body(Body::from(json.to_owned()))
            }
        };
        request.unwrap()
    }
}
