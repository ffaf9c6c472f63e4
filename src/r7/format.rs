//! JSON or XML: what an answer is written in (sheet r7/transport 1, format negotiation). Pure.

use axum::http::{HeaderMap, header};

use super::route::Suffix;

/// The form of an answer; known before anything can fail, so that even a 404 speaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    /// The recommended rule of sheet r7/transport 1 (format negotiation).
    pub(crate) fn pick(suffix: Option<Suffix>, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let (json, xml) = accept.map_or((1.0, 0.0), ranks);
        match suffix {
            Some(Suffix::Xml) => {
                let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
                let sends_json = content_type.is_some_and(|text| {
                    text.split(';')
                        .next()
                        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
                });
                // Upstream quirk: `.xml` with a JSON body answers JSON, unless Accept clearly wants XML.
                if sends_json && (accept.is_none() || json >= xml) { Self::Json } else { Self::Xml }
            }
            None if accept.is_some() && xml > json => Self::Xml,
            Some(Suffix::Json) | None => Self::Json,
        }
    }
}

/// The highest q that an `Accept` gives to JSON and to XML. XML counts only where it is named.
fn ranks(accept: &str) -> (f32, f32) {
    let (mut json, mut xml) = (0.0_f32, 0.0_f32);
    for range in accept.split(',') {
        let mut pieces = range.split(';').map(str::trim);
        let media = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let q = pieces.find_map(|piece| piece.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        match media.as_str() {
            "application/json" | "application/*" | "*/*" => json = json.max(q),
            "text/xml" | "application/xml" => xml = xml.max(q),
            _ => {}
        }
    }
    (json, xml)
}
