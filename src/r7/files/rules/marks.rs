//! Marks on entries: unread, favourites, templates, recent visits, editing (sheet r7/files 2.10, 6, 7). Pure.

use uuid::Uuid;

use crate::kernel::time::Timestamp;

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Added, changed or shared by somebody else, and not looked at since.
    Unread,
    Favorite,
    Template,
    /// Opened in the editor.
    Recent,
    /// Open in the editor.
    Editing,
    /// Open in an editor that lets nobody else in.
    EditingAlone,
}

impl Kind {
    /// Every kind with its number in storage and its name in state documents.
    pub(crate) const ALL: &'static [(Self, i64, &'static str)] = &[
        (Self::Unread, 0, "unread"),
        (Self::Favorite, 1, "favorite"),
        (Self::Template, 2, "template"),
        (Self::Recent, 3, "recent"),
        (Self::Editing, 4, "editing"),
        (Self::EditingAlone, 5, "editingAlone"),
    ];

    /// Its number in storage.
    pub(crate) fn number(self) -> i64 {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or(0, |(_, number, _)| *number)
    }
}

/// Bits of `fileStatus` (sheet r7/files 2.10).
const EDITING: i32 = 1;
const NEW: i32 = 2;
const EDITING_ALONE: i32 = 16;
const FAVORITE: i32 = 32;
const TEMPLATE: i32 = 64;

/// Everybody's marks on one entry, as its row brings them: `kind at user` texts between commas. Read where they are
/// needed, because nearly no entry has any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks(Option<Box<str>>);

impl From<Option<String>> for Marks {
    fn from(text: Option<String>) -> Self {
        Self(text.map(String::into_boxed_str))
    }
}

impl Marks {
    /// Number of the kind, time, whose.
    fn each(&self) -> impl Iterator<Item = (i64, Timestamp, &str)> {
        self.0.as_deref().unwrap_or_default().split(',').filter_map(|mark| {
            let mut words = mark.split(' ');
            let (kind, at) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            Some((kind, Timestamp(at), words.next()?))
        })
    }

    /// Whether `user` has set a mark of that kind.
    pub(crate) fn has(&self, user: Uuid, kind: Kind) -> bool {
        self.0.is_some() && {
            let user = user.to_string();
            self.each().any(|(number, _, whose)| number == kind.number() && whose == user)
        }
    }

    /// Whether somebody has the file open in the editor.
    pub(crate) fn is_edited(&self, now: Timestamp) -> bool {
        self.editing(now).0
    }

    /// Whether somebody has it open in an editor that lets nobody else in.
    pub(crate) fn is_edited_alone(&self, now: Timestamp) -> bool {
        self.editing(now).1
    }

    /// Whether it is open, and whether alone.
    fn editing(&self, now: Timestamp) -> (bool, bool) {
        let live = |wanted: Kind| self.each().any(|(kind, until, _)| kind == wanted.number() && until > now);
        let alone = live(Kind::EditingAlone);
        (alone || live(Kind::Editing), alone)
    }

    /// `fileStatus` as `user` sees it.
    pub(crate) fn status(&self, user: Uuid, now: Timestamp) -> i32 {
        if self.0.is_none() {
            return 0;
        }
        let (editing, alone) = self.editing(now);
        [
            (editing, EDITING),
            (self.has(user, Kind::Unread), NEW),
            (alone, EDITING_ALONE),
            (self.has(user, Kind::Favorite), FAVORITE),
            (self.has(user, Kind::Template), TEMPLATE),
        ]
        .iter()
        .filter(|(is, _)| *is)
        .fold(0, |status, (_, bit)| status | bit)
    }
}

/// Whether files of that extension (lower case, with its dot) can be templates.
pub(crate) fn is_template_format(extension: &str) -> bool {
    matches!(extension, ".docx" | ".xlsx" | ".pptx")
}

/// The moment before which visits are forgotten: a month ago, by the calendar (sheet r7/files 6).
pub(crate) fn oldest_visit(now: Timestamp) -> Timestamp {
    let month = jiff::Span::new().months(1);
    let at = now.to_jiff().and_then(|now| now.to_zoned(jiff::tz::TimeZone::UTC).checked_sub(month).ok());
    at.map_or(Timestamp(i64::MIN), |at| Timestamp::from_jiff(at.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let now = Timestamp(100);
        for (text, expected) in [
            (None, 0),
            (Some(format!("1 5 {me}")), 32),
            (Some(format!("2 5 {me},1 7 {me}")), 96),
            (Some(format!("3 5 {me}")), 0),
            (Some(format!("0 5 {me},1 5 {me}")), 34),
            (Some(format!("0 5 {other}")), 0),
            (Some(format!("1 5 {other},2 5 {other}")), 0),
            // Who edits does not matter.
            (Some(format!("4 101 {other}")), 1),
            (Some(format!("4 100 {me}")), 0),
            (Some(format!("5 101 {other},1 1 {me}")), 49),
        ] {
            let marks = Marks::from(text.clone());
            assert_eq!(marks.status(me, now), expected, "{text:?}");
            assert_eq!(marks.is_edited(now), expected & 1 == 1, "{text:?}");
        }
    }

    #[test]
    fn a_month_is_the_calendars() {
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        for (now, expected) in [
            ("2026-03-31T10:00:00Z", "2026-02-28T10:00:00Z"),
            ("2026-01-05T00:00:00Z", "2025-12-05T00:00:00Z"),
        ] {
            assert_eq!(oldest_visit(at(now)), at(expected));
        }
        assert!(is_template_format(".docx") && !is_template_format(".txt"));
    }
}
