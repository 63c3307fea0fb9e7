//! What is measured, in which order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use procfs::Current;
use sea_orm::{ConnectionTrait, Database};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::Failure;
use crate::floor;
use crate::http::{Ask, Client};
use crate::load::{Figures, Manners, Tally, closed, mib, once, open};
use crate::people::{Everyday, InTurn, LogsIn, Person, Refreshes, Registers, Same, login};
use crate::process::{Countersign, Server, free_address};
use crate::seed::{ADMINISTRATOR, email, fill, ids, name};

/// Of parallel clients, where nothing else is said.
const CLIENTS: usize = 32;
/// How often what is compared with bare hashes is measured, and these in between.
const ROUNDS: usize = 3;
/// How often `me` is asked while others log in.
pub(crate) const CALM_PER_SECOND: u32 = 50;
/// The ramp: logins offered in a second, as multiples of what the cores can hash.
const RAMP: [f64; 9] = [0.25, 0.5, 0.9, 1.5, 3.0, 1.5, 0.9, 0.5, 0.25];

#[derive(Args)]
pub(crate) struct Options {
    /// The program that is measured.
    #[arg(long)]
    binary: PathBuf,
    /// A PostgreSQL that databases may be made on; without one only SQLite is measured.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<String>,
    /// Where databases are kept from run to run.
    #[arg(long)]
    folder: PathBuf,
    /// Where the figures go.
    #[arg(long)]
    json: PathBuf,
    /// Accounts in the smaller and in the larger database.
    #[arg(long, default_values_t = [10_000, 1_000_000], num_args = 2)]
    accounts: Vec<u64>,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Measures only what has this in its name.
    #[arg(long, default_value = "")]
    only: String,
}

/// Everything that was measured in one run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) at: String,
    pub(crate) machine: Machine,
    pub(crate) binary_mib: f64,
    /// Hashes in a second on all cores, each time it was measured.
    pub(crate) hashes_per_second: Vec<f64>,
    pub(crate) syncs_per_second: f64,
    pub(crate) databases: Vec<OnDatabase>,
}

/// What it was measured on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
}

/// What was measured on one kind of database.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct OnDatabase {
    pub(crate) name: String,
    pub(crate) start_ms: f64,
    pub(crate) idle_mib: f64,
    pub(crate) floors: Vec<Named>,
    pub(crate) operations: Vec<Named>,
    pub(crate) logins: Vec<Named>,
    /// What a refused login costs the processor, in microseconds.
    pub(crate) refusal_cpu_us: f64,
    pub(crate) storms: Vec<Storm>,
    pub(crate) ramp: Vec<Named>,
    pub(crate) sizes: Vec<Sizes>,
    pub(crate) instances: Vec<Named>,
}

/// Some figures and what they are of.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Of parallel clients, or of requests that were due in a second.
    pub(crate) load: usize,
    /// What the machine could do at best at that time, in a second, where that is known.
    pub(crate) floor: Option<f64>,
    pub(crate) figures: Figures,
    /// Processor time of PostgreSQL for each answer, in microseconds.
    pub(crate) database_cpu_us: Option<f64>,
}

/// What some see while others log in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Storm {
    pub(crate) clients: usize,
    pub(crate) hashes_per_second: f64,
    pub(crate) logins: Figures,
    pub(crate) operation: String,
    pub(crate) calm: Figures,
}

/// The same operation in a small and in a large database: medians of one client's waits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sizes {
    pub(crate) operation: String,
    pub(crate) small_ms: f64,
    pub(crate) large_ms: f64,
}

