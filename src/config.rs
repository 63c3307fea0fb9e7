//! Configuration: built-in defaults < `config.toml` < environment, checked whole before anything
//! starts.
//!
//! This is the only module that reads the environment. Every key has its unit in its name; a key or
//! a value that is wrong stops the start with one line that names it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use config::{File, FileFormat};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::model::{Email, PasswordPolicy, Slowdown};

/// Prefix and separator of the environment variables that set any key.
pub(crate) const PREFIX: &str = "COUNTERSIGN__";
/// A variable of this ending names a file that holds the value, for secrets mounted as files.
const FILE_SUFFIX: &str = "_FILE";
/// Keys whose own variables have that ending.
const FILE_KEYS: [&str; 1] = ["mail.ca_file"];
/// Variables with a short name, and the keys they set.
pub(crate) const SHORT_NAMES: [(&str, &str); 9] = [
    ("ADMIN_EMAIL", "admin.email"),
    ("ADMIN_PASSWORD", "admin.password"),
    (
        "CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS",
        "breaker.half_open_max_calls",
    ),
    ("CIRCUIT_BREAKER_THRESHOLD", "breaker.failure_threshold"),
    (
        "CIRCUIT_BREAKER_TIMEOUT",
        "breaker.recovery_timeout_seconds",
    ),
    ("DATABASE_URL", "database.url"),
    ("ENVIRONMENT", "environment"),
    ("JWT_SECRET_KEY", "tokens.secret"),
    ("TIMEOUT_SECONDS", "server.timeout_seconds"),
];
/// The file that is read when it is there and none was named.
const DEFAULT_FILE: &str = "config.toml";

/// The longest lifetime that an access token can be configured to have, in seconds.
pub const MAX_ACCESS_TTL_SECONDS: u32 = 86_400;

/// The longest that failed logins can keep others of the same account waiting, in seconds. No figure makes it
/// longer: whoever knows an account's name can fail.
const MAX_DELAY_SECONDS: u32 = 900;

/// The effective configuration.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "check_lookup"))]
#[validate(schema(function = "check_sender"))]
pub struct Config {
    /// What this process is for.
    pub environment: Environment,
    /// The HTTP server.
    #[validate(nested)]
    pub server: Server,
    /// The database.
    #[validate(nested)]
    pub database: Database,
    /// Access and refresh tokens, and sessions.
    #[validate(nested)]
    pub tokens: Tokens,
    /// Password policy and hashing.
    #[validate(nested)]
    pub password: Password,
    /// The service that knows leaked passwords.
    #[validate(nested)]
    pub pwned_passwords: PwnedPasswords,
    /// Circuit breakers: what keeps failing is left alone for a while.
    #[validate(nested)]
    pub breaker: Breakers,
    /// Who may register.
    #[validate(nested)]
    pub registration: Registration,
    /// How often passwords, links and mail may be asked for.
    #[validate(nested)]
    pub rate_limit: RateLimit,
    /// What people are sent, and how.
    #[validate(nested)]
    pub mail: Mail,
    /// The first superuser.
    #[validate(nested)]
    pub admin: Admin,
    /// The audit trail.
    #[validate(nested)]
    pub audit: Audit,
    /// Logs.
    #[validate(nested)]
    pub log: Log,
    /// Figures for Prometheus.
    pub metrics: Metrics,
    /// Traces, for OpenTelemetry.
    #[validate(nested)]
    pub telemetry: Telemetry,
}

/// What a process is for; decides what is refused at the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Environment {
    /// A developer's machine: a missing secret is made up and kept.
    #[default]
    Dev,
    /// Automated tests; like `dev`.
    Test,
    /// Production: refuses missing and well-known secrets (a short one is refused everywhere), does not migrate
    /// the database by itself, and looks new passwords up among leaked ones.
    Prod,
}

/// Section `server`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Port 0 takes a free one.
    #[cfg_attr(test, schemars(title = "address and port"))]
    pub listen: SocketAddr,
    /// Where the service is reached from outside, as through a proxy: `https://HOST` or `https://HOST/PREFIX`.
    /// Without it: `http://` and the address that it listens on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "https://login.example.com"))]
    pub public_url: Option<PublicUrl>,
    /// How long one request may take.
    #[validate(range(min = 1, max = 3600))]
    pub timeout_seconds: u64,
    /// How long a client may take to send the head of a request.
    #[validate(range(min = 1, max = 60))]
    pub header_timeout_seconds: u64,
    /// The largest request body.
    #[validate(range(min = 1024, max = 16_777_216))]
    pub body_limit_bytes: usize,
    /// The most connections at once; then idle ones are closed, and further clients wait.
    #[validate(range(min = 1, max = 1_000_000))]
    pub max_connections: usize,
    /// How long running requests may take to finish at a stop.
    #[validate(range(max = 3600))]
    pub shutdown_seconds: u64,
    /// The proxies whose `X-Forwarded-For` is believed. From all others it is ignored.
    #[cfg_attr(test, schemars(example = ["10.0.0.0/8", "192.0.2.1"]))]
    pub trusted_proxies: Vec<Network>,
    /// The origins of pages that may use the API in a browser, or `*` alone for all.
    #[cfg_attr(test, schemars(example = ["https://app.example.com"]))]
    pub cors_origins: CorsOrigins,
    /// Whether `/docs` (Swagger UI) and `/redoc` are served.
    pub docs: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            public_url: None,
            timeout_seconds: 30,
            header_timeout_seconds: 10,
            body_limit_bytes: 65_536,
            max_connections: 10_000,
            shutdown_seconds: 10,
            trusted_proxies: Vec::new(),
            cors_origins: CorsOrigins::default(),
            docs: true,
        }
    }
}

impl Server {
    /// Where the service is reached from outside, without a slash at the end. `listening` is the address
    /// that it got, which is known for certain only once it listens.
    #[must_use]
    pub fn public_url(&self, listening: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.0.clone(),
            None => local_url(listening),
        }
    }

    /// How long one request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// How long a client may take to send the head of a request.
    #[must_use]
    pub fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout_seconds)
    }

    /// How long running requests may take to finish at a stop.
    #[must_use]
    pub fn shutdown(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }

    /// The proxies that are believed when they say whom they ask for.
    #[must_use]
    pub fn trusted_proxies(&self) -> Vec<IpNet> {
        self.trusted_proxies
            .iter()
            .map(|network| network.0)
            .collect()
    }

    /// Whether the service is reached by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.0.starts_with("https:"))
    }
}

/// Where a service that listens on `address` is reached on its own machine, without a slash at the end.
#[must_use]
pub fn local_url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}

/// An `http://` or `https://` address without user, query and fragment. Kept without a slash at its end, so that
/// others can be appended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "`http://` or `https://` address")
)]
#[serde(try_from = "String")]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to this machine itself.
    #[must_use]
    pub fn is_local(&self) -> bool {
        url::Url::parse(&self.0).is_ok_and(|url| is_local(&url))
    }
}

/// Whether a URL leads to this machine itself.
fn is_local(url: &url::Url) -> bool {
    // A scheme that browsers don't know keeps a name for its host, whatever it looks like.
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl TryFrom<String> for PublicUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "must be an http:// or https:// address without user, query and fragment";
        let url = url::Url::parse(&text).map_err(|_| wrong)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !is_bare {
            return Err(wrong);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// Addresses: `10.0.0.0/8`, `fd00::/8`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "networks (`10.0.0.0/8`, `fd00::/8`) or single addresses")
)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_canonical().into()));
        }
        let network: IpNet = text
            .parse()
            .map_err(|_| "must be addresses such as 10.0.0.0/8, fd00::/8 or 192.0.2.1")?;
        // Where bits of the host are set, somebody meant another network.
        if network.addr() != network.network() {
            return Err(
                "must be the first address of its network, as 10.0.0.0/8 and not 10.1.2.3/8",
            );
        }
        Ok(Self(canonical(network)))
    }
}

/// IPv4 in IPv6 is IPv4, since so are the addresses that are held against it.
fn canonical(network: IpNet) -> IpNet {
    let mapped = |network: Ipv6Net| {
        let address = network.addr().to_ipv4_mapped()?;
        // A shorter prefix has addresses of IPv6 as well.
        let prefix = network.prefix_len().checked_sub(96)?;
        Ipv4Net::new(address, prefix).ok()
    };
    match network {
        IpNet::V6(v6) => mapped(v6).map_or(network, IpNet::V4),
        IpNet::V4(_) => network,
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// Whose pages may read answers in a browser: nobody's, those of some origins, or everybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "list of origins as browsers write them: `https://app.example.com`")
)]
#[serde(try_from = "Vec<String>")]
pub struct CorsOrigins(Vec<String>);

impl CorsOrigins {
    /// What stands for everybody.
    const ANY: &str = "*";

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is everybody.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0.iter().any(|origin| origin == Self::ANY)
    }

    /// Whether pages of `origin`, as a browser writes it, may read answers.
    #[must_use]
    pub fn contains(&self, origin: &[u8]) -> bool {
        self.is_any() || self.0.iter().any(|own| own.as_bytes() == origin)
    }
}

impl TryFrom<Vec<String>> for CorsOrigins {
    type Error = &'static str;

    fn try_from(origins: Vec<String>) -> Result<Self, Self::Error> {
        // Compared byte for byte, so they have to be written as browsers write them (RFC 6454 section 6.2).
        let is_origin = |text: &String| {
            !text.contains(Self::ANY)
                && url::Url::parse(text).is_ok_and(|url| {
                    matches!(url.scheme(), "http" | "https")
                        && url.origin().ascii_serialization() == *text
                })
        };
        if origins == [Self::ANY] || origins.iter().all(is_origin) {
            Ok(Self(origins))
        } else {
            Err(
                "must be origins as browsers write them, such as https://app.example.com, or * alone",
            )
        }
    }
}

