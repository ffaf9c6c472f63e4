//! Finding the people that calls name, and showing them as they are after a change.

use std::sync::Arc;

use uuid::Uuid;

use super::directory::User;
use super::employee::FullEmployee;
use crate::r7::bind::Guid;
use crate::r7::endpoint::Cx;
use crate::r7::error::{Fault, bad_format};

fn unknown() -> Fault {
    Fault::NotFound("user not found".into())
}

/// The person with that id, or 404.
pub(crate) fn by_id(id: Uuid, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
    cx.directory.user(id).cloned().ok_or_else(unknown)
}

/// Whoever a `{userid}` means: a GUID, else a login name.
pub(crate) fn person(text: &str, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
    if let Some(id) = Guid::parse(text) {
        return by_id(id.0, cx);
    }
    let named = |user: &&Arc<User>| user.row.user_name.eq_ignore_ascii_case(text);
    cx.directory.users.iter().find(named).cloned().ok_or_else(unknown)
}

/// Those of a call's `userIds` who are here, each once, in the order of the call.
pub(crate) fn people(ids: &[Guid], cx: &Cx<'_>) -> Vec<Arc<User>> {
    let mut found: Vec<Arc<User>> = Vec::new();
    for user in ids.iter().filter_map(|id| cx.directory.user(id.0)) {
        if found.iter().all(|known| known.id != user.id) {
            found.push(Arc::clone(user));
        }
    }
    found
}

/// The full form of a person, as he is in the directory now.
pub(crate) fn full(id: Uuid, cx: &Cx<'_>) -> Result<FullEmployee, Fault> {
    by_id(id, cx).map(|user| FullEmployee::of(&user, &cx.directory, cx.base))
}

/// The same for many; who is gone is left out.
pub(crate) fn full_list(people: &[Arc<User>], cx: &Cx<'_>) -> Vec<FullEmployee> {
    people.iter().filter_map(|user| full(user.id, cx).ok()).collect()
}

/// A text that is no GUID where upstream's own code, not its binder, makes one of it: a `FormatException`, 500.
pub(crate) fn bad_guid() -> Fault {
    bad_format("Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).")
}
