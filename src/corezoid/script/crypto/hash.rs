//! Hashes and keyed hashes by the names that CryptoJS gives them. Pure.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

/// `None`: there is no hash of this name.
pub(super) fn digest(name: &str, data: &[u8]) -> Option<Vec<u8>> {
    Some(match name {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA1" => Sha1::digest(data).to_vec(),
        "SHA224" => Sha224::digest(data).to_vec(),
        "SHA256" => Sha256::digest(data).to_vec(),
        "SHA384" => Sha384::digest(data).to_vec(),
        "SHA512" => Sha512::digest(data).to_vec(),
        _ => return None,
    })
}

/// Any length of key will do. `None`: there is no hash of this name.
pub(super) fn hmac(name: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    macro_rules! made {
        ($hash:ty) => {
            Hmac::<$hash>::new_from_slice(key).ok()?.chain_update(data).finalize().into_bytes().to_vec()
        };
    }
    Some(match name {
        "MD5" => made!(Md5),
        "SHA1" => made!(Sha1),
        "SHA224" => made!(Sha224),
        "SHA256" => made!(Sha256),
        "SHA384" => made!(Sha384),
        "SHA512" => made!(Sha512),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_give_the_published_values() {
        // RFC 1321 A.5, RFC 3174 7.3, FIPS 180-4 examples.
        for (name, text, value) in [
            ("MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA224", "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            ("SHA256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "SHA384",
                "abc",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                "SHA512",
                "abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            assert_eq!(hex::encode(digest(name, text.as_bytes()).unwrap()), value, "{name}");
        }
        assert_eq!(digest("SHA3", b""), None);
    }

    #[test]
    fn keyed_hashes_give_the_published_values() {
        let (key, text) = (b"Jefe".as_slice(), b"what do ya want for nothing?".as_slice());
        // RFC 2202 2 and 3, RFC 4231 4.3, all test case 2.
        for (name, value) in [
            ("MD5", "750c783e6ab0b503eaa86e310a5db738"),
            ("SHA1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            ("SHA224", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
            ("SHA256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                "SHA384",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                "SHA512",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            assert_eq!(hex::encode(hmac(name, key, text).unwrap()), value, "{name}");
        }
        assert_eq!(hmac("SHA3", key, text), None);
    }
}