/// Measures everything.
pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    std::fs::create_dir_all(&options.folder)?;
    // It is started from other folders.
    let folder = options.folder.canonicalize()?;
    let mut suite = Suite {
        binary: options.binary.canonicalize()?,
        folder,
        length: Duration::from_secs(options.seconds),
        only: options.only.clone(),
        hashes: Vec::new(),
    };
    let size = std::fs::metadata(&suite.binary)?.len();
    let syncs_per_second = floor::syncs(&suite.folder, suite.length)?;
    eprintln!("{syncs_per_second:.0} syncs/s");
    let mut databases = Vec::new();
    for kind in [
        Some(Kind::Sqlite),
        options.postgres.clone().map(Kind::Postgres),
    ] {
        let Some(kind) = kind else { continue };
        databases.push(suite.measure(&kind, &options.accounts).await?);
    }
    let results = Results {
        at: chrono::Utc::now().format("%Y-%m-%d").to_string(),
        machine: machine()?,
        binary_mib: mib(size),
        hashes_per_second: suite.hashes,
        syncs_per_second,
        databases,
    };
    std::fs::write(
        &options.json,
        serde_json::to_string_pretty(&results)? + "\n",
    )?;
    Ok(())
}

fn machine() -> Result<Machine, Failure> {
    let processor = procfs::CpuInfo::current()
        .ok()
        .and_then(|info| info.model_name(0).map(str::to_owned));
    Ok(Machine {
        processor: processor.unwrap_or_else(|| "unknown".to_owned()),
        cores: std::thread::available_parallelism()?.get(),
        system: std::fs::read_to_string("/proc/sys/kernel/osrelease")?
            .trim()
            .to_owned(),
    })
}

/// A kind of database.
#[derive(Clone, Debug)]
enum Kind {
    Sqlite,
    /// On the server with this URL.
    Postgres(String),
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

struct Suite {
    binary: PathBuf,
    folder: PathBuf,
    length: Duration,
    only: String,
    hashes: Vec<f64>,
}

/// Tokens of somebody who is logged in.
#[derive(Clone, Debug)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Suite {
    fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    fn hashes(&mut self) -> Result<f64, Failure> {
        let (per_second, _) = floor::hashes(self.length / 2)?;
        self.hashes.push(per_second);
        Ok(per_second)
    }

    async fn measure(&mut self, kind: &Kind, accounts: &[u64]) -> Result<OnDatabase, Failure> {
        eprintln!("{}", kind.name());
        let [small, large] = accounts else {
            return Err("two numbers of accounts are needed".into());
        };
        let (small, large) = (*small, *large);
        let in_small = self.database(kind, small).await?;
        let mut found = OnDatabase {
            name: kind.name().to_owned(),
            ..OnDatabase::default()
        };
        found.start_ms = median(&mut starts(&in_small).await?);
        let server = in_small.serve().await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        found.idle_mib = mib(server.usage()?.resident);
        eprintln!(
            "  start {:.0} ms, idle {:.1} MiB",
            found.start_ms, found.idle_mib
        );
        let people = log_in(&server, CLIENTS * 2).await?;
        if self.wants("operations") {
            let operations = self.operations(&in_small, &server, &people, small);
            (found.floors, found.operations) = operations.await?;
        }
        if self.wants("logins") {
            found.logins = self.logins(&server, small).await?;
        }
        if self.wants("storms") {
            found.storms = self.storms(&server, &people, small).await?;
        }
        if self.wants("ramp") {
            found.ramp = self.ramp(&server, small).await?;
        }
        server.kill().await?;
        if self.wants("refusals") {
            found.refusal_cpu_us = self.refusals(&in_small, small).await?;
        }
        if self.wants("sizes") {
            let in_large = self.database(kind, large).await?;
            found.sizes = self.sizes((&in_small, small), (&in_large, large)).await?;
        }
        if self.wants("instances") && matches!(kind, Kind::Postgres(_)) {
            found.instances = self.instances(&in_small, small).await?;
        }
        Ok(found)
    }

