//! Calls over TLS: whom they trust, and what they show of themselves.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use serde_json::json;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};

use super::*;
use crate::kernel::outbound::Authorities;

/// Key and certificate of a caller, and the same with a key as `openssl ecparam` writes it, after the certificate.
const CLIENT: &str = include_str!("client.pem");
const CLIENT_EC: &str = include_str!("client_ec.pem");
/// What `openssl req -x509` makes: it has signed itself, and may sign others.
const OWN_AUTHORITY: &str = include_str!("own_authority.pem");

fn self_signed() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = PrivateKeyDer::try_from(include_bytes!("self_signed.key.der").as_slice()).unwrap();
    (CertificateDer::from(include_bytes!("self_signed.der").as_slice()), key)
}

fn own_authority() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("own_authority.key.pem")).unwrap();
    (CertificateDer::from_pem_slice(OWN_AUTHORITY.as_bytes()).unwrap(), key)
}

/// A server for one call over TLS, which may ask whoever calls to show the certificate of [`CLIENT`]; gives whether a
/// request came.
fn secret(
    (certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>),
    asks: bool,
) -> (SocketAddr, std::thread::JoinHandle<bool>) {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if asks {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(CLIENT.as_bytes()).unwrap()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let config = builder.with_single_cert(vec![certificate], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = Stream::new(&mut connection, &mut stream);
        let came = stream.read(&mut [0; 1024]).is_ok();
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").and_then(|()| stream.flush());
        came
    });
    (address, served)
}

/// Whom the server of [`self_signed`] is to be trusted by, and that of [`own_authority`].
fn trusting() -> Builder {
    let mut pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(self_signed().0)
    });
    pem.push_str(OWN_AUTHORITY);
    builder("loopback").authorities(Authorities::from_pem(pem.as_bytes()).unwrap())
}

#[tokio::test]
async fn a_certificate_of_nobody_is_no_connection_and_the_list_of_calls_says_why() {
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    let (address, served) = secret(self_signed(), false);
    let url = format!("https://localhost:{}/", address.port());
    assert_eq!(silence(get(&world, &url).await), Silence::Refused);
    assert!(!served.join().unwrap(), "the handshake ends before the request is sent");
    let why = calls(&server).await[0]["error"].clone();
    assert_eq!(why, "no connection: invalid peer certificate: UnknownIssuer");
}

#[tokio::test]
async fn a_certificate_that_is_trusted_makes_a_connection() {
    let server = trusting().start().await.unwrap();
    let world = server.world("default").await.unwrap();
    for of in [self_signed as fn() -> _, own_authority] {
        for (host, expected) in [("localhost", Ok(b"hi".to_vec())), ("127.0.0.1", Err(Silence::Refused))] {
            let (address, served) = secret(of(), false);
            let outcome = get(&world, &format!("https://{host}:{}/", address.port())).await;
            assert_eq!(outcome.result.map(|answer| answer.body), expected, "the name counts: {host}");
            assert_eq!(served.join().unwrap(), host == "localhost");
        }
    }
}

#[tokio::test]
async fn a_call_shows_its_certificate_to_a_server_that_asks_and_to_no_record() {
    let server = trusting().start().await.unwrap();
    let world = server.world("default").await.unwrap();
    for (certificate, answered) in [(Some(CLIENT), true), (Some(CLIENT_EC), true), (None, false)] {
        let (address, served) = secret(self_signed(), true);
        let mut sent = request("GET", &format!("https://localhost:{}/", address.port()), "");
        sent.certificate = certificate.map(str::to_owned);
        let outcome = made(&world, &sent).await;
        assert_eq!(outcome.result.is_ok(), answered, "{outcome:?}");
        assert_eq!(served.join().unwrap(), answered);
    }
    let told = json!(calls(&server).await).to_string();
    assert!(!told.contains("BEGIN") && !told.contains("certificate\":"), "{told}");
    // Who is not asked does not show it, and says nothing of it.
    let (address, served) = secret(self_signed(), false);
    let mut sent = request("GET", &format!("https://localhost:{}/", address.port()), "");
    sent.certificate = Some(CLIENT.to_owned());
    assert_eq!(answer(made(&world, &sent).await).body, b"hi");
    assert!(served.join().unwrap());
}

#[tokio::test]
async fn what_is_no_certificate_is_told_and_nothing_is_sent() {
    let server = trusting().start().await.unwrap();
    let world = server.world("default").await.unwrap();
    let key = CLIENT.find("-----BEGIN CERT").map(|at| &CLIENT[..at]).unwrap();
    let alone = &CLIENT[key.len()..];
    let foreign = format!("{key}{OWN_AUTHORITY}");
    for (pem, why) in [
        ("none", "there is no certificate in it"),
        (key, "there is no certificate in it"),
        (alone, "the private key cannot be read: no items found"),
        (&foreign, "keys may not be consistent: KeyMismatch"),
        (
            &CLIENT.replace("MII", "M*I"),
            "the certificate cannot be read: base64 decode error: InvalidCharacter(42)",
        ),
    ] {
        let mut sent = request("GET", "https://localhost:1/", "");
        sent.certificate = Some(pem.to_owned());
        let silence = silence(made(&world, &sent).await);
        assert_eq!(silence, Silence::NoCertificate(why.to_owned()), "{pem}");
        let last = calls(&server).await.pop().unwrap();
        assert_eq!(last["error"], format!("cert_pem: {why}"));
    }
    // Without TLS nobody would see it.
    let mut sent = request("GET", "http://localhost:1/", "");
    sent.certificate = Some("none".to_owned());
    assert_eq!(silence(made(&world, &sent).await), Silence::Refused);
}