/// Section `database`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://PATH` (created when missing) or `postgres://USER:PASSWORD@HOST/NAME`.
    #[serde(serialize_with = "mask_url")]
    #[cfg_attr(test, schemars(with = "String", title = "URL"))]
    pub url: SecretString,
    /// The most connections open at once.
    #[validate(range(min = 1, max = 1000))]
    pub max_connections: u32,
    /// How long a request waits for a connection.
    #[validate(range(min = 1, max = 60))]
    pub acquire_timeout_seconds: u64,
    /// How long one statement may take; on SQLite, how long it may wait for another's to finish.
    #[validate(range(min = 1, max = 600))]
    pub statement_timeout_seconds: u64,
    /// Whether migrations run at the start. Where they do not, run `countersign migrate up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = true))]
    pub auto_migrate: Option<bool>,
    /// SQLite only: what a commit survives.
    pub sqlite_synchronous: Synchronous,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite://data/countersign.db".into(),
            max_connections: 10,
            acquire_timeout_seconds: 2,
            statement_timeout_seconds: 3,
            auto_migrate: None,
            sqlite_synchronous: Synchronous::Full,
        }
    }
}

impl Database {
    /// How long to wait for a connection.
    #[must_use]
    pub fn acquire_timeout(&self) -> Duration {
        Duration::from_secs(self.acquire_timeout_seconds)
    }

    /// How long one statement may take or wait for a lock.
    #[must_use]
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_secs(self.statement_timeout_seconds)
    }

    /// Whether the database is an SQLite one.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.url.expose_secret().starts_with("sqlite:")
    }

    /// The folder of the SQLite file, where this is an SQLite database in a file.
    #[must_use]
    pub fn sqlite_folder(&self) -> Option<PathBuf> {
        let path = self.url.expose_secret().strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path.is_empty() || path.starts_with(':') {
            return None;
        }
        Path::new(path).parent().map(Path::to_path_buf)
    }
}

/// How durable a commit is in SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Synchronous {
    /// What was acknowledged survives power loss.
    Full,
    /// What was acknowledged survives the end of the process; the last of it may be lost with the power.
    Normal,
}

/// Section `tokens`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// The `iss` claim of access tokens, which whoever verifies them checks.
    #[validate(length(min = 1, max = 255))]
    pub issuer: String,
    /// The `aud` claim of access tokens, which whoever verifies them checks.
    #[validate(length(min = 1, max = 255))]
    pub audience: String,
    /// The secret that tokens are made with, at least 32 bytes: better from `JWT_SECRET_KEY` or
    /// `JWT_SECRET_KEY_FILE` than from a file of settings. Without it: `dev` and `test` make one up and keep it
    /// beside the database, `prod` does not start. It is needed with keys, too: refresh tokens are made with keys
    /// derived from it.
    #[serde(
        serialize_with = "mask_secret",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(
        test,
        schemars(
            with = "Option<String>",
            example = "…",
            title = "text of at least 32 bytes"
        )
    )]
    pub secret: Option<SecretString>,
    /// PEM files with the private keys of access tokens: the first signs, all verify. `HS256` among them stands
    /// for the secret; so does an empty list.
    #[serde(deserialize_with = "key_paths")]
    #[cfg_attr(test, schemars(title = "list of paths, or `HS256`"))]
    pub keys: Vec<String>,
    /// Lifetime of an access token.
    #[validate(range(min = 1, max = MAX_ACCESS_TTL_SECONDS))]
    pub access_ttl_seconds: u32,
    /// Lifetime of a refresh token, from its last use.
    #[validate(range(min = 1, max = 31_536_000))]
    pub refresh_ttl_seconds: u32,
    /// Longest lifetime of a session, however often it is refreshed.
    #[validate(range(min = 1, max = 315_360_000))]
    pub session_ttl_seconds: u32,
    /// Whether each refresh gives out a new refresh token and voids the old one.
    pub refresh_rotation: bool,
    /// For how long a voided refresh token gets its successor once more (two tabs, a lost answer). Used later, it
    /// ends the session.
    #[validate(range(max = 300))]
    pub reuse_leeway_seconds: u32,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            issuer: "countersign".into(),
            audience: "countersign".into(),
            secret: None,
            keys: Vec::new(),
            access_ttl_seconds: 1800,
            refresh_ttl_seconds: 604_800,
            session_ttl_seconds: 2_592_000,
            refresh_rotation: true,
            reuse_leeway_seconds: 10,
        }
    }
}

impl Tokens {
    /// Lifetime of an access token.
    #[must_use]
    pub fn access_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.access_ttl_seconds.into())
    }

    /// Lifetime of a refresh token from its last use.
    #[must_use]
    pub fn refresh_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.refresh_ttl_seconds.into())
    }

    /// Longest lifetime of a session.
    #[must_use]
    pub fn session_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.session_ttl_seconds.into())
    }

    /// For how long a replaced refresh token gets its successor again.
    #[must_use]
    pub fn reuse_leeway(&self) -> TimeDelta {
        TimeDelta::seconds(self.reuse_leeway_seconds.into())
    }
}

/// Section `password`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "check_password_lengths"))]
pub struct Password {
    /// The fewest characters (Unicode code points) of a new password.
    #[validate(range(min = PasswordPolicy::SHORTEST, max = 128))]
    pub min_length: usize,
    /// The most characters of a new password.
    #[validate(range(min = 64, max = PasswordPolicy::LONGEST))]
    pub max_length: usize,
    /// Memory of one Argon2id hash. Hashes with other parameters are replaced at the next login.
    #[validate(range(min = 8, max = 4_194_304))]
    pub memory_kib: u32,
    /// Passes of Argon2id over that memory.
    #[validate(range(min = 1, max = 1000))]
    pub iterations: u32,
    /// Lanes of that memory.
    #[validate(range(min = 1, max = 64))]
    pub parallelism: u32,
    /// The most hashes computed at once. Without it: as many as there are cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1024))]
    #[cfg_attr(test, schemars(example = 2))]
    pub hash_concurrency: Option<usize>,
    /// The most requests that wait for a hash; further ones are answered 503 `OVERLOADED` at once.
    #[validate(range(max = 100_000))]
    pub hash_queue: usize,
    /// How long a request waits for a hash before the same answer.
    #[validate(range(min = 1, max = 60))]
    pub hash_wait_seconds: u64,
}

impl Default for Password {
    fn default() -> Self {
        Self {
            min_length: 8,
            max_length: 128,
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
            hash_concurrency: None,
            hash_queue: 64,
            hash_wait_seconds: 2,
        }
    }
}

impl Password {
    /// Which passwords may be chosen.
    #[must_use]
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy {
            min_length: self.min_length,
            max_length: self.max_length,
        }
    }

    /// The most hashes computed at once.
    #[must_use]
    pub fn hash_concurrency(&self) -> usize {
        self.hash_concurrency.unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
        })
    }

    /// How long a request waits for a hash.
    #[must_use]
    pub fn hash_wait(&self) -> Duration {
        Duration::from_secs(self.hash_wait_seconds)
    }
}

/// Section `pwned_passwords`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PwnedPasswords {
    /// Whether new passwords are looked up among those that leaked from other services. Five hexadecimal digits
    /// of a hash leave this machine, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = true))]
    pub enabled: Option<bool>,
    /// Where the ranges are found; the digits are appended.
    pub url: PublicUrl,
    /// How long to wait for an answer; less than `server.timeout_seconds`.
    #[validate(range(min = 1, max = 30))]
    pub timeout_seconds: u64,
    /// What happens to a password that can't be looked up.
    pub on_unavailable: OnUnavailable,
}

impl Default for PwnedPasswords {
    fn default() -> Self {
        Self {
            enabled: None,
            url: PublicUrl("https://api.pwnedpasswords.com/range".into()),
            timeout_seconds: 1,
            on_unavailable: OnUnavailable::Allow,
        }
    }
}

impl PwnedPasswords {
    /// How long to wait for an answer.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

/// What happens to a new password while the service that knows leaked ones is not available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum OnUnavailable {
    /// It is accepted unseen.
    Allow,
    /// It is refused until the service is back.
    Reject,
}

/// Section `breaker`: what holds for all circuit breakers, and what differs for one of them.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Breakers {
    /// Failures in a row that open a breaker.
    #[validate(range(min = 1, max = 10_000))]
    pub failure_threshold: u32,
    /// How long an open breaker rejects calls at once.
    #[validate(range(min = 1, max = 86_400))]
    pub recovery_timeout_seconds: u32,
    /// The most calls at once that then try whether it works again.
    #[validate(range(min = 1, max = 1000))]
    pub half_open_max_calls: u32,
    /// Where the breaker round the database is to differ.
    #[validate(nested)]
    pub database: BreakerDifferences,
    /// Where the breaker round the mail server, or the folder that stands in for one, is to differ.
    #[validate(nested)]
    pub smtp: BreakerDifferences,
    /// Where the breaker round the service that knows leaked passwords is to differ.
    #[validate(nested)]
    pub pwned_passwords: BreakerDifferences,
    /// Where the breaker round the counts of client addresses that instances share is to differ.
    #[validate(nested)]
    pub rate_limit: BreakerDifferences,
}

impl Default for Breakers {
    fn default() -> Self {
        Self {
            failure_threshold: 5,
            recovery_timeout_seconds: 60,
            half_open_max_calls: 1,
            database: BreakerDifferences::default(),
            smtp: BreakerDifferences::default(),
            pwned_passwords: BreakerDifferences::default(),
            rate_limit: BreakerDifferences::default(),
        }
    }
}

impl Breakers {
    /// What holds for one breaker.
    #[must_use]
    pub fn settings(&self, name: BreakerName) -> BreakerSettings {
        let own = match name {
            BreakerName::Database => &self.database,
            BreakerName::Smtp => &self.smtp,
            BreakerName::PwnedPasswords => &self.pwned_passwords,
            BreakerName::RateLimit => &self.rate_limit,
        };
        BreakerSettings {
            failure_threshold: own.failure_threshold.unwrap_or(self.failure_threshold),
            recovery_timeout_seconds: own
                .recovery_timeout_seconds
                .unwrap_or(self.recovery_timeout_seconds),
            half_open_max_calls: own.half_open_max_calls.unwrap_or(self.half_open_max_calls),
        }
    }
}

/// Sections below `breaker`: how one breaker differs from the others.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BreakerDifferences {
    /// As `breaker.failure_threshold`, which holds without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 10_000))]
    #[cfg_attr(test, schemars(example = 5))]
    pub failure_threshold: Option<u32>,
    /// As `breaker.recovery_timeout_seconds`, which holds without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 86_400))]
    #[cfg_attr(test, schemars(example = 60))]
    pub recovery_timeout_seconds: Option<u32>,
    /// As `breaker.half_open_max_calls`, which holds without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1000))]
    #[cfg_attr(test, schemars(example = 1))]
    pub half_open_max_calls: Option<u32>,
}

