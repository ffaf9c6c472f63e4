//! Which other servers may be called from here (`--outbound`), which are trusted, and where a URL leads. By name: nothing
//! is looked up.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::Uri;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::server::ParsedCertificate;

/// Which servers processes may call (`--outbound`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Outbound {
    /// None: nothing leaves the machine.
    #[default]
    Deny,
    /// Any.
    Any,
    /// These.
    Only(Vec<Allowed>),
}

/// One entry of `--outbound allow=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// 127.0.0.0/8, `::1` and `localhost`.
    Loopback,
    /// A name or an address (an IPv6 one without brackets), on one port or on all.
    Host {
        /// In small letters.
        name: String,
        /// `None`: any.
        port: Option<u16>,
    },
    /// Every name below a domain, and not the domain itself: `*.example.com`.
    Below {
        /// `.example.com`
        suffix: String,
        /// `None`: any.
        port: Option<u16>,
    },
}

impl FromStr for Outbound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "deny" => Ok(Self::Deny),
            None if text == "allow" => Ok(Self::Any),
            None if text == "loopback" => Ok(Self::Only(vec![Allowed::Loopback])),
            Some(("allow", hosts)) => {
                hosts.split(',').map(Allowed::from_str).collect::<Result<_, _>>().map(Self::Only)
            }
            _ => Err("either `deny`, `loopback`, `allow` or `allow=HOST,…`".to_owned()),
        }
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        let wrong =
            || format!("{text:?} is no host such as api.example.com, *.example.com or 127.0.0.1:8080");
        if text == "loopback" {
            return Ok(Self::Loopback);
        }
        let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, "")) => (name, None),
            Some((name, port)) => (name, Some(port.strip_prefix(':').ok_or_else(wrong)?)),
            None if text.matches(':').count() > 1 => (text.as_str(), None),
            None => text.split_once(':').map_or((text.as_str(), None), |(name, port)| (name, Some(port))),
        };
        let port = port.map(str::parse).transpose().map_err(|_| wrong())?;
        let is_name = |name: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            !name.is_empty() && (name.bytes().all(letter) || name.parse::<IpAddr>().is_ok())
        };
        match name.strip_prefix('*') {
            Some(suffix) if suffix.len() > 1 && suffix.starts_with('.') && is_name(suffix) => {
                Ok(Self::Below { suffix: suffix.to_owned(), port })
            }
            None if is_name(name) => Ok(Self::Host { name: name.trim_end_matches('.').to_owned(), port }),
            _ => Err(wrong()),
        }
    }
}

impl Outbound {
    /// Whether a call to that server may leave.
    #[must_use]
    pub(crate) fn allows(&self, target: &Target) -> bool {
        match self {
            Self::Deny => false,
            Self::Any => true,
            Self::Only(entries) => entries.iter().any(|entry| entry.covers(target)),
        }
    }
}

impl Allowed {
    fn covers(&self, target: &Target) -> bool {
        let on = |port: &Option<u16>| port.is_none_or(|port| port == target.port);
        match self {
            Self::Loopback => target.is_loopback(),
            Self::Host { name, port } => on(port) && is_same_host(name, &target.host),
            Self::Below { suffix, port } => {
                on(port) && target.host.len() > suffix.len() && target.host.ends_with(suffix)
            }
        }
    }
}

fn is_same_host(one: &str, other: &str) -> bool {
    match (one.parse::<IpAddr>(), other.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one.to_canonical() == other.to_canonical(),
        _ => one == other,
    }
}

/// Authorities that are trusted over TLS beside those that browsers trust (`--outbound-ca`): a server of the user's own
/// may show one of them itself, or a certificate that one of them has signed.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Arc<[CertificateDer<'static>]>);

impl Authorities {
    /// Reads certificates.
    ///
    /// # Errors
    /// There is none, or one cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        for certificate in &found {
            ParsedCertificate::try_from(certificate).map_err(|error| error.to_string())?;
        }
        if found.is_empty() {
            Err("there is no certificate in it".to_owned())
        } else {
            Ok(Self(found.into()))
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn all(&self) -> &[CertificateDer<'static>] {
        &self.0
    }
}

/// Where an `http` or `https` URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) https: bool,
    /// A name in small letters or an address, an IPv6 one without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path and query, from the first slash on.
    pub(crate) path: String,
}

