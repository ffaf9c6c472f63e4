//! The short and the full form of a person in answers (sheet r7/crm 2.6, r7/transport 6).

use serde::Serialize;
use uuid::Uuid;

use super::directory::{Directory, User};
use crate::kernel::base::PublicBase;

/// Upstream's stand-in for people who are gone.
pub(crate) const LOST_USER: Uuid = Uuid::from_u128(0x4a51_5a15_d4d6_4b8e_828e_e058_6f18_f3a3);
/// Default picture of `avatarSmall`.
const AVATAR_SMALL: &str = "/skins/default/images/default_user_photo_size_32-32.png";

/// The short form, found in every answer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Employee {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) avatar_small: String,
    pub(crate) profile_url: String,
}

impl Employee {
    /// The person with that id, or the lost user.
    pub(crate) fn of(id: Uuid, directory: &Directory, base: &PublicBase) -> Self {
        match directory.user(id) {
            Some(user) => Self::from_user(user, base),
            None => Self {
                id: LOST_USER,
                display_name: "Profile has been removed".to_owned(),
                title: None,
                avatar_small: AVATAR_SMALL.to_owned(),
                profile_url: profile_url(LOST_USER, "", base),
            },
        }
    }

    /// A known person.
    pub(crate) fn from_user(user: &User, base: &PublicBase) -> Self {
        Self {
            id: user.id,
            display_name: user.display_name(),
            title: user.row.title.clone().filter(|title| !title.is_empty()),
            avatar_small: user.row.avatar.clone().unwrap_or_else(|| AVATAR_SMALL.to_owned()),
            profile_url: profile_url(user.id, &user.row.user_name, base),
        }
    }
}

/// Absolute, but empty for the all-zero id (sheet r7/crm 2.6).
fn profile_url(id: Uuid, user_name: &str, base: &PublicBase) -> String {
    if id.is_nil() {
        return String::new();
    }
    base.link(&format!("/Products/People/Profile.aspx?user={}", user_name.to_lowercase()))
}
