//! From a raw request to arguments, uploaded parts and raw bytes (sheet r7/transport 4).

use axum::body::Body;
use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;

use super::bind::Arguments;
use super::endpoint::Entry;
use super::error::Fault;
use super::messages::Message;
use crate::kernel::body::{self, BodyError};

/// Largest body of a call that is not an upload.
pub(crate) const BODY_LIMIT: usize = 16 << 20;
/// Largest body of an upload: the 100 MB of a file (sheet r7/files 5.1), and room for the form around it.
pub(crate) const UPLOAD_LIMIT: usize = (100 << 20) + (1 << 20);
/// sheet r7/transport 9: at most 5000 form keys.
const FORM_KEYS: usize = 5000;

/// A file of a multipart form.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file_name: String,
    pub(crate) bytes: Bytes,
}

/// The body, taken apart by its media type.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Files of a multipart form, in order.
    pub(crate) parts: Vec<Part>,
    /// The body as sent, where it was not a form: a raw upload.
    pub(crate) raw: Bytes,
    /// Media type without parameters, lower case; empty if none was sent.
    pub(crate) media_type: String,
    /// The request's `Content-Disposition`, for raw uploads.
    pub(crate) disposition: Option<String>,
}

/// Reads the body and adds its parameters to `arguments`.
pub(crate) async fn read(
    method: &Method,
    headers: &HeaderMap,
    body: Body,
    entry: &Entry,
    arguments: &mut Arguments,
) -> Result<Input, Fault> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let disposition = headers
        .get(header::CONTENT_DISPOSITION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let upload = entry.upload;
    let limit = if upload { UPLOAD_LIMIT } else { BODY_LIMIT };
    let bytes = body::read(body, limit).await.map_err(|error| match error {
        // sheet r7/files 5.1: an upload that is too big fails as a file that is.
        BodyError::TooLarge if upload => Fault::Failure(Message::FileTooBig.into()),
        BodyError::TooLarge => Fault::TooLarge,
        BodyError::Broken => Fault::Broken,
    })?;
    let mut input = Input { media_type, disposition, ..Input::default() };
    match input.media_type.as_str() {
        // sheet r7/files 5.1: a raw upload of JSON is taken as the file's bytes where it says its name.
        "application/json" if upload && input.disposition.is_some() => input.raw = bytes,
        // sheet r7/transport 8: a courtesy, as the docs describe it; upstream reads no list here.
        "application/json" if entry.batch && bytes.trim_ascii_start().starts_with(b"[") => {
            arguments.push_json(&[b"{\"batch\":".as_slice(), &bytes, b"}"].concat())?;
        }
        "application/json" => arguments.push_json(&bytes)?,
        // sheet r7/transport 4: unlike JSON, an empty XML body is a mistake, and a 500.
        "text/xml" => arguments.push_xml(&bytes)?,
        "application/x-www-form-urlencoded" if method != Method::GET => {
            let pairs = form_urlencoded::parse(&bytes).take(FORM_KEYS);
            arguments.push_pairs(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
        }
        "multipart/form-data" if method != Method::GET => {
            input.parts = multipart(content_type, bytes, arguments).await?;
        }
        _ => input.raw = bytes,
    }
    Ok(input)
}

async fn multipart(content_type: &str, bytes: Bytes, arguments: &mut Arguments) -> Result<Vec<Part>, Fault> {
    let broken = |_| Fault::Argument("Invalid arguments".into());
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let whole = std::iter::once(Ok::<_, std::convert::Infallible>(bytes));
    let mut form = multer::Multipart::new(futures_stream(whole), boundary);
    let mut parts = Vec::new();
    let mut pairs = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.file_name().map(str::to_owned) {
            Some(file_name) => parts.push(Part { file_name, bytes: field.bytes().await.map_err(broken)? }),
            None if pairs.len() < FORM_KEYS => {
                let name = field.name().unwrap_or_default().to_owned();
                let value = field.bytes().await.map_err(broken)?;
                pairs.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
            None => {}
        }
    }
    arguments.push_pairs(pairs);
    Ok(parts)
}

/// The stream that `multer` wants, of chunks that are here already.
fn futures_stream<T: Unpin>(chunks: impl Iterator<Item = T> + Unpin) -> impl futures_core::Stream<Item = T> {
    struct Here<I>(I);
    impl<T, I: Iterator<Item = T> + Unpin> futures_core::Stream for Here<I> {
        type Item = T;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<T>> {
            std::task::Poll::Ready(self.0.next())
        }
    }
    Here(chunks)
}
