//! The way of a portal call: route, caller, arguments, transaction, run, render. Written once, around every endpoint.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;

use super::bind::{Arguments, BindError};
use super::caller::{self, COOKIE, Identity};
use super::error::Fault;
use super::files::blob::Staging;
use super::files::rules::settings::FilesSettings;
use super::files::steps;
use super::format::Format;
use super::input::{self, Input};
use super::listing::ListOptions;
use super::openapi::{Described, Schemas};
use super::people::directory::{Directory, People, User};
use super::people::photo_page;
use super::people::rules::picture;
use super::respond::{self, Shape};
use super::route::{Table, Verb, split_suffix};
use super::routes::ROUTES;
use super::wire::{Answer, Paging, Payload};
use super::{auth, dates};
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::service::{Boxed, Call, Exchange, Operation};
use crate::kernel::settings::{Language, Profile};
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;

/// One route: its fields are the arguments, `run` is what it does.
///
/// Argument names are lower case (the binder ignores case at the top level, sheet r7/transport 4).
pub(crate) trait Endpoint: DeserializeOwned + JsonSchema + Send + 'static {
    /// The transaction that the pipeline opens around `run`.
    const ACCESS: Access;
    /// What it answers.
    type Out: Answer + 'static;

    /// Does it. Never begins or commits anything.
    fn run(self, cx: &mut Cx<'_>) -> impl Future<Output = Result<Self::Out, Fault>> + Send;
}

/// An endpoint without its type: what the pipeline runs, which so is compiled once and not for every route.
trait Bound: Send {
    /// [`Endpoint::run`].
    fn call<'a>(self: Box<Self>, cx: &'a mut Cx<'_>) -> Boxed<'a, Result<Box<dyn Payload>, Fault>>;
}

impl<E: Endpoint> Bound for E {
    fn call<'a>(self: Box<Self>, cx: &'a mut Cx<'_>) -> Boxed<'a, Result<Box<dyn Payload>, Fault>> {
        Box::pin(async move {
            let answer = (*self).run(cx).await?;
            Ok(Box::new(answer) as Box<dyn Payload>)
        })
    }
}

/// Reads the arguments of one endpoint.
type Bind = fn(&Arguments) -> Result<Box<dyn Bound>, BindError>;

fn bind<E: Endpoint>(arguments: &Arguments) -> Result<Box<dyn Bound>, BindError> {
    Ok(Box::new(arguments.bind::<E>()?))
}

/// What an endpoint gets besides its arguments.
pub(crate) struct Cx<'a> {
    pub(crate) conn: &'a mut SqliteConnection,
    pub(crate) world: &'a World,
    pub(crate) base: &'a PublicBase,
    /// The moment of the request, by the world's clock.
    pub(crate) now: Timestamp,
    /// Everybody in the portal.
    pub(crate) directory: Arc<Directory>,
    /// `count`, `startIndex`, `sortBy` … of the query.
    pub(crate) list: ListOptions,
    /// Uploaded files and the raw body.
    pub(crate) input: Input,
    /// To be set by list endpoints that know their total.
    pub(crate) paging: Paging,
    /// To be set when users or tokens were written: the directory is read again after the commit.
    pub(crate) people_changed: bool,
    due: Option<Timestamp>,
    user: Option<Arc<User>>,
    token: Option<String>,
    cookies: Vec<String>,
}

impl Cx<'_> {
    /// The caller; on open routes there may be none.
    pub(crate) fn caller(&self) -> Result<Arc<User>, Fault> {
        self.user.clone().ok_or(Fault::NoCaller { challenge: false })
    }

    /// The token that named the caller, as it was sent.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The portal's language.
    pub(crate) fn language(&self) -> Language {
        self.directory.portal.language
    }

    /// The portal's zone: of dates in answers, and of dates without one in requests.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.directory.portal.zone
    }

    /// To be called when users or groups were written: reads the directory again, for the rest of this call and, after
    /// its commit, for everybody.
    pub(crate) async fn reread_people(&mut self) -> Result<(), Fault> {
        self.people_changed = true;
        self.directory = Arc::new(Directory::load(self.conn, &self.world.settings).await?);
        Ok(())
    }

    /// What the caller has set for documents; in memory, costs nothing.
    pub(crate) fn files_settings(&self) -> Result<FilesSettings, Fault> {
        Ok(self.directory.files_settings(self.caller()?.id))
    }

    /// To be called when something was stored that falls due: the world is told after the commit.
    pub(crate) fn falls_due(&mut self, at: Timestamp) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Adds a `Set-Cookie` to the answer.
    pub(crate) fn set_cookie(&mut self, cookie: String) {
        self.cookies.push(cookie);
    }
}

