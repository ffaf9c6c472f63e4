//! Who works in a company: API keys and people, groups, companies, invitations (sheet corezoid/api 2.9).

pub(super) mod company;
pub(super) mod group;
pub(crate) mod invite;
pub(super) mod objs;
pub(super) mod staff;
pub(super) mod user;

use serde_json::{Value, json};

use crate::corezoid::error::OpError;
use crate::corezoid::ids::{GroupId, UserId};
use crate::corezoid::rules::people::{LOGIN_TYPES, key_name};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::person::Person;

/// A user that is not there.
fn no_user(id: UserId) -> OpError {
    OpError::NotFound { obj: "user", id: json!(id) }
}

/// A group that is not there.
fn no_group(id: GroupId) -> OpError {
    OpError::NotFound { obj: "group", id: json!(id) }
}

const LOGIN: &[Field] =
    &[may("key", TEXT), may("obj_id", ID), need("type", Shape::Word(LOGIN_TYPES)), may("login", TEXT)];

/// What [`logins`] and [`bare_logins`] look like.
pub(super) const LOGINS: Shape = Shape::List(&Shape::Object(LOGIN));

/// How a user signs in, with everything that is known about it: of a key its secret, of a person an empty one.
fn logins(person: &Person) -> Value {
    let keys = person.keys.0.iter().map(
        |(login, secret)| json!({ "key": secret, "obj_id": login, "type": "api", "login": key_name(*login) }),
    );
    let others = person
        .logins
        .0
        .iter()
        .map(|(id, kind, login)| json!({ "key": "", "obj_id": id, "type": kind, "login": login }));
    keys.chain(others).collect()
}

/// The same without ids and secrets.
fn bare_logins(person: &Person) -> Value {
    let keys = person.keys.0.iter().map(|(login, _)| json!({ "type": "api", "login": key_name(*login) }));
    let others = person.logins.0.iter().map(|(_, kind, login)| json!({ "type": kind, "login": login }));
    keys.chain(others).collect()
}
