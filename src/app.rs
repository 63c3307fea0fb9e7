//! The one place that wires concrete things together. The program and its tests share it.

mod first_superuser;
mod secret;
mod signing_keys;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use poem::{Endpoint, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use crate::api::body::Limits;
use crate::api::well_known::Discovery;
use crate::api::{self, Services, Settings};
use crate::config::{self, Config, Environment, Post};
use crate::model::Clock;
use crate::outbound::post::PostOffice;
use crate::outbound::{PwnedPasswords, SetupError};
use crate::resilience::breaker::Breakers;
use crate::server;
use crate::service::keys::Keys;
use crate::service::paging::Cursors;
use crate::service::passwords::{InvalidParams, LeakCheck, Passwords};
use crate::service::signing_key::SigningKeys;
use crate::service::texts::{Texts, TextsError};
use crate::service::{
    Accounts, Addresses, Administration, Audit, CircuitBreakers, Delivery, Health, Housekeeping,
    Links, Login, MailLimit, MailRequests, Outbox, OutboxList, PasswordReset, Profile,
    Registration, Sessions, Throttle, Transfer, Verification,
};
use crate::store::{OpenError, Store, StoreError};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::traces::{Traces, TracesError};

pub use first_superuser::FirstSuperuserError;
pub use secret::SecretError;
pub use signing_keys::SigningKeyError;

/// How often the house is tidied.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// How long after the start at most it is tidied first. Each instance chooses its own moment, so that those that were
/// started together don't all begin together.
const FIRST_HOUSEKEEPING: Duration = Duration::from_mins(5);

/// Why the service can't start: one line that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no secret to sign with.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A key to sign with can't be used.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// The database can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database can't be migrated.
    #[error("can't migrate the database: {0}")]
    Migrate(#[source] StoreError),
    /// The database is not as this program needs it.
    #[error("the database has pending migrations: run `countersign migrate up`")]
    Pending,
    /// There is no database yet.
    #[error("there is no database at {0}")]
    NoDatabase(PathBuf),
    /// The hashing parameters can't be used.
    #[error(transparent)]
    Hashing(#[from] InvalidParams),
    /// Nothing outside can be asked.
    #[error(transparent)]
    Outbound(#[from] SetupError),
    /// There is something wrong with the texts of mails.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The first superuser can't be made.
    #[error(transparent)]
    FirstSuperuser(#[from] FirstSuperuserError),
    /// Traces can't be exported.
    #[error(transparent)]
    Traces(#[from] TracesError),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The service, ready to answer.
#[derive(Debug)]
pub struct App {
    store: Store,
    services: Services,
    delivery: Delivery,
    housekeeping: Housekeeping,
    settings: Settings,
    metrics_listen: Option<SocketAddr>,
}

impl App {
    /// Opens the database, migrates it where that is configured, and builds the services.
    ///
    /// # Errors
    /// When the configuration or the database does not allow a start.
    pub async fn build(config: &Config, clock: Clock) -> Result<Self, StartError> {
        let keys = Keys::derive(secret::resolve(config)?);
        let signing = signing_keys::resolve(&config.tokens, &keys)?;
        tracing::info!(
            kid = signing.first().kid(),
            "access tokens are signed with this key"
        );
        let discovery = discovery(config, &signing);
        if config.environment == Environment::Prod && matches!(config.mail.post(), Post::Folder(_))
        {
            tracing::warn!("mail is put into files, so nobody gets any: set mail.url");
        }
        let ground = Ground::lay(config, clock, keys).await?;
        let delivery = ground.delivery(config)?;
        let services = ground.services(config, signing);
        let Ground {
            store,
            clock,
            metrics,
            ..
        } = ground;
        if config.auto_migrate() || store.is_migrated().await.map_err(StartError::Migrate)? {
            let policy = config.password.policy();
            first_superuser::ensure(&config.admin, policy, &services.administration).await?;
        } else if config.admin.email.is_some() {
            tracing::warn!(
                "migrations are pending, so the superuser of ADMIN_EMAIL was not made: apply them, \
                 then start again"
            );
        }
        Ok(Self {
            services,
            delivery,
            housekeeping: Housekeeping::new(
                store.clone(),
                clock.clone(),
                config.audit.retention(),
                config.rate_limit.remembers_for(),
            ),
            settings: settings(config, clock, discovery, metrics)?,
            metrics_listen: config.metrics.own_listener(),
            store,
        })
    }

    /// What the service remembers.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the service does.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Sends mail.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// Does what has to be done from time to time.
    #[must_use]
    pub fn housekeeping(&self) -> &Housekeeping {
        &self.housekeeping
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.settings.metrics
    }

    /// Where the spans of requests go.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        &self.settings.traces
    }

    /// Everything that is served, without a network.
    #[must_use]
    pub fn endpoint(&self) -> impl Endpoint<Output = Response> + use<> {
        api::endpoint(self.services.clone(), &self.settings)
    }

    /// Serves until `stop` is done, then finishes what runs.
    ///
    /// # Errors
    /// When the address can't be listened on.
    pub async fn serve(
        mut self,
        config: &Config,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let (listener, address) = listen(config.server.listen).await?;
        let own = match self.metrics_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        // Only now is it known which port it got, where it was to be a free one.
        self.settings.discovery.public_url = config.server.public_url(address);
        self.delivery.lead_to(links_lead_to(config, address));
        let endpoint = self.endpoint();
        if let Some((_, address)) = &own {
            let url = format!("http://{address}/metrics");
            tracing::info!(url, "metrics are served on an address of their own");
        }
        announce(address, &config.server);
        let housekeeping = tokio::spawn(keep_house(self.housekeeping)).abort_handle();
        let (stopping, mut stopped) = watch::channel(false);
        let delivery = self.delivery;
        let delivering = stopped.clone();
        let delivery = tokio::spawn(async move { delivery.run(delivering).await });
        let patience = patience(&config.server);
        let deadline = OnceLock::new();
        let stop = async {
            stop.await;
            // The batch at hand is undone. What is left waits for the next start.
            housekeeping.abort();
            // The same for all that is to be finished.
            let _ = deadline.set(Instant::now() + patience.grace);
            stopping.send_replace(true);
        };
        let everything = server::serve(listener, endpoint, stop, patience);
        let metrics = async {
            let Some((listener, _)) = own else {
                return;
            };
            let stop = async {
                // It fails when there is nobody left to say so, which is the end too.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let endpoint = api::metrics_endpoint(&self.settings);
            server::serve(listener, endpoint, stop, patience).await;
        };
        tokio::join!(everything, metrics);
        finish_mail(delivery, deadline.get().copied()).await;
        self.settings.traces.stop().await;
        if let Err(error) = self.store.close().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "database not closed"
            );
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// What services are built on, and share.
struct Ground {
    store: Store,
    clock: Clock,
    keys: Keys,
    breakers: Arc<Breakers>,
    metrics: Metrics,
    passwords: Passwords,
    outbox: Outbox,
    links: Links,
    texts: Texts,
}

impl Ground {
    async fn lay(config: &Config, clock: Clock, keys: Keys) -> Result<Self, StartError> {
        let breakers = Arc::new(Breakers::new(&config.breaker, &clock));
        let store = Box::pin(open_store(config, Arc::clone(&breakers))).await?;
        let metrics = Metrics::new(&clock);
        let passwords = passwords(config, &breakers, &clock, metrics.clone())?;
        observe(&metrics, &store, &passwords, Arc::clone(&breakers));
        let outbox = Outbox::new(clock.clone());
        let links = Links::new(clock.clone(), &keys, outbox.clone(), &config.mail);
        Ok(Self {
            store,
            clock,
            keys,
            breakers,
            metrics,
            passwords,
            outbox,
            links,
            texts: Texts::load(&config.mail)?,
        })
    }

    /// What sends mail.
    fn delivery(&self, config: &Config) -> Result<Delivery, StartError> {
        Ok(Delivery::new(
            self.store.clone(),
            self.clock.clone(),
            self.links.clone(),
            self.texts.clone(),
            PostOffice::new(&config.mail, Arc::clone(&self.breakers))?,
            TimeDelta::seconds(config.mail.timeout_seconds.into()),
            links_lead_to(config, config.server.listen),
            self.metrics.clone(),
        ))
    }

    /// What operations ask.
    fn services(&self, config: &Config, signing: SigningKeys) -> Services {
        let cursors = Cursors::new(&self.keys);
        let sessions = Arc::new(Sessions::new(
            self.store.clone(),
            self.clock.clone(),
            &self.keys,
            signing,
            &config.tokens,
            self.metrics.clone(),
        ));
        let throttle = Throttle::new(
            self.store.clone(),
            self.clock.clone(),
            &self.keys,
            &config.rate_limit,
            self.metrics.clone(),
        );
        let limit = MailLimit::new(
            self.store.clone(),
            self.clock.clone(),
            &self.keys,
            &config.rate_limit,
            self.metrics.clone(),
        );
        Services {
            registration: Arc::new(self.registration(config, &sessions, limit.clone())),
            login: Arc::new(self.login(config, &sessions, throttle.clone())),
            sessions,
            password_reset: Arc::new(PasswordReset::new(
                self.store.clone(),
                self.clock.clone(),
                self.passwords.clone(),
                config.password.policy(),
                self.links.clone(),
            )),
            verification: Arc::new(Verification::new(self.store.clone(), self.clock.clone())),
            mail_requests: Arc::new(MailRequests::new(self.outbox.clone(), limit.clone())),
            profile: Arc::new(self.profile(config, throttle, limit)),
            administration: Arc::new(Administration::new(
                self.store.clone(),
                self.clock.clone(),
                self.passwords.clone(),
                self.outbox.clone(),
                Some(self.links.clone()),
            )),
            audit: Arc::new(Audit::new(self.store.clone(), cursors.clone())),
            outbox: Arc::new(OutboxList::new(self.store.clone(), cursors.clone())),
            breakers: Arc::new(CircuitBreakers::new(
                Arc::clone(&self.breakers),
                &self.store,
                self.clock.clone(),
            )),
            cursors,
            addresses: Arc::new(Addresses::new(
                &self.store,
                &self.breakers,
                self.clock.clone(),
                &self.keys,
                config,
                self.metrics.clone(),
            )),
            health: Arc::new(Health::new(self.store.clone())),
            texts: self.texts.clone(),
        }
    }

    fn registration(
        &self,
        config: &Config,
        sessions: &Arc<Sessions>,
        limit: MailLimit,
    ) -> Registration {
        Registration::new(
            self.store.clone(),
            Accounts::new(
                self.store.clone(),
                self.clock.clone(),
                self.passwords.clone(),
            ),
            Arc::clone(sessions),
            self.links.clone(),
            limit,
            config.registration.clone(),
            self.metrics.clone(),
        )
    }

    fn login(&self, config: &Config, sessions: &Arc<Sessions>, throttle: Throttle) -> Login {
        Login::new(
            self.store.clone(),
            self.clock.clone(),
            self.passwords.clone(),
            throttle,
            Arc::clone(sessions),
            self.outbox.clone(),
            config.registration.clone(),
            self.metrics.clone(),
        )
    }

    fn profile(&self, config: &Config, throttle: Throttle, limit: MailLimit) -> Profile {
        Profile::new(
            self.store.clone(),
            self.clock.clone(),
            self.passwords.clone(),
            throttle,
            config.password.policy(),
            self.links.clone(),
            limit,
            config.registration.clone(),
        )
    }
}

/// Listens on an address; which one it is, where the port was to be a free one.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// What is told to those who verify access tokens themselves.
fn discovery(config: &Config, signing: &SigningKeys) -> Discovery {
    Discovery {
        issuer: config.tokens.issuer.clone(),
        public_url: config.server.public_url(config.server.listen),
        keys: signing.public_keys(),
    }
}

/// Where the links in mails lead.
fn links_lead_to(config: &Config, listening: SocketAddr) -> String {
    match &config.mail.app_url {
        Some(url) => url.as_str().to_owned(),
        None => config.server.public_url(listening),
    }
}

/// Lets what is being handed over be finished. What is not in time is tried again after the next start.
async fn finish_mail(mut delivery: JoinHandle<()>, deadline: Option<Instant>) {
    let deadline = deadline.unwrap_or_else(Instant::now);
    match tokio::time::timeout_at(deadline, &mut delivery).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => tracing::error!("no mail was sent any more, by a defect of the service"),
        Err(_) => {
            delivery.abort();
            tracing::warn!("mail was being sent at the stop, it may be sent again");
        }
    }
}

/// How HTTP is to be served.
fn settings(
    config: &Config,
    clock: Clock,
    discovery: Discovery,
    metrics: Metrics,
) -> Result<Settings, TracesError> {
    let server = &config.server;
    Ok(Settings {
        clock,
        timeout: server.timeout(),
        limits: Limits {
            body_bytes: server.body_limit_bytes,
            passwords: config.password.policy(),
        },
        proxies: server.trusted_proxies(),
        origins: server.cors_origins.clone(),
        is_https: server.is_https(),
        docs: server.docs,
        discovery,
        serves_metrics: config.metrics.on_main(),
        traces: Traces::start(&config.telemetry, metrics.clone())?,
        metrics,
    })
}

/// Has the figures read that are only known when somebody asks for them.
fn observe(metrics: &Metrics, store: &Store, passwords: &Passwords, breakers: Arc<Breakers>) {
    let (store, hashing) = (store.clone(), passwords.load());
    metrics.at_scrape(move |figures| {
        figures.database_pool(store.pool());
        figures.hashing(hashing());
        for breaker in breakers.iter() {
            let breaker = breaker.snapshot();
            figures.circuit_breaker(breaker.name, breaker.state, breaker.rejected);
        }
    });
}

/// Administers accounts from the command line, where nothing is signed and so no secret is needed.
///
/// # Errors
/// When the database can't be opened or migrated, or is not migrated.
pub async fn administration(config: &Config, clock: Clock) -> Result<Administration, StartError> {
    let breakers = Arc::new(Breakers::new(&config.breaker, &clock));
    let passwords = passwords(config, &breakers, &clock, Metrics::default())?;
    let store = open_migrated_store(config, breakers).await?;
    let outbox = Outbox::new(clock.clone());
    Ok(Administration::new(store, clock, passwords, outbox, None))
}

/// Imports and exports accounts from the command line.
///
/// # Errors
/// When the database can't be opened or migrated, or is not migrated.
pub async fn transfer(config: &Config, clock: Clock) -> Result<Transfer, StartError> {
    let breakers = Arc::new(Breakers::new(&config.breaker, &clock));
    let store = open_migrated_store(config, breakers).await?;
    Ok(Transfer::new(store, clock))
}

/// For commands that have nothing to do where there is no database: a new one would only hide that the
/// wrong place was looked at.
///
/// # Errors
/// When the SQLite file is not there.
pub fn require_database(config: &Config) -> Result<(), StartError> {
    match Store::missing_file(&config.database) {
        Some(path) => Err(StartError::NoDatabase(path)),
        None => Ok(()),
    }
}

/// Opens the configured database, and migrates it where that is configured.
async fn open_store(config: &Config, breakers: Arc<Breakers>) -> Result<Store, StartError> {
    let store = Store::open(&config.database, breakers).await?;
    if config.auto_migrate() {
        store.migrate_up().await.map_err(StartError::Migrate)?;
    }
    Ok(store)
}

/// The same for commands. Where they may not migrate, they say so: a service that waits for its migrations
/// has its health to tell that by.
async fn open_migrated_store(
    config: &Config,
    breakers: Arc<Breakers>,
) -> Result<Store, StartError> {
    let store = open_store(config, breakers).await?;
    if store.is_migrated().await.map_err(StartError::Migrate)? {
        Ok(store)
    } else {
        Err(StartError::Pending)
    }
}

/// How much patience clients find.
fn patience(config: &config::Server) -> server::Limits {
    server::Limits {
        connections: config.max_connections,
        head: config.header_timeout(),
        answer: config.timeout(),
        idle: server::Limits::IDLE,
        grace: config.shutdown(),
    }
}

/// Hashes passwords, and refuses new ones that have leaked where that is configured.
fn passwords(
    config: &Config,
    breakers: &Arc<Breakers>,
    clock: &Clock,
    metrics: Metrics,
) -> Result<Passwords, StartError> {
    let passwords = Passwords::new(&config.password, metrics)?;
    if !config.looks_up_leaked_passwords() {
        return Ok(passwords);
    }
    let config = &config.pwned_passwords;
    let leaked = PwnedPasswords::new(config, Arc::clone(breakers), clock.clone())?;
    Ok(passwords.refusing_leaked(LeakCheck::new(leaked, config.on_unavailable)))
}

/// Tells where the service is found.
fn announce(address: SocketAddr, config: &config::Server) {
    let url = format!("http://{address}");
    let docs = config.docs.then(|| format!("{url}/docs"));
    tracing::info!(
        version = api::status::VERSION,
        url,
        docs,
        "Countersign is ready"
    );
}

async fn keep_house(housekeeping: Housekeeping) {
    let first = Instant::now() + some_of(FIRST_HOUSEKEEPING);
    let mut hourly = tokio::time::interval_at(first, HOUSEKEEPING);
    // After a long one comes a whole pause.
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hourly.tick().await;
        if let Err(error) = housekeeping.tidy().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the house was not tidied, trying again in an hour"
            );
        }
    }
}

/// A part of a time, by chance.
fn some_of(time: Duration) -> Duration {
    let (random, ..) = Uuid::new_v4().as_fields();
    time.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instance_chooses_its_own_moment() {
        let mut moments: Vec<Duration> = (0..100).map(|_| some_of(FIRST_HOUSEKEEPING)).collect();
        assert!(moments.iter().all(|moment| *moment <= FIRST_HOUSEKEEPING));
        moments.sort();
        moments.dedup();
        assert!(moments.len() > 90, "{moments:?}");
    }
}
