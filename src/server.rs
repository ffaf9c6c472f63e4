//! A running server: start, bind, stop on drop.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer, ExposeHeaders};

use crate::app::{self, App};
use crate::kernel::clock::{ClockStart, SystemTime, TimeSource};
use crate::kernel::engine::EngineOptions;
use crate::kernel::home::Door;
use crate::kernel::outbound::{Authorities, Outbound};
use crate::kernel::service::Credential;
use crate::kernel::settings::{Auth, Language, Operations, Profile, Settings};
use crate::kernel::world::{DEFAULT, Storage, WorldError, Worlds};
use crate::schema::SCHEMA;
use crate::seed::Seed;

/// How long running requests may take to finish once the server is told to stop (contract §1).
const GRACE: Duration = Duration::from_secs(5);

/// Which origins browsers may call from (`--cors`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cors {
    /// Any origin, with credentials and preflight.
    #[default]
    Any,
    /// Only this one.
    Only(HeaderValue),
    /// No header at all.
    Off,
}

/// The form of log lines (`--log`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why a server did not start: one line for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub(crate) String);

impl From<WorldError> for StartError {
    fn from(error: WorldError) -> Self {
        Self(error.to_string())
    }
}

/// A server that is ready. Dropping it stops it and, for one in memory, forgets its worlds.
#[must_use = "a server stops when it is dropped: keep it in a variable for as long as the test talks to it"]
pub struct Server {
    app: Arc<App>,
    router: Router,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Options of a server; the defaults are those of the command line, but for the port, which is a free one.
#[derive(Clone)]
pub struct Builder {
    listen: SocketAddr,
    database: Option<PathBuf>,
    seed: Seed,
    cors: Cors,
    time: Arc<dyn TimeSource>,
    settings: Settings,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database: None,
            seed: Seed::default(),
            cors: Cors::default(),
            time: Arc::new(SystemTime),
            settings: Settings::default(),
        }
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("listen", &self.listen)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Address and port; port 0 (the default) takes a free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Keeps the worlds in this SQLite file (and beside it) instead of in memory.
    #[must_use]
    pub fn database(mut self, path: impl Into<PathBuf>) -> Self {
        self.database = Some(path.into());
        self
    }

    /// What a fresh world holds.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Who may call from a browser.
    #[must_use]
    pub fn cors(mut self, cors: Cors) -> Self {
        self.cors = cors;
        self
    }

    /// Where real time comes from.
    #[must_use]
    pub fn time_source(mut self, time: Arc<dyn TimeSource>) -> Self {
        self.time = time;
        self
    }

    /// How a fresh world's clock starts.
    #[must_use]
    pub fn clock(mut self, clock: ClockStart) -> Self {
        self.settings.clock = clock;
        self
    }

    /// The shapes of answers.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.settings.profile = profile;
        self
    }

    /// Strict or open sign-in.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.settings.auth = auth;
        self
    }

    /// The portal's language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.settings.language = language;
        self
    }

    /// When portal file operations take effect.
    #[must_use]
    pub fn operations(mut self, operations: Operations) -> Self {
        self.settings.operations = operations;
        self
    }

    /// Which servers processes may call.
    #[must_use]
    pub fn outbound(mut self, outbound: Outbound) -> Self {
        self.settings.outbound = outbound;
        self
    }

    /// Whom calls of processes trust beside the authorities that browsers trust.
    #[must_use]
    pub fn authorities(mut self, authorities: Authorities) -> Self {
        self.settings.authorities = authorities;
        self
    }

    /// How the process engine takes what nobody knows.
    #[must_use]
    pub fn engine(mut self, engine: EngineOptions) -> Self {
        self.settings.engine = engine;
        self
    }

    /// All of it at once.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Prepares the worlds, binds, and serves. When this returns, the server answers.
    ///
    /// # Errors
    /// A seed or database that cannot be used, or an address that cannot be bound: one line that names the place.
    pub async fn start(self) -> Result<Server, StartError> {
        let seed = self.seed.label().into();
        let storage = self.database.map_or(Storage::Memory, Storage::File);
        let settings = Arc::new(self.settings);
        let documents = self.seed.documents();
        let worlds = Worlds::open(app::services(), &SCHEMA, settings, self.time, storage, documents).await?;
        // The port opens last: a TCP probe means the same as the ready line (contract §1).
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| StartError(format!("--listen {}: {error}", self.listen)))?;
        let address = listener.local_addr().map_err(|error| StartError(error.to_string()))?;
        let app = Arc::new(App { worlds: Arc::new(worlds), seed, bound: address.to_string() });
        let door: Arc<dyn Door> = Arc::<App>::clone(&app);
        app.worlds.home.open(Arc::downgrade(&door), address);
        let router = router(Arc::clone(&app), &self.cors);
        let (stop, stopped) = watch::channel(false);
        let serving = spawn_serving(listener, router.clone(), stopped, Arc::clone(&app.worlds));
        Ok(Server { app, router, address, stop, serving: Some(serving) })
    }
}

