//! Signatures in external links: which entry, by which link (sheet r7/files 7). Pure.
//!
//! Upstream's form: a digest, `?` and a JSON value, as base64 that a URL takes. No secret is in it but the world's name;
//! whoever reads this can make one, as with every other secret of a stand-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

use super::rights::MAIN_LINK;

/// What a signature names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Id of a file, or of a folder: which of the two depends on where it is sent.
    pub(crate) entry: i64,
    pub(crate) link: Uuid,
}

/// The JSON of a link that is not the main one.
#[derive(Serialize, Deserialize)]
struct Named {
    entry: String,
    link: Uuid,
}

fn digest(world: &str, text: &str) -> String {
    hex::encode(Sha1::digest(format!("link {world} {text}").as_bytes()))
}

/// The signature, good for the world that it was made in.
pub(crate) fn sign(world: &str, signed: Signed) -> String {
    let entry = signed.entry.to_string();
    let text = if signed.link == MAIN_LINK {
        entry
    } else {
        serde_json::to_string(&Named { entry, link: signed.link }).unwrap_or_default()
    };
    let text = serde_json::to_string(&text).unwrap_or_default();
    let payload = format!("{}?{text}", digest(world, &text));
    // .NET's `UrlTokenEncode`: in place of the padding, how much of it there would be.
    let padding = (3 - payload.len() % 3) % 3;
    format!("{}{padding}", URL_SAFE_NO_PAD.encode(payload))
}

/// What a signature names, if it is one of this world's.
pub(crate) fn read(world: &str, sent: &str) -> Option<Signed> {
    let code = sent.get(..sent.len().checked_sub(1)?)?;
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(code).ok()?).ok()?;
    let (hash, text) = payload.split_once('?')?;
    if hash != digest(world, text) {
        return None;
    }
    let text: String = serde_json::from_str(text).ok()?;
    if let Ok(entry) = text.parse() {
        return Some(Signed { entry, link: MAIN_LINK });
    }
    let named: Named = serde_json::from_str(&text).ok()?;
    Some(Signed { entry: named.entry.parse().ok()?, link: named.link })
}

/// What proves that somebody knew a link's password: the value of its cookie.
pub(crate) fn password_key(world: &str, link: Uuid, password: &str) -> String {
    digest(world, &format!("password {link} {password}"))
}

/// Name of the cookie that holds a link's [`password_key`].
pub(crate) fn cookie_name(link: Uuid) -> String {
    format!("sharelink{link}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_names_its_entry_and_link_in_its_own_world() {
        for signed in [
            Signed { entry: 5, link: MAIN_LINK },
            Signed { entry: 12_345, link: MAIN_LINK },
            Signed { entry: 5, link: Uuid::from_u128(9) },
        ] {
            let sent = sign("default", signed);
            assert!(
                sent.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_')),
                "{sent}"
            );
            assert_eq!(read("default", &sent), Some(signed));
            assert_eq!(read("other", &sent), None);
            assert_eq!(read("default", &sent.replace(&sent[8..12], "AAAA")), None);
        }
        for wrong in ["", "0", "Z", "////", "5"] {
            assert_eq!(read("default", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_password_key_depends_on_world_link_and_password() {
        let key = |world, link, password| password_key(world, Uuid::from_u128(link), password);
        assert_eq!(key("a", 1, "x"), key("a", 1, "x"));
        for other in [key("b", 1, "x"), key("a", 2, "x"), key("a", 1, "y")] {
            assert_ne!(other, key("a", 1, "x"));
        }
    }
}
