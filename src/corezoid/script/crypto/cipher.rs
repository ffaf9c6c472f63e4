//! Ciphers by the names that CryptoJS gives them. Its modes are written out here, for they are its own in the details: a
//! last block may be short, and of a counter only the last word counts. Pure.

use aes::cipher::{
    Array, Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit, KeyIvInit as _, StreamCipher as _,
};
use aes::{Aes128, Aes192, Aes256};
use des::{Des, TdesEde3};
use rabbit::{Rabbit, RabbitKeyOnly};

/// How blocks hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Cbc,
    Cfb,
    Ctr,
    Ecb,
    Ofb,
}

impl Mode {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "CBC" => Self::Cbc,
            "CFB" => Self::Cfb,
            "CTR" => Self::Ctr,
            "ECB" => Self::Ecb,
            "OFB" => Self::Ofb,
            _ => return None,
        })
    }
}

/// A mistake, in words for the script.
type Refused = &'static str;

/// En- or deciphers whole blocks in place. Keys of DES are cut or filled up with zeros, as CryptoJS does; of AES they have
/// a length.
pub(super) fn block(
    name: &str,
    mode: Mode,
    forward: bool,
    (key, iv): (&[u8], &[u8]),
    data: &mut [u8],
) -> Result<(), Refused> {
    match (name, key.len()) {
        ("AES", 16) => through(&keyed::<Aes128>(key)?, mode, forward, iv, data),
        ("AES", 24) => through(&keyed::<Aes192>(key)?, mode, forward, iv, data),
        ("AES", 32) => through(&keyed::<Aes256>(key)?, mode, forward, iv, data),
        ("AES", _) => return Err("a key of AES has 128, 192 or 256 bits"),
        ("DES", _) => through(&keyed::<Des>(&sized::<8>(key))?, mode, forward, iv, data),
        ("TripleDES", _) => through(&keyed::<TdesEde3>(&sized::<24>(key))?, mode, forward, iv, data),
        _ => return Err("CryptoJS has no such cipher"),
    }
    Ok(())
}

fn keyed<C: KeyInit>(key: &[u8]) -> Result<C, Refused> {
    C::new_from_slice(key).map_err(|_| "the key is of a wrong length")
}

/// Cut, or filled up with zeros.
fn sized<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut all = [0; N];
    all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    all
}

fn through<C: BlockCipherEncrypt + BlockCipherDecrypt>(
    cipher: &C,
    mode: Mode,
    forward: bool,
    iv: &[u8],
    data: &mut [u8],
) {
    let mut chain: Block<C> = Array::default();
    chain.iter_mut().zip(iv).for_each(|(to, from)| *to = *from);
    for chunk in data.chunks_exact_mut(chain.len()) {
        let Ok(block) = <&mut Block<C>>::try_from(chunk) else { return };
        let given = block.clone();
        match (mode, forward) {
            (Mode::Ecb, true) => cipher.encrypt_block(block),
            (Mode::Ecb, false) => cipher.decrypt_block(block),
            (Mode::Cbc, true) => {
                add(block, &chain);
                cipher.encrypt_block(block);
                chain = block.clone();
            }
            (Mode::Cbc, false) => {
                cipher.decrypt_block(block);
                add(block, &chain);
                chain = given;
            }
            (Mode::Cfb, _) => {
                cipher.encrypt_block(&mut chain);
                add(block, &chain);
                chain = if forward { block.clone() } else { given };
            }
            (Mode::Ofb, _) => {
                cipher.encrypt_block(&mut chain);
                add(block, &chain);
            }
            (Mode::Ctr, _) => {
                let mut stream = chain.clone();
                cipher.encrypt_block(&mut stream);
                add(block, &stream);
                count(&mut chain);
            }
        }
    }
}

fn add(block: &mut [u8], other: &[u8]) {
    block.iter_mut().zip(other).for_each(|(to, from)| *to ^= *from);
}

/// The next number of the last word; what overflows is lost.
fn count(counter: &mut [u8]) {
    if let Some(word) = counter.last_chunk_mut::<4>() {
        *word = u32::from_be_bytes(*word).wrapping_add(1).to_be_bytes();
    }
}

/// Rabbit; keys and initial values are cut or filled up with zeros. No initial value is not the same as zeros.
pub(super) fn rabbit(key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), Refused> {
    let key = sized::<16>(key).into();
    let done = if iv.is_empty() {
        RabbitKeyOnly::new(&key).try_apply_keystream(data)
    } else {
        Rabbit::new(&key, &sized::<8>(iv).into()).try_apply_keystream(data)
    };
    done.map_err(|_| "too much for Rabbit")
}