/// What circuit breakers are round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerName {
    /// The database.
    Database,
    /// The mail server, or the folder that stands in for one.
    Smtp,
    /// The service that knows leaked passwords.
    PwnedPasswords,
    /// The counts of client addresses that instances share.
    RateLimit,
}

impl BreakerName {
    /// The name, for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Smtp => "smtp",
            Self::PwnedPasswords => "pwned-passwords",
            Self::RateLimit => "rate-limit",
        }
    }
}

/// What holds for one circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row that open it.
    pub failure_threshold: u32,
    /// How long it rejects calls once it is open, in seconds.
    pub recovery_timeout_seconds: u32,
    /// The most calls at once that try whether what failed works again.
    pub half_open_max_calls: u32,
}

impl BreakerSettings {
    /// How long it rejects calls once it is open.
    #[must_use]
    pub fn recovery_timeout(&self) -> Duration {
        Duration::from_secs(self.recovery_timeout_seconds.into())
    }
}

/// Section `registration`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Whether anybody may register.
    pub enabled: bool,
    /// Whether nobody can log in before they opened the link in the mail that shows that the address is theirs.
    pub require_verified_email: bool,
    /// Whether registering tells nobody which addresses have an account already: it is then answered 202 in any
    /// case, and the rest is told by mail. Addresses have to be verified then, whatever `require_verified_email`
    /// says.
    pub private: bool,
    /// The only domains whose addresses may register, with those below them; none for all.
    #[cfg_attr(test, schemars(example = ["example.com"]))]
    pub allowed_email_domains: Vec<EmailDomain>,
    /// Domains whose addresses may not register, with those below them.
    #[cfg_attr(test, schemars(example = ["example.net"]))]
    pub blocked_email_domains: Vec<EmailDomain>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            enabled: true,
            require_verified_email: false,
            private: false,
            allowed_email_domains: Vec::new(),
            blocked_email_domains: Vec::new(),
        }
    }
}

impl Registration {
    /// Whether nobody can log in before the address was shown to be the person's own.
    #[must_use]
    pub fn requires_verified_email(&self) -> bool {
        self.require_verified_email || self.private
    }

    /// Whether people with this address may have an account by themselves.
    #[must_use]
    pub fn admits(&self, email: &Email) -> bool {
        let is_among = |domains: &[EmailDomain]| domains.iter().any(|domain| domain.has(email));
        let is_allowed =
            self.allowed_email_domains.is_empty() || is_among(&self.allowed_email_domains);
        is_allowed && !is_among(&self.blocked_email_domains)
    }
}

/// A domain of e-mail addresses, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "domains such as `example.com`")
)]
#[serde(try_from = "String")]
pub struct EmailDomain(String);

impl EmailDomain {
    /// Whether an address is in the domain or one below it.
    fn has(&self, email: &Email) -> bool {
        let domain = email.domain().to_ascii_lowercase();
        let below = domain.strip_suffix(&self.0);
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

impl TryFrom<String> for EmailDomain {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match Email::parse(&format!("x@{text}")) {
            Ok(email) if email.domain() == text => Ok(Self(text.to_ascii_lowercase())),
            _ => Err("must be domains such as example.com, without @ and *"),
        }
    }
}

/// Section `rate_limit`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "check_delays"))]
pub struct RateLimit {
    /// Whether anything is limited at all.
    pub enabled: bool,
    /// Where the uses of client addresses are counted. Without it: on PostgreSQL in the `database`, on SQLite
    /// `local`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = LimitStore::Database))]
    pub store: Option<LimitStore>,
    /// How long the database may take to count a use. After that the instance goes by what it knows itself.
    #[validate(range(min = 1, max = 10_000))]
    pub store_timeout_milliseconds: u32,
    /// How many failed logins of one account in a row cost nothing. They are forgotten by a login and by a new
    /// password.
    #[validate(range(min = 1, max = 1000))]
    pub account_free_failures: u32,
    /// How long nobody may try again after the last of those; doubles with each further one.
    #[validate(range(min = 1, max = MAX_DELAY_SECONDS))]
    pub account_first_delay_seconds: u32,
    /// What that doubles to at most.
    #[validate(range(min = 1, max = MAX_DELAY_SECONDS))]
    pub account_max_delay_seconds: u32,
    /// How long after the last of them failed logins are forgotten.
    #[validate(range(min = 60, max = 31_536_000))]
    pub account_forget_after_seconds: u32,
    /// How often one client address (of IPv6, one /64) may register, log in or show a password or a link; all at
    /// once, or bit by bit.
    #[validate(range(min = 1, max = 1_000_000))]
    pub address_attempts_per_minute: u32,
    /// How often one client address may refresh.
    #[validate(range(min = 1, max = 1_000_000))]
    pub address_refreshes_per_minute: u32,
    /// How often one client address may ask for mail: for a link to set a new password, or to verify an address.
    #[validate(range(min = 1, max = 1_000_000))]
    pub address_mails_per_minute: u32,
    /// How many mails in a row can be asked for to one mailbox at once.
    #[validate(range(min = 1, max = 1000))]
    pub mailbox_free_mails: u32,
    /// How long nobody can ask for another one after the last of those; doubles with each.
    #[validate(range(min = 1, max = 86_400))]
    pub mailbox_first_delay_seconds: u32,
    /// What that doubles to at most.
    #[validate(range(min = 1, max = 86_400))]
    pub mailbox_max_delay_seconds: u32,
    /// How long after the last of them mails are forgotten.
    #[validate(range(min = 60, max = 31_536_000))]
    pub mailbox_forget_after_seconds: u32,
}

/// Where the uses of client addresses are counted. Accounts and mailboxes are always counted in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum LimitStore {
    /// In memory, by each instance for itself.
    Local,
    /// In the database, by all instances together; in memory where the database does not answer.
    Database,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            enabled: true,
            store: None,
            store_timeout_milliseconds: 250,
            account_free_failures: 10,
            account_first_delay_seconds: 1,
            account_max_delay_seconds: MAX_DELAY_SECONDS,
            account_forget_after_seconds: 86_400,
            address_attempts_per_minute: 60,
            address_refreshes_per_minute: 600,
            address_mails_per_minute: 10,
            mailbox_free_mails: 3,
            mailbox_first_delay_seconds: 60,
            mailbox_max_delay_seconds: 900,
            mailbox_forget_after_seconds: 3600,
        }
    }
}

impl RateLimit {
    /// How long the database may take to count a use.
    #[must_use]
    pub fn store_timeout(&self) -> Duration {
        Duration::from_millis(self.store_timeout_milliseconds.into())
    }

    /// How failures in a row slow down what follows.
    #[must_use]
    pub fn slowdown(&self) -> Slowdown {
        Slowdown {
            free_failures: self.account_free_failures,
            first_delay: TimeDelta::seconds(self.account_first_delay_seconds.into()),
            max_delay: TimeDelta::seconds(self.account_max_delay_seconds.into()),
            forget_after: self.forget_after(),
        }
    }

    /// How long after the last of them failures in a row are forgotten.
    #[must_use]
    pub fn forget_after(&self) -> TimeDelta {
        TimeDelta::seconds(self.account_forget_after_seconds.into())
    }

    /// How long the longest of all rows of failures and mails is remembered.
    #[must_use]
    pub fn remembers_for(&self) -> TimeDelta {
        self.forget_after().max(self.mail_slowdown().forget_after)
    }

    /// How mails in a row slow down further ones to the same mailbox.
    #[must_use]
    pub fn mail_slowdown(&self) -> Slowdown {
        Slowdown {
            free_failures: self.mailbox_free_mails,
            first_delay: TimeDelta::seconds(self.mailbox_first_delay_seconds.into()),
            max_delay: TimeDelta::seconds(self.mailbox_max_delay_seconds.into()),
            forget_after: TimeDelta::seconds(self.mailbox_forget_after_seconds.into()),
        }
    }
}

/// Section `mail`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Where mail goes: `file://FOLDER` (one file for each mail), `smtps://USER:PASSWORD@HOST:PORT` (TLS from the
    /// first byte) or `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS, and nothing is sent without it). A server on
    /// this machine, or one with `?tls=none`, is sent mail in the clear, and has no password. Better from
    /// `COUNTERSIGN__MAIL__URL_FILE` than from a file of settings where there is a password.
    pub url: MailUrl,
    /// Whom mail is from: needed with a mail server. The name is what texts call the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "Example <login@example.com>"))]
    pub from: Option<Sender>,
    /// How long one mail may take to be handed to the mail server. No request waits for it.
    #[validate(range(min = 1, max = 600))]
    pub timeout_seconds: u32,
    /// A PEM file with certificates that the mail server's is trusted by, besides those of the public web.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "mail-ca.pem", title = "path"))]
    pub ca_file: Option<PathBuf>,
    /// Where the links in mails lead: to `/account/verify?token=…` and `/account/reset?token=…` below it. Without
    /// it: to pages of the service itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "https://app.example.com"))]
    pub app_url: Option<PublicUrl>,
    /// How long a link to set a new password works.
    #[validate(range(min = 60, max = 604_800))]
    pub link_ttl_seconds: u32,
    /// How long a link to verify an address works.
    #[validate(range(min = 60, max = 2_592_000))]
    pub verify_ttl_seconds: u32,
    /// How long a link works that an invited person sets the first password with.
    #[validate(range(min = 60, max = 2_592_000))]
    pub invitation_ttl_seconds: u32,
    /// How long the owner of an earlier address can take an account back after the address was changed.
    #[validate(range(min = 60, max = 2_592_000))]
    pub recovery_ttl_seconds: u32,
    /// The language of mails and pages for those who ask for none that there is: `en`, `de`, `fr`, or one in
    /// `templates`.
    #[validate(length(min = 2, max = 35))]
    pub language: String,
    /// A folder with more languages, and with texts and layouts that take the place of those built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = &"templates", title = "path"))]
    pub templates: Option<PathBuf>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            url: MailUrl(Post::Folder("data/outbox".into())),
            from: None,
            timeout_seconds: 60,
            ca_file: None,
            app_url: None,
            link_ttl_seconds: 3600,
            verify_ttl_seconds: 86_400,
            invitation_ttl_seconds: 604_800,
            recovery_ttl_seconds: 259_200,
            language: "en".into(),
            templates: None,
        }
    }
}

