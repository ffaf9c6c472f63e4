//! Companies: create, modify, list, delete.

use serde_json::{Value, json};

use super::invite::{INVITED_TYPES, url};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::UserId;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::people::USER_STATUSES;
use crate::corezoid::spec::{self, Field, ID, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::company::{self, Company};
use crate::corezoid::store::user::{self, CompanyRow};
use crate::corezoid::store::{invite, person};
use crate::kernel::column::Json;
use crate::kernel::db::Access;

const PROVIDERS: Shape = Shape::List(&TEXT);
const DESCRIPTION: Shape = Shape::Text { least: 0, most: 2000 };
const USUAL: Shape = Shape::Text { least: 3, most: 510 };

/// `create company`, in two forms: by whoever works in it, or with a login by who runs many of them and invites its owner.
pub(in crate::corezoid::ops) struct CreateCompany {
    name: String,
    description: String,
    providers: Vec<String>,
    /// Type and login of whom to invite.
    invited: Option<(String, String)>,
}

/// The two forms of a request (swagger: `company-create-request`, `multitenant-company-create-request`).
const OWN: &[Field] = &[need("site", USUAL), need("name", USUAL), need("description", USUAL)];
const TENANT: &[Field] = &[
    need("login", TEXT),
    need("login_type", Shape::Word(INVITED_TYPES)),
    may("name", TITLE),
    may("description", DESCRIPTION),
    may("auth_providers", PROVIDERS),
];

impl Op for CreateCompany {
    const REQUEST: &'static [Field] = &[
        may("site", TEXT),
        may("name", TEXT),
        may("description", TEXT),
        may("login", TEXT),
        may("login_type", Shape::Word(INVITED_TYPES)),
        may("auth_providers", PROVIDERS),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", TEXT), may("url", TEXT)];
    const ACCESS: Access = Access::Write;

    fn access(args: Args<'_>) -> Access {
        if args.get("login").is_some() { Self::ACCESS } else { Access::Single }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let login = args.text("login")?;
        spec::check(if login.is_some() { TENANT } else { OWN }, args.0)?;
        Ok(Self {
            name: args.text("name")?.unwrap_or_default(),
            description: args.text("description")?.unwrap_or_default(),
            providers: providers(args)?.unwrap_or_default(),
            invited: login.zip(args.text("login_type")?).map(|(login, kind)| (kind, login)),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let owner_id = UserId(cx.caller.user_id);
        // The swagger's examples: a UUID in one form, `i` and digits in the other.
        let id = match self.invited {
            None => cx.ids().guid().to_string(),
            Some(_) => format!("i{:010}", u64::from_be_bytes(cx.ids().bytes()) % 10_000_000_000),
        };
        let new = CompanyRow {
            id: id.clone(),
            title: self.name,
            description: self.description,
            status: "actived".to_owned(),
            owner_id: Some(owner_id.0),
            create_time: cx.now.seconds(),
            auth_providers: Json(self.providers),
        };
        user::insert_company(cx.conn, &new).await?;
        let reply = Reply::new().with("obj_id", id.as_str());
        let Some((kind, login)) = self.invited else { return Ok(reply) };
        let hash = cx.ids().hex::<20>();
        let invited = invite::Invite {
            hash: hash.clone(),
            company_id: Some(id),
            kind,
            login,
            obj: None,
            obj_id: None,
            privs: "[]".to_owned(),
            owner_id,
            create_time: cx.now.seconds(),
        };
        invite::insert(cx.conn, &invited).await?;
        Ok(reply.with("url", url(cx.base, &hash)))
    }
}

fn providers(args: Args<'_>) -> Result<Option<Vec<String>>, OpError> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(args.list("auth_providers")?.map(|list| list.iter().map(text).collect()))
}

/// `list company`: all there are, since everybody may do everything (sheet corezoid/api 7).
pub(in crate::corezoid::ops) struct ListCompanies;

impl Op for ListCompanies {
    const REQUEST: &'static [Field] = &[];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("company_id", TEXT),
            need("title", TEXT),
            need("description", TEXT),
            need("status", Shape::Word(USER_STATUSES)),
            need("owner_user_id", ID),
            need("create_time", ID),
            need("childs", ID),
            need("is_owner", Shape::Flag),
            need("is_admin", Shape::Flag),
            need(
                "auth_providers",
                Shape::List(&Shape::Object(&[
                    need("id", TEXT),
                    need("name", TEXT),
                    need("active", Shape::Flag),
                ])),
            ),
            need("user_status", Shape::Word(&["active", "blocked"])),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(_args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let caller = UserId(cx.caller.user_id);
        let line = |company: Company| {
            let providers =
                company.auth_providers.0.iter().map(|id| json!({ "id": id, "name": id, "active": true }));
            json!({
                "company_id": company.id,
                "title": company.title,
                "description": company.description,
                "status": company.status,
                "owner_user_id": company.owner_id,
                "create_time": company.create_time,
                // The swagger knows no other value.
                "childs": 1,
                "is_owner": company.owner_id == caller,
                "is_admin": true,
                "auth_providers": providers.collect::<Vec<_>>(),
                "user_status": "active",
            })
        };
        let list: Vec<Value> = company::list(cx.conn).await?.into_iter().map(line).collect();
        Ok(Reply::new().with("list", list))
    }
}

fn no_company(id: &str) -> OpError {
    OpError::NotFound { obj: "company", id: json!(id) }
}

/// `modify company`: only what is sent changes.
pub(in crate::corezoid::ops) struct ModifyCompany {
    id: String,
    name: Option<String>,
    description: Option<String>,
    status: Option<String>,
    providers: Option<Vec<String>>,
    migrate: bool,
}

impl Op for ModifyCompany {
    const REQUEST: &'static [Field] = &[
        need("company_id", Shape::Text { least: 0, most: 2000 }),
        may("status", Shape::Word(USER_STATUSES)),
        may("blocked_reason", Shape::Text { least: 3, most: 2000 }),
        may("name", TITLE),
        may("description", DESCRIPTION),
        may("migrate_users", Shape::Flag),
        may("auth_providers", PROVIDERS),
    ];
    const ANSWER: &'static [Field] = &[
        need("company_id", TEXT),
        need("name", TEXT),
        need("description", TEXT),
        need("status", Shape::Word(USER_STATUSES)),
        need("new_status", Shape::Word(USER_STATUSES)),
        need("old_status", Shape::Word(USER_STATUSES)),
        need("migrated_count", ID),
        need("auth_providers", PROVIDERS),
    ];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: args.company()?.ok_or(OpError::Required("company_id".into()))?,
            name: args.text("name")?,
            description: args.text("description")?,
            status: args.text("status")?,
            providers: providers(args)?,
            migrate: args.flag("migrate_users")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let old = company::find(cx.conn, &self.id).await?.ok_or_else(|| no_company(&self.id))?;
        let migrated =
            if self.migrate { person::of_company(cx.conn, Some(&self.id)).await?.len() } else { 0 };
        let old_status = old.status.clone();
        let new = Company {
            title: self.name.unwrap_or(old.title),
            description: self.description.unwrap_or(old.description),
            status: self.status.unwrap_or(old.status),
            auth_providers: self.providers.map_or(old.auth_providers, Json),
            ..old
        };
        company::update(cx.conn, &new).await?;
        Ok(Reply::new()
            .with("company_id", new.id)
            .with("name", new.title)
            .with("description", new.description)
            .with("status", new.status.as_str())
            .with("new_status", new.status)
            .with("old_status", old_status)
            .with("migrated_count", migrated)
            .with("auth_providers", new.auth_providers.0))
    }
}

/// `delete company`. What lies in it stays where it is.
pub(in crate::corezoid::ops) struct DeleteCompany {
    id: String,
}

impl Op for DeleteCompany {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Text { least: 1, most: 250 })];
    const ANSWER: &'static [Field] = &[need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: args.required_text("obj_id")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !company::delete(cx.conn, &self.id).await? {
            return Err(no_company(&self.id));
        }
        Ok(Reply::new().with("obj_id", self.id))
    }
}
