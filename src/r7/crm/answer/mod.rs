//! The objects of answers, keys in wire order (sheet r7/crm 2).

pub(crate) mod contact;
pub(crate) mod event;
pub(crate) mod list;
pub(crate) mod opportunity;

use std::sync::Arc;

use uuid::Uuid;

use super::rules::rights::Viewer;
use crate::kernel::base::PublicBase;
use crate::kernel::settings::{Profile, Settings};
use crate::kernel::time::Timestamp;
use crate::r7::dates;
use crate::r7::endpoint::Cx;
use crate::r7::error::Fault;
use crate::r7::files::card::View;
use crate::r7::people::directory::Directory;
use crate::r7::people::employee::Employee;

/// What an answer depends on besides the rows: who looks, and from where.
pub(crate) struct Lens<'a> {
    pub(crate) viewer: Viewer,
    directory: Arc<Directory>,
    base: &'a PublicBase,
    settings: &'a Settings,
    files: View<'a>,
}

impl<'a> Lens<'a> {
    /// The lens of a request.
    pub(crate) fn of(cx: &Cx<'a>) -> Result<Self, Fault> {
        let directory = Arc::clone(&cx.directory);
        let (base, settings) = (cx.base, &*cx.world.settings);
        Ok(Self { viewer: viewer(cx)?, directory, base, settings, files: View::of(cx)? })
    }

    /// The same for the cards of files.
    pub(crate) fn files(&self) -> &View<'a> {
        &self.files
    }

    /// The short form of a person.
    pub(crate) fn employee(&self, id: Uuid) -> Employee {
        Employee::of(id, &self.directory, self.base)
    }

    /// The short forms of several people.
    pub(crate) fn employees(&self, ids: &[Uuid]) -> Vec<Employee> {
        ids.iter().map(|id| self.employee(*id)).collect()
    }

    /// A date in the portal's zone.
    pub(crate) fn date(&self, at: Timestamp) -> String {
        dates::print(at, &self.directory.portal.zone)
    }

    /// A date that may be unset (sheet r7/crm 0, dates out).
    pub(crate) fn date_or_unset(&self, at: Option<Timestamp>) -> String {
        at.map_or_else(|| dates::UNSET.to_owned(), |at| self.date(at))
    }

    /// Whether answers have the seed documents' keys only.
    pub(crate) fn seed_shapes(&self) -> bool {
        self.settings.profile == Profile::Seed
    }
}

/// The caller's rights.
pub(crate) fn viewer(cx: &Cx<'_>) -> Result<Viewer, Fault> {
    let caller = cx.caller()?;
    Ok(Viewer { id: caller.id, admin: caller.is_admin() })
}

/// For keys that are left out when default (sheet r7/crm 2, "omit D").
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) const fn is_zero(number: &i64) -> bool {
    *number == 0
}