/// A request that has passed routing, sign-in and body reading.
pub(crate) struct Prepared {
    pub(crate) exchange: Arc<World>,
    pub(crate) base: PublicBase,
    pub(crate) arguments: Arguments,
    pub(crate) input: Input,
    pub(crate) list: ListOptions,
    pub(crate) identity: Identity,
    pub(crate) format: Format,
    pub(crate) post: bool,
    /// The request's, for a batch alone: its calls inherit them.
    pub(crate) headers: HeaderMap,
}

/// Where a call comes from.
#[derive(Clone)]
pub(crate) enum Calling {
    /// A client.
    Outside,
    /// A batch, in the name of its caller.
    Inside(Option<Arc<User>>),
}

pub(crate) type Run = fn(Prepared) -> Boxed<'static, Result<Response<Body>, Fault>>;

/// A line of the route table.
pub(crate) struct Entry {
    pub(crate) verb: Verb,
    pub(crate) template: &'static str,
    pub(crate) open: bool,
    pub(crate) upload: bool,
    /// Holds other calls.
    pub(crate) batch: bool,
    pub(crate) run: Run,
    /// Tells the OpenAPI document its types.
    pub(crate) describe: fn(&mut Schemas) -> Described,
}

impl Entry {
    /// Needs no token (sheet r7/transport 6, open routes).
    pub(crate) const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Takes a file: a raw body, and up to 100 MB.
    pub(crate) const fn upload(mut self) -> Self {
        self.upload = true;
        self
    }
}

macro_rules! verbs {
    ($($name:ident: $verb:ident;)*) => {$(
        /// A line of the table for this verb.
        pub(crate) const fn $name<E: Endpoint>(template: &'static str) -> Entry {
            Entry { verb: Verb::$verb, template, open: false, upload: false, batch: false, run: run::<E>, describe: Schemas::of::<E> }
        }
    )*};
}
verbs! { get: Get; post: Post; put: Put; delete: Delete; }

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new(ROUTES.iter().map(|entry| (entry.verb, entry.template))));

const fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Delete => "DELETE",
    }
}

/// The routes, for whoever lists them.
pub(crate) fn surface() -> Vec<Call> {
    ROUTES.iter().map(|entry| Call { verb: word(entry.verb), target: entry.template }).collect()
}

/// What follows `/api/2.0/`, whose letters' case does not matter.
pub(crate) fn api_path(path: &str) -> Option<&str> {
    const PREFIX: &str = "/api/2.0";
    let head = path.get(..PREFIX.len())?;
    let rest = &path[PREFIX.len()..];
    (head.eq_ignore_ascii_case(PREFIX) && (rest.is_empty() || rest.starts_with('/')))
        .then(|| rest.trim_start_matches('/'))
}

/// Whether a path after `/api/2.0/` has a route of that verb.
pub(crate) fn has_route(method: &Method, path: &str) -> bool {
    find(method, split_suffix(path).0).is_some()
}

/// Answers one request.
pub(crate) async fn serve(exchange: Exchange) -> Response<Body> {
    serve_as(exchange, Calling::Outside).await
}

