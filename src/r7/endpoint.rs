//! The way of a portal call: route, caller, arguments, transaction, run, render. Written once, around every endpoint.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;

use super::bind::Arguments;
use super::caller::{self, COOKIE, Identity};
use super::error::{Fault, Wire};
use super::files::blob::Staging;
use super::files::operation;
use super::files::rules::settings::FilesSettings;
use super::input::{self, Input};
use super::listing::ListOptions;
use super::people::directory::{Directory, People, User};
use super::route::{Suffix, Table, Verb, split_suffix};
use super::routes::ROUTES;
use super::wire::{Answer, Failure, Paging, Success};
use super::{auth, render};
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
    type Out: Answer;

    /// Does it. Never begins or commits anything.
    fn run(self, cx: &mut Cx<'_>) -> impl Future<Output = Result<Self::Out, Fault>> + Send;
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

    /// Adds a `Set-Cookie` to the answer.
    pub(crate) fn set_cookie(&mut self, cookie: String) {
        self.cookies.push(cookie);
    }
}

/// A request that has passed routing, sign-in and body reading.
struct Prepared {
    exchange: Arc<World>,
    base: PublicBase,
    arguments: Arguments,
    input: Input,
    list: ListOptions,
    identity: Identity,
    format: Format,
    post: bool,
}

type Run = fn(Prepared) -> Boxed<'static, Result<Response<Body>, Fault>>;

/// A line of the route table.
pub(crate) struct Entry {
    verb: Verb,
    template: &'static str,
    open: bool,
    upload: bool,
    run: Run,
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
            Entry { verb: Verb::$verb, template, open: false, upload: false, run: run::<E> }
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

/// The form of an answer; known before anything can fail, so that even a 404 speaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Xml,
}

impl Format {
    /// The recommended rule of sheet r7/transport 1 (format negotiation).
    fn pick(suffix: Option<Suffix>, parts: &Parts) -> Self {
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let (json, xml) = accept.map_or((1.0, 0.0), ranks);
        match suffix {
            Some(Suffix::Xml) => {
                let content_type =
                    parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
                let sends_json = content_type.is_some_and(|text| {
                    text.split(';')
                        .next()
                        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
                });
                // Upstream quirk: `.xml` with a JSON body answers JSON, unless Accept clearly wants XML.
                if sends_json && (accept.is_none() || json >= xml) { Self::Json } else { Self::Xml }
            }
            None if accept.is_some() && xml > json => Self::Xml,
            Some(Suffix::Json) | None => Self::Json,
        }
    }
}