impl Mail {
    /// Where mail goes.
    #[must_use]
    pub fn post(&self) -> &Post {
        &self.url.0
    }

    /// Whom mail is from.
    #[must_use]
    pub fn sender(&self) -> Sender {
        self.from.clone().unwrap_or_else(|| Sender {
            name: Some("Countersign".into()),
            email: Email::from_stored("countersign@localhost".into()),
        })
    }

    /// How long one mail may take to be handed to the mail server.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.into())
    }

    /// How long a link to set a new password works.
    #[must_use]
    pub fn link_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.link_ttl_seconds.into())
    }

    /// How long a link to verify an address works.
    #[must_use]
    pub fn verify_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.verify_ttl_seconds.into())
    }

    /// How long a link works that an invited person sets a password with.
    #[must_use]
    pub fn invitation_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.invitation_ttl_seconds.into())
    }

    /// How long the way back to an earlier address is open.
    #[must_use]
    pub fn recovery_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.recovery_ttl_seconds.into())
    }
}

/// Where mail goes, as a URL:
/// - `file://FOLDER`: into files, one for each mail;
/// - `smtps://USER:PASSWORD@HOST:PORT`: to a mail server, by TLS from the first byte (RFC 8314 section 3.3);
/// - `smtp://USER:PASSWORD@HOST:PORT`: to a mail server, by TLS after STARTTLS (RFC 3207). Only on this very
///   machine, or with `?tls=none`, without TLS, and then without a password as well.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "URL"))]
#[serde(try_from = "String", into = "String")]
pub struct MailUrl(Post);

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Post {
    /// Into a folder, as files.
    Folder(PathBuf),
    /// To a mail server.
    Server(MailServer),
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: MailTls,
    /// Whom it knows us as.
    pub user: Option<MailUser>,
}

/// Whom a mail server knows us as.
#[derive(Clone, Debug)]
pub struct MailUser {
    /// The name.
    pub name: String,
    /// The password.
    pub password: SecretString,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// By TLS from the first byte on.
    Implicit,
    /// By TLS after STARTTLS; a server that has none is sent nothing.
    StartTls,
    /// Not at all.
    None,
}

impl TryFrom<String> for MailUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "must be file://FOLDER, smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ \
                     before HOST where the server asks for it";
        if text.contains(char::is_control) {
            return Err(wrong);
        }
        if let Some(folder) = text.strip_prefix("file://") {
            if folder.is_empty() {
                return Err(wrong);
            }
            return Ok(Self(Post::Folder(folder.into())));
        }
        let url = url::Url::parse(&text).map_err(|_| wrong)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() || url.port() == Some(0) {
            return Err(wrong);
        }
        // The name as it is looked up and as certificates have it. Of a scheme that browsers don't know, the URL
        // keeps it as it was written.
        let host = url.host_str().unwrap_or_default();
        let host = url::Host::parse(host).map_err(|_| wrong)?;
        let user = match (url.username(), url.password()) {
            ("", None) => None,
            (name, Some(password)) if !name.is_empty() => Some(MailUser {
                name: decoded(name).ok_or(wrong)?,
                password: decoded(password).ok_or(wrong)?.into(),
            }),
            _ => return Err("must have both USER and PASSWORD, or neither"),
        };
        let is_local = match &host {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        };
        let (tls, port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (MailTls::Implicit, 465),
            ("smtp", Some("tls=none")) => (MailTls::None, 25),
            ("smtp", None) if is_local && user.is_none() => (MailTls::None, 25),
            ("smtp", None) => (MailTls::StartTls, 587),
            _ => return Err(wrong),
        };
        if tls == MailTls::None && user.is_some() {
            return Err("must not have a password that is sent without TLS");
        }
        Ok(Self(Post::Server(MailServer {
            host: host.to_string().trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            tls,
            user,
        })))
    }
}

/// What stands in a URL for a user or a password. `None` for what neither has: control characters, or what is
/// no text.
fn decoded(text: &str) -> Option<String> {
    // As a form has it, but for what only stands for something else in a form.
    let form = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let (_, decoded) = url::form_urlencoded::parse(form.as_bytes()).next()?;
    let is_text = !decoded.contains(|c| char::is_control(c) || c == char::REPLACEMENT_CHARACTER);
    is_text.then(|| decoded.into_owned())
}

/// As it may be shown.
impl From<MailUrl> for String {
    fn from(url: MailUrl) -> Self {
        match url.0 {
            Post::Folder(folder) => format!("file://{}", folder.display()),
            Post::Server(server) => {
                let (scheme, query) = match server.tls {
                    MailTls::Implicit => ("smtps", ""),
                    MailTls::StartTls => ("smtp", ""),
                    MailTls::None => ("smtp", "?tls=none"),
                };
                let user = server.user.map(|user| {
                    let name = url::form_urlencoded::byte_serialize(user.name.as_bytes());
                    format!("{}:{MASK}@", name.collect::<String>().replace('+', "%20"))
                });
                let user = user.unwrap_or_default();
                let MailServer { host, port, .. } = server;
                let host = if host.contains(':') {
                    format!("[{host}]")
                } else {
                    host
                };
                format!("{scheme}://{user}{host}:{port}{query}")
            }
        }
    }
}

/// Whom mail is from: `address` or `Name <address>`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "`ADDRESS` or `NAME <ADDRESS>`")
)]
#[serde(try_from = "String", into = "String")]
pub struct Sender {
    /// The name that people see, and that texts call the application by.
    pub name: Option<String>,
    /// The address.
    pub email: Email,
}

impl Sender {
    /// The longest name, in characters.
    const MAX_NAME_LENGTH: usize = 100;

    /// What texts call the application: its name, or where it is at home.
    #[must_use]
    pub fn app(&self) -> &str {
        self.name.as_deref().unwrap_or(self.email.domain())
    }
}

impl TryFrom<String> for Sender {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "must be an address, or as in: Example <login@example.com>";
        if text.contains(char::is_control) {
            return Err(wrong);
        }
        let text = text.trim();
        let (name, email) = match text
            .strip_suffix('>')
            .and_then(|text| text.rsplit_once('<'))
        {
            Some((name, email)) => (name.trim().trim_matches('"'), email),
            None => ("", text),
        };
        if name.chars().count() > Self::MAX_NAME_LENGTH {
            return Err("must have a name of at most 100 characters");
        }
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            email: Email::parse(email).map_err(|_| wrong)?,
        })
    }
}

impl From<Sender> for String {
    fn from(sender: Sender) -> Self {
        match sender.name {
            Some(name) => format!("{name} <{}>", sender.email.as_str()),
            None => sender.email.as_str().to_owned(),
        }
    }
}

/// Section `admin`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "check_admin"))]
pub struct Admin {
    /// The address of a superuser who is made at a start that finds none at all. Needed with `admin.password`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(example = "admin@example.com", title = "e-mail address")
    )]
    pub email: Option<String>,
    /// The password of that superuser: better from `ADMIN_PASSWORD_FILE` than from a file of settings.
    #[serde(
        serialize_with = "mask_secret",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", example = "…", title = "password")
    )]
    pub password: Option<SecretString>,
}

/// Section `audit`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// How long security events are kept in the database.
    #[validate(range(min = 1, max = 36_500))]
    pub retention_days: u32,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            retention_days: 365,
        }
    }
}

impl Audit {
    /// How long events are kept.
    #[must_use]
    pub fn retention(&self) -> TimeDelta {
        TimeDelta::days(self.retention_days.into())
    }
}

/// Section `log`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`; also by module: `info,countersign::store=debug`.
    #[validate(custom(function = "check_level"))]
    #[cfg_attr(test, schemars(title = "level"))]
    pub level: String,
    /// The form of lines on standard output. Files have JSON.
    pub format: LogFormat,
    /// Whether lines go to standard output.
    pub stdout: bool,
    /// The folder of the daily log files; empty for none.
    #[cfg_attr(test, schemars(title = "path"))]
    pub directory: PathBuf,
    /// The most daily log files kept.
    #[validate(range(min = 1, max = 10_000))]
    pub max_files: usize,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: LogFormat::Auto,
            stdout: true,
            directory: "logs".into(),
            max_files: 14,
        }
    }
}

/// Section `metrics`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Whether `/metrics` is served, for Prometheus.
    pub enabled: bool,
    /// An address and port of its own for `/metrics`, which then is served nowhere else. Port 0 takes a free one.
    /// Without it: with everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "127.0.0.1:9464", title = "address and port"))]
    pub listen: Option<SocketAddr>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: None,
        }
    }
}

impl Metrics {
    /// Whether `/metrics` is served among everything else.
    #[must_use]
    pub fn on_main(&self) -> bool {
        self.enabled && self.listen.is_none()
    }

    /// Where `/metrics` is served by itself, if it is.
    #[must_use]
    pub fn own_listener(&self) -> Option<SocketAddr> {
        self.listen.filter(|_| self.enabled)
    }
}

/// Section `telemetry`.
#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// The collector that traces are sent to, by OTLP over HTTP. Without it, none are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(example = "http://127.0.0.1:4318"))]
    pub otlp_endpoint: Option<CollectorUrl>,
    /// The share sent of traces, except of those that a trusted proxy decided about.
    #[validate(custom(function = "check_ratio"))]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub trace_ratio: f64,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            trace_ratio: 1.0,
        }
    }
}

/// The address of a collector: `http`, since it stands beside the service or in its network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "`http://` address")
)]
#[serde(try_from = "String")]
pub struct CollectorUrl(String);

impl CollectorUrl {
    /// Where traces are sent to.
    #[must_use]
    pub fn traces(&self) -> String {
        format!("{}/v1/traces", self.0)
    }
}

impl TryFrom<String> for CollectorUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "must be an http:// address without user, query and fragment";
        let PublicUrl(url) = PublicUrl::try_from(text).map_err(|_| wrong)?;
        if url.starts_with("http:") {
            Ok(Self(url))
        } else {
            Err(wrong)
        }
    }
}

/// The form of a line on standard output; files always have JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum LogFormat {
    /// `pretty` on a terminal, `json` everywhere else.
    Auto,
    /// One JSON object a line.
    Json,
    /// For reading.
    Pretty,
}