/// RC4 with a key of any length: the well-kept crate knows only those that are named when it is compiled.
pub(super) fn rc4(key: &[u8], data: &mut [u8]) -> Result<(), Refused> {
    if key.is_empty() {
        return Err("a key of RC4 has at least one byte");
    }
    let mut state: [u8; 256] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
    let mut other = 0_u8;
    for (at, key) in (0..=255_u8).zip(key.iter().cycle()) {
        other = other.wrapping_add(state[usize::from(at)]).wrapping_add(*key);
        state.swap(usize::from(at), usize::from(other));
    }
    let (mut at, mut other) = (0_u8, 0_u8);
    for byte in data {
        at = at.wrapping_add(1);
        other = other.wrapping_add(state[usize::from(at)]);
        state.swap(usize::from(at), usize::from(other));
        let sum = state[usize::from(at)].wrapping_add(state[usize::from(other)]);
        *byte ^= state[usize::from(sum)];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hex: &str) -> Vec<u8> {
        hex::decode(hex).unwrap()
    }

    #[test]
    fn block_ciphers_give_the_published_values() {
        let key = "2b7e151628aed2a6abf7158809cf4f3c";
        let long_key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
        let middle_key = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
        let iv = "000102030405060708090a0b0c0d0e0f";
        let text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
        // NIST SP 800-38A, F.1.1, F.1.3, F.1.5, F.2.1, F.2.5, F.3.13, F.4.1, F.5.1 (its counter overflows no word).
        for (name, mode, key, iv, text, made) in [
            (
                "AES",
                Mode::Ecb,
                key,
                "",
                text,
                "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf",
            ),
            (
                "AES",
                Mode::Ecb,
                middle_key,
                "",
                text,
                "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef",
            ),
            (
                "AES",
                Mode::Ecb,
                long_key,
                "",
                text,
                "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
            ),
            (
                "AES",
                Mode::Cbc,
                key,
                iv,
                text,
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
            ),
            (
                "AES",
                Mode::Cbc,
                long_key,
                iv,
                text,
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
            ),
            (
                "AES",
                Mode::Cfb,
                key,
                iv,
                text,
                "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b",
            ),
            (
                "AES",
                Mode::Ofb,
                key,
                iv,
                text,
                "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825",
            ),
            (
                "AES",
                Mode::Ctr,
                key,
                "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                text,
                "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff",
            ),
            // FIPS 46's own example, and NIST SP 800-67 B.1.
            ("DES", Mode::Ecb, "133457799bbcdff1", "", "0123456789abcdef", "85e813540f0ab405"),
            (
                "TripleDES",
                Mode::Ecb,
                "0123456789abcdef23456789abcdef01456789abcdef0123",
                "",
                "5468652071756663",
                "a826fd8ce53b855f",
            ),
        ] {
            let mut data = of(text);
            block(name, mode, true, (&of(key), &of(iv)), &mut data).unwrap();
            assert_eq!(hex::encode(&data), made, "{name} {mode:?}");
            block(name, mode, false, (&of(key), &of(iv)), &mut data).unwrap();
            assert_eq!(hex::encode(&data), text, "{name} {mode:?} back");
        }
        assert!(block("AES", Mode::Ecb, true, (&[0; 8], &[]), &mut [0; 16]).is_err());
        assert!(block("IDEA", Mode::Ecb, true, (&[0; 16], &[]), &mut [0; 16]).is_err());
    }

    #[test]
    fn stream_ciphers_give_the_published_values() {
        // RFC 6229: keystreams of RC4.
        for (key, stream) in [
            ("0102030405", "b2396305f03dc027ccc3524a0a1118a8"),
            ("0102030405060708090a0b0c0d0e0f10", "9ac7cc9a609d1ef7b2932899cde41b97"),
        ] {
            let mut data = [0; 16];
            rc4(&of(key), &mut data).unwrap();
            assert_eq!(hex::encode(data), stream);
        }
        assert!(rc4(&[], &mut [0]).is_err());
        // RFC 4503 A.1 and A.2, whose octets are written the other way round.
        let reversed = |hex: &str| of(hex).into_iter().rev().collect::<Vec<_>>();
        for (key, iv, stream) in [
            ("00000000000000000000000000000000", "", "b15754f036a5d6ecf56b45261c4af702"),
            ("912813292e3d36fe3bfc62f1dc51c3ac", "", "3d2df3c83ef627a1e97fc38487e2519c"),
            ("00000000000000000000000000000000", "0000000000000000", "c6a7275ef85495d87ccd5d376705b7ed"),
            ("00000000000000000000000000000000", "c373f575c1267e59", "1fcd4eb9580012e2e0dccc9222017d6d"),
        ] {
            let mut data = [0; 16];
            rabbit(&reversed(key), &reversed(iv), &mut data).unwrap();
            data.reverse();
            assert_eq!(hex::encode(data), stream);
        }
    }
}