    /// Countersign on a database with so many accounts.
    async fn database(&self, kind: &Kind, accounts: u64) -> Result<Countersign, Failure> {
        let folder = self.folder.join(format!("{}-{accounts}", kind.name()));
        std::fs::create_dir_all(&folder)?;
        let database_url = match kind {
            Kind::Sqlite => format!("sqlite://{}/countersign.db", folder.display()),
            Kind::Postgres(server) => own_database(server, accounts).await?,
        };
        let secret = "bG9hZCBuZWVkcyBhIHNlY3JldCBhcyB3ZWxsLCBsb25nIGVub3VnaA";
        let countersign = Countersign {
            binary: self.binary.clone(),
            database_url,
            folder,
            settings: vec![("JWT_SECRET_KEY".to_owned(), secret.to_owned())],
        };
        fill(&countersign, accounts).await?;
        Ok(countersign)
    }

    /// What the machine can do at best, and what Countersign does, in several rounds: what the machine does beside
    /// comes and goes.
    async fn operations(
        &self,
        countersign: &Countersign,
        server: &Server,
        people: &[Tokens],
        accounts: u64,
    ) -> Result<(Vec<Named>, Vec<Named>), Failure> {
        let floor = self.floor(countersign).await?;
        let mut floors = self.at_best(countersign).await?;
        let mut operations = self.asked(server, people, accounts).await?;
        for _ in 0..ROUNDS {
            for (server, cases) in [(&floor, &mut floors), (server, &mut operations)] {
                for case in cases {
                    case.measure(server, self.length).await?;
                }
            }
        }
        let floors = floors.into_iter().map(|case| case.named(&floor));
        let floors = floors.collect::<Result<_, Failure>>()?;
        let operations = operations.into_iter().map(|case| case.named(server));
        let operations = operations.collect::<Result<_, Failure>>()?;
        floor.kill().await?;
        Ok((floors, operations))
    }

    /// Starts the floor on the same database.
    async fn floor(&self, countersign: &Countersign) -> Result<Server, Failure> {
        let address = free_address()?;
        let folder = countersign.folder.join("floor");
        std::fs::create_dir_all(&folder)?;
        let listen = address.to_string();
        let arguments = [
            "floor",
            "--listen",
            &listen,
            "--database-url",
            &countersign.database_url,
        ];
        let program = std::env::current_exe()?;
        Server::start(&program, &arguments, &[], &folder, address).await
    }

    /// What is asked of the floor.
    async fn at_best(&self, countersign: &Countersign) -> Result<Vec<Case>, Failure> {
        let rows = ids(&countersign.database_url, CLIENTS * 2).await?;
        let mut cases = Vec::new();
        for (name, path) in [
            ("bare operation", "/bare"),
            ("with token check", "/checked"),
            ("with token check and SELECT", "/selected"),
        ] {
            let mut people: Vec<Box<dyn Person>> = Vec::new();
            for id in rows.iter().take(CLIENTS) {
                people.push(Box::new(Same(Ask::get(path).bearing(floor::token(*id)?))));
            }
            cases.push(Case::new(name, people)?);
        }
        for clients in [1, CLIENTS, CLIENTS * 2] {
            let people = rows.iter().take(clients).map(|id| {
                let ask = Ask::post("/touched", &json!({"id": id}));
                Box::new(Same(ask)) as Box<dyn Person>
            });
            cases.push(Case::new("SELECT and UPDATE", people.collect())?);
        }
        Ok(cases)
    }

    /// Everybody asks at once.
    async fn closed(
        &self,
        servers: &[&Server],
        mut people: Vec<Box<dyn Person>>,
        name: &str,
    ) -> Result<Named, Failure> {
        let load = people.len();
        let before = postgres_cpu();
        let tally = closed(servers, &mut people, self.length, Manners::Polite).await?;
        let figures = tally.figures(servers)?.sound(name)?;
        report(name, load, &figures);
        let database_cpu_us = database_cpu(before, postgres_cpu(), &figures, self.length);
        Ok(Named {
            name: name.to_owned(),
            load,
            floor: None,
            figures,
            database_cpu_us,
        })
    }