/// The highest q that an `Accept` gives to JSON and to XML. XML counts only where it is named.
fn ranks(accept: &str) -> (f32, f32) {
    let (mut json, mut xml) = (0.0_f32, 0.0_f32);
    for range in accept.split(',') {
        let mut pieces = range.split(';').map(str::trim);
        let media = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let q = pieces.find_map(|piece| piece.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        match media.as_str() {
            "application/json" | "application/*" | "*/*" => json = json.max(q),
            "text/xml" | "application/xml" => xml = xml.max(q),
            _ => {}
        }
    }
    (json, xml)
}

/// Answers one request.
pub(crate) async fn serve(exchange: Exchange) -> Response<Body> {
    let Exchange { world, base, request } = exchange;
    let (parts, body) = request.into_parts();
    if let Some(page) = super::page(parts.uri.path()) {
        return super::pages::serve(&page, &world, &base, &parts, body).await;
    }
    let path = api_path(parts.uri.path()).unwrap_or_default().to_owned();
    let (path, suffix) = split_suffix(&path);
    let format = Format::pick(suffix, &parts);
    let (people, settings) = (world.part::<People>(), Arc::clone(&world.settings));
    let list = ListOptions::from_query(parts.uri.query());
    let start_index = list.start_index;
    let (called, outcome) = match find(&parts.method, path) {
        None => (None, Err(Fault::NoRoute)),
        Some((entry, captured)) => {
            let mut staging = Staging::new(&world);
            let prepared =
                prepare(entry, captured, world, base, &parts, body, list, format, &mut staging).await;
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
            refuse(&fault, format, start_index, language, &parts)
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
    staging: &mut Staging,
) -> Result<Prepared, Fault> {
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
    let early = caller::identify(&parts.headers, arguments.text(COOKIE).as_deref(), &directory, now, mode);
    let known = entry.open || early.user.is_some();
    let form = parts.headers.contains_key(header::CONTENT_TYPE) && !entry.upload;
    if !known && !form {
        return Err(Fault::NoCaller { challenge: early.challenged });
    }
    let staging = entry.upload.then_some(staging);
    let read = input::read(&parts.method, &parts.headers, body, staging, &mut arguments).await;
    let identity = if known {
        early
    } else {
        caller::identify(&parts.headers, arguments.text(COOKIE).as_deref(), &directory, now, mode)
    };
    if identity.user.is_none() && !entry.open {
        return Err(Fault::NoCaller { challenge: identity.challenged });
    }
    if identity.user.as_ref().is_some_and(|user| !directory.portal.admits(entry.template, user)) {
        return Err(Fault::Security("Forbidden".into()));
    }
    let input = read?;
    let post = entry.verb == Verb::Post;
    Ok(Prepared { exchange: world, base, arguments, input, list, identity, format, post })
}

fn run<E: Endpoint>(prepared: Prepared) -> Boxed<'static, Result<Response<Body>, Fault>> {
    Box::pin(async move {
        let Prepared { exchange: world, base, arguments, input, list, identity, format, post } = prepared;
        let endpoint: E = arguments.bind()?;
        let people = world.part::<People>();
        if world.take_due() {
            run_due(&world).await?;
        }
        let mut unit = world.db.begin(E::ACCESS).await?;
        let directory = match people.get(unit.conn(), &world.settings).await {
            Ok(directory) => directory,
            Err(error) => {
                unit.rollback().await?;
                return Err(error.into());
            }
        };
        let start_index = list.start_index;
        let fields = list.fields.clone();
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
            user: identity.user.clone(),
            token: identity.token.clone(),
            cookies: Vec::new(),
        };
        let outcome = endpoint.run(&mut cx).await;
        let (paging, mut cookies, changed) = (cx.paging, cx.cookies, cx.people_changed);
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
        if let Some((token, expires)) = &identity.renew {
            cookies.push(caller::cookie(token, *expires, base.is_https()));
        } else if identity.stale_cookie {
            cookies.push(caller::no_cookie());
        }
        let status = if post { StatusCode::CREATED } else { StatusCode::OK };
        let bare = world.settings.profile == Profile::Seed;
        let success = Success { answer: &answer, start_index, paging, status_code: status.as_u16(), bare };
        let mut response = body(&success, format, status, &fields);
        for cookie in cookies {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        Ok(response)
    })
}

/// A document in the negotiated form.
fn body(
    document: &impl serde::Serialize,
    format: Format,
    status: StatusCode,
    fields: &[String],
) -> Response<Body> {
    let (text, media) = match format {
        Format::Json if fields.is_empty() => (render::json(document), "application/json; charset=UTF-8"),
        _ => {
            let mut tree = serde_json::to_value(document).unwrap_or_default();
            if let Some(response) = tree.get_mut("response").filter(|_| !fields.is_empty()) {
                super::listing::trim_fields(response, fields);
            }
            match format {
                Format::Json => (render::json(&tree), "application/json; charset=UTF-8"),
                Format::Xml => (Ok(render::xml(&tree)), "text/xml; charset=UTF-8"),
            }
        }
    };
    // Our own wrappers always serialise; were one not to, the empty body and the log would show it.
    let text = text.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Vec::new()
    });
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    // sheet r7/transport 9.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A fault in the negotiated form, and in the log.
fn refuse(
    fault: &Fault,
    format: Format,
    start_index: i64,
    language: Language,
    parts: &Parts,
) -> Response<Body> {
    if let Fault::Storage(error) = fault {
        tracing::error!(%error, "storage failed");
    }
    if let Fault::NoCaller { challenge } = fault {
        return unauthorized(*challenge, parts);
    }
    let wire: Wire = fault.wire(language);
    let status = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    body(&Failure { wire: &wire, start_index }, format, status, &[])
}

/// sheet r7/transport 6: the bare word, whatever the suffix. With an `Authorization` header: a challenge.
pub(crate) fn unauthorized(challenge: bool, parts: &Parts) -> Response<Body> {
    let mut response = Response::new(Body::from("Unauthorized"));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    // sheet r7/transport 6: a bad cookie is expired in the answer.
    if caller::has_cookie(&parts.headers)
        && let Ok(value) = HeaderValue::from_str(&caller::no_cookie())
    {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    if challenge {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        if let Ok(value) = HeaderValue::from_str(&format!("Basic Realm=\"{host}\"")) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}

/// Applies the file operations that fell due.
pub(crate) async fn run_due(world: &World) -> Result<(), sqlx::Error> {
    let now = world.clock.now();
    let mut unit = world.db.begin(Access::Read).await?;
    let next = operation::next_due(unit.conn()).await;
    unit.rollback().await?;
    let Some(due) = next? else { return Ok(()) };
    if due > now {
        world.due_at(due);
        return Ok(());
    }
    let mut unit = world.db.begin(Access::Write).await?;
    match operation::finish_due(unit.conn(), world, now).await {
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