/// Reads an enumeration from its words, so that an error can list them.
macro_rules! words {
    ($name:ident: $($word:literal => $variant:ident),+) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                match text.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(concat!("must be one of", $(" ", $word),+)),
                }
            }
        }
    };
}

words!(Environment: "dev" => Dev, "test" => Test, "prod" => Prod);
words!(Synchronous: "full" => Full, "normal" => Normal);
words!(OnUnavailable: "allow" => Allow, "reject" => Reject);
words!(LimitStore: "local" => Local, "database" => Database);
words!(LogFormat: "auto" => Auto, "json" => Json, "pretty" => Pretty);

/// Why the configuration can't be used: one line that names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named is not there or can't be read.
    #[error("configuration file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What reading it gave.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("configuration file {path}: line {line} is no TOML")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The file `.env` can't be read.
    #[error("file .env: {0}")]
    DotEnv(&'static str),
    /// Two environment variables set one key.
    #[error("configuration key {key}: set by both {} and {}", variables[0], variables[1])]
    Twice {
        /// Dotted path of the key.
        key: String,
        /// The variables.
        variables: [String; 2],
    },
    /// The file that an environment variable names can't be read.
    #[error("environment variable {variable}: can't read the file it names: {source}")]
    SecretFile {
        /// The variable.
        variable: String,
        /// What reading it gave.
        source: std::io::Error,
    },
    /// A key is unknown, or its value of the wrong type.
    #[error("configuration key {key}: {reason}")]
    Key {
        /// Dotted path of the key.
        key: String,
        /// What is wrong.
        reason: String,
    },
}

impl Config {
    /// Reads the configuration of this process: `.env`, the environment, and `file` or, where none is
    /// named, `config.toml` if there is one.
    ///
    /// # Errors
    /// One line naming the file, variable or key that is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is where configuration is read"
        )]
        let process = std::env::vars_os();
        let mut variables = dot_env(Path::new(".env"))?;
        variables.extend(process.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }));
        Self::from_sources(file, &variables)
    }

    /// Reads the configuration from a file and the given environment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_sources(
        file: Option<&Path>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut builder = config::Config::builder();
        let path = file.unwrap_or_else(|| Path::new(DEFAULT_FILE));
        match std::fs::read_to_string(path) {
            Ok(text) => {
                check_syntax(path, &text)?;
                builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
            }
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(ConfigError::File {
                    path: path.to_owned(),
                    source,
                });
            }
        }
        let overrides = overrides(variables)?;
        let defaults = toml::Value::try_from(Self::default()).ok();
        for (key, set) in &overrides {
            let value = if defaults.as_ref().is_some_and(|known| is_list(known, key)) {
                elements(&set.text).into()
            } else {
                config::Value::from(set.text.as_str())
            };
            builder = builder
                .set_override(key, value)
                .map_err(|error| ConfigError::Key {
                    key: named(key, &overrides),
                    reason: one_line(&error),
                })?;
        }
        let merged = builder.build().map_err(|error| ConfigError::Key {
            key: "?".into(),
            reason: one_line(&error),
        })?;
        let config: Self =
            serde_path_to_error::deserialize(merged).map_err(|error| ConfigError::Key {
                key: named(&error.path().to_string(), &overrides),
                reason: one_line(error.inner()),
            })?;
        config.validate().map_err(|errors| {
            let (key, reason) = first_finding(&errors);
            ConfigError::Key {
                key: named(&key, &overrides),
                reason,
            }
        })?;
        Ok(config)
    }

    /// Whether migrations run at the start.
    #[must_use]
    pub fn auto_migrate(&self) -> bool {
        self.database
            .auto_migrate
            .unwrap_or(self.environment != Environment::Prod)
    }

    /// Whether new passwords are looked up among the leaked ones.
    #[must_use]
    pub fn looks_up_leaked_passwords(&self) -> bool {
        self.pwned_passwords
            .enabled
            .unwrap_or(self.environment == Environment::Prod)
    }

    /// Where the uses of client addresses are counted.
    #[must_use]
    pub fn limit_store(&self) -> LimitStore {
        self.rate_limit.store.unwrap_or({
            if self.database.is_sqlite() {
                // There is one instance, and each count would be a commit.
                LimitStore::Local
            } else {
                LimitStore::Database
            }
        })
    }

    /// The effective values as TOML, secrets masked.
    ///
    /// # Errors
    /// Never for a configuration that was read; the serializer's type asks for it.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

/// The variables in a `.env` file, if there is one here.
fn dot_env(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    // The parser's own errors repeat the line, which may hold a secret.
    dotenvy::from_path_iter(path)
        .map_err(|_| ConfigError::DotEnv("can't be read"))?
        .collect::<Result<_, _>>()
        .map_err(|_| ConfigError::DotEnv("has a line that is not NAME=value"))
}

/// What an environment variable says of a key.
struct Override {
    variable: String,
    text: String,
}

/// The keys that `variables` set.
fn overrides(
    variables: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Override>, ConfigError> {
    let mut found = BTreeMap::<String, Override>::new();
    for (variable, text) in variables {
        let is_own = |key: String| FILE_KEYS.contains(&key.as_str());
        let name = variable
            .strip_suffix(FILE_SUFFIX)
            .filter(|_| !key_of(variable).is_some_and(is_own))
            .unwrap_or(variable);
        let Some(key) = key_of(name) else { continue };
        let text = if name == variable {
            text.clone()
        } else {
            let text = std::fs::read_to_string(text).map_err(|source| ConfigError::SecretFile {
                variable: variable.clone(),
                source,
            })?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        };
        let variable = variable.clone();
        if let Some(other) = found.get(&key) {
            return Err(ConfigError::Twice {
                key,
                variables: [other.variable.clone(), variable],
            });
        }
        found.insert(key, Override { variable, text });
    }
    Ok(found)
}

/// Whether a key has a list for its value.
fn is_list(defaults: &toml::Value, key: &str) -> bool {
    key.split('.')
        .try_fold(defaults, |value, part| value.get(part))
        .is_some_and(toml::Value::is_array)
}

/// The elements of a list in an environment variable: `a,b`.
fn elements(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|element| !element.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A key with the variable that set it, where one did. An element of a list is set by the list's.
fn named(key: &str, overrides: &BTreeMap<String, Override>) -> String {
    let list = key.split_once('[').map_or(key, |(list, _)| list);
    match overrides.get(list) {
        Some(set) => format!("{key} (environment variable {})", set.variable),
        None => key.to_owned(),
    }
}

/// Parses a file for its errors alone. Only the place is told: the line may hold a secret.
fn check_syntax(path: &Path, text: &str) -> Result<(), ConfigError> {
    let Err(error) = text.parse::<toml::Table>() else {
        return Ok(());
    };
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    Err(ConfigError::Syntax {
        path: path.to_owned(),
        line,
    })
}

/// The key that an environment variable of this name sets, if it is one of ours.
fn key_of(name: &str) -> Option<String> {
    if let Some(path) = name.strip_prefix(PREFIX) {
        return Some(path.replace("__", ".").to_lowercase());
    }
    SHORT_NAMES
        .iter()
        .find(|(short, _)| *short == name)
        .map(|(_, key)| (*key).to_owned())
}

/// Reads paths of private keys. The content of a file, put there by mistake, must not be repeated by any
/// message, so it is known before anybody takes it for a path.
fn key_paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let is_path = |text: &String| {
        !text.is_empty() && !text.contains(char::is_control) && !text.contains("-----BEGIN")
    };
    Vec::<String>::deserialize(deserializer)
        .ok()
        .filter(|keys| keys.iter().all(is_path))
        .ok_or_else(|| D::Error::custom("must be a list of paths of PEM files, not their content"))
}

fn check_password_lengths(password: &Password) -> Result<(), ValidationError> {
    if password.min_length <= password.max_length {
        return Ok(());
    }
    let mut error =
        ValidationError::new("order").with_message("must not be greater than max_length".into());
    error.add_param("field".into(), &"min_length");
    Err(error)
}

/// A lookup that outlasts its request would stop registrations instead of being given up.
fn check_lookup(config: &Config) -> Result<(), ValidationError> {
    let lookup = config.pwned_passwords.timeout_seconds;
    if !config.looks_up_leaked_passwords() || lookup < config.server.timeout_seconds {
        return Ok(());
    }
    let message = "must be less than server.timeout_seconds";
    let mut error = ValidationError::new("order").with_message(message.into());
    error.add_param("field".into(), &"pwned_passwords.timeout_seconds");
    Err(error)
}

fn check_delays(limits: &RateLimit) -> Result<(), ValidationError> {
    let ordered = |lesser: (&'static str, u32), greater: (&'static str, u32)| {
        if lesser.1 <= greater.1 {
            return Ok(());
        }
        let message = format!("must not be greater than {}", greater.0);
        let mut error = ValidationError::new("order").with_message(message.into());
        error.add_param("field".into(), &lesser.0);
        Err(error)
    };
    let account = [
        (
            "account_first_delay_seconds",
            limits.account_first_delay_seconds,
        ),
        (
            "account_max_delay_seconds",
            limits.account_max_delay_seconds,
        ),
        (
            "account_forget_after_seconds",
            limits.account_forget_after_seconds,
        ),
    ];
    let mailbox = [
        (
            "mailbox_first_delay_seconds",
            limits.mailbox_first_delay_seconds,
        ),
        (
            "mailbox_max_delay_seconds",
            limits.mailbox_max_delay_seconds,
        ),
        (
            "mailbox_forget_after_seconds",
            limits.mailbox_forget_after_seconds,
        ),
    ];
    for [first, max, forget] in [account, mailbox] {
        ordered(first, max)?;
        ordered(max, forget)?;
    }
    Ok(())
}

/// A sender that nobody chose would have every mail refused, somewhere on its way.
fn check_sender(config: &Config) -> Result<(), ValidationError> {
    let is_smtp = matches!(config.mail.url.0, Post::Server(_));
    if !is_smtp || config.mail.from.is_some() {
        return Ok(());
    }
    let mut error =
        ValidationError::new("sender").with_message("is needed with a mail server".into());
    error.add_param("field".into(), &"mail.from");
    Err(error)
}

/// A word alone is a level. The filter itself would take a misspelt one for the name of a module, and log
/// nothing.
fn check_level(level: &str) -> Result<(), ValidationError> {
    let is_level = |word: &str| {
        ["off", "error", "warn", "info", "debug", "trace"]
            .iter()
            .any(|level| word.eq_ignore_ascii_case(level))
    };
    let is_known = level.split(',').map(str::trim).all(|directive| {
        let word = directive
            .rsplit_once('=')
            .map_or(directive, |(_, word)| word);
        is_level(word)
    });
    if is_known {
        return Ok(());
    }
    Err(ValidationError::new("level").with_message(
        "must be off, error, warn, info, debug or trace, also by module as in info,countersign=debug"
            .into(),
    ))
}

/// A range would let through what is no number.
fn check_ratio(ratio: f64) -> Result<(), ValidationError> {
    if (0.0..=1.0).contains(&ratio) {
        return Ok(());
    }
    Err(ValidationError::new("ratio").with_message("must be between 0 and 1".into()))
}

fn check_admin(admin: &Admin) -> Result<(), ValidationError> {
    let blame = |field: &'static str, message: String| {
        let mut error = ValidationError::new("admin").with_message(message.into());
        error.add_param("field".into(), &field);
        Err(error)
    };
    match (&admin.email, &admin.password) {
        (Some(email), Some(_)) => match Email::parse(email) {
            Ok(_) => Ok(()),
            Err(error) => blame("email", error.to_string()),
        },
        (None, Some(_)) => blame("email", "is needed with admin.password".to_owned()),
        (Some(_), None) => blame("password", "is needed with admin.email".to_owned()),
        (None, None) => Ok(()),
    }
}