    /// The same in several rounds, with the machine's own hashes before and after each: they come and go.
    async fn beside_hashes(
        &mut self,
        server: &Server,
        people: Vec<Box<dyn Person>>,
        name: &'static str,
    ) -> Result<Named, Failure> {
        let mut case = Case::new(name, people)?;
        let mut floor = vec![self.hashes()?];
        for _ in 0..ROUNDS {
            case.measure(server, self.length * 2).await?;
            floor.push(self.hashes()?);
        }
        let mut named = case.named(server)?;
        let floor = between(&floor);
        let share = named.figures.per_second / floor * 100.0;
        eprintln!("    {share:.1} % of bare hashes");
        named.floor = Some(floor);
        Ok(named)
    }

    /// What is asked of Countersign.
    async fn asked(
        &self,
        server: &Server,
        people: &[Tokens],
        accounts: u64,
    ) -> Result<Vec<Case>, Failure> {
        let administrator = log_in_as(server, ADMINISTRATOR).await?.access;
        let mut cases = Vec::new();
        let same = |ask: Ask| -> Vec<Box<dyn Person>> {
            (0..CLIENTS)
                .map(|_| Box::new(Same(ask.clone())) as Box<dyn Person>)
                .collect()
        };
        let each = |path: &str| -> Vec<Box<dyn Person>> {
            let asks = people.iter().take(CLIENTS);
            asks.map(|tokens| {
                Box::new(Same(Ask::get(path).bearing(&tokens.access))) as Box<dyn Person>
            })
            .collect()
        };
        for (name, people) in [
            ("GET /health/live", same(Ask::get("/health/live"))),
            ("GET /health", same(Ask::get("/health"))),
            (
                "GET /.well-known/jwks.json",
                same(Ask::get("/.well-known/jwks.json")),
            ),
            ("GET /users/me", each("/users/me")),
            ("GET /users/me/sessions", each("/users/me/sessions")),
            (
                "GET /admin/users",
                same(Ask::get("/admin/users").bearing(&administrator)),
            ),
            (
                "GET /admin/users?q=",
                searches(&administrator, accounts, CLIENTS),
            ),
        ] {
            cases.push(Case::new(name, people)?);
        }
        for clients in [1, CLIENTS, CLIENTS * 2] {
            let people = refreshing(server, clients).await?;
            cases.push(Case::new("POST /auth/refresh", people)?);
        }
        let mix = people.iter().zip(0..).take(CLIENTS).map(|(tokens, seed)| {
            Box::new(Everyday::new(
                &tokens.access,
                &tokens.refresh,
                accounts,
                seed,
            )) as Box<dyn Person>
        });
        cases.push(Case::new("mix", mix.collect())?);
        Ok(cases)
    }

    async fn logins(&mut self, server: &Server, accounts: u64) -> Result<Vec<Named>, Failure> {
        let mut named = Vec::new();
        let login = "POST /auth/login";
        let register = "POST /auth/register";
        for (name, clients) in [
            (login, 2),
            (login, 16),
            (login, 64),
            (login, 256),
            (register, 2),
            (register, 64),
        ] {
            let people = if name == login {
                logging_in(accounts, clients)
            } else {
                (0..clients).map(|_| Box::new(Registers) as _).collect()
            };
            named.push(self.beside_hashes(server, people, name).await?);
        }
        Ok(named)
    }

