//! From a raw request to arguments, uploaded parts and raw bytes (sheet r7/transport 4).

use axum::body::Body;
use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::bind::Arguments;
use super::endpoint::Entry;
use super::error::Fault;
use super::files::blob::{Content, Inlet, Staging};
use super::files::upload::LARGEST;
use super::messages::Message;
use crate::kernel::body::{self, BodyError, Bounded};

/// Largest body of a call that is not an upload, and largest field of a form that is no file.
pub(crate) const BODY_LIMIT: usize = 16 << 20;
/// Largest body of an upload: the 100 MB of a file (sheet r7/files 5.1), and room for the form around it.
const UPLOAD_LIMIT: u64 = (100 << 20) + (1 << 20);
/// Largest request of all (sheet r7/transport 9).
pub(crate) const REQUEST_LIMIT: u64 = 1 << 30;
/// sheet r7/transport 9: at most 5000 form keys.
const FORM_KEYS: usize = 5000;

/// A file of a multipart form.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file_name: String,
    pub(crate) bytes: Content,
}

/// The body, taken apart by its media type.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Files of a multipart form, in order.
    pub(crate) parts: Vec<Part>,
    /// The body as sent, where it was not a form: a raw upload.
    pub(crate) raw: Content,
    /// Media type without parameters, lower case; empty if none was sent.
    pub(crate) media_type: String,
    /// The request's `Content-Disposition`, for raw uploads.
    pub(crate) disposition: Option<String>,
}

/// Reads the body and adds its parameters to `arguments`. `staging`: where an upload's bytes go as they arrive.
pub(crate) async fn read(
    method: &Method,
    headers: &HeaderMap,
    body: Body,
    entry: &Entry,
    staging: &mut Staging,
    arguments: &mut Arguments,
) -> Result<Input, Fault> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let disposition = headers
        .get(header::CONTENT_DISPOSITION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let staging = entry.upload.then_some(staging);
    let mut input = Input { media_type, disposition, ..Input::default() };
    let parameters = match input.media_type.as_str() {
        // sheet r7/files 5.1: a raw upload of JSON is taken as the file's bytes where it says its name.
        "application/json" => staging.is_none() || input.disposition.is_none(),
        "text/xml" => true,
        "application/x-www-form-urlencoded" => method != Method::GET,
        _ => false,
    };
    let form = input.media_type == "multipart/form-data" && method != Method::GET;
    if let Some(staging) = staging.filter(|_| !parameters) {
        upload(content_type, form, body, staging, arguments, &mut input).await?;
        return Ok(input);
    }
    let bytes = body::read(body, BODY_LIMIT).await.map_err(|error| match error {
        BodyError::TooLarge => Fault::TooLarge,
        BodyError::Broken => Fault::Broken,
    })?;
    match input.media_type.as_str() {
        // sheet r7/transport 8: a courtesy, as the docs describe it; upstream reads no list here.
        "application/json" if entry.batch && bytes.trim_ascii_start().starts_with(b"[") => {
            arguments.push_json(&[b"{\"batch\":".as_slice(), &bytes, b"}"].concat())?;
        }
        "application/json" => arguments.push_json(&bytes)?,
        // sheet r7/transport 4: unlike JSON, an empty XML body is a mistake, and a 500.
        "text/xml" => arguments.push_xml(&bytes)?,
        _ if parameters => {
            let pairs = form_urlencoded::parse(&bytes).take(FORM_KEYS);
            arguments.push_pairs(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
        }
        _ if form => input.parts = multipart(content_type, bytes, arguments).await?,
        _ => input.raw = bytes.into(),
    }
    Ok(input)
}

/// Takes an upload's bytes in as they arrive.
async fn upload(
    content_type: &str,
    form: bool,
    body: Body,
    staging: &mut Staging,
    arguments: &mut Arguments,
    input: &mut Input,
) -> Result<(), Fault> {
    // sheet r7/files 5.1, r7/transport 9: an upload that is too big fails as a file that is, up to what the server takes
    // at all. Where the length is announced, nothing is read.
    let too_big = || Fault::Failure(Message::FileTooBig.into());
    let refusal = if body::announced(&body) > REQUEST_LIMIT { Fault::TooLarge } else { too_big() };
    let limit = if form { UPLOAD_LIMIT } else { LARGEST.unsigned_abs() };
    let Ok(mut body) = Bounded::new(body, limit) else { return Err(refusal) };
    let read = if form {
        let read = files(content_type, &mut body, staging, arguments).await;
        read.map(|parts| input.parts = parts)
    } else {
        raw(&mut body, staging).await.map(|content| input.raw = content)
    };
    let failed = body.failed();
    if read.is_err() {
        body.refuse();
    }
    match failed {
        Some(BodyError::TooLarge) => Err(too_big()),
        Some(BodyError::Broken) => Err(Fault::Broken),
        None => read,
    }
}

async fn raw(body: &mut Bounded, staging: &mut Staging) -> Result<Content, Fault> {
    let mut inlet = Inlet::new(staging);
    while let Some(Ok(piece)) = body.next().await {
        inlet.push(piece).await?;
    }
    Ok(inlet.end().await?)
}

fn broken(_: multer::Error) -> Fault {
    Fault::Argument("Invalid arguments".into())
}

/// The files of a form; its other fields become arguments.
async fn files(
    content_type: &str,
    body: &mut Bounded,
    staging: &mut Staging,
    arguments: &mut Arguments,
) -> Result<Vec<Part>, Fault> {
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let mut form = multer::Multipart::new(&mut *body, boundary);
    let mut parts = Vec::new();
    let mut pairs = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let name = field.name().unwrap_or_default().to_owned();
            let value = text(&mut field).await?;
            if pairs.len() < FORM_KEYS {
                pairs.push((name, value));
            }
            continue;
        };
        let mut inlet = Inlet::new(staging);
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            inlet.push(piece).await?;
            if inlet.size() > LARGEST {
                return Err(Fault::Failure(Message::FileTooBig.into()));
            }
        }
        parts.push(Part { file_name, bytes: inlet.end().await? });
    }
    drop(form);
    // What follows the form is nobody's; the connection is free for the next request once it is read.
    while let Some(Ok(_)) = body.next().await {}
    arguments.push_pairs(pairs);
    Ok(parts)
}

/// A field that is no file.
async fn text(field: &mut multer::Field<'_>) -> Result<String, Fault> {
    let mut value = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        value.extend_from_slice(&piece);
        if value.len() > BODY_LIMIT {
            return Err(Fault::TooLarge);
        }
    }
    Ok(String::from_utf8_lossy(&value).into_owned())
}

/// A form of a call that is no upload: all of it is here.
async fn multipart(content_type: &str, bytes: Bytes, arguments: &mut Arguments) -> Result<Vec<Part>, Fault> {
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let mut parts = Vec::new();
    let mut pairs = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                let bytes = field.bytes().await.map_err(broken)?;
                parts.push(Part { file_name, bytes: bytes.into() });
            }
            None if pairs.len() < FORM_KEYS => {
                let name = field.name().unwrap_or_default().to_owned();
                pairs.push((name, text(&mut field).await?));
            }
            None => {}
        }
    }
    arguments.push_pairs(pairs);
    Ok(parts)
}
