//! Which objects a listing keeps, and in which order. Pure.

use std::cmp::Ordering;

/// What filters and sorts look at.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each looked at by another filter")]
pub(crate) struct Facts<'a> {
    /// `folder`, `conv`, `dashboard`, `instance`, `project`, `stage`.
    pub(crate) obj: &'a str,
    /// A state diagram rather than a process.
    pub(crate) is_state: bool,
    pub(crate) title: &'a str,
    pub(crate) owner_name: &'a str,
    pub(crate) change_time: i64,
    /// Of the user who asks.
    pub(crate) is_owner: bool,
    pub(crate) is_shared: bool,
    pub(crate) favorite: bool,
}

/// `filter` of `list folder` and `list stage` (sheet corezoid/api 2.2, 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Folder,
    /// Processes and state diagrams, and folders to walk through.
    Conv,
    /// Processes only.
    Conveyor,
    Dashboard,
    Instance,
    /// Configurations, which are not kept here.
    Config,
    My,
    Shared,
    Favorites,
    Recent,
    Deleted,
}

/// The words of [`Filter`].
pub(crate) const FILTERS: &[&str] = &[
    "folder",
    "conv",
    "conveyor",
    "dashboard",
    "instance",
    "config",
    "my",
    "shared",
    "favorites",
    "recent",
    "deleted",
];

const FILTER_OF_WORD: [(&str, Filter); 11] = [
    ("folder", Filter::Folder),
    ("conv", Filter::Conv),
    ("conveyor", Filter::Conveyor),
    ("dashboard", Filter::Dashboard),
    ("instance", Filter::Instance),
    ("config", Filter::Config),
    ("my", Filter::My),
    ("shared", Filter::Shared),
    ("favorites", Filter::Favorites),
    ("recent", Filter::Recent),
    ("deleted", Filter::Deleted),
];

impl Filter {
    /// The filter of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        FILTER_OF_WORD.iter().find(|row| row.0 == word).map(|row| row.1)
    }

    /// Asked of the root, it looks at the whole company: the views of the menu beside the tree.
    pub(crate) const fn is_of_company(self) -> bool {
        matches!(self, Self::My | Self::Shared | Self::Favorites | Self::Recent | Self::Deleted)
    }

    /// The order it brings along, newest first.
    pub(crate) const fn own_sort(self) -> Option<Sort> {
        if matches!(self, Self::Recent) { Some(Sort::Date) } else { None }
    }

    /// Whether it keeps an object. Deleted objects are chosen by the store, not here.
    pub(crate) fn keeps(self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Folder => facts.obj == "folder",
            Self::Conv => !matches!(facts.obj, "dashboard" | "instance"),
            Self::Conveyor => facts.obj == "conv" && !facts.is_state,
            Self::Dashboard => facts.obj == "dashboard",
            Self::Instance => facts.obj == "instance",
            Self::Config => false,
            Self::My => facts.is_owner,
            Self::Shared => facts.is_shared && !facts.is_owner,
            Self::Favorites => facts.favorite,
            Self::Recent | Self::Deleted => true,
        }
    }
}

/// The words of [`Sort`].
pub(crate) const SORTS: &[&str] = &["name", "title", "owner", "date", "tacts"];

/// `sort` of `list folder`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Title,
    Owner,
    /// Of the last change.
    Date,
    /// By tasks passed, which no listing knows: as they were made.
    Tacts,
}

impl Sort {
    /// The sort of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "name" | "title" => Some(Self::Title),
            "owner" => Some(Self::Owner),
            "date" => Some(Self::Date),
            "tacts" => Some(Self::Tacts),
            _ => None,
        }
    }

    /// Compares; letter case does not count.
    pub(crate) fn compare(self, a: &Facts<'_>, b: &Facts<'_>) -> Ordering {
        match self {
            Self::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
            Self::Owner => a.owner_name.to_lowercase().cmp(&b.owner_name.to_lowercase()),
            Self::Date => a.change_time.cmp(&b.change_time),
            Self::Tacts => Ordering::Equal,
        }
    }
}

/// The words of [`Order`].
pub(crate) const ORDERS: &[&str] = &["asc", "desc"];

/// `order` of `list folder`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Asc,
    Desc,
}

impl Order {
    /// The order of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "asc" => Some(Self::Asc),
            "desc" => Some(Self::Desc),
            _ => None,
        }
    }

    /// Turns a comparison round for `desc`.
    pub(crate) fn apply(self, ordering: Ordering) -> Ordering {
        match self {
            Self::Asc => ordering,
            Self::Desc => ordering.reverse(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Facts<'_> = Facts {
        obj: "conv",
        is_state: false,
        title: "b",
        owner_name: "Ann",
        change_time: 5,
        is_owner: true,
        is_shared: false,
        favorite: false,
    };

    #[test]
    fn each_filter_keeps_its_own() {
        let folder = Facts { obj: "folder", ..PLAIN };
        let diagram = Facts { is_state: true, is_owner: false, is_shared: true, ..PLAIN };
        let dashboard = Facts { obj: "dashboard", favorite: true, ..PLAIN };
        let all = [PLAIN, folder, diagram, dashboard];
        for (word, kept) in [
            ("folder", [false, true, false, false]),
            ("conv", [true, true, true, false]),
            ("conveyor", [true, false, false, false]),
            ("dashboard", [false, false, false, true]),
            ("config", [false; 4]),
            ("my", [true, true, false, true]),
            ("shared", [false, false, true, false]),
            ("favorites", [false, false, false, true]),
            ("recent", [true; 4]),
            ("deleted", [true; 4]),
        ] {
            let filter = Filter::of(word).unwrap();
            assert_eq!(all.map(|facts| filter.keeps(&facts)), kept, "{word}");
        }
        let instance = Facts { obj: "instance", ..PLAIN };
        let keeping = FILTER_OF_WORD.iter().filter(|row| row.1.keeps(&instance)).map(|row| row.0);
        assert_eq!(keeping.collect::<Vec<_>>(), ["instance", "my", "recent", "deleted"]);
        assert_eq!(Filter::of("all"), None);
    }

    #[test]
    fn every_word_that_is_offered_is_known() {
        assert!(FILTERS.iter().all(|word| Filter::of(word).is_some()));
        assert!(SORTS.iter().all(|word| Sort::of(word).is_some()));
        assert!(ORDERS.iter().all(|word| Order::of(word).is_some()));
    }

    #[test]
    fn titles_sort_without_regard_to_case_and_dates_by_the_last_change() {
        let other = Facts { title: "А", owner_name: "bob", change_time: 4, ..PLAIN };
        let upper = Facts { title: "B", ..PLAIN };
        assert_eq!(Sort::of("name").unwrap().compare(&PLAIN, &upper), Ordering::Equal);
        assert_eq!(Sort::of("title").unwrap().compare(&PLAIN, &other), Ordering::Less);
        assert_eq!(Sort::of("owner").unwrap().compare(&PLAIN, &other), Ordering::Less);
        let by_date = Sort::of("date").unwrap().compare(&PLAIN, &other);
        assert_eq!(by_date, Ordering::Greater);
        assert_eq!(Order::of("desc").unwrap().apply(by_date), Ordering::Less);
        assert_eq!(Order::of("asc").unwrap().apply(by_date), Ordering::Greater);
    }
}
