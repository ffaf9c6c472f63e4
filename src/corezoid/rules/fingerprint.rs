//! What an environment variable shows of its value instead of the value. Pure.

use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// `fingerprints` of a value: bytes in upper-case hex, with colons (sheet corezoid/api 2.8).
pub(crate) fn fingerprints(value: &str) -> Value {
    json!([
        { "algo": "md5", "value": printed(&Md5::digest(value)) },
        { "algo": "sha256", "value": printed(&Sha256::digest(value)) },
    ])
}

fn printed(digest: &[u8]) -> String {
    let bytes: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_whole_digest_byte_by_byte() {
        // The published example shows the ends of these: 09:8F:6B…27:B4:F6 and 9F:86…F0:0A:08.
        let [md5, sha256] = [0, 1].map(|index| fingerprints("test")[index].clone());
        assert_eq!(md5, json!({ "algo": "md5", "value": "09:8F:6B:CD:46:21:D3:73:CA:DE:4E:83:26:27:B4:F6" }));
        let text = sha256["value"].as_str().unwrap();
        assert!(text.starts_with("9F:86:") && text.ends_with(":F0:0A:08") && text.len() == 95, "{text}");
    }
}
