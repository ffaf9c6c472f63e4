//! Names of people. Pure.

/// Whether first and last name may be those of a person: together at least one character. Upstream's pattern for names,
/// `core.username.regex`, is empty as shipped, so digits, dots and brackets pass ("User1").
pub(crate) const fn are_fit(first: &str, last: &str) -> bool {
    !first.is_empty() || !last.is_empty()
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
            ("R2", "D2", true),
            ("a.b", "c", true),
            ("<b>", "x", true),
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