/// The first thing that is out of range, as key and reason.
fn first_finding(errors: &ValidationErrors) -> (String, String) {
    let mut kinds: Vec<_> = errors.errors().iter().collect();
    kinds.sort_by(|a, b| a.0.cmp(b.0));
    for (field, kind) in kinds {
        match kind {
            ValidationErrorsKind::Struct(inner) => {
                let (key, reason) = first_finding(inner);
                return (format!("{field}.{key}"), reason);
            }
            ValidationErrorsKind::Field(found) => {
                if let Some(error) = found.first() {
                    let key = error
                        .params
                        .get("field")
                        .and_then(|field| field.as_str())
                        .unwrap_or(field);
                    return (key.to_owned(), reason(error));
                }
            }
            ValidationErrorsKind::List(_) => {}
        }
    }
    ("?".into(), "is not valid".into())
}

fn reason(error: &ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let unit = if error.code == "length" {
        " characters"
    } else {
        ""
    };
    match (error.params.get("min"), error.params.get("max")) {
        (Some(min), Some(max)) => format!("must be between {min} and {max}{unit}"),
        (None, Some(max)) => format!("must be at most {max}{unit}"),
        (Some(min), None) => format!("must be at least {min}{unit}"),
        (None, None) => "is not valid".into(),
    }
}

fn one_line(error: &impl std::fmt::Display) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

const MASK: &str = "***";

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn mask_secret<S: Serializer>(_: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(MASK)
}

fn mask_url<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&without_password(url.expose_secret()))
}

