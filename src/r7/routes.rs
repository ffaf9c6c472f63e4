//! The site map: every route of the portal, one line each. Path literals live here and only here.

use super::auth;
use super::endpoint::{Entry, get, post};
use super::people;

/// Every route after `/api/2.0/`.
#[rustfmt::skip]
pub(crate) static ROUTES: &[Entry] = &[
    post::<auth::SignIn>("authentication").open(),
    get::<people::myself::GetSelf>("people/@self"),
];
