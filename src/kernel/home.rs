//! The server that a world belongs to, for those of its own processes that call it: such a call never leaves the program.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use axum::body::Body;
use axum::http::{Request, Response};

use super::outbound::Target;
use super::service::Boxed;

/// How many names of the server are remembered.
const MOST_NAMES: usize = 64;

/// Where requests go in.
pub(crate) trait Door: Send + Sync {
    /// Answers a request as if it had come over the network.
    fn enter(self: Arc<Self>, request: Request<Body>) -> Boxed<'static, Response<Body>>;
}

/// The running server, as its worlds know it. They do not keep it alive.
#[derive(Default)]
pub(crate) struct Home {
    door: OnceLock<(Weak<dyn Door>, SocketAddr)>,
    /// The origins that requests came to (`http://localhost:8080`), each taken apart.
    names: RwLock<BTreeMap<String, Option<Target>>>,
}

impl Home {
    /// The server is there and bound to `address`.
    pub(crate) fn open(&self, door: Weak<dyn Door>, address: SocketAddr) {
        // A server starts once.
        let _ = self.door.set((door, address));
    }

    /// A request came to this origin.
    pub(crate) fn heard(&self, origin: &str) {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if names.contains_key(origin) || names.len() >= MOST_NAMES {
            return;
        }
        drop(names);
        let target = Target::of(origin);
        self.names.write().unwrap_or_else(PoisonError::into_inner).insert(origin.to_owned(), target);
    }

    /// The way in for a call to `target`, and the path it has here; `None`: the target is another server. Ours are the
    /// address that is bound, `--public-url`, and whatever name a request came to us by.
    pub(crate) fn way_in(
        &self,
        target: &Target,
        public_url: Option<&str>,
    ) -> Option<(Arc<dyn Door>, String)> {
        let (door, bound) = self.door.get()?;
        let door = door.upgrade()?;
        if let Some(public) = public_url.and_then(Target::of).filter(|public| public.is_same_server(target)) {
            // What lies outside the base belongs to others behind the same front server.
            let rest = target.path.strip_prefix(public.path.trim_end_matches('/'))?;
            return rest.starts_with('/').then(|| (door, rest.to_owned()));
        }
        (is_bound(*bound, target) || self.is_name(target)).then(|| (door, target.path.clone()))
    }

    fn is_name(&self, target: &Target) -> bool {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        names.values().flatten().any(|name| name.is_same_server(target))
    }
}

fn is_bound(bound: SocketAddr, target: &Target) -> bool {
    if target.https || target.port != bound.port() {
        return false;
    }
    let local = bound.ip().is_unspecified() || bound.ip().is_loopback();
    match target.host.parse::<IpAddr>() {
        Ok(ip) => ip == bound.ip() || bound.ip().is_unspecified() && ip.is_loopback(),
        Err(_) => local && target.host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;
    impl Door for Nobody {
        fn enter(self: Arc<Self>, _request: Request<Body>) -> Boxed<'static, Response<Body>> {
            Box::pin(async { Response::new(Body::empty()) })
        }
    }

    #[test]
    fn the_server_knows_its_own_addresses() {
        let door: Arc<dyn Door> = Arc::new(Nobody);
        let home = Home::default();
        home.open(Arc::downgrade(&door), "127.0.0.1:8080".parse().unwrap());
        home.heard("http://compose-name:9000");
        home.heard("https://front.test");
        home.heard("https://public.test");
        let path = |url: &str, public: Option<&str>| {
            home.way_in(&Target::of(url).unwrap(), public).map(|(_, path)| path)
        };
        for (url, expected) in [
            ("http://127.0.0.1:8080/w/a/api/2.0/x?y=1", Some("/w/a/api/2.0/x?y=1")),
            ("http://LOCALHOST:8080", Some("/")),
            ("http://localhost:8081/", None),
            ("https://localhost:8080/", None),
            ("http://127.0.0.2:8080/", None),
            ("http://compose-name:9000/a", Some("/a")),
            ("http://compose-name/a", None),
            ("https://front.test:443/a", Some("/a")),
            ("http://front.test/a", None),
            ("https://other.test/", None),
        ] {
            assert_eq!(path(url, None).as_deref(), expected, "{url}");
        }
        let public = Some("https://public.test/base");
        assert_eq!(path("https://public.test/base/api/2.0/x", public).as_deref(), Some("/api/2.0/x"));
        assert_eq!(path("https://public.test/basement", public), None);
        assert_eq!(path("https://public.test/else", public), None);
        drop(door);
        assert_eq!(path("http://127.0.0.1:8080/", None), None, "a stopped server has no door");
    }
}
