//! A file's size in words (sheet r7/files 5.7). Pure.

const UNITS: [&str; 5] = ["bytes", "KB", "MB", "GB", "TB"];

/// `12.06 KB`: base 1024, at most two decimals, thousands separated. The seeds' form in every language.
pub(crate) fn text(bytes: i64) -> String {
    let mut unit = 0;
    let mut scale: i128 = 1;
    let bytes = i128::from(bytes.max(0));
    while unit + 1 < UNITS.len() && bytes >= scale * 1024 {
        scale *= 1024;
        unit += 1;
    }
    let hundredths = (bytes * 200 + scale) / (scale * 2);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let mut text = thousands(whole);
    if rest != 0 {
        text += format!(".{rest:02}").trim_end_matches('0');
    }
    format!("{text} {}", UNITS.get(unit).copied().unwrap_or_default())
}

fn thousands(number: i128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        // sheet r7/files 5.7; 12.06 KB is the seeds' own.
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 bytes"),
            (512, "512 bytes"),
            (1023, "1,023 bytes"),
            (1024, "1 KB"),
            (1536, "1.5 KB"),
            (12345, "12.06 KB"),
            (1_048_575, "1,024 KB"),
            (1_048_576, "1 MB"),
            (104_857_600, "100 MB"),
            (i64::MAX, "8,388,608 TB"),
            (-1, "0 bytes"),
        ] {
            assert_eq!(text(bytes), expected);
        }
    }
}
