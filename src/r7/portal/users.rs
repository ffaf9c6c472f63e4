//! `portal/users/{userID}`: a person in the portal's own, raw form.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::info::TENANT;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::people::directory::User;
use crate::r7::people::employee::LOST_USER;
use crate::r7::wire::Answer;

/// `GET portal/users/{userID}`; somebody unknown is upstream's lost user.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetUser {
    userid: Guid,
}

/// Upstream's `UserInfo`; dates are plain ones (sheet r7/transport 3, dates).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawUser {
    id: Uuid,
    first_name: String,
    last_name: String,
    user_name: Option<String>,
    birth_date: Option<String>,
    /// True: male.
    sex: Option<bool>,
    status: i64,
    activation_status: i64,
    terminated_date: Option<String>,
    title: Option<String>,
    work_from_date: Option<String>,
    email: Option<String>,
    location: Option<String>,
    notes: Option<String>,
    removed: bool,
    last_modified: &'static str,
    tenant: i64,
    is_active: bool,
    culture_name: Option<String>,
    mobile_phone: Option<String>,
    mobile_phone_activation_status: i64,
    sid: Option<String>,
    ldap_qouta: i64,
    sso_name_id: Option<String>,
    sso_session_id: Option<String>,
    create_date: &'static str,
}

impl Answer for RawUser {}

/// When everybody's record was made and changed.
const MADE: &str = "2019-07-26T00:00:00";

/// A date and time without fraction and offset, in the portal's zone.
pub(crate) fn plain(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().map_or_else(String::new, |at| zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

impl RawUser {
    fn of(user: &User, zone: &TimeZone) -> Self {
        let row = &user.row;
        Self {
            id: user.id,
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            user_name: Some(row.user_name.clone()),
            birth_date: row.birthday.map(|at| plain(at, zone)),
            sex: row.sex.as_deref().map(|sex| sex == "male"),
            status: row.status,
            activation_status: row.activation_status,
            terminated_date: None,
            title: row.title.clone(),
            work_from_date: row.work_from.map(|at| plain(at, zone)),
            email: Some(row.email.clone()),
            location: row.location.clone(),
            notes: row.notes.clone(),
            removed: false,
            last_modified: MADE,
            tenant: TENANT,
            is_active: row.activation_status & 1 != 0,
            culture_name: row.culture.clone(),
            mobile_phone: row.mobile_phone.clone(),
            mobile_phone_activation_status: 0,
            sid: None,
            ldap_qouta: 0,
            sso_name_id: None,
            sso_session_id: None,
            create_date: MADE,
        }
    }

    fn lost() -> Self {
        Self {
            id: LOST_USER,
            first_name: "Unknown".to_owned(),
            last_name: "Unknown".to_owned(),
            user_name: None,
            birth_date: None,
            sex: None,
            status: 1,
            activation_status: 0,
            terminated_date: None,
            title: None,
            work_from_date: None,
            email: None,
            location: None,
            notes: None,
            removed: false,
            last_modified: "0001-01-01T00:00:00",
            tenant: 0,
            is_active: false,
            culture_name: None,
            mobile_phone: None,
            mobile_phone_activation_status: 0,
            sid: None,
            ldap_qouta: 0,
            sso_name_id: None,
            sso_session_id: None,
            create_date: "0001-01-01T00:00:00",
        }
    }
}

impl Endpoint for GetUser {
    const ACCESS: Access = Access::Read;
    type Out = RawUser;

    async fn run(self, cx: &mut Cx<'_>) -> Result<RawUser, Fault> {
        let user = cx.directory.user(self.userid.0);
        Ok(user.map_or_else(RawUser::lost, |user| RawUser::of(user, cx.zone())))
    }
}
