//! The base of absolute links in answers.

use axum::http::{HeaderMap, header};

/// Scheme, host and world prefix under which the client reached us: `http://localhost:8080/w/NAME`, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicBase {
    /// `http://host:port`, or what `--public-url` says.
    pub(crate) origin: String,
    /// `/w/NAME`, or empty in the world `default`.
    pub(crate) prefix: String,
}

impl PublicBase {
    /// From `--public-url`, else `X-Forwarded-Proto`/`-Host`, else `Host`, else the bound address.
    #[must_use]
    pub(crate) fn of(headers: &HeaderMap, public_url: Option<&str>, bound: &str, prefix: String) -> Self {
        if let Some(url) = public_url {
            return Self { origin: url.trim_end_matches('/').to_owned(), prefix };
        }
        let text = |name: header::HeaderName| {
            let value = headers.get(name)?.to_str().ok()?;
            // A chain of proxies lists several; the first is the client's view.
            let first = value.split(',').next()?.trim();
            let clean = first.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:[]".contains(&b));
            (clean && !first.is_empty()).then(|| first.to_owned())
        };
        let host = text(header::HeaderName::from_static("x-forwarded-host"))
            .or_else(|| text(header::HOST))
            .unwrap_or_else(|| bound.to_owned());
        let scheme = text(header::HeaderName::from_static("x-forwarded-proto"))
            .filter(|scheme| scheme == "https")
            .unwrap_or_else(|| "http".to_owned());
        Self { origin: format!("{scheme}://{host}"), prefix }
    }

    /// Whether the client speaks TLS to whatever stands before us.
    #[must_use]
    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// An absolute link to `path`, which starts with a slash.
    #[must_use]
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_follows_the_headers_of_the_request() {
        let mut headers = HeaderMap::new();
        let base =
            |headers: &HeaderMap, url| PublicBase::of(headers, url, "127.0.0.1:1", "/w/a".into()).link("/x");
        assert_eq!(base(&headers, None), "http://127.0.0.1:1/w/a/x");
        headers.insert(header::HOST, "portal.test:81".parse().unwrap());
        assert_eq!(base(&headers, None), "http://portal.test:81/w/a/x");
        headers.insert("x-forwarded-host", "outside.test, inner".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(base(&headers, None), "https://outside.test/w/a/x");
        headers.insert("x-forwarded-host", "evil\"<script>".parse().unwrap());
        assert_eq!(base(&headers, None), "https://portal.test:81/w/a/x");
        assert_eq!(base(&headers, Some("https://set.test/")), "https://set.test/w/a/x");
    }
}
