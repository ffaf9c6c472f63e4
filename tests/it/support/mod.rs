//! The app under test, who calls it, and exchanges as text.

mod answers;
mod exchange;
mod identity;
pub(crate) mod program;
pub(crate) mod schema;
pub(crate) mod socket;
pub(crate) mod source;
pub(crate) mod temp;

pub(crate) use exchange::Exchange;
pub(crate) use identity::Identity;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use standin::{Builder, ClockStart, Document, Seed, Server, Timestamp};

/// 2026-02-12T09:00:00Z: where the clock of every test stands.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_770_886_800);

/// A server of its own with a frozen clock. Everything about it repeats, so snapshots need no redaction.
pub(crate) struct App {
    server: Server,
}

/// Options of the server under test: a frozen clock and the empty seed.
pub(crate) fn builder() -> Builder {
    Server::builder().clock(ClockStart::Frozen(Some(NOW))).seed(Seed::Empty)
}

/// A seed given as JSON: `seed(json!({"standin": 1, …}))`.
pub(crate) fn seed(document: serde_json::Value) -> Seed {
    Seed::Documents(vec![Document::new("test", document)])
}

impl App {
    /// The empty world.
    pub(crate) async fn empty() -> Self {
        Self::of(builder()).await
    }

    /// The demo world.
    pub(crate) async fn demo() -> Self {
        Self::of(builder().seed(Seed::Demo)).await
    }

    /// Any other.
    pub(crate) async fn of(builder: Builder) -> Self {
        Self { server: builder.start().await.unwrap() }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Stops the server and closes its databases.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    /// The portal's admin, by permanent token.
    pub(crate) fn admin(&self) -> Identity<'_> {
        self.token("standin-admin-token")
    }

    /// Whoever holds this portal token.
    pub(crate) fn token(&self, token: &str) -> Identity<'_> {
        Identity::new(self, Some(token.to_owned()), None)
    }

    /// Nobody.
    pub(crate) fn anonymous(&self) -> Identity<'_> {
        Identity::new(self, None, None)
    }

    /// The API key of Corezoid's demo.
    pub(crate) fn key(&self) -> Identity<'_> {
        Identity::new(self, None, Some((12_345, "secret".to_owned())))
    }

    /// Another API key.
    pub(crate) fn key_of(&self, login: i64, secret: &str) -> Identity<'_> {
        Identity::new(self, None, Some((login, secret.to_owned())))
    }

    /// One exchange through the real stack. `Host` is fixed, so that links in answers repeat.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Exchange {
        request.headers_mut().entry("host").or_insert("portal.test".parse().unwrap());
        let line = format!("{} {}", request.method(), request.uri());
        let response = self.server.call(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Exchange { line, parts, body }
    }

    /// The whole world as a state document: equal before and after whatever must change nothing.
    pub(crate) async fn state(&self) -> serde_json::Value {
        self.anonymous().get("/_standin/state").await.json()
    }
}

/// Signs the demo admin in, in the world of `prefix` (`/w/NAME` or nothing): a write that draws ids. Gives the token.
pub(crate) async fn sign_in(app: &App, prefix: &str) -> String {
    let body = serde_json::json!({ "userName": "admin@example.org", "password": "secret" });
    let answer = app.anonymous().post(&format!("{prefix}/api/2.0/authentication"), body).await.expect(201);
    answer.json()["response"]["token"].as_str().unwrap().to_owned()
}