/// Answers one request, whose caller may be known already.
pub(crate) async fn serve_as(exchange: Exchange, calling: Calling) -> Response<Body> {
    let Exchange { world, base, request } = exchange;
    let (parts, body) = request.into_parts();
    // sheet r7/transport 1: any path, no sign-in, nothing in it; its headers are the CORS layer's (`--cors`).
    if parts.method == Method::OPTIONS {
        return Response::new(Body::empty());
    }
    if let Some(person) = picture::person(parts.uri.path()) {
        return photo_page::serve(person, &world, &parts.method).await;
    }
    if let Some(page) = super::page(parts.uri.path()) {
        return super::pages::serve(&page, &world, &base, &parts, body).await;
    }
    let path = api_path(parts.uri.path()).unwrap_or_default().to_owned();
    let (path, suffix) = split_suffix(&path);
    let format = Format::pick(suffix, &parts.headers);
    let (people, settings) = (world.part::<People>(), Arc::clone(&world.settings));
    let list = ListOptions::from_query(parts.uri.query());
    let start_index = list.start_index;
    let (called, outcome) = match find(&parts.method, path) {
        None => (None, Err(Fault::NoRoute)),
        Some((entry, captured)) => {
            let mut staging = Staging::new(&world);
            let prepared =
                prepare(entry, captured, world, base, &parts, body, list, format, calling, &mut staging)
                    .await;
            let outcome = match prepared {
                Ok(prepared) => (entry.run)(prepared).await,
                Err(fault) => Err(fault),
            };
            // What was done is done, whether or not its leavings could be cleared away.
            if let Err(error) = staging.end().await {
                tracing::error!(%error, "storage failed");
            }
            (Some(format!("{} {}", word(entry.verb), entry.template)), outcome)
        }
    };
    let mut response = match outcome {
        Ok(response) => response,
        Err(fault) => {
            let known = people.known();
            let language = known.map_or(settings.language, |directory| directory.portal.language);
            respond::refuse(&fault, format, start_index, language, &parts)
        }
    };
    if let Some(called) = called {
        response.extensions_mut().insert(Operation(called.into()));
    }
    response
}

fn find(method: &Method, path: &str) -> Option<(&'static Entry, Vec<(&'static str, String)>)> {
    let verb = match *method {
        // sheet r7/transport 1: HEAD has no route upstream; answering as GET is harmless.
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        Method::PUT => Verb::Put,
        Method::DELETE => Verb::Delete,
        _ => return None,
    };
    let (index, captured) = TABLE.find(verb, path)?;
    Some((ROUTES.get(index)?, captured))
}

