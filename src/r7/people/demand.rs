//! Who may do what to people: upstream's permission demands, and the text of their refusal.

use uuid::Uuid;

use super::directory::User;
use crate::r7::endpoint::Cx;
use crate::r7::error::Fault;

/// What a call demands of its caller. Those who manage people may do everything, others edit themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    EditUser,
    AddRemoveUser,
    EditGroups,
}

impl Action {
    /// Upstream's names, which it does not translate.
    const fn name(self) -> &'static str {
        match self {
            Self::EditUser => "Edit user information",
            Self::AddRemoveUser => "Add/Remove user",
            Self::EditGroups => "Edit categories and groups",
        }
    }
}

/// All of the groups' write calls.
pub(crate) const GROUPS: &[Action] = &[Action::EditGroups, Action::AddRemoveUser];

/// Refuses whoever does not manage people: 500, as every permission demand (sheet r7/transport 7).
pub(crate) fn demand(cx: &Cx<'_>, actions: &[Action]) -> Result<(), Fault> {
    let caller = cx.caller()?;
    if cx.directory.manages_people(&caller) { Ok(()) } else { Err(denied(&caller, actions)) }
}

/// The same, but lets everybody change himself.
pub(crate) fn demand_edit(cx: &Cx<'_>, person: Uuid) -> Result<(), Fault> {
    if cx.caller()?.id == person { Ok(()) } else { demand(cx, &[Action::EditUser]) }
}

/// The text of upstream's `AuthorizingException`, commas and dots too many included.
fn denied(caller: &User, actions: &[Action]) -> Fault {
    let names: String = actions.iter().map(|action| [action.name(), ", "].concat()).collect();
    let causes: Vec<_> = actions.iter().map(|action| [action.name(), ": access denied."].concat()).collect();
    let text =
        format!("\"{}\" access denied \"{names}\". Cause: {}.", caller.display_name(), causes.join(", "));
    Fault::Authentication(text.into())
}
