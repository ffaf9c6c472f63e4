//! TLS of calls that leave: whom they trust, and what they show of themselves.

use std::sync::{Arc, LazyLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::network::{Lost, refused};
use crate::corezoid::engine::Silence;
use crate::kernel::outbound::Authorities;

/// TLS as everybody speaks it, against the authorities that browsers trust, with nothing to show.
static USUAL: LazyLock<Result<TlsConnector, Error>> = LazyLock::new(|| made(&Authorities::default(), None));

/// TLS for one call: with more `authorities` than browsers trust, and showing `pem` if there is one.
pub(super) fn connector(authorities: &Authorities, pem: Option<&str>) -> Result<TlsConnector, Lost> {
    let own = pem.map(shown).transpose().map_err(Silence::NoCertificate)?;
    if own.is_none() && authorities.is_empty() {
        return USUAL.as_ref().map(TlsConnector::clone).map_err(refused);
    }
    let with_own = own.is_some();
    made(authorities, own).map_err(|error| {
        if with_own { Silence::NoCertificate(error.to_string()).into() } else { refused(error) }
    })
}

/// Certificates, the caller's own first, and the key of that one.
type Own = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Reads `cert_pem` (sheet corezoid/engine 6.1: client key and certificate), in whatever order they stand in it.
fn shown(pem: &str) -> Result<Own, String> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the certificate cannot be read: {error}"))?;
    if chain.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| format!("the private key cannot be read: {error}"))?;
    Ok((chain, key))
}

fn made(authorities: &Authorities, own: Option<Own>) -> Result<TlsConnector, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let builder = if authorities.is_empty() {
        builder.with_root_certificates(roots)
    } else {
        roots.add_parsable_certificates(authorities.all().iter().cloned());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        let usual = verifier.map_err(|error| Error::General(error.to_string()))?;
        let known = Known { authorities: authorities.clone(), usual };
        builder.dangerous().with_custom_certificate_verifier(Arc::new(known))
    };
    let config = match own {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Trusts a server that shows the very certificate that is trusted, if the certificate has its name: those that people
/// make for a test sign themselves, as authorities do, and no chain leads to them. Any other server is looked at as usual.
#[derive(Debug)]
struct Known {
    authorities: Authorities,
    usual: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.authorities.all().iter().any(|known| known == shown) {
            verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        self.usual.verify_server_cert(shown, chain, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