/// What may not stand in a URL as it is; everything else is the caller's own choice.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Target {
    /// Reads a URL; `None`: it is none. Letters of other alphabets and spaces in path and query are written in percents.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let (url, _fragment) = url.split_once('#').unwrap_or((url, ""));
        let uri: Uri = utf8_percent_encode(url.trim(), UNSAFE).to_string().parse().ok()?;
        let https = match uri.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = uri.host()?.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        let authority = uri.authority()?.as_str();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let port = match place.rsplit_once(']') {
            Some((_, port)) => port.strip_prefix(':'),
            None => place.split_once(':').map(|(_, port)| port),
        };
        let port = match port {
            None | Some("") => {
                if https {
                    443
                } else {
                    80
                }
            }
            Some(port) => port.parse().ok()?,
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        (!host.is_empty()).then_some(Self { https, host, port, path })
    }

    /// Whether it is 127.0.0.0/8, `::1` or `localhost`.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }

    /// Scheme, host and port are the same.
    pub(crate) fn is_same_server(&self, other: &Self) -> bool {
        self.https == other.https && self.port == other.port && is_same_host(&self.host, &other.host)
    }

    /// The host is the same, by whatever scheme and on whatever port.
    pub(crate) fn is_same_host(&self, other: &Self) -> bool {
        is_same_host(&self.host, &other.host)
    }

    /// What goes into `Host`.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == if self.https { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_what_may_be_called() {
        let targets = [
            "http://127.0.0.1:9000/",
            "http://localhost/",
            "http://[::1]:80/",
            "https://api.example.com/",
            "https://example.com/",
            "https://API.Example.Com:8443/",
            "https://api.example.com.evil.test/",
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
        ];
        for (policy, expected) in [
            ("deny", ""),
            ("allow", "012345678"),
            ("loopback", "0128"),
            ("allow=loopback", "0128"),
            ("allow=api.example.com", "35"),
            ("allow=API.example.com:443", "3"),
            ("allow=*.example.com", "35"),
            ("allow=*.example.com:8443,loopback", "01258"),
            ("allow=example.com.", "4"),
            ("allow=10.0.0.1,[::1]", "27"),
            ("allow=::1", "2"),
            ("allow=127.0.0.1", "08"),
            ("allow=127.0.0.1:9000", "0"),
        ] {
            let policy: Outbound = policy.parse().unwrap();
            let allowed =
                targets.iter().enumerate().filter(|(_, url)| policy.allows(&Target::of(url).unwrap()));
            let allowed: String = allowed.map(|(index, _)| index.to_string()).collect();
            assert_eq!(allowed, expected, "{policy:?}");
        }
    }

    #[test]
    fn a_policy_that_is_none_says_what_is_wrong() {
        for text in [
            "",
            "yes",
            "allow=",
            "allow=a,,b",
            "allow=http://a.test",
            "allow=a:port",
            "allow=*",
            "allow=*.",
            "allow=[::1",
            "deny=a",
        ] {
            assert!(text.parse::<Outbound>().is_err(), "{text}");
        }
        assert_eq!(
            "allow=a b".parse::<Outbound>().unwrap_err(),
            "\"a b\" is no host such as api.example.com, *.example.com or 127.0.0.1:8080"
        );
    }

    #[test]
    fn a_url_leads_somewhere_or_is_none() {
        let of =
            |url: &str| Target::of(url).map(|target| (target.https, target.authority(), target.path.clone()));
        let some = |https, authority: &str, path: &str| Some((https, authority.to_owned(), path.to_owned()));
        assert_eq!(of("http://a.test"), some(false, "a.test", "/"));
        assert_eq!(of("HTTPS://A.test.:443/X?y#z"), some(true, "a.test", "/X?y"));
        assert_eq!(of("http://a.test:81?q=1"), some(false, "a.test:81", "/?q=1"));
        assert_eq!(of("http://[::1]:81/"), some(false, "[::1]:81", "/"));
        assert_eq!(of("http://[::1]/"), some(false, "[::1]", "/"));
        assert_eq!(of("http://me:word@a.test/"), some(false, "a.test", "/"));
        assert_eq!(of(" http://a.test/я b?c={d}%20 "), some(false, "a.test", "/%D1%8F%20b?c=%7Bd%7D%20"));
        for url in [
            "",
            "a.test",
            "/x",
            "ftp://a.test",
            "http://",
            "http:///x",
            "http://a.test:99999/",
            "http://я.test/",
            "http://a b/",
        ] {
            assert_eq!(of(url), None, "{url}");
        }
    }
}
