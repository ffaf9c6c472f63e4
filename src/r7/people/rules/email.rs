//! E-mail addresses, as .NET's `MailAddress` takes them. Pure.

/// An address taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// What stands before the `@`.
    pub(crate) user: String,
    /// The whole address, without a display name.
    pub(crate) address: String,
}

/// Reads `a@b` and `Name <a@b>`; `None`: not the form of an address.
pub(crate) fn parse(text: &str) -> Option<Email> {
    let text = text.trim();
    let address = match text.strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<')?.1.trim(),
        None => text,
    };
    let (user, host) = address.split_once('@')?;
    let word = |text: &str| {
        let dotted = text.starts_with('.') || text.ends_with('.') || text.contains("..");
        let odd = |char: char| char.is_whitespace() || char.is_control() || "()<>[],;:\\\"@".contains(char);
        !text.is_empty() && !dotted && !text.contains(odd)
    };
    (word(user) && word(host)).then(|| Email { user: user.to_owned(), address: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("mike@example.org", Some(("mike", "mike@example.org"))),
            ("  Mike.Z+x@Example.org ", Some(("Mike.Z+x", "Mike.Z+x@Example.org"))),
            ("Mike Z <mike@example.org>", Some(("mike", "mike@example.org"))),
            ("mike@localhost", Some(("mike", "mike@localhost"))),
            ("мария@пример.рф", Some(("мария", "мария@пример.рф"))),
            ("", None),
            ("mike", None),
            ("@example.org", None),
            ("mike@", None),
            ("mike@a@b", None),
            ("mi ke@example.org", None),
            ("mike@exam ple.org", None),
            ("mike.@example.org", None),
            ("mike@example..org", None),
            ("mike>", None),
        ] {
            let found = parse(text);
            let found = found.as_ref().map(|email| (email.user.as_str(), email.address.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
