//! Who is calling: the token in header, cookie, query or form (sheet r7/transport 6).

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::dates;
use super::people::directory::{Directory, User};
use crate::kernel::settings::Auth;
use crate::kernel::time::Timestamp;

/// Name of the cookie, and of the query or form field.
pub(crate) const COOKIE: &str = "asc_auth_key";

/// Who a request comes from, and what its answer should say about cookies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) user: Option<Arc<User>>,
    /// The token that named the user; none with e-mail and password, or on an open portal.
    pub(crate) token: Option<String>,
    /// A token that came in a header, and when it expires: the answer sets the cookie again.
    pub(crate) renew: Option<Held>,
    /// A cookie that names nobody: the answer expires it.
    pub(crate) stale_cookie: bool,
    /// An `Authorization` header was sent: a 401 carries a challenge.
    pub(crate) challenged: bool,
}

/// Finds the caller. Header first, then cookie, then `asc_auth_key` in query or form: a good cookie rescues a bad header.
pub(crate) fn identify(
    headers: &HeaderMap,
    field: Option<&str>,
    directory: &Directory,
    now: Timestamp,
    auth: Auth,
) -> Identity {
    let mut identity = Identity::default();
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        identity.challenged = true;
        if let Some((user, token)) = value.to_str().ok().and_then(|text| by_header(text, directory, now)) {
            identity.user = Some(user);
            identity.token = token.as_ref().map(|(token, _)| token.clone());
            identity.renew = token;
            return identity;
        }
    }
    for token in cookies(headers) {
        match by_token(token, directory, now) {
            Some((user, _)) => {
                identity.user = Some(user);
                identity.token = Some(token.to_owned());
                identity.stale_cookie = false;
                return identity;
            }
            None => identity.stale_cookie = true,
        }
    }
    if let Some((user, token)) = field.and_then(|token| Some((by_token(token, directory, now)?.0, token))) {
        identity.user = Some(user);
        identity.token = Some(token.to_owned());
    }
    if identity.user.is_none() && auth == Auth::Open {
        identity.user = directory.first_admin().cloned();
    }
    identity
}

/// The text of a `Set-Cookie`.
pub(crate) fn cookie(token: &str, expires: Option<Timestamp>, secure: bool) -> String {
    let expires = expires.map(|at| format!(" expires={};", dates::print_cookie(at))).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token};{expires} path=/; HttpOnly{secure}")
}

/// The text of a `Set-Cookie` that takes the cookie away.
pub(crate) fn no_cookie() -> String {
    cookie("", Some(Timestamp(0)), false)
}

/// Whether a request carries the cookie, good or bad.
pub(crate) fn has_cookie(headers: &HeaderMap) -> bool {
    cookies(headers).next().is_some()
}

/// A token and when it expires.
pub(crate) type Held = (String, Option<Timestamp>);

fn by_header(text: &str, directory: &Directory, now: Timestamp) -> Option<(Arc<User>, Option<Held>)> {
    if let Some(pair) = text.strip_prefix("Basic ") {
        let pair = STANDARD.decode(pair.trim()).ok()?;
        // sheet r7/transport 6: read as ASCII, where anything else turns into `?`; a colon in the password cuts it.
        let pair: String =
            pair.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
        let mut pieces = pair.split(':');
        let (login, password) = (pieces.next()?, pieces.next()?);
        let user = directory.named(login).filter(|user| user.is_active() && user.row.password == password)?;
        return Some((Arc::clone(user), None));
    }
    // `Bearer` is a case-sensitive word and one space; anything else is a raw token.
    let token = text.strip_prefix("Bearer ").unwrap_or(text);
    let (user, expires) = by_token(token, directory, now)?;
    Some((user, Some((token.to_owned(), expires))))
}

/// Token text is base64; its URL-encoded form and blanks in place of `+` must work too.
fn by_token(token: &str, directory: &Directory, now: Timestamp) -> Option<(Arc<User>, Option<Timestamp>)> {
    if let Some((user, expires)) = directory.holder(token, now) {
        return Some((Arc::clone(user), expires));
    }
    let decoded = percent_encoding::percent_decode_str(token).decode_utf8().ok()?;
    let (user, expires) = directory.holder(&decoded.replace(' ', "+"), now)?;
    Some((Arc::clone(user), expires))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    cookie_values(headers, COOKIE)
}

/// What a request's cookies of that name hold, without the empty ones.
pub(crate) fn cookie_values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.trim_matches('"'))
}
