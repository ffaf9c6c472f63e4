//! Keys, logins and the words about people (sheet corezoid/api 2.9, 7). Pure.

use sha1::{Digest as _, Sha1};

/// How many letters and digits a secret has (sheet corezoid/api 1.2: about 50).
pub(crate) const SECRET_LENGTH: usize = 50;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The secret of a new key, made of so many bytes of any kind.
pub(crate) fn secret(bytes: [u8; SECRET_LENGTH]) -> String {
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

/// The `login` of an API key: 24 hex digits. It is shown and nothing else; requests are signed with the number. One number
/// always has the same, so that it need not be kept.
pub(crate) fn key_name(login: i64) -> String {
    let digest = Sha1::digest(format!("login {login}").as_bytes());
    hex::encode(&digest[..12])
}

/// What a user may be.
pub(crate) const USER_STATUSES: &[&str] = &["actived", "blocked"];

/// What a group may be made.
pub(crate) const GROUP_STATUSES: &[&str] = &["actived", "not_actived", "deleted"];

/// The kinds of groups; only `admins` are made by clients.
pub(crate) const GROUP_TYPES: &[&str] = &["all", "supers", "admins", "company", "company_supers"];

/// How people sign in.
pub(crate) const LOGIN_TYPES: &[&str] = &[
    "api", "google", "corezoid", "ldap", "facebook", "phone", "github", "apple", "keycloak", "saml",
    "oauth_pb",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_fifty_letters_and_digits() {
        let mut bytes = [0; SECRET_LENGTH];
        for (byte, number) in bytes.iter_mut().zip(0_u8..) {
            *byte = number.wrapping_mul(17);
        }
        let secret = secret(bytes);
        assert_eq!(secret.len(), SECRET_LENGTH);
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{secret}");
        assert!(secret.starts_with("ARiz"), "{secret}");
    }

    #[test]
    fn the_login_of_a_key_is_24_hex_digits_of_its_own() {
        assert_eq!(key_name(12_345).len(), 24);
        assert_eq!(key_name(12_345), key_name(12_345));
        assert_ne!(key_name(12_345), key_name(12_346));
    }
}
