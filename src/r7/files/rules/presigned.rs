//! Keys of links that need no login (sheet r7/files 5.8). Pure.
//!
//! A key is the moment it was given and a digest: nothing is stored, so a link outlives a restart. No secret is in it;
//! whoever reads this can make one, as with every other secret of a stand-in.

use sha1::{Digest as _, Sha1};

use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FileId;

/// sheet r7/files 5.8: a link is good for 16 minutes.
const LIFE_MILLIS: i64 = 16 * 60 * 1000;

/// What a key opens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock<'a> {
    /// Name of the world: no key opens another one's file.
    pub(crate) world: &'a str,
    pub(crate) file: FileId,
    pub(crate) version: i64,
}

/// The key given at `now`: `TICKS.DIGEST`.
pub(crate) fn key(lock: Lock<'_>, now: Timestamp) -> String {
    let Lock { world, file, version } = lock;
    let text = format!("presigned {world} {file} {version} {}", now.0);
    format!("{}.{}", now.0, hex::encode(Sha1::digest(text.as_bytes())))
}

/// Whether a key opens it at `now`.
pub(crate) fn opens(sent: &str, lock: Lock<'_>, now: Timestamp) -> bool {
    let given = sent.split_once('.').and_then(|(ticks, _)| ticks.parse().ok()).map(Timestamp);
    given.is_some_and(|given| sent == key(lock, given) && now < given.plus_millis(LIFE_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_version_of_its_own_file_for_sixteen_minutes() {
        let lock = Lock { world: "default", file: FileId(5), version: 2 };
        let now = Timestamp::from_seconds(1_000);
        let sent = key(lock, now);
        let ends = now.plus_millis(LIFE_MILLIS);
        for (lock, at, expected) in [
            (lock, now, true),
            (lock, ends.plus_ticks(-1), true),
            (lock, ends, false),
            (Lock { file: FileId(6), ..lock }, now, false),
            (Lock { version: 1, ..lock }, now, false),
            (Lock { world: "other", ..lock }, now, false),
        ] {
            assert_eq!(opens(&sent, lock, at), expected, "{lock:?} {at:?}");
        }
        for wrong in ["", ".", "1000", "x.y", &sent.replace("10000000000.", "10000000001.")] {
            assert!(!opens(wrong, lock, now), "{wrong}");
        }
    }
}
