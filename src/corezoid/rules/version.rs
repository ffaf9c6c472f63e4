//! Numbers of versions: `1.0.2`. Pure.

use std::cmp::Ordering;

/// Whether a text is one: digits and dots (sheet corezoid/api 2.8).
pub(crate) fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// How two stand to each other: part by part, each as a number of any length; a part that is not there counts as 0.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => match parts(a.unwrap_or_default(), b.unwrap_or_default()) {
                Ordering::Equal => {}
                other => return other,
            },
        }
    }
}

fn parts(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_compared_as_numbers() {
        for (a, b, order) in [
            ("1.9", "1.10", Ordering::Less),
            ("1.0", "1", Ordering::Equal),
            ("2", "1.99.99", Ordering::Greater),
            ("007", "7", Ordering::Equal),
            ("1..1", "1.0.1", Ordering::Equal),
            ("99999999999999999999999999", "100000000000000000000000000", Ordering::Less),
        ] {
            assert_eq!(compare(a, b), order, "{a} {b}");
            assert_eq!(compare(b, a), order.reverse(), "{b} {a}");
        }
        assert!(is_number("1.0.2") && !is_number("v1") && !is_number("1-2"));
    }
}
