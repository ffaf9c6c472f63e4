//! One request and its answer, as a text to compare byte for byte.

use axum::http::response::Parts;
use bytes::Bytes;

/// A request line, and everything that came back.
pub(crate) struct Exchange {
    pub(crate) line: String,
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

/// Headers that clients look at; the rest would only be noise.
const SHOWN: &[&str] = &[
    "content-type",
    "content-disposition",
    "content-range",
    "etag",
    "location",
    "set-cookie",
    "www-authenticate",
];

impl Exchange {
    pub(crate) fn status(&self) -> u16 {
        self.parts.status.as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body as sent.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in answer to {}: {}", self.line, self.text()))
    }

    /// Fails with the whole exchange if the status is another.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "\n{}", self.print());
        self
    }

    /// The exchange as a snapshot: request line, status, headers that matter, body byte for byte.
    pub(crate) fn print(&self) -> String {
        let mut text = format!("{}\n{}\n", self.line, self.parts.status);
        for name in SHOWN {
            for value in self.parts.headers.get_all(*name) {
                text += &[name, ": ", value.to_str().unwrap(), "\n"].concat();
            }
        }
        let body =
            String::from_utf8(self.body.to_vec()).unwrap_or_else(|_| format!("{} bytes", self.body.len()));
        text + "\n" + &body
    }
}
