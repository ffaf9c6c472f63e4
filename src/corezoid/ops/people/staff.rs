//! Who works in a company, in lists: `list company_users`, `show company_keys`.

use serde_json::{Value, json};

use super::{LOGINS, logins};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::UserId;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::listing::{ORDERS, Order};
use crate::corezoid::rules::people::{GROUP_TYPES, USER_STATUSES};
use crate::corezoid::spec::{Field, ID, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::group::{self, Group};
use crate::corezoid::store::invite::{self, Invite};
use crate::corezoid::store::person::{self, Person};
use crate::kernel::db::Access;

/// `filter` of `list company_users`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    User,
    ApiKey,
    Group,
    Shared,
}

impl Filter {
    fn of(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "api_key" => Some(Self::ApiKey),
            "group" => Some(Self::Group),
            "shared" => Some(Self::Shared),
            _ => None,
        }
    }
}

/// `list company_users`: people with those who are invited, API keys, or groups. Without a filter people, as the official
/// client takes it.
pub(in crate::corezoid::ops) struct ListCompanyUsers {
    company: Option<String>,
    filter: Filter,
    /// In small letters.
    name: Option<String>,
    sorted: bool,
    order: Order,
}

impl Op for ListCompanyUsers {
    const REQUEST: &'static [Field] = &[
        may("sort", Shape::Word(&["title"])),
        may("order", Shape::Word(ORDERS)),
        may("filter", Shape::Word(&["user", "api_key", "group", "shared"])),
        may("name", Shape::Text { least: 3, most: 100 }),
    ];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            // Of those who are invited.
            may("obj", Shape::Word(&["user"])),
            may("obj_id", ID),
            need("title", TEXT),
            may("logins", LOGINS),
            may("status", Shape::Word(USER_STATUSES)),
            may("is_login_locked", Shape::Flag),
            may("is_superadmin", Shape::Flag),
            may("groups", Shape::List(&Shape::Object(&[need("id", ID), need("name", TEXT)]))),
            may("privs", LIST),
            may("is_invite", Shape::Flag),
            may("invite_hash", TEXT),
        ])),
    )];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[
        &[need(
            "list",
            Shape::List(&Shape::Object(&[
                need("obj_id", ID),
                need("title", TEXT),
                need("owner_id", ID),
                need("status", Shape::Word(USER_STATUSES)),
                need("logins", LOGINS),
            ])),
        )],
        &[need(
            "list",
            Shape::List(&Shape::Object(&[
                need("obj_id", ID),
                need("size", ID),
                need("title", TEXT),
                need("type", Shape::Word(GROUP_TYPES)),
                need("create_time", ID),
                need("owner_id", ID),
                need("owner_name", TEXT),
                need("is_owner", Shape::Flag),
            ])),
        )],
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            company: args.company()?,
            filter: args.word("filter", Filter::of)?.unwrap_or(Filter::User),
            name: args.text("name")?.map(|name| name.to_lowercase()),
            sorted: args.get("sort").is_some(),
            order: args.word("order", Order::of)?.unwrap_or(Order::Asc),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let caller = UserId(cx.caller.user_id);
        let company = self.company.as_deref();
        let mut lines: Vec<Line> = match self.filter {
            Filter::User => {
                let people = person::of_company(cx.conn, company).await?;
                let people = people.iter().filter(|user| !user.is_key()).map(Line::person);
                // sheet corezoid/api 7: who may see everything sees also who has not confirmed yet.
                let invited = invite::of_company(cx.conn, company).await?;
                people.chain(invited.iter().map(Line::invited)).collect()
            }
            Filter::ApiKey => {
                let users = person::of_company(cx.conn, company).await?;
                users.iter().filter(|user| user.is_key()).map(Line::key).collect()
            }
            Filter::Group | Filter::Shared => {
                let shared_with = (self.filter == Filter::Shared).then_some(caller);
                let groups = group::list(cx.conn, company, shared_with).await?;
                groups.iter().map(|group| Line::group(group, caller)).collect()
            }
        };
        if let Some(name) = &self.name {
            lines.retain(|line| line.texts.iter().any(|text| text.contains(name.as_str())));
        }
        if self.sorted {
            lines.sort_by(|a, b| self.order.apply(a.texts.first().cmp(&b.texts.first())));
        }
        Ok(Reply::new().with("list", lines.into_iter().map(|line| line.value).collect::<Vec<_>>()))
    }
}

/// A line of the list, and what it is found by: its title and its logins, in small letters.
struct Line {
    texts: Vec<String>,
    value: Value,
}

impl Line {
    fn of_user(user: &Person, value: Value) -> Self {
        let logins = user.logins.0.iter().map(|(_, _, login)| login);
        let texts = std::iter::once(&user.title).chain(logins).map(|text| text.to_lowercase());
        Self { texts: texts.collect(), value }
    }

    fn person(user: &Person) -> Self {
        let groups: Vec<Value> =
            user.groups.0.iter().map(|(id, name, ..)| json!({ "id": id, "name": name })).collect();
        let value = json!({
            "obj_id": user.id,
            "title": user.title,
            "logins": logins(user),
            "status": user.status,
            "is_login_locked": false,
            "is_superadmin": false,
            "groups": groups,
        });
        Self::of_user(user, value)
    }

    fn key(user: &Person) -> Self {
        let value = json!({
            "obj_id": user.id,
            "title": user.title,
            "owner_id": user.owner_id,
            "status": user.status,
            "logins": logins(user),
        });
        Self::of_user(user, value)
    }

    fn invited(invite: &Invite) -> Self {
        let value = json!({
            "obj": "user", "title": invite.login, "privs": [], "is_invite": true, "invite_hash": invite.hash,
        });
        Self { texts: vec![invite.login.to_lowercase()], value }
    }

    fn group(group: &Group, caller: UserId) -> Self {
        let value = json!({
            "obj_id": group.id,
            "size": group.size,
            "title": group.title,
            "type": group.kind,
            "create_time": group.create_time,
            "owner_id": group.owner_id,
            "owner_name": group.owner_name,
            "is_owner": group.owner_id == caller,
        });
        Self { texts: vec![group.title.to_lowercase()], value }
    }
}

/// `show company_keys`: every API key of a company, with its secret.
pub(in crate::corezoid::ops) struct ShowCompanyKeys {
    company: Option<String>,
}

impl Op for ShowCompanyKeys {
    const REQUEST: &'static [Field] = &[];
    const ANSWER: &'static [Field] = &[
        need("type", Shape::Word(&["show"])),
        need(
            "list",
            Shape::List(&Shape::Object(&[
                need("obj", Shape::Word(&["user"])),
                need("obj_id", ID),
                need("title", TEXT),
                need("api_login", ID),
                need("api_key", TEXT),
            ])),
        ),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { company: args.company()? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let users = person::of_company(cx.conn, self.company.as_deref()).await?;
        let keys = users.iter().flat_map(|user| {
            user.keys.0.iter().map(move |(login, secret)| {
                json!({
                    "obj": "user", "obj_id": user.id, "title": user.title, "api_login": login, "api_key": secret,
                })
            })
        });
        Ok(Reply::new().with("type", "show").with("list", keys.collect::<Vec<_>>()))
    }
}