    /// What refusing costs, where clients don't wait as they are told.
    async fn refusals(&mut self, countersign: &Countersign, accounts: u64) -> Result<f64, Failure> {
        let mut narrow = countersign.clone();
        for (key, value) in [("HASH_CONCURRENCY", "1"), ("HASH_QUEUE", "1")] {
            let key = format!("COUNTERSIGN__PASSWORD__{key}");
            narrow.settings.push((key, value.to_owned()));
        }
        let server = narrow.serve().await?;
        let (_, hash_us) = floor::hashes(self.length)?;
        let mut people = logging_in(accounts, 16);
        let tally = closed(&[&server], &mut people, self.length, Manners::Pushing).await?;
        let figures = tally.figures(&[&server])?.sound("refusals")?;
        server.kill().await?;
        let refused = count(figures.refused());
        let hashed = figures.per_second * self.length.as_secs_f64();
        let all = figures.cpu_us * (refused + hashed);
        let each = (all - hashed * hash_us) / refused;
        eprintln!("  a refusal costs {each:.0} µs of CPU ({refused:.0} beside {hashed:.0} logins)");
        Ok(each)
    }

    async fn storms(
        &mut self,
        server: &Server,
        people: &[Tokens],
        accounts: u64,
    ) -> Result<Vec<Storm>, Failure> {
        let mut storms = Vec::new();
        for clients in [CLIENTS, CLIENTS * 2] {
            for operation in ["GET /users/me", "POST /auth/refresh"] {
                let servers = [server];
                let length = self.length * 2;
                let mut storm = logging_in(accounts, clients);
                let (mut logins, mut calm) = (Tally::new()?, Tally::new()?);
                let mut floor = vec![self.hashes()?];
                for _ in 0..ROUNDS {
                    let asking: Vec<Box<dyn Person>> = if operation == "GET /users/me" {
                        let ask = |tokens: &Tokens| Ask::get("/users/me").bearing(&tokens.access);
                        people
                            .iter()
                            .map(|tokens| Box::new(Same(ask(tokens))) as Box<dyn Person>)
                            .collect()
                    } else {
                        refreshing(server, CLIENTS).await?
                    };
                    let (in_storm, beside) = tokio::join!(
                        closed(&servers, &mut storm, length, Manners::Polite),
                        open(server, asking, CALM_PER_SECOND, length),
                    );
                    logins.add(&in_storm?)?;
                    calm.add(&beside?)?;
                    floor.push(self.hashes()?);
                }
                let logins = logins.figures(&servers)?.sound("logins")?;
                let calm = calm.figures(&servers)?.sound(operation)?;
                let hashes_per_second = between(&floor);
                eprintln!(
                    "  {clients} log in ({:.1}/s of {hashes_per_second:.1}/s): {operation} p50 {:.2} ms, p99 {:.2} ms, \
                     p99.9 {:.2} ms",
                    logins.per_second, calm.p50_ms, calm.p99_ms, calm.p999_ms,
                );
                storms.push(Storm {
                    clients,
                    hashes_per_second,
                    logins,
                    operation: operation.to_owned(),
                    calm,
                });
            }
        }
        Ok(storms)
    }

    /// More logins than can be, and fewer again.
    async fn ramp(&mut self, server: &Server, accounts: u64) -> Result<Vec<Named>, Failure> {
        let floor = self.hashes()?;
        let mut named = Vec::new();
        for factor in RAMP {
            let per_second = whole(floor * factor);
            let people = logging_in(accounts, 1024);
            let tally = open(server, people, per_second, self.length).await?;
            let figures = tally.figures(&[server])?.sound("ramp")?;
            eprintln!(
                "  {per_second} logins/s offered: {:.1}/s, p50 {:.0} ms, p99 {:.0} ms, {} refused",
                figures.per_second,
                figures.p50_ms,
                figures.p99_ms,
                figures.refused(),
            );
            named.push(Named {
                name: "POST /auth/login".to_owned(),
                load: usize::try_from(per_second)?,
                floor: Some(floor),
                figures,
                database_cpu_us: None,
            });
        }
        Ok(named)
    }

