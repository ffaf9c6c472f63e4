//! `list objs`: one search over people, companies and processes.

use serde_json::{Value, json};

use super::LOGINS;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::UserId;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::ops::conv::CONV_TYPES;
use crate::corezoid::rules::people::key_name;
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::company::{self, Company};
use crate::corezoid::store::person::{self, Person};
use crate::corezoid::store::search::{self, Around, FoundConv, Search};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const USUAL_LIMIT: usize = 20;
const LIMIT: Shape = Shape::Int { least: 1, most: 1000 };

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    User,
    Company,
    Conv,
}

impl Filter {
    fn of(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "company" => Some(Self::Company),
            "conv" => Some(Self::Conv),
            _ => None,
        }
    }
}

/// `list objs`. Without a filter users come first, then companies, then processes.
pub(in crate::corezoid::ops) struct ListObjs {
    pattern: String,
    filter: Option<Filter>,
    company: Option<String>,
    limit: usize,
    /// API keys only, or people only.
    keys: Option<bool>,
    only_owner: bool,
}

const CONV: &[Field] = &[
    need("obj_type", Shape::Word(&["conv"])),
    need("obj_id", ID),
    need("folder_id", ID),
    need("create_time", ID),
    need("change_time", ID),
    need("status", ID),
    need("conv_type", Shape::Word(CONV_TYPES)),
    need("is_owner", Shape::Flag),
    need("owner_name", TEXT),
    need("owner_login", TEXT),
    need("owner_id", ID),
    need("title", TEXT),
    need("description", TEXT).or_null(),
    need("company_id", TEXT).or_null(),
];

const USER: &[Field] = &[
    need("obj_type", Shape::Word(&["user"])),
    need("obj_id", ID),
    need("create_time", Shape::Word(&["undefined"])),
    need("status", ID),
    need("type", Shape::Word(&["api", "user"])),
    need("owner_id", ID),
    need("logins", LOGINS),
    need("companies", Shape::List(&TEXT)),
    need("title", TEXT),
];

const COMPANY: &[Field] = &[
    need("obj_type", Shape::Word(&["company"])),
    need("obj_id", TEXT),
    need("create_time", ID),
    need("status", ID),
    need("title", TEXT),
];

impl Op for ListObjs {
    const REQUEST: &'static [Field] = &[
        need("pattern", Shape::Text { least: 3, most: 150 }),
        may("filter", Shape::Word(&["user", "company", "conv"])),
        may("limit", LIMIT),
        may("user_type", Shape::Word(&["user", "api"])),
        may("only_owner", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Either(&[Shape::Object(CONV), Shape::Object(USER), Shape::Object(COMPANY)])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let limit = args.integer("limit")?.and_then(|limit| usize::try_from(limit).ok());
        Ok(Self {
            pattern: args.required_text("pattern")?,
            filter: args.word("filter", Filter::of)?,
            company: args.company()?,
            limit: limit.unwrap_or(USUAL_LIMIT),
            keys: args.text("user_type")?.map(|word| word == "api"),
            only_owner: args.flag("only_owner")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let looks_for = |kind| self.filter.is_none_or(|filter| filter == kind);
        let mut list = Vec::new();
        if looks_for(Filter::User) {
            list.extend(self.users(cx).await?);
        }
        if looks_for(Filter::Company) {
            list.extend(self.companies(cx).await?);
        }
        if looks_for(Filter::Conv) {
            list.extend(self.convs(cx).await?);
        }
        list.truncate(self.limit);
        Ok(Reply::new().with("list", list))
    }
}

impl ListObjs {
    /// Whether one of some texts holds the pattern; letter case does not count.
    fn finds<'t>(&self, mut texts: impl Iterator<Item = &'t str>) -> bool {
        let pattern = self.pattern.to_lowercase();
        texts.any(|text| text.to_lowercase().contains(&pattern))
    }

    async fn users(&self, cx: &mut OpCx<'_>) -> Result<Vec<Value>, OpError> {
        let caller = UserId(cx.caller.user_id);
        let line = |user: &Person| {
            let keys = user
                .keys
                .0
                .iter()
                .map(|(login, _)| json!({ "login": key_name(*login), "obj_id": login, "type": "api" }));
            let others = user
                .logins
                .0
                .iter()
                .map(|(id, kind, login)| json!({ "login": login, "obj_id": id, "type": kind }));
            json!({
                "obj_type": "user",
                "obj_id": user.id,
                // The published example says no more.
                "create_time": "undefined",
                "status": status(&user.status),
                "type": if user.is_key() { "api" } else { "user" },
                "owner_id": user.owner_id,
                "logins": keys.chain(others).collect::<Vec<_>>(),
                "companies": user.company_id.iter().collect::<Vec<_>>(),
                "title": user.title,
            })
        };
        let users = person::of_company(cx.conn, self.company.as_deref()).await?;
        let found = users.iter().filter(|user| {
            let logins = user.logins.0.iter().map(|(_, _, login)| login.as_str());
            self.finds(std::iter::once(user.title.as_str()).chain(logins))
                && self.keys.is_none_or(|keys| keys == user.is_key())
                && (!self.only_owner || user.owner_id == caller)
        });
        Ok(found.map(line).collect())
    }

    async fn companies(&self, cx: &mut OpCx<'_>) -> Result<Vec<Value>, OpError> {
        let caller = UserId(cx.caller.user_id);
        let line = |company: &Company| {
            json!({
                "obj_type": "company",
                "obj_id": company.id,
                "create_time": company.create_time,
                "status": status(&company.status),
                "title": company.title,
            })
        };
        let companies = company::list(cx.conn).await?;
        let found = companies.iter().filter(|company| {
            self.finds([company.title.as_str(), company.id.as_str()].into_iter())
                && (!self.only_owner || company.owner_id == caller)
        });
        Ok(found.map(line).collect())
    }

    async fn convs(&self, cx: &mut OpCx<'_>) -> Result<Vec<Value>, OpError> {
        let user = cx.caller.user_id;
        let search = Search {
            company: self.company.clone(),
            around: Around::All,
            pattern: Some(self.pattern.clone()),
            conv_type: None,
            owner: self.only_owner.then_some(user),
            limit: i64::try_from(self.limit).unwrap_or(i64::MAX),
        };
        let line = |FoundConv { item: conv, .. }: FoundConv| {
            json!({
                "obj_type": "conv",
                "obj_id": conv.id,
                "folder_id": conv.folder_id,
                "create_time": conv.create_time,
                "change_time": conv.change_time,
                "status": conv.status,
                "conv_type": conv.conv_type,
                "is_owner": conv.owner_id == user,
                "owner_name": conv.owner_name,
                "owner_login": conv.owner_login,
                "owner_id": conv.owner_id,
                "title": conv.title,
                "description": conv.description,
                "company_id": conv.company_id,
            })
        };
        Ok(search::convs(cx.conn, &search, user).await?.into_iter().map(line).collect())
    }
}

/// The number of a status, as this list shows it: the same as of processes (sheet corezoid/api 8, row 1).
fn status(word: &str) -> i64 {
    if word == "blocked" { 4 } else { 1 }
}
