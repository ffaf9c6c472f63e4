//! Who calls: each identity has the verbs, so a test reads "as whom, does what".

use axum::body::Body;
use axum::http::{Method, Request, header, request};
use serde_json::{Value, json};

use super::{App, Exchange, NOW, answers};

/// A caller of the app under test.
pub(crate) struct Identity<'a> {
    app: &'a App,
    token: Option<String>,
    key: Option<(i64, String)>,
}

impl<'a> Identity<'a> {
    pub(super) fn new(app: &'a App, token: Option<String>, key: Option<(i64, String)>) -> Self {
        Self { app, token, key }
    }

    /// A request as this caller, for tests that need to say more about it.
    pub(crate) fn request(&self, method: Method, path: &str) -> request::Builder {
        let builder = Request::builder().method(method).uri(path);
        match &self.token {
            Some(token) => builder.header(header::AUTHORIZATION, token),
            None => builder,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Exchange {
        self.app.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Exchange {
        self.json(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Exchange {
        self.json(Method::PUT, path, body).await
    }

    /// DELETE, with a JSON body unless it is null.
    pub(crate) async fn delete(&self, path: &str, body: Value) -> Exchange {
        if body.is_null() {
            return self.app.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await;
        }
        self.json(Method::DELETE, path, body).await
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Exchange {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Uploads one file as a multipart form.
    pub(crate) async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Exchange {
        let mut body =
            format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Uploads a form of fields and files, signed over its bytes, to Corezoid's upload URL.
    pub(crate) async fn form(&self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Exchange {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let path = self.signed("upload", &body);
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let answer = self.app.send(request.body(Body::from(body)).unwrap()).await;
        let op: serde_json::Map<String, Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        self.checked("upload", &json!({ "ops": [op] }).to_string(), answer).await
    }

    /// A path of Corezoid's, signed for this body.
    pub(crate) fn signed(&self, family: &str, body: &[u8]) -> String {
        let (login, secret) = self.key.as_ref().expect("this identity has no API key");
        let time = NOW.seconds().to_string();
        let signature = standin::sign(&time, secret, body);
        format!("/api/2/{family}/{login}/{time}/{signature}")
    }

    /// Sends a signed package to `/api/2/json`.
    pub(crate) async fn ops(&self, ops: Value) -> Exchange {
        self.package("json", &json!({ "ops": ops }).to_string()).await
    }

    /// Sends one op and gives its answer; fails if the package was refused.
    pub(crate) async fn op(&self, op: Value) -> Value {
        let answer = self.ops(json!([op])).await.expect(200).json();
        assert_eq!(answer["request_proc"], "ok", "{answer}");
        answer["ops"][0].clone()
    }

    /// Sends any body, signed, to a URL family.
    pub(crate) async fn package(&self, family: &str, body: &str) -> Exchange {
        self.package_in("", family, body).await
    }

    /// The same in the world of `prefix` (`/w/NAME`). Every answer must be as the op describes it.
    pub(crate) async fn package_in(&self, prefix: &str, family: &str, body: &str) -> Exchange {
        let (login, secret) = self.key.as_ref().expect("this identity has no API key");
        let time = NOW.seconds().to_string();
        let signature = standin::sign(&time, secret, body.as_bytes());
        let path = format!("{prefix}/api/2/{family}/{login}/{time}/{signature}");
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json; charset=utf8");
        let answer = self.app.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        self.checked(family, body, answer).await
    }

    /// The same answer, once it is known to be as its ops describe it.
    async fn checked(&self, family: &str, sent: &str, answer: Exchange) -> Exchange {
        if answer.status() == 200 {
            answers::check(family, sent, &answer.json()).await;
        }
        answer
    }
}
