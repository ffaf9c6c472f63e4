//! The portal itself: what its administrators set and every call heeds.

use jiff::tz::TimeZone;

use crate::kernel::settings::{Language, Settings};

/// Language and zone that the portal speaks.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) language: Language,
    /// Zone of the dates in answers, and of dates without one in requests.
    pub(crate) zone: TimeZone,
}

impl Portal {
    /// As the server was told to start it.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { language: settings.language, zone: settings.time_zone.clone() }
    }
}
