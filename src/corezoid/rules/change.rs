//! A field that a change may leave alone, empty or set. Pure.

/// What a request says about a text that may be null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Nullable {
    /// Not sent: stays as it is.
    Absent,
    /// Sent as null: is emptied.
    Null,
    /// Sent as text.
    Text(String),
}

impl Nullable {
    /// Whether it changes anything.
    pub(crate) fn is_sent(&self) -> bool {
        *self != Self::Absent
    }

    /// The text that was sent.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Null => None,
        }
    }

    /// What it makes of an old value.
    pub(crate) fn over(self, old: Option<String>) -> Option<String> {
        match self {
            Self::Absent => old,
            Self::Null => None,
            Self::Text(text) => Some(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_keeps_null_empties_text_sets() {
        let old = || Some("old".to_owned());
        for (field, sent, text, new) in [
            (Nullable::Absent, false, None, old()),
            (Nullable::Null, true, None, None),
            (Nullable::Text("new".to_owned()), true, Some("new"), Some("new".to_owned())),
        ] {
            assert_eq!((field.is_sent(), field.text()), (sent, text));
            assert_eq!(field.over(old()), new);
        }
    }
}