impl Server {
    /// A builder with the defaults.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts with the defaults: the demo world, in memory, on a free port.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDR:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers a request in-process, through the same stack as the socket.
    pub async fn call(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Base paths and credentials, for the banner.
    pub(crate) async fn describe(&self) -> Result<Vec<(&'static str, String, Vec<Credential>)>, StartError> {
        use crate::kernel::db::Access;
        let world = self.app.worlds.get(DEFAULT).await?;
        let mut unit = world.db.begin(Access::Read).await.map_err(WorldError::from)?;
        let mut lines = Vec::new();
        for service in self.app.worlds.services.iter() {
            let credentials = service.credentials(unit.conn()).await.map_err(WorldError::from)?;
            lines.push((service.name(), service.base_path().to_owned(), credentials));
        }
        unit.rollback().await.map_err(WorldError::from)?;
        Ok(lines)
    }

    /// One of its worlds, for tests of what has no path of its own.
    #[cfg(test)]
    pub(crate) async fn world(&self, name: &str) -> Result<Arc<crate::kernel::world::World>, WorldError> {
        self.app.worlds.get(name).await
    }

    /// How the seed is called.
    #[must_use]
    pub fn seed(&self) -> &str {
        &self.app.seed
    }

    /// Stops accepting, lets running requests finish (5 seconds at most), and closes the databases.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(mut serving) = self.serving.take()
            && tokio::time::timeout(GRACE, &mut serving).await.is_err()
        {
            serving.abort();
        }
        self.app.worlds.close().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's own task; stop() and drop end it")]
fn spawn_serving(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    worlds: Arc<Worlds>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        // What a database was left with goes on, whether anybody asks or not.
        let resumed = async {
            let Some(world) = worlds.peek(DEFAULT) else { return };
            if let Err(error) = worlds.run_due(&world).await {
                tracing::error!(%error, "what was under way does not go on: storage failed");
            }
        };
        let stop = async move {
            // An error means that the sender is gone, which also means stop.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let served = axum::serve(listener, router).with_graceful_shutdown(stop);
        let _ = tokio::join!(served.into_future(), resumed);
    })
}

fn router(app: Arc<App>, cors: &Cors) -> Router {
    async fn handle(State(app): State<Arc<App>>, request: Request<Body>) -> Response<Body> {
        app.handle(request).await
    }
    let router = Router::new().fallback(handle).with_state(app);
    let origin = match cors {
        Cors::Any => AllowOrigin::mirror_request(),
        Cors::Only(origin) => AllowOrigin::exact(origin.clone()),
        Cors::Off => return router,
    };
    // sheet r7/transport 1: the verbs and the age of the portal's own preflight.
    router.layer(
        CorsLayer::new()
            .allow_origin(origin)
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(ExposeHeaders::list([axum::http::header::CONTENT_DISPOSITION]))
            .max_age(Duration::from_hours(480)),
    )
}
