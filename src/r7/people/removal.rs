//! People who go, and who takes over from them (sheet r7/crm 5). What upstream does in the background is done at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::demand::{Action, demand};
use super::directory::User;
use super::employee::FullEmployee;
use super::lookup;
use crate::kernel::db::Access;
use crate::kernel::settings::Language;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::files::rules::titles;
use crate::r7::store;
use crate::r7::wire::{Answer, Nothing, Perhaps};

/// Erases people; gives their profiles as answers show them afterwards.
async fn erase(people: &[Arc<User>], cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
    let language = cx.language();
    let gone = |user: &Arc<User>| FullEmployee::of(user, &cx.directory, cx.base).removed(language);
    let answer = people.iter().map(gone).collect();
    let ids: Vec<Uuid> = people.iter().map(|user| user.id).collect();
    store::removal::erase(cx.conn, &serde_json::to_string(&ids).unwrap_or_default()).await?;
    cx.reread_people().await?;
    Ok(answer)
}

/// `DELETE people/{userid}`: only who is suspended.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeletePerson {
    userid: String,
}

impl Endpoint for DeletePerson {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        demand(cx, &[Action::AddRemoveUser])?;
        let user = lookup::person(&self.userid, cx)?;
        if user.is_active() {
            return Err(Fault::Failure("The user is not suspended".into()));
        }
        let answer = erase(&[user], cx).await?.pop();
        answer.ok_or_else(|| Fault::NotFound("user not found".into()))
    }
}

/// `PUT people/delete`: who is not suspended is skipped, and answered too.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeletePeople {
    #[serde(default)]
    userids: Vec<Guid>,
}

impl Endpoint for DeletePeople {
    const ACCESS: Access = Access::Write;
    type Out = Vec<FullEmployee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<FullEmployee>, Fault> {
        demand(cx, &[Action::AddRemoveUser])?;
        let people = lookup::people(&self.userids, cx);
        let suspended: Vec<Arc<User>> = people.iter().filter(|user| !user.is_active()).cloned().collect();
        let mut gone =
            if suspended.is_empty() { Vec::new() } else { erase(&suspended, cx).await? }.into_iter();
        let answer = people.iter().filter_map(|user| match lookup::full(user.id, cx) {
            Ok(kept) => Some(kept),
            Err(_) => gone.next(),
        });
        Ok(answer.collect())
    }
}

/// Jobs that were started, by kind and person. Upstream too has them in memory only.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<HashMap<(Kind, Uuid), Progress>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Reassign,
    Remove,
}

/// How far a job is: always done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    id: String,
    /// 2: done.
    status: i64,
    /// Always null.
    error: Option<String>,
    /// Always 100.
    percentage: f64,
    is_completed: bool,
    from_user: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_user: Option<Uuid>,
}

impl Answer for Progress {}

impl Progress {
    fn done(kind: Kind, from: Uuid, to: Option<Uuid>) -> Self {
        let class = match kind {
            Kind::Reassign => "ReassignProgressItem",
            Kind::Remove => "RemoveProgressItem",
        };
        Self {
            // Tenant, person, class.
            id: format!("1_{from}_{class}"),
            status: 2,
            error: None,
            percentage: 100.0,
            is_completed: true,
            from_user: from,
            to_user: to,
        }
    }
}

impl Jobs {
    fn keep(cx: &Cx<'_>, kind: Kind, progress: &Progress) {
        let jobs = cx.world.part::<Self>();
        let mut jobs = jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.insert((kind, progress.from_user), progress.clone());
    }

    fn find(cx: &Cx<'_>, kind: Kind, person: Guid) -> Result<Perhaps<Progress>, Fault> {
        demand(cx, &[Action::EditUser])?;
        let jobs = cx.world.part::<Self>();
        let jobs = jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(jobs.get(&(kind, person.0)).cloned().map_or_else(Perhaps::nothing, Perhaps::Some))
    }

    fn forget(cx: &Cx<'_>, kind: Kind, person: Guid) -> Result<Nothing, Fault> {
        demand(cx, &[Action::EditUser])?;
        let jobs = cx.world.part::<Self>();
        jobs.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(kind, person.0));
        Ok(Nothing)
    }
}

