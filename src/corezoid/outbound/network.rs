//! Calls that leave: one connection each, HTTP/1.1, no redirects, no cookies, everything bounded.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::rustls::pki_types::ServerName;

use super::{LONGEST, MOST_AT_ONCE, tls, too_big};
use crate::corezoid::engine::{Request, Response, Silence};
use crate::kernel::outbound::Target;
use crate::kernel::world::World;

/// How many calls of a world are under way.
struct Slots(Arc<Semaphore>);

impl Default for Slots {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

/// Waits until one more call of the world may be under way.
pub(super) async fn slot(world: &World) -> Option<OwnedSemaphorePermit> {
    let slots = Arc::clone(&world.part::<Slots>().0);
    slots.acquire_owned().await.ok()
}

/// A call that brought no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) silence: Silence,
    /// More about it, for whoever looks at the calls: the task does not see it.
    pub(super) why: Option<String>,
}

impl From<Silence> for Lost {
    fn from(silence: Silence) -> Self {
        Self { silence, why: None }
    }
}

/// No connection, and why.
pub(super) fn refused(why: impl Display) -> Lost {
    Lost { silence: Silence::Refused, why: Some(why.to_string()) }
}

/// Sends a request to another server; `patience` is for the whole exchange.
pub(super) async fn send(
    target: &Target,
    world: &World,
    request: &Request,
    patience: Duration,
) -> Result<Response, Lost> {
    let (method, headers) = head(target, request)?;
    let mut sent = HttpRequest::new(Full::from(request.body.clone()));
    *sent.method_mut() = method;
    *sent.uri_mut() = target.path.parse().map_err(refused)?;
    *sent.headers_mut() = headers;
    // Some servers insist on a length where a body could be (RFC 9110, 8.6).
    if request.body.is_empty() && matches!(*sent.method(), Method::POST | Method::PUT | Method::PATCH) {
        sent.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(0));
    }
    let pem = request.certificate.as_deref();
    let tls = target.https.then(|| tls::connector(&world.settings.authorities, pem)).transpose()?;
    let exchange = async {
        let _slot = slot(world).await;
        let stream = connect(target).await.map_err(refused)?;
        let Some(tls) = tls else { return talk(stream, sent).await };
        let name = ServerName::try_from(target.host.clone()).map_err(refused)?;
        let stream = tls.connect(name, stream).await.map_err(refused)?;
        talk(stream, sent).await
    };
    tokio::time::timeout(patience, exchange).await.unwrap_or(Err(Silence::Timeout.into()))
}

async fn connect(target: &Target) -> std::io::Result<TcpStream> {
    // Whatever a resolver would say of `localhost`, it is this machine.
    let found: Vec<SocketAddr> = if target.host == "localhost" {
        let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        both.map(|ip| SocketAddr::new(ip, target.port)).into()
    } else {
        tokio::net::lookup_host((target.host.as_str(), target.port)).await?.collect()
    };
    let stream = TcpStream::connect(&found[..]).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One exchange on a connection of its own.
async fn talk<S>(stream: S, request: HttpRequest<Full<bytes::Bytes>>) -> Result<Response, Lost>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(refused)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(refused)?;
        let (parts, mut body) = response.into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(refused)?;
            let piece = frame.data_ref().map_or(&[][..], |data| data);
            if bytes.len() + piece.len() > LONGEST {
                return Err(too_big(bytes.len() + piece.len()).into());
            }
            bytes.extend_from_slice(piece);
        }
        Ok(answered(parts.status.as_u16(), &parts.headers, bytes))
    };
    tokio::pin!(exchange, connection);
    // The connection moves the bytes; it may end before the answer has been read.
    tokio::select! {
        answer = &mut exchange => answer,
        _ = &mut connection => exchange.await,
    }
}

/// Headers that belong to the connection, or follow from the body: they are ours to set.
const OURS: &[HeaderName] = &[
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Method and headers of a request, `Host` among them.
pub(super) fn head(target: &Target, request: &Request) -> Result<(Method, HeaderMap), Silence> {
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| Silence::Unsendable)?;
    // It would make a tunnel of the connection.
    if method == Method::CONNECT {
        return Err(Silence::Unsendable);
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| Silence::Unsendable)?;
        let value = HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_| Silence::Unsendable)?;
        if !OURS.contains(&name) {
            headers.append(name, value);
        }
    }
    let host = HeaderValue::from_str(&target.authority()).map_err(|_| Silence::Unsendable)?;
    headers.entry(header::HOST).or_insert(host);
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    let agent = concat!("standin/", env!("CARGO_PKG_VERSION"));
    headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(agent));
    Ok((method, headers))
}

/// An answer in the engine's terms; what it took, and was sent for it, is for the caller to say.
pub(super) fn answered(status: u16, headers: &HeaderMap, body: Vec<u8>) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    Response { status, headers: headers.collect(), body, took: 0, sent: 0 }
}