    /// Each operation by one client, on both databases in turn.
    async fn sizes(
        &self,
        (small, few): (&Countersign, u64),
        (large, many): (&Countersign, u64),
    ) -> Result<Vec<Sizes>, Failure> {
        let servers = [small.serve().await?, large.serve().await?];
        let mut people = Vec::new();
        for (server, accounts) in servers.iter().zip([few, many]) {
            people.push(alone(server, accounts).await?);
        }
        let [mut in_small, mut in_large]: [Vec<(String, Box<dyn Person>)>; 2] =
            people.try_into().map_err(|_| "two servers")?;
        let mut found = Vec::new();
        let [at_small, at_large] = &servers;
        for ((name, one), (_, other)) in in_small.iter_mut().zip(&mut in_large) {
            let (mut small_ms, mut large_ms) = (Vec::new(), Vec::new());
            for _ in 0..5 {
                small_ms.push(self.alone(at_small, one.as_mut()).await?);
                large_ms.push(self.alone(at_large, other.as_mut()).await?);
            }
            let (small_ms, large_ms) = (median(&mut small_ms), median(&mut large_ms));
            eprintln!(
                "  {name}: {small_ms:.3} ms, {large_ms:.3} ms: {:.2}",
                large_ms / small_ms
            );
            found.push(Sizes {
                operation: name.clone(),
                small_ms,
                large_ms,
            });
        }
        for server in servers {
            server.kill().await?;
        }
        Ok(found)
    }

    /// The median of one client's waits, in milliseconds.
    async fn alone(&self, server: &Server, person: &mut dyn Person) -> Result<f64, Failure> {
        let mut client = Client::new(server.address);
        let mut times = Vec::new();
        let ends = Instant::now() + self.length / 5;
        while Instant::now() < ends || times.len() < 9 {
            let ask = person.next();
            let begun = Instant::now();
            let answer = client.ask(&ask).await?;
            let took = begun.elapsed();
            if !answer.status.is_success() {
                return Err(format!("{} {}: {}", ask.method, ask.path, answer.status).into());
            }
            person.learn(&answer);
            times.push(took.as_secs_f64() * 1000.0);
        }
        Ok(median(&mut times))
    }

    /// The same load on one, two and three instances.
    async fn instances(
        &self,
        countersign: &Countersign,
        accounts: u64,
    ) -> Result<Vec<Named>, Failure> {
        let mut named = Vec::new();
        let mut servers: Vec<Server> = Vec::new();
        for number in 1..=3 {
            let mut instance = countersign.clone();
            instance.folder = countersign.folder.join(format!("instance-{number}"));
            servers.push(instance.serve().await?);
            let all: Vec<&Server> = servers.iter().collect();
            let first = all.first().ok_or("no instance")?;
            let tokens = log_in(first, CLIENTS).await?;
            let me = tokens.iter().map(|tokens| {
                Box::new(Same(Ask::get("/users/me").bearing(&tokens.access))) as Box<dyn Person>
            });
            let refreshes = refreshing(first, CLIENTS).await?;
            for (what, people) in [
                ("GET /users/me", me.collect()),
                ("POST /auth/refresh", refreshes),
                ("POST /auth/login", logging_in(accounts, CLIENTS)),
            ] {
                let name = format!("{what}, {number} instances");
                named.push(self.closed(&all, people, &name).await?);
            }
        }
        for server in servers {
            server.kill().await?;
        }
        Ok(named)
    }
}

/// Something that is measured in several rounds.
struct Case {
    name: &'static str,
    people: Vec<Box<dyn Person>>,
    tally: Tally,
    /// Processor time of PostgreSQL for each answer, in each round, in microseconds.
    database_us: Vec<f64>,
}

impl Case {
    fn new(name: &'static str, people: Vec<Box<dyn Person>>) -> Result<Self, Failure> {
        Ok(Self {
            name,
            people,
            tally: Tally::new()?,
            database_us: Vec::new(),
        })
    }

    /// Another round: everybody asks at once.
    async fn measure(&mut self, server: &Server, length: Duration) -> Result<(), Failure> {
        let servers = [server];
        let before = postgres_cpu();
        let round = closed(&servers, &mut self.people, length, Manners::Polite).await?;
        let after = postgres_cpu();
        self.tally.add(&round)?;
        let round = round.figures(&servers)?;
        self.database_us
            .extend(database_cpu(before, after, &round, length));
        Ok(())
    }

