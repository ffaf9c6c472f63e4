//! Passwords as a fresh portal wants them. Pure.

use crate::kernel::settings::Language;

/// Characters at least.
const SHORTEST: usize = 8;
/// Characters at most, as the refusal says; upstream's pattern is not anchored and takes longer ones too.
const LONGEST: usize = 30;

/// Whether a password will do.
pub(crate) fn is_fit(password: &str) -> bool {
    password.chars().count() >= SHORTEST
}

/// What is said of one that will not.
pub(crate) fn refusal(language: Language) -> String {
    match language {
        Language::En => format!("Password must contain from {SHORTEST} to {LONGEST} characters"),
        Language::Ru => format!("Пароль должен содержать от {SHORTEST} до {LONGEST} символов"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_characters_are_enough() {
        for (password, fit) in [("1234567", false), ("12345678", true), ("парольно", true), ("", false)]
        {
            assert_eq!(is_fit(password), fit, "{password}");
        }
    }
}
