//! Names of people. Pure.

/// Whether first and last name may be those of a person: together at least one, and nothing but letters, marks, spaces,
/// apostrophes and hyphens (upstream's `core.username.regex`).
pub(crate) fn are_fit(first: &str, last: &str) -> bool {
    let mut chars = first.chars().chain(last.chars()).peekable();
    chars.peek().is_some() && chars.all(|char| char.is_alphabetic() || is_mark(char) || "' -".contains(char))
}

/// Combining marks that names are written with: general, Cyrillic, and the half marks.
const fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{FE20}'..='\u{FE2F}')
}

/// The first of `name`, `name1`, `name2` … that nobody has.
pub(crate) fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (1_u64..).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (first, last, fit) in [
            ("Mike", "Zanyatski", true),
            ("Анна-Мария", "О'Нил", true),
            ("Zoe\u{308}", "", true),
            ("", "Li", true),
            ("", "", false),
            ("R2", "D2", false),
            ("a.b", "c", false),
            ("<b>", "x", false),
        ] {
            assert_eq!(are_fit(first, last), fit, "{first} {last}");
        }
    }

    #[test]
    fn taken_names_are_numbered() {
        let taken = ["mike", "mike1"];
        assert_eq!(free("mike", |name| taken.contains(&name)), "mike2");
        assert_eq!(free("olga", |name| taken.contains(&name)), "olga");
    }
}