#[expect(clippy::too_many_arguments, reason = "the pieces of one request, used once")]
async fn prepare(
    entry: &Entry,
    captured: Vec<(&'static str, String)>,
    world: Arc<World>,
    base: PublicBase,
    parts: &Parts,
    body: Body,
    list: ListOptions,
    format: Format,
    calling: Calling,
    staging: &mut Staging,
) -> Result<Prepared, Fault> {
    if entry.batch && matches!(calling, Calling::Inside(_)) {
        return Err(Fault::InvalidOperation("A batch cannot hold a batch.".into()));
    }
    let mut arguments = Arguments::default();
    arguments.push_pairs(captured.into_iter().map(|(name, value)| (name.to_owned(), value)));
    if let Some(query) = parts.uri.query() {
        let pairs = form_urlencoded::parse(query.as_bytes());
        arguments.push_pairs(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
    }
    let people = world.part::<People>();
    let directory = if let Some(known) = people.known() {
        known
    } else {
        let mut unit = world.db.begin(Access::Read).await?;
        let read = people.get(unit.conn(), &world.settings).await;
        unit.rollback().await?;
        read?
    };
    // The caller is known before the body is read, so that a stranger cannot make us read 100 MB. A form's own
    // `asc_auth_key` field comes too late for that; it is looked at once the body is there.
    let (now, mode) = (world.clock.now(), world.settings.auth);
    let early = match calling {
        Calling::Inside(user) => Identity { user, ..Identity::default() },
        Calling::Outside => {
            caller::identify(&parts.headers, arguments.text(COOKIE).as_deref(), &directory, now, mode)
        }
    };
    let known = entry.open || early.user.is_some();
    let form = parts.headers.contains_key(header::CONTENT_TYPE) && !entry.upload;
    if !known && !form {
        return Err(Fault::NoCaller { challenge: early.challenged });
    }
    let read = input::read(&parts.method, &parts.headers, body, entry, staging, &mut arguments).await;
    let identity = if known {
        early
    } else {
        caller::identify(&parts.headers, arguments.text(COOKIE).as_deref(), &directory, now, mode)
    };
    if identity.user.is_none() && !entry.open {
        return Err(Fault::NoCaller { challenge: identity.challenged });
    }
    let shut =
        |user: &Arc<User>| !directory.portal.admits(entry.template, user, directory.groups_of(user.id));
    if identity.user.as_ref().is_some_and(shut) {
        return Err(Fault::Security("Forbidden".into()));
    }
    let input = read?;
    let post = entry.verb == Verb::Post;
    let headers = if entry.batch { parts.headers.clone() } else { HeaderMap::new() };
    Ok(Prepared { exchange: world, base, arguments, input, list, identity, format, post, headers })
}

fn run<E: Endpoint>(prepared: Prepared) -> Boxed<'static, Result<Response<Body>, Fault>> {
    Box::pin(run_bound(prepared, E::ACCESS, bind::<E>))
}

async fn run_bound(prepared: Prepared, access: Access, bind: Bind) -> Result<Response<Body>, Fault> {
    let Prepared { exchange: world, base, arguments, input, mut list, identity, format, post, .. } = prepared;
    let endpoint = bind(&arguments)?;
    let people = world.part::<People>();
    if world.take_due() {
        run_due(&world).await?;
    }
    let mut unit = world.db.begin(access).await?;
    let directory = match people.get(unit.conn(), &world.settings).await {
        Ok(directory) => directory,
        Err(error) => {
            unit.rollback().await?;
            return Err(error.into());
        }
    };
    // sheet r7/transport 5: 500 upstream, where it cannot be read.
    let since = list.updated_since.as_deref().map(|text| dates::parse(text, &directory.portal.zone));
    list.since = match since.transpose() {
        Ok(since) => since,
        Err(error) => {
            unit.rollback().await?;
            return Err(error.into());
        }
    };
    let mut cx = Cx {
        conn: unit.conn(),
        world: &world,
        base: &base,
        now: world.clock.now(),
        directory,
        list,
        input,
        paging: Paging::default(),
        people_changed: false,
        due: None,
        user: identity.user.clone(),
        token: identity.token.clone(),
        cookies: Vec::new(),
    };
    let outcome = endpoint.call(&mut cx).await;
    let Cx { list: options, paging, cookies, people_changed: changed, due, .. } = cx;
    let answer = match outcome {
        Ok(answer) => answer,
        Err(fault) => {
            unit.rollback().await?;
            return Err(fault);
        }
    };
    unit.commit(&world.ids).await?;
    if changed {
        auth::forget(&world);
    }
    if let Some(due) = due {
        world.due_at(due);
    }
    let status = if post { StatusCode::CREATED } else { StatusCode::OK };
    let shape = Shape { options, paging, format, status, bare: world.settings.profile == Profile::Seed };
    let mut response = shape.response(answer.as_ref());
    respond::remember(&mut response, cookies, &identity, &base);
    Ok(response)
}

/// Does what fell due: steps of file operations, cleaning of trashes.
pub(crate) async fn run_due(world: &World) -> Result<(), sqlx::Error> {
    let now = world.clock.now();
    let mut unit = world.db.begin(Access::Read).await?;
    let next = steps::next_due(unit.conn(), world).await;
    unit.rollback().await?;
    let Some(due) = next? else { return Ok(()) };
    if due > now {
        world.due_at(due);
        return Ok(());
    }
    let mut unit = world.db.begin(Access::Write).await?;
    match steps::run_due(unit.conn(), world, now).await {
        Ok(next) => {
            unit.commit(&world.ids).await?;
            if let Some(due) = next {
                world.due_at(due);
            }
            Ok(())
        }
        Err(error) => {
            unit.rollback().await?;
            // Not done, so it stays due.
            world.due_at(now);
            Err(error)
        }
    }
}
