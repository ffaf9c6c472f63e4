//! Bytes in 32-bit words, big-endian, the last of them filled up with zeros. Pure.

/// The first `length` bytes of words; zeros where there are too few.
pub(super) fn bytes(words: impl Iterator<Item = i32>, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = words.take(length.div_ceil(4)).flat_map(i32::to_be_bytes).collect();
    bytes.resize(length, 0);
    bytes
}

pub(super) fn words(bytes: &[u8]) -> Vec<i32> {
    let word = |chunk: &[u8]| {
        let mut word = [0; 4];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        i32::from_be_bytes(word)
    };
    bytes.chunks(4).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_words_are_each_others_inverse() {
        assert_eq!(bytes([0x0102_0304, -1].into_iter(), 5), [1, 2, 3, 4, 255]);
        assert_eq!(bytes([1].into_iter(), 6), [0, 0, 0, 1, 0, 0]);
        assert_eq!(words(&[1, 2, 3, 4, 255]), [0x0102_0304, -0x0100_0000]);
        assert_eq!(words(&[]), Vec::<i32>::new());
    }
}