/// A database URL that may be shown: without its password, wherever it has one.
fn without_password(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return MASK.to_owned();
    };
    if parsed.password().is_some() && parsed.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    if parsed.query_pairs().any(|(name, _)| name == "password") {
        let pairs: Vec<(String, String)> = parsed
            .query_pairs()
            .map(|(name, value)| {
                let value = if name == "password" {
                    MASK.into()
                } else {
                    value
                };
                (name.into_owned(), value.into_owned())
            })
            .collect();
        parsed.query_pairs_mut().clear().extend_pairs(pairs);
    }
    parsed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_env(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::from_sources(Some(Path::new("/dev/null")), &variables)
    }

    fn from_toml(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::from_sources(Some(file.path()), &variables)
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let config = from_env(&[]).unwrap();
        assert_eq!(config.environment, Environment::Dev);
        assert_eq!(config.server.listen, "127.0.0.1:8000".parse().unwrap());
        assert_eq!(config.tokens.access_ttl_seconds, 1800);
        assert_eq!(config.password.memory_kib, 19_456);
        assert!(config.auto_migrate());
    }

    #[test]
    fn the_shipped_file_changes_nothing_and_what_is_commented_in_it_can_be_set() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
        let shipped = Config::from_sources(Some(&path), &BTreeMap::new()).unwrap();
        assert_eq!(
            shipped.to_toml().unwrap(),
            Config::default().to_toml().unwrap()
        );

        let is_key = |line: &&str| {
            line.split_once(" = ").is_some_and(|(key, _)| {
                key.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            })
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(is_key).unwrap_or(line));
        let everything = from_toml(&lines.collect::<Vec<_>>().join("\n"), &[]).unwrap();
        assert!(everything.telemetry.otlp_endpoint.is_some());
        assert_eq!(everything.breaker.smtp.failure_threshold, Some(5));
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let text = "[server]\ntimeout_seconds = 5\nshutdown_seconds = 6\n";
        let config = from_toml(text, &[("TIMEOUT_SECONDS", "7")]).unwrap();
        assert_eq!(config.server.timeout_seconds, 7);
        assert_eq!(config.server.shutdown_seconds, 6);
        assert_eq!(config.server.body_limit_bytes, 65_536);
    }

    #[test]
    fn any_key_can_be_set_by_an_environment_variable() {
        let config = from_env(&[
            ("COUNTERSIGN__SERVER__LISTEN", "0.0.0.0:9000"),
            ("COUNTERSIGN__TOKENS__REFRESH_ROTATION", "false"),
            ("ENVIRONMENT", "prod"),
            ("JWT_SECRET_KEY", "12345678901234567890123456789012"),
        ])
        .unwrap();
        assert_eq!(config.server.listen.port(), 9000);
        assert!(!config.tokens.refresh_rotation);
        assert!(!config.auto_migrate());
        let secret = config.tokens.secret.unwrap();
        assert_eq!(secret.expose_secret(), "12345678901234567890123456789012");
    }

    #[test]
    fn a_list_has_commas_in_an_environment_variable() {
        let keys = |text: &str| {
            let config = from_env(&[("COUNTERSIGN__TOKENS__KEYS", text)]);
            config.unwrap().tokens.keys
        };
        assert_eq!(keys("a.pem"), ["a.pem"]);
        assert_eq!(keys("new.pem, HS256"), ["new.pem", "HS256"]);
        assert_eq!(keys("a.pem,"), ["a.pem"]);
        assert!(keys("").is_empty());
        let text = "[tokens]\nkeys = [\"file.pem\", \"a,b.pem\"]\n";
        let listed = from_toml(text, &[]).unwrap().tokens.keys;
        assert_eq!(listed, ["file.pem", "a,b.pem"]);
        let overridden = from_toml(text, &[("COUNTERSIGN__TOKENS__KEYS", "")]).unwrap();
        assert!(overridden.tokens.keys.is_empty());
    }

    #[test]
    fn the_public_address_is_configured_or_the_one_listened_on() {
        let public_url = |variables: &[(&str, &str)]| {
            let server = from_env(variables).unwrap().server;
            server.public_url(server.listen)
        };
        for (listen, url) in [
            ("127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:8000", "http://[::1]:8000"),
        ] {
            let listen = ("COUNTERSIGN__SERVER__LISTEN", listen);
            assert_eq!(public_url(&[listen]), url);
        }
        for (given, url) in [
            ("https://login.example.com", "https://login.example.com"),
            ("https://example.com/auth/", "https://example.com/auth"),
            ("HTTP://Example.com:8080//", "http://example.com:8080"),
        ] {
            let given = ("COUNTERSIGN__SERVER__PUBLIC_URL", given);
            assert_eq!(public_url(&[given]), url);
        }
        for wrong in [
            "",
            "example.com",
            "ftp://example.com",
            "https://ada:sentinel@example.com",
            "https://example.com/?sentinel",
            "https://example.com/#sentinel",
            "https://",
        ] {
            let given = ("COUNTERSIGN__SERVER__PUBLIC_URL", wrong);
            let message = from_env(&[given]).unwrap_err().to_string();
            assert!(message.contains("server.public_url"), "{message}");
            assert!(!message.contains("sentinel"), "{message}");
        }
    }

    #[test]
    fn client_addresses_are_counted_where_instances_can_share_it_unless_said_otherwise() {
        let postgres = ("DATABASE_URL", "postgres://localhost/countersign");
        for (variables, store) in [
            (vec![], LimitStore::Local),
            (vec![postgres], LimitStore::Database),
            (
                vec![postgres, ("COUNTERSIGN__RATE_LIMIT__STORE", "local")],
                LimitStore::Local,
            ),
            (
                vec![("COUNTERSIGN__RATE_LIMIT__STORE", "database")],
                LimitStore::Database,
            ),
        ] {
            assert_eq!(from_env(&variables).unwrap().limit_store(), store);
        }
        let message = from_env(&[("COUNTERSIGN__RATE_LIMIT__STORE", "redis")]).unwrap_err();
        let message = message.to_string();
        assert!(message.contains("rate_limit.store"), "{message}");
        assert!(message.contains("local database"), "{message}");
    }

    #[test]
    fn trusted_proxies_are_networks_or_single_addresses() {
        let read = |text: &str| {
            from_env(&[("COUNTERSIGN__SERVER__TRUSTED_PROXIES", text)])
                .map(|config| config.server.trusted_proxies())
        };
        let networks: Vec<String> =
            read("10.0.0.0/8, fd00::/8,192.0.2.1,::1,::ffff:192.0.2.2,::ffff:10.0.0.0/104,::/0")
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect();
        let expected = [
            "10.0.0.0/8",
            "fd00::/8",
            "192.0.2.1/32",
            "::1/128",
            "192.0.2.2/32",
            "10.0.0.0/8",
            "::/0",
        ];
        assert_eq!(networks, expected);
        for wrong in [
            "proxy",
            "10.0.0.0/33",
            "10.1.2.3/8",
            "10.0.0.0/8/8",
            "::1%lo",
        ] {
            let message = read(wrong).unwrap_err().to_string();
            assert!(message.contains("server.trusted_proxies"), "{message}");
        }
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        let read = |text: &str| from_env(&[("COUNTERSIGN__SERVER__CORS_ORIGINS", text)]);
        for good in [
            "",
            "*",
            "https://app.example.com",
            "https://app.example.com,http://localhost:3000,http://[::1]:81,http://127.0.0.1",
        ] {
            assert!(read(good).is_ok(), "{good}");
        }
        for wrong in [
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/x",
            "https://APP.example.com",
            "https://app.example.com:443",
            "https://*.example.com",
            "null",
            "file:///x",
            "*,https://app.example.com",
        ] {
            let message = read(wrong).unwrap_err().to_string();
            assert!(
                message.contains("server.cors_origins"),
                "{wrong}: {message}"
            );
        }
    }

    #[test]
    fn a_collector_has_an_http_address_that_holds_nothing_else() {
        let collector = |url: &str| {
            let config = from_env(&[("COUNTERSIGN__TELEMETRY__OTLP_ENDPOINT", url)])?;
            Ok::<_, ConfigError>(config.telemetry.otlp_endpoint.unwrap().traces())
        };
        for url in ["http://collector:4318", "http://collector:4318/"] {
            assert_eq!(collector(url).unwrap(), "http://collector:4318/v1/traces");
        }
        for wrong in [
            "",
            "collector:4318",
            "https://collector:4318",
            "http://ada:sentinel@collector:4318",
            "http://collector:4318?key=sentinel",
        ] {
            let message = collector(wrong).unwrap_err().to_string();
            assert!(message.contains("telemetry.otlp_endpoint"), "{message}");
            assert!(!message.contains("sentinel"), "{message}");
        }
        for ratio in ["-0.1", "1.1", "NaN", "much"] {
            let refused = from_env(&[("COUNTERSIGN__TELEMETRY__TRACE_RATIO", ratio)]);
            let message = refused.unwrap_err().to_string();
            assert!(message.contains("telemetry.trace_ratio"), "{message}");
        }
    }

    #[test]
    fn a_secret_can_come_from_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from the file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let config = from_env(&[("JWT_SECRET_KEY_FILE", path)]).unwrap();
        assert_eq!(
            config.tokens.secret.unwrap().expose_secret(),
            "from the file"
        );

        let missing = from_env(&[("JWT_SECRET_KEY_FILE", "/nowhere/secret")]).unwrap_err();
        assert!(
            missing.to_string().contains("JWT_SECRET_KEY_FILE"),
            "{missing}"
        );
    }

    #[test]
    fn wrong_keys_and_values_are_named_in_one_line() {
        let cases: [(Result<Config, ConfigError>, &[&str]); 12] = [
            (
                from_env(&[
                    ("ENVIRONMENT", "prod"),
                    ("TIMEOUT_SECONDS", "5"),
                    ("COUNTERSIGN__PWNED_PASSWORDS__TIMEOUT_SECONDS", "5"),
                ]),
                &["pwned_passwords.timeout_seconds", "server.timeout_seconds"],
            ),
            (
                from_toml("[server]\nport = 1", &[]),
                &["server.port", "unknown field"],
            ),
            (
                from_toml("[sever]\nport = 1", &[]),
                &["sever", "unknown field"],
            ),
            (from_toml("[server\n", &[]), &["configuration file"]),
            (
                from_env(&[("COUNTERSIGN__SERVER__TIMEOUT_SECONDS", "soon")]),
                &[
                    "server.timeout_seconds",
                    "COUNTERSIGN__SERVER__TIMEOUT_SECONDS",
                ],
            ),
            (
                from_env(&[("TIMEOUT_SECONDS", "0")]),
                &["server.timeout_seconds", "between 1 and 3600"],
            ),
            (
                from_env(&[("ENVIRONMENT", "production")]),
                &["ENVIRONMENT", "must be one of dev test prod"],
            ),
            (
                from_env(&[("COUNTERSIGN__SERVER__LISTEN", "8000")]),
                &["server.listen"],
            ),
            (
                from_env(&[
                    ("COUNTERSIGN__PASSWORD__MIN_LENGTH", "100"),
                    ("COUNTERSIGN__PASSWORD__MAX_LENGTH", "64"),
                ]),
                &["password.min_length", "max_length"],
            ),
            (
                from_env(&[
                    ("COUNTERSIGN__RATE_LIMIT__ACCOUNT_FIRST_DELAY_SECONDS", "3"),
                    ("COUNTERSIGN__RATE_LIMIT__ACCOUNT_MAX_DELAY_SECONDS", "2"),
                ]),
                &[
                    "rate_limit.account_first_delay_seconds",
                    "account_max_delay_seconds",
                ],
            ),
            (
                from_env(&[(
                    "COUNTERSIGN__RATE_LIMIT__ACCOUNT_FORGET_AFTER_SECONDS",
                    "899",
                )]),
                &[
                    "rate_limit.account_max_delay_seconds",
                    "account_forget_after_seconds",
                ],
            ),
            (
                from_env(&[("COUNTERSIGN__RATE_LIMIT__ADDRESS_ATTEMPTS_PER_MINUTE", "0")]),
                &[
                    "rate_limit.address_attempts_per_minute",
                    "must be between 1 and 1000000",
                ],
            ),
        ];
        for (result, parts) in cases {
            let message = result.unwrap_err().to_string();
            assert!(!message.contains('\n'), "{message}");
            for part in parts {
                assert!(message.contains(part), "{message:?} has no {part:?}");
            }
        }
    }

    #[test]
    fn a_misspelt_log_level_is_an_error_and_not_the_name_of_a_module() {
        for level in [
            "info",
            "WARN",
            "off",
            "info,countersign::store=debug",
            "info, sqlx=off",
        ] {
            assert!(
                from_env(&[("COUNTERSIGN__LOG__LEVEL", level)]).is_ok(),
                "{level}"
            );
        }
        for level in ["", "loud", "info,loud", "info,countersign=verbose", "info,"] {
            let refused = from_env(&[("COUNTERSIGN__LOG__LEVEL", level)]);
            let message = refused.unwrap_err().to_string();
            assert!(message.contains("log.level"), "{level}: {message}");
        }
    }

    #[test]
    fn a_named_file_that_is_not_there_is_an_error() {
        let error = Config::from_sources(Some(Path::new("/nowhere.toml")), &BTreeMap::new());
        assert!(error.unwrap_err().to_string().contains("/nowhere.toml"));
    }

    #[test]
    fn shown_values_have_no_secrets() {
        for (url, shown) in [
            (
                "postgres://app:sentinel@db/auth",
                "postgres://app:***@db/auth",
            ),
            (
                "postgres://db/auth?user=app&password=sentinel",
                "postgres://db/auth?user=app&password=***",
            ),
            (
                "sqlite://data/countersign.db",
                "sqlite://data/countersign.db",
            ),
            ("sentinel", "***"),
        ] {
            let config =
                from_env(&[("JWT_SECRET_KEY", "sentinel"), ("DATABASE_URL", url)]).unwrap();
            let toml = config.to_toml().unwrap();
            for text in [&toml, &format!("{config:?}")] {
                assert!(!text.contains("sentinel"), "{text}");
            }
            assert!(toml.contains(&format!("url = \"{shown}\"")), "{toml}");
        }
    }

    #[test]
    fn errors_repeat_no_secrets() {
        for text in [
            "[tokens]\nsecret = \"sentinel\n",
            "[tokens]\nsecret = sentinel",
            "[tokens]\nsecret = [\"sentinel\"]",
            "[tokens]\nkeys = \"-----BEGIN PRIVATE KEY-----sentinel\"",
            "[tokens]\nkeys = [\"-----BEGIN PRIVATE KEY-----sentinel\"]",
            "[tokens]\nkeys = [\"x.pem\", \"sentinel\\nsentinel\"]",
            "[tokens]\nkeys = [\"\", \"sentinel\"]",
        ] {
            let message = from_toml(text, &[]).unwrap_err().to_string();
            assert!(!message.contains("sentinel"), "{message}");
        }
        // Not the file of a key, but one that lists the files of keys.
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "-----BEGIN PRIVATE KEY-----\nsentinel\n").unwrap();
        let path = file.path().to_str().unwrap();
        let message = from_env(&[("COUNTERSIGN__TOKENS__KEYS_FILE", path)]);
        let message = message.unwrap_err().to_string();
        assert!(
            message.contains("COUNTERSIGN__TOKENS__KEYS_FILE"),
            "{message}"
        );
        assert!(
            !message.contains("sentinel") && !message.contains('\n'),
            "{message}"
        );
        let syntax = from_toml("[tokens]\nsecret = \"sentinel\n", &[]).unwrap_err();
        assert!(syntax.to_string().contains("line 2"), "{syntax}");
    }

    fn mail(url: &str) -> Result<Config, ConfigError> {
        let from = ("COUNTERSIGN__MAIL__FROM", "login@example.com");
        from_env(&[("COUNTERSIGN__MAIL__URL", url), from])
    }

    fn server(url: &str) -> MailServer {
        match mail(url).unwrap().mail.post() {
            Post::Server(server) => server.clone(),
            Post::Folder(folder) => panic!("{url} is the folder {}", folder.display()),
        }
    }

    #[test]
    fn mail_goes_into_a_folder_or_to_a_server() {
        let folder = |url: &str| match mail(url).unwrap().mail.post() {
            Post::Folder(folder) => folder.clone(),
            Post::Server(server) => panic!("{url} is {server:?}"),
        };
        assert_eq!(folder("file://data/outbox"), Path::new("data/outbox"));
        assert_eq!(folder("file:///var/mail out"), Path::new("/var/mail out"));
        for (url, host, port, tls) in [
            (
                "smtps://mail.example.com",
                "mail.example.com",
                465,
                MailTls::Implicit,
            ),
            (
                "smtps://Mail.Example.com:99/",
                "mail.example.com",
                99,
                MailTls::Implicit,
            ),
            (
                "smtp://mail.example.com",
                "mail.example.com",
                587,
                MailTls::StartTls,
            ),
            (
                "smtp://b\u{fc}cher.example",
                "xn--bcher-kva.example",
                587,
                MailTls::StartTls,
            ),
            (
                "smtp://192.0.2.1:2525",
                "192.0.2.1",
                2525,
                MailTls::StartTls,
            ),
            (
                "smtp://[2001:db8::1]",
                "2001:db8::1",
                587,
                MailTls::StartTls,
            ),
            (
                "smtp://mail.example.com?tls=none",
                "mail.example.com",
                25,
                MailTls::None,
            ),
            ("smtp://LOCALHOST", "localhost", 25, MailTls::None),
            ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, MailTls::None),
            ("smtp://[::1]:1025", "::1", 1025, MailTls::None),
            (
                "smtp://ada:x@localhost",
                "localhost",
                587,
                MailTls::StartTls,
            ),
            ("smtps://localhost", "localhost", 465, MailTls::Implicit),
        ] {
            let server = server(url);
            assert_eq!(server.host, host, "{url}");
            assert_eq!(server.port, port, "{url}");
            assert_eq!(server.tls, tls, "{url}");
        }
    }

    #[test]
    fn a_mail_server_is_told_name_and_password_as_they_were_meant() {
        let user = |url: &str| {
            let user = server(url).user.unwrap();
            (user.name, user.password.expose_secret().to_owned())
        };
        for (url, name, password) in [
            ("smtps://ada:x@mail", "ada", "x"),
            (
                "smtps://ada%40example.com:a%3Ab%2F%3F%23@mail",
                "ada@example.com",
                "a:b/?#",
            ),
            ("smtps://ada:a+b&c=d;e%20f%25@mail", "ada", "a+b&c=d;e f%"),
            ("smtps://ada:p\u{e4}ss%C3%A4@mail", "ada", "p\u{e4}ss\u{e4}"),
            ("smtps://ada:a@b@mail", "ada", "a@b"),
        ] {
            assert_eq!(user(url), (name.into(), password.into()), "{url}");
        }
    }

    #[test]
    fn where_mail_can_not_go_is_refused_and_not_repeated() {
        for url in [
            "",
            "sentinel",
            "file://",
            "file://sentinel\n",
            "http://sentinel.example.com",
            "smtp:///sentinel",
            "smtp://:25",
            "smtp://sentinel.example.com:0",
            "smtp://sentinel.example.com:65536",
            "smtp://sentinel example.com",
            "smtp://mail\tsentinel",
            "smtp://mail/sentinel",
            "smtp://mail#sentinel",
            "smtp://mail?sentinel=none",
            "smtp://mail?tls=sentinel",
            "smtps://mail?tls=none",
            "smtps://sentinel@mail",
            "smtps://:sentinel@mail",
            "smtps://sentinel:@mail",
            "smtps://ada:sentinel%00@mail",
            "smtps://sentinel%0d%0a:x@mail",
            "smtps://ada:sentinel%ff@mail",
            "smtps://ada:senti/nel@mail",
            "smtp://ada:sentinel@mail?tls=none",
            "smtp://ada:sentinel@localhost?tls=none",
        ] {
            let message = mail(url).unwrap_err().to_string();
            assert!(message.contains("mail.url"), "{url}: {message}");
            assert!(!message.contains("sentinel"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
        for text in [
            "[mail]\nurl = [\"smtps://ada:sentinel@mail\"]",
            "[mail]\nurl = { password = \"sentinel\" }",
            "[mail]\nurl = \"smtps://ada:sentinel@mail\n",
            "[mail]\nurl = smtps://ada:sentinel@mail",
        ] {
            let message = from_toml(text, &[]).unwrap_err().to_string();
            assert!(!message.contains("sentinel"), "{message}");
        }
    }

    #[test]
    fn the_password_of_a_mail_server_is_never_shown() {
        for (url, shown) in [
            ("smtps://ada:sentinel@mail", "smtps://ada:***@mail:465"),
            (
                "smtp://a%40b%20c:sentinel@mail:99",
                "smtp://a%40b%20c:***@mail:99",
            ),
            ("smtp://mail?tls=none", "smtp://mail:25?tls=none"),
            ("smtp://[::1]:1025", "smtp://[::1]:1025?tls=none"),
            ("file://data/outbox", "file://data/outbox"),
        ] {
            let config = mail(url).unwrap();
            let toml = config.to_toml().unwrap();
            for text in [&toml, &format!("{config:?}")] {
                assert!(!text.contains("sentinel"), "{text}");
            }
            assert!(toml.contains(&format!("url = \"{shown}\"")), "{toml}");
            if !shown.contains(MASK) {
                let again = mail(shown).unwrap().to_toml().unwrap();
                assert!(again.contains(&format!("url = \"{shown}\"")), "{again}");
            }
        }
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let sender = |text: &str| {
            let config = from_env(&[("COUNTERSIGN__MAIL__FROM", text)])?;
            Ok::<_, ConfigError>(config.mail.sender())
        };
        for (text, name, app, shown) in [
            (
                "login@example.com",
                None,
                "example.com",
                "login@example.com",
            ),
            (
                " <login@example.com> ",
                None,
                "example.com",
                "login@example.com",
            ),
            (
                "M\u{fc}ller & Co. <login@example.com>",
                Some("M\u{fc}ller & Co."),
                "M\u{fc}ller & Co.",
                "M\u{fc}ller & Co. <login@example.com>",
            ),
            (
                "\"Example, Inc.\" <login@example.com>",
                Some("Example, Inc."),
                "Example, Inc.",
                "Example, Inc. <login@example.com>",
            ),
        ] {
            let sender = sender(text).unwrap();
            assert_eq!(sender.name.as_deref(), name, "{text}");
            assert_eq!(sender.email.as_str(), "login@example.com", "{text}");
            assert_eq!(sender.app(), app, "{text}");
            assert_eq!(String::from(sender), shown, "{text}");
        }
        for wrong in [
            "",
            "Example",
            "Example login@example.com",
            "<login@example.com",
            "Example <login@example.com> x",
            "a@example.com, b@example.com",
            "Example\r\nBcc: <login@example.com>",
            &format!("{} <login@example.com>", "x".repeat(101)),
        ] {
            let message = sender(wrong).unwrap_err().to_string();
            assert!(message.contains("mail.from"), "{wrong}: {message}");
        }
        let default = from_env(&[]).unwrap().mail.sender();
        assert_eq!(String::from(default), "Countersign <countersign@localhost>");
    }

    #[test]
    fn a_mail_server_needs_a_sender() {
        let url = ("COUNTERSIGN__MAIL__URL", "smtp://localhost");
        let message = from_env(&[url]).unwrap_err().to_string();
        assert!(message.contains("mail.from"), "{message}");
        assert!(!message.contains('\n'), "{message}");
        let from = ("COUNTERSIGN__MAIL__FROM", "login@example.com");
        assert!(from_env(&[url, from]).is_ok());
        assert!(from_env(&[("COUNTERSIGN__MAIL__URL", "file://data/outbox")]).is_ok());
    }

    #[test]
    fn domains_of_addresses_stand_for_those_below_them() {
        let admits = |allowed: &str, blocked: &str, email: &str| {
            let config = from_env(&[
                ("COUNTERSIGN__REGISTRATION__ALLOWED_EMAIL_DOMAINS", allowed),
                ("COUNTERSIGN__REGISTRATION__BLOCKED_EMAIL_DOMAINS", blocked),
            ]);
            let email = Email::parse(email).unwrap();
            config.unwrap().registration.admits(&email)
        };
        for (allowed, blocked, email, expected) in [
            ("", "", "ada@example.com", true),
            ("example.com", "", "ada@example.com", true),
            ("Example.com", "", "ada@MAIL.example.COM", true),
            ("example.com", "", "ada@notexample.com", false),
            ("example.com", "", "ada@example.com.evil.example", false),
            ("mail.example.com", "", "ada@example.com", false),
            ("a.example, b.example", "", "ada@b.example", true),
            ("", "example.com", "ada@example.com", false),
            ("", "example.com", "ada@mail.example.com", false),
            ("", "example.com", "ada@notexample.com", true),
            (
                "example.com",
                "mail.example.com",
                "ada@mail.example.com",
                false,
            ),
        ] {
            let admitted = admits(allowed, blocked, email);
            assert_eq!(admitted, expected, "{email} by {allowed:?}, {blocked:?}");
        }
        for wrong in [
            "@example.com",
            "*.example.com",
            ".example.com",
            "ada@example.com",
            "example.com.",
            "exam ple.com",
            "b\u{fc}cher.example",
        ] {
            let key = "COUNTERSIGN__REGISTRATION__BLOCKED_EMAIL_DOMAINS";
            let message = from_env(&[(key, wrong)]).unwrap_err().to_string();
            assert!(
                message.contains("registration.blocked_email_domains"),
                "{wrong}: {message}"
            );
        }
    }

    #[test]
    fn a_key_that_two_variables_set_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        for (first, second) in [
            (("JWT_SECRET_KEY", "x"), ("JWT_SECRET_KEY_FILE", path)),
            (("DATABASE_URL", "x"), ("COUNTERSIGN__DATABASE__URL", "y")),
        ] {
            let message = from_env(&[first, second]).unwrap_err().to_string();
            assert!(
                message.contains(first.0) && message.contains(second.0),
                "{message}"
            );
        }
    }

    #[test]
    fn a_dot_env_file_is_read_whole_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        assert!(dot_env(&path).unwrap().is_empty());
        std::fs::write(
            &path,
            "# comment\nTIMEOUT_SECONDS=7\nJWT_SECRET_KEY=\"a b\"\n",
        )
        .unwrap();
        let variables = dot_env(&path).unwrap();
        assert_eq!(variables["TIMEOUT_SECONDS"], "7");
        assert_eq!(variables["JWT_SECRET_KEY"], "a b");
        std::fs::write(&path, "JWT_SECRET_KEY='sentinel\n").unwrap();
        let message = dot_env(&path).unwrap_err().to_string();
        assert!(
            message.contains(".env") && !message.contains("sentinel"),
            "{message}"
        );
    }

    #[test]
    fn the_folder_of_an_sqlite_file_is_known() {
        let folder = |url: &str| {
            Database {
                url: url.into(),
                ..Database::default()
            }
            .sqlite_folder()
        };
        assert_eq!(folder("sqlite://data/countersign.db"), Some("data".into()));
        assert_eq!(
            folder("sqlite:///var/lib/c.db?mode=rwc"),
            Some("/var/lib".into())
        );
        assert_eq!(folder("sqlite::memory:"), None);
        assert_eq!(folder("postgres://localhost/x"), None);
    }
}
