//! `$.math(…)`: sums, differences, products, quotients, parentheses (sheet corezoid/engine 4.3). Pure.

use crate::corezoid::engine::cast;

/// Deepest nesting of parentheses.
const DEPTH: usize = 64;

/// A number on its way: whole as long as nothing made it another.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Whole(i64),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "the service computes with floats above 2^53 too")]
    const fn float(self) -> f64 {
        match self {
            Self::Whole(n) => n as f64,
            Self::Float(n) => n,
        }
    }
}

/// The result as text: whole numbers plain, whole quotients with one decimal. `None`: it is no such expression.
pub(super) fn evaluate(text: &str) -> Option<String> {
    let bytes: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let mut reader = Reader { text: &bytes, at: 0 };
    let result = reader.sum(0)?;
    if reader.at != bytes.len() {
        return None;
    }
    match result {
        Number::Whole(n) => Some(n.to_string()),
        Number::Float(n) if !n.is_finite() => None,
        Number::Float(n) if n.fract() == 0.0 => Some(format!("{n:.1}")),
        Number::Float(n) => cast::from_float(n).map(|number| number.to_string()),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn sum(&mut self, depth: usize) -> Option<Number> {
        let mut left = self.product(depth)?;
        while let Some(sign @ (b'+' | b'-')) = self.peek() {
            self.at += 1;
            let right = self.product(depth)?;
            left = match (sign, left, right) {
                (b'+', Number::Whole(a), Number::Whole(b)) => {
                    a.checked_add(b).map_or_else(|| float(left.float() + right.float()), Number::Whole)
                }
                (b'+', a, b) => float(a.float() + b.float()),
                (_, Number::Whole(a), Number::Whole(b)) => {
                    a.checked_sub(b).map_or_else(|| float(left.float() - right.float()), Number::Whole)
                }
                (_, a, b) => float(a.float() - b.float()),
            };
        }
        Some(left)
    }

    fn product(&mut self, depth: usize) -> Option<Number> {
        let mut left = self.factor(depth)?;
        while let Some(sign @ (b'*' | b'/')) = self.peek() {
            self.at += 1;
            let right = self.factor(depth)?;
            left = match (sign, left, right) {
                (b'*', Number::Whole(a), Number::Whole(b)) => {
                    a.checked_mul(b).map_or_else(|| float(left.float() * right.float()), Number::Whole)
                }
                (b'*', a, b) => float(a.float() * b.float()),
                (_, _, b) if b.float() == 0.0 => return None,
                (_, a, b) => float(a.float() / b.float()),
            };
        }
        Some(left)
    }

    fn factor(&mut self, depth: usize) -> Option<Number> {
        if depth > DEPTH {
            return None;
        }
        match self.peek()? {
            b'-' => {
                self.at += 1;
                match self.factor(depth + 1)? {
                    Number::Whole(n) => {
                        Some(n.checked_neg().map_or_else(|| float(-Number::Whole(n).float()), Number::Whole))
                    }
                    Number::Float(n) => Some(float(-n)),
                }
            }
            b'+' => {
                self.at += 1;
                self.factor(depth + 1)
            }
            b'(' => {
                self.at += 1;
                let inner = self.sum(depth + 1)?;
                (self.peek()? == b')').then(|| {
                    self.at += 1;
                    inner
                })
            }
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Number> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let exponent = matches!(byte, b'e' | b'E') && self.at > start;
            let sign = matches!(byte, b'+' | b'-')
                && self.at > start
                && self.text.get(self.at - 1).is_some_and(|before| matches!(before, b'e' | b'E'));
            if !(byte.is_ascii_digit() || byte == b'.' || exponent || sign) {
                break;
            }
            self.at += 1;
        }
        let text = std::str::from_utf8(self.text.get(start..self.at)?).ok()?;
        text.parse()
            .map(Number::Whole)
            .ok()
            .or_else(|| text.parse().ok().filter(|n: &f64| n.is_finite()).map(Number::Float))
    }
}

const fn float(n: f64) -> Number {
    Number::Float(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_come_out_as_the_service_prints_them() {
        for (text, expected) in [
            ("100+50", Some("150")),
            ("2*(3+4)-1", Some("13")),
            ("100/2", Some("50.0")),
            ("7/2", Some("3.5")),
            ("1/3", Some("0.333333")),
            ("-3+-2", Some("-5")),
            (" 1 + 1 ", Some("2")),
            ("0.1+0.2", Some("0.3")),
            ("1e3*2", Some("2000.0")),
            ("9223372036854775807+1", Some("9223372036854775808.0")),
            ("1/0", None),
            ("1+", None),
            ("(1", None),
            ("", None),
            ("a+1", None),
            ("1 2 x", None),
        ] {
            assert_eq!(evaluate(text).as_deref(), expected, "{text}");
        }
        assert_eq!(evaluate(&"(".repeat(100_000)), None, "nesting is bounded");
        assert_eq!(evaluate(&"-".repeat(100_000)), None);
    }
}
