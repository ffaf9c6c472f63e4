//! Where a redirect sends a call, for those who follow it (sheet corezoid/engine 6.4, 9). Pure.

use crate::corezoid::engine::{Request, Response};
use crate::kernel::engine::Redirects;
use crate::kernel::outbound::Target;

/// Redirects in a row that are followed.
pub(crate) const MOST_REDIRECTS: usize = 5;

/// Headers that say who calls: they are for the server that they were meant for.
const PRIVATE: [&str; 2] = ["authorization", "cookie"];

/// The call that an answer asks for. `None`: it asks for none, or for one that is not to be made.
pub(crate) fn next(request: &Request, response: &Response, redirects: Redirects) -> Option<Request> {
    let keeps_body = match response.status {
        301..=303 => false,
        307 | 308 => true,
        _ => return None,
    };
    let from = Target::of(&request.url)?;
    let location = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
    let url = joined(&from, location.1.trim());
    let to = Target::of(&url)?;
    match redirects {
        Redirects::Never => return None,
        Redirects::SameHost if !from.is_same_host(&to) => return None,
        Redirects::SameHost | Redirects::Any => {}
    }
    let mut next = Request { url, ..request.clone() };
    if !from.is_same_server(&to) {
        next.headers.retain(|(name, _)| !PRIVATE.iter().any(|private| name.eq_ignore_ascii_case(private)));
        next.certificate = None;
    }
    if !keeps_body && !matches!(next.method.as_str(), "GET" | "HEAD") {
        "GET".clone_into(&mut next.method);
        next.body.clear();
        next.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    }
    Some(next)
}

/// A location as a whole URL; what it leaves out is as in the call before.
fn joined(from: &Target, location: &str) -> String {
    let scheme = if from.https { "https" } else { "http" };
    let place = format!("{scheme}://{}", from.authority());
    let path = from.path.split('?').next().unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if location.contains("://") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{place}{location}")
    } else if location.starts_with('?') {
        format!("{place}{path}{location}")
    } else {
        format!("{place}{folder}/{location}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, url: &str) -> Request {
        let headers = ["Content-Type", "Authorization", "X-Own"];
        Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: headers.map(|name| (name.to_owned(), "1".to_owned())).into(),
            body: "{}".to_owned(),
            max_threads: 5,
            certificate: Some("pem".to_owned()),
        }
    }

    fn answer(status: u16, location: &str) -> Response {
        let headers = vec![("LOCATION".to_owned(), location.to_owned())];
        Response { status, headers, body: Vec::new(), took: 0, sent: 0 }
    }

    #[test]
    fn a_location_leads_on_from_the_call_before() {
        let from = "http://a.test:81/x/y?z=1";
        for (location, to) in [
            ("https://b.test/q", Some("https://b.test/q")),
            ("//b.test/q", Some("http://b.test/q")),
            ("/q", Some("http://a.test:81/q")),
            ("q?r", Some("http://a.test:81/x/q?r")),
            ("?r", Some("http://a.test:81/x/y?r")),
            ("ftp://b.test/", None),
        ] {
            let next = next(&request("GET", from), &answer(302, location), Redirects::Any);
            assert_eq!(next.map(|next| next.url).as_deref(), to, "{location}");
        }
    }

    #[test]
    fn other_hosts_are_for_those_who_follow_all() {
        for (location, same_host) in
            [("http://a.test/2", true), ("https://a.test:8443/2", true), ("http://b.test/2", false)]
        {
            let follows = |redirects| {
                next(&request("GET", "http://a.test/1"), &answer(307, location), redirects).is_some()
            };
            assert_eq!(
                [Redirects::Never, Redirects::SameHost, Redirects::Any].map(follows),
                [false, same_host, true],
                "{location}"
            );
        }
    }

    #[test]
    fn the_status_says_whether_the_body_goes_on_and_the_server_who_is_told_of_the_caller() {
        let names = |request: &Request| {
            request.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ")
        };
        for (status, location, method, body, headers) in [
            (302, "/2", "GET", "", "Authorization X-Own"),
            (303, "http://b.test/2", "GET", "", "X-Own"),
            (307, "/2", "POST", "{}", "Content-Type Authorization X-Own"),
            (308, "https://a.test/2", "POST", "{}", "Content-Type X-Own"),
        ] {
            let next =
                next(&request("POST", "http://a.test/1"), &answer(status, location), Redirects::Any).unwrap();
            assert_eq!(
                (next.method.as_str(), next.body.as_str(), names(&next).as_str()),
                (method, body, headers)
            );
            assert_eq!(next.certificate.is_some(), location == "/2", "{location}");
        }
        for (status, location) in [(200, "/2"), (304, "/2"), (302, "")] {
            let found = next(&request("GET", "http://a.test/1"), &answer(status, location), Redirects::Any);
            assert_eq!(found.is_some(), location.is_empty(), "{status}");
        }
    }
}