    /// What came of all rounds.
    fn named(mut self, server: &Server) -> Result<Named, Failure> {
        let load = self.people.len();
        let figures = self.tally.figures(&[server])?.sound(self.name)?;
        report(self.name, load, &figures);
        let database_cpu_us = (!self.database_us.is_empty()).then(|| median(&mut self.database_us));
        Ok(Named {
            name: self.name.to_owned(),
            load,
            floor: None,
            figures,
            database_cpu_us,
        })
    }
}

fn report(name: &str, load: usize, figures: &Figures) {
    eprintln!(
        "  {name} ×{load}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, {:.0} µs of CPU, {} refused, {:.0} MiB",
        figures.per_second,
        figures.p50_ms,
        figures.p99_ms,
        figures.cpu_us,
        figures.refused(),
        figures.resident_mib,
    );
}

/// What there was, on the average, between measurements that are as far from each other.
fn between(measured: &[f64]) -> f64 {
    let pairs = measured.iter().zip(measured.iter().skip(1));
    let means = pairs.map(|(before, after)| f64::midpoint(*before, *after));
    let (sum, times) = means.fold((0.0, 0.0), |(sum, times), mean| (sum + mean, times + 1.0));
    sum / times
}

/// A database of that size on a server. Its URL.
async fn own_database(server: &str, accounts: u64) -> Result<String, Failure> {
    let name = format!("load_{accounts}");
    let connection = Database::connect(server).await?;
    // Fails where it is there already.
    let _ = connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await;
    connection.close().await?;
    let mut url = Url::parse(server)?;
    url.set_path(&name);
    Ok(url.into())
}

/// How long some starts took until the first answer, in milliseconds.
async fn starts(countersign: &Countersign) -> Result<Vec<f64>, Failure> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let server = countersign.serve().await?;
        times.push(server.started_in.as_secs_f64() * 1000.0);
        server.kill().await?;
    }
    Ok(times)
}

async fn log_in_as(server: &Server, account: u64) -> Result<Tokens, Failure> {
    let answer = once(server, &login(account)).await?;
    Ok(Tokens {
        access: answer.text("access_token")?,
        refresh: answer.text("refresh_token")?,
    })
}

/// So many people who are logged in.
async fn log_in(server: &Server, how_many: usize) -> Result<Vec<Tokens>, Failure> {
    let mut people = Vec::new();
    for (_, account) in (0..how_many).zip(1..) {
        people.push(log_in_as(server, account).await?);
    }
    Ok(people)
}

async fn refreshing(server: &Server, how_many: usize) -> Result<Vec<Box<dyn Person>>, Failure> {
    let people = log_in(server, how_many).await?.into_iter();
    Ok(people
        .map(|tokens| {
            Box::new(Refreshes {
                token: tokens.refresh,
            }) as Box<dyn Person>
        })
        .collect())
}

fn logging_in(accounts: u64, how_many: usize) -> Vec<Box<dyn Person>> {
    (0..how_many)
        .zip(0..)
        .map(|(_, seed)| Box::new(LogsIn::new(accounts, seed)) as Box<dyn Person>)
        .collect()
}

/// Looks for accounts, each for other ones.
fn searches(administrator: &str, accounts: u64, how_many: usize) -> Vec<Box<dyn Person>> {
    let asks: Vec<Ask> = (0..accounts.min(500))
        .map(|account| search(&name(account), administrator))
        .collect();
    let asks = Arc::new(asks);
    (0..how_many)
        .map(|begin| Box::new(InTurn::new(&asks, begin)) as Box<dyn Person>)
        .collect()
}

fn search(beginning: &str, administrator: &str) -> Ask {
    Ask::get(format!("/admin/users?q={beginning}")).bearing(administrator)
}

