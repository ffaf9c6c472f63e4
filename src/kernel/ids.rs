//! Ids that are not counters: GUIDs, 24-hex ids, hashes, tokens. Seeded, so that a world repeats itself.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

/// A world's generator: one 64-bit state, stepped once per eight bytes drawn.
///
/// Not a source of secrets: everything it makes can be foretold from the seed, which is the point (contract §6).
#[derive(Debug)]
pub(crate) struct IdGen {
    state: AtomicU64,
}

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl IdGen {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// The state to store, so that a restarted world goes on instead of repeating ids.
    pub(crate) fn state(&self) -> u64 {
        self.state.load(Ordering::Relaxed)
    }

    /// Goes on from a stored state.
    pub(crate) fn restart(&self, state: u64) {
        self.state.store(state, Ordering::Relaxed);
    }

    /// `N` bytes.
    #[must_use]
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            let word = mix(self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP)).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        out
    }

    /// A GUID, printed in lower case with dashes.
    #[must_use]
    pub(crate) fn guid(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// Lower-case hex of `BYTES` bytes: 12 for a node or task id, 20 for a hash, 16 for an upload session.
    #[must_use]
    pub(crate) fn hex<const BYTES: usize>(&self) -> String {
        hex::encode(self.bytes::<BYTES>())
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so states never collide.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A seed that depends on every byte of a JSON text (FNV-1a, then mixed), but for the white space between its tokens: a
/// document that was only laid out anew gives the same ids.
pub(crate) fn seed_of(text: &[u8], start: u64) -> u64 {
    let (mut hash, mut quoted, mut escaped) = (start ^ 0xCBF2_9CE4_8422_2325, false, false);
    for byte in text {
        if !quoted && byte.is_ascii_whitespace() {
            continue;
        }
        quoted = if *byte == b'"' && !escaped { !quoted } else { quoted };
        escaped = quoted && *byte == b'\\' && !escaped;
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    mix(hash)
}

/// Declares an integer id as a type of its own: `int_id!(FileId, "a file's id")`.
macro_rules! int_id {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(
            Debug,
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Default,
            serde::Serialize,
            serde::Deserialize,
            schemars::JsonSchema,
            sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub(crate) struct $name(pub(crate) i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use int_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_a_stored_state_goes_on() {
        let (a, b) = (IdGen::new(7), IdGen::new(7));
        let first = a.guid();
        assert_eq!(first, b.guid());
        let later = IdGen::new(a.state());
        let next = b.hex::<12>();
        assert_eq!((later.hex::<12>(), next.len()), (next.clone(), 24));
        assert_ne!(next, later.hex::<12>());
        assert_eq!(first.get_version_num(), 4);
    }

    #[test]
    fn every_byte_of_the_text_counts() {
        assert_ne!(seed_of(b"ab", 0), seed_of(b"ba", 0));
        assert_ne!(seed_of(b"a", 0), seed_of(b"a", 1));
        assert_eq!(seed_of(br#"{"a":"b c\" d"}"#, 0), seed_of(b"{ \"a\" :\n\t\"b c\\\" d\" }", 0));
        assert_ne!(seed_of(br#"["a b"]"#, 0), seed_of(br#"["ab"]"#, 0));
        assert_ne!(seed_of(br#"["\" a"]"#, 0), seed_of(br#"["\"a"]"#, 0));
    }
}