/// Who goes: suspended, and neither the owner nor the caller.
fn leaver(id: Guid, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
    let caller = cx.caller()?;
    demand(cx, &[Action::EditUser])?;
    let user = named(id, cx)?;
    if user.row.is_owner || user.id == caller.id || user.is_active() {
        return Err(Fault::Argument(format!("Can not delete user with id = {}", id.0).into()));
    }
    Ok(user)
}

fn named(id: Guid, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
    let unknown = || Fault::Argument(format!("User with id = {} not found", id.0).into());
    cx.directory.user(id.0).cloned().ok_or_else(unknown)
}

/// `POST people/reassign/start`: documents and CRM cards of somebody suspended become somebody else's.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct StartReassign {
    fromuserid: Guid,
    touserid: Guid,
    deleteprofile: bool,
}

impl Endpoint for StartReassign {
    const ACCESS: Access = Access::Write;
    type Out = Progress;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Progress, Fault> {
        let from = leaver(self.fromuserid, cx)?;
        let to = named(self.touserid, cx)?;
        if to.row.is_visitor || !to.is_active() {
            let text = format!("Can not reassign data to user with id = {}", to.id);
            return Err(Fault::Argument(text.into()));
        }
        if let Some((old, entries, new)) = store::removal::roots(cx.conn, from.id, to.id).await?
            && entries > 0
        {
            let name = from.display_name();
            let title = match cx.language() {
                Language::En => format!("Documents of user {name}"),
                Language::Ru => format!("Документы пользователя {name}"),
            };
            let title = titles::clean(&title);
            let texts = [title.as_str(), &titles::key(&title), &titles::sort_key(&title)];
            let folder = store::folder::insert(cx.conn, new, texts, to.id, cx.now).await?;
            store::removal::empty_into(cx.conn, old, folder).await?;
        }
        store::removal::reassign(cx.conn, from.id, to.id).await?;
        let progress = Progress::done(Kind::Reassign, from.id, Some(to.id));
        if self.deleteprofile {
            erase(&[from], cx).await?;
        }
        Jobs::keep(cx, Kind::Reassign, &progress);
        Ok(progress)
    }
}

/// `POST people/remove/start`: erases "my documents" and the profile of somebody suspended.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct StartRemove {
    userid: Guid,
}

impl Endpoint for StartRemove {
    const ACCESS: Access = Access::Write;
    type Out = Progress;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Progress, Fault> {
        let user = leaver(self.userid, cx)?;
        let progress = Progress::done(Kind::Remove, user.id, None);
        erase(&[user], cx).await?;
        Jobs::keep(cx, Kind::Remove, &progress);
        Ok(progress)
    }
}

macro_rules! job_calls {
    ($($kind:ident: $progress:ident, $terminate:ident, $path:literal;)*) => {$(
        #[doc = concat!("`GET people/", $path, "/progress`: null if no such job was started.")]
        #[derive(Deserialize, Default, JsonSchema)]
        #[serde(default)]
        pub(crate) struct $progress {
            userid: Guid,
        }

        impl Endpoint for $progress {
            const ACCESS: Access = Access::Read;
            type Out = Perhaps<Progress>;

            async fn run(self, cx: &mut Cx<'_>) -> Result<Perhaps<Progress>, Fault> {
                Jobs::find(cx, Kind::$kind, self.userid)
            }
        }

        #[doc = concat!("`PUT people/", $path, "/terminate`: too late, but the job is forgotten.")]
        #[derive(Deserialize, Default, JsonSchema)]
        #[serde(default)]
        pub(crate) struct $terminate {
            userid: Guid,
        }

        impl Endpoint for $terminate {
            const ACCESS: Access = Access::Read;
            type Out = Nothing;

            async fn run(self, cx: &mut Cx<'_>) -> Result<Nothing, Fault> {
                Jobs::forget(cx, Kind::$kind, self.userid)
            }
        }
    )*};
}
job_calls! {
    Reassign: GetReassign, TerminateReassign, "reassign";
    Remove: GetRemove, TerminateRemove, "remove";
}