/// One client for each operation, with its name.
async fn alone(server: &Server, accounts: u64) -> Result<Vec<(String, Box<dyn Person>)>, Failure> {
    let tokens = log_in_as(server, 1).await?;
    let administrator = log_in_as(server, ADMINISTRATOR).await?.access;
    let administer = |path: &str| Same(Ask::get(path).bearing(&administrator));
    // Somewhere in the middle of all.
    let account = accounts / 2;
    let name = name(account);
    let found = once(server, &search(&email(account), &administrator))
        .await?
        .json()?;
    let id = found
        .pointer("/items/0/id")
        .and_then(|id| id.as_str())
        .ok_or("nobody found")?;
    let (first, two) = (
        name.get(..1).unwrap_or_default(),
        name.get(..2).unwrap_or_default(),
    );
    let people: Vec<(&str, Box<dyn Person>)> = vec![
        (
            "GET /users/me",
            Box::new(Same(Ask::get("/users/me").bearing(&tokens.access))),
        ),
        (
            "GET /users/me/sessions",
            Box::new(Same(Ask::get("/users/me/sessions").bearing(&tokens.access))),
        ),
        (
            "GET /users/me/security-events",
            Box::new(Same(
                Ask::get("/users/me/security-events").bearing(&tokens.access),
            )),
        ),
        (
            "POST /auth/refresh",
            Box::new(Refreshes {
                token: tokens.refresh,
            }),
        ),
        ("POST /auth/login", Box::new(LogsIn::new(accounts, 7))),
        ("POST /auth/register", Box::new(Registers)),
        ("GET /admin/users", Box::new(administer("/admin/users"))),
        (
            "GET /admin/users?limit=100",
            Box::new(administer("/admin/users?limit=100")),
        ),
        (
            "GET /admin/users?is_active=false",
            Box::new(administer("/admin/users?is_active=false")),
        ),
        (
            "GET /admin/users?q=<an address>",
            Box::new(Same(search(&email(account), &administrator))),
        ),
        (
            "GET /admin/users?q=<a name>",
            Box::new(Same(search(&name, &administrator))),
        ),
        (
            "GET /admin/users?q=<two letters>",
            Box::new(Same(search(two, &administrator))),
        ),
        (
            "GET /admin/users?q=<a letter>",
            Box::new(Same(search(first, &administrator))),
        ),
        (
            "GET /admin/users/{id}",
            Box::new(administer(&format!("/admin/users/{id}"))),
        ),
        (
            "GET /admin/audit-events",
            Box::new(administer("/admin/audit-events")),
        ),
        (
            "GET /admin/audit-events?user_id=",
            Box::new(administer(&format!("/admin/audit-events?user_id={id}"))),
        ),
        ("GET /health", Box::new(Same(Ask::get("/health")))),
    ];
    Ok(people
        .into_iter()
        .map(|(name, person)| (name.to_owned(), person))
        .collect())
}

/// Processor time that all processes of PostgreSQL on this machine have had.
fn postgres_cpu() -> Duration {
    let Ok(all) = procfs::process::all_processes() else {
        return Duration::ZERO;
    };
    let ticks: u64 = all
        .filter_map(|process| process.ok()?.stat().ok())
        .filter(|stat| stat.comm == "postgres")
        .map(|stat| stat.utime + stat.stime)
        .sum();
    Duration::from_secs(ticks) / u32::try_from(procfs::ticks_per_second()).unwrap_or(100)
}

fn database_cpu(
    before: Duration,
    after: Duration,
    figures: &Figures,
    length: Duration,
) -> Option<f64> {
    let used = after.checked_sub(before).filter(|used| !used.is_zero())?;
    Some(used.as_secs_f64() * 1e6 / (figures.per_second * length.as_secs_f64()))
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are small and positive"
)]
fn whole(rate: f64) -> u32 {
    rate.round().max(1.0) as u32
}
