//! The real program, as a process of its own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use super::database::TestDatabase;
use super::{PASSWORD, PATIENCE};

/// What the program says once it can be reached.
const READY: &str = "Countersign is ready";
/// How long to wait between two looks at what happens elsewhere.
const GLANCE: Duration = Duration::from_millis(10);

/// A folder and an environment that the program runs in, and nothing else.
pub struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    database: Option<TestDatabase>,
    limit: Option<String>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Place {
    /// An empty folder, and no configuration but what tests need to run side by side and in little time.
    pub fn bare() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
            database: None,
            limit: None,
        }
        .with("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0")
        .with("COUNTERSIGN__PASSWORD__MEMORY_KIB", "64")
        .with("COUNTERSIGN__PASSWORD__ITERATIONS", "1")
        // On in production, where it would reach for the internet.
        .with("COUNTERSIGN__PWNED_PASSWORDS__ENABLED", "false")
    }

    /// The same with an empty database of the kind under test.
    pub async fn with_database() -> Self {
        let database = TestDatabase::create().await;
        let mut place = Self::bare().with("DATABASE_URL", database.url());
        place.database = Some(database);
        place
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes an environment variable away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Limits what the program may have or do, by the arguments of `ulimit`.
    #[must_use]
    pub fn with_limit(mut self, limit: &str) -> Self {
        self.limit = Some(limit.to_owned());
        self
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database, where one was made.
    pub fn database(&self) -> &TestDatabase {
        self.database.as_ref().unwrap()
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with_input(arguments, "").await
    }

    /// Runs a command to its end, with something to read.
    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        let mut process = Process::spawn(&mut self.command(arguments));
        let mut stdin = process.child.stdin.take().unwrap();
        // A program that ends without reading is none of the test's business.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let status = process.ended().await;
        process.join();
        Finished {
            code: status.code(),
            stdout: process.stdout.text(),
            stderr: process.stderr.text(),
        }
    }

    /// Starts a command that goes on reading standard input for as long as the test likes.
    pub fn begin(&self, arguments: &[&str]) -> Running {
        let mut process = Process::spawn(&mut self.command(arguments));
        let stdin = process.child.stdin.take().unwrap();
        Running { process, stdin }
    }

    /// Starts the service and waits until it can be reached.
    pub async fn start(&self) -> Service {
        let mut service = self.launch();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = service.lines().into_iter().find_map(|line| {
                let line: Value = serde_json::from_str(&line).ok()?;
                (line["message"] == READY).then(|| line["url"].as_str().map(str::to_owned))?
            });
            if let Some(url) = ready {
                service.url = url;
                return service;
            }
            assert!(
                !service.process.has_ended(),
                "the service ended at once: {}",
                service.process.told()
            );
            assert!(
                Instant::now() < deadline,
                "the service was not ready in time: {}",
                service.process.told()
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Starts the service, of which nobody knows yet where it will be.
    pub fn launch(&self) -> Service {
        // Without TLS: where the system has no certificates, a client that wants them can't be made.
        let client = Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .timeout(PATIENCE);
        Service {
            process: Process::spawn(&mut self.command(&[])),
            url: String::new(),
            client: client.build().unwrap(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_countersign");
        let mut command = match &self.limit {
            Some(limit) => {
                let mut shell = Command::new("/bin/sh");
                // A call that goes too far fails, as it would without room; nobody is killed for it.
                let script = format!("trap '' XFSZ; ulimit {limit} && exec \"$0\" \"$@\"");
                shell.args(["-c", &script, program]);
                shell
            }
            None => Command::new(program),
        };
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.variables);
        // Where coverage is measured, the program is told so by this.
        #[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
        if let Ok(profile) = std::env::var("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", profile);
        }
        command
    }
}

/// A command as it runs. Killed when dropped.
pub struct Running {
    process: Process,
    stdin: ChildStdin,
}

impl Running {
    /// Gives it something to read while the test does something else; the end never comes.
    pub fn write_on(&self, input: String) {
        let mut stdin = self
            .stdin
            .as_fd()
            .try_clone_to_owned()
            .map(File::from)
            .unwrap();
        // It may be killed before it has read everything.
        std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    }

    /// Kills it, which it can't do anything about.
    pub fn kill(mut self) {
        self.process.kill();
    }
}

/// The service as it runs. Killed when dropped.
pub struct Service {
    process: Process,
    url: String,
    client: Client,
}

impl Service {
    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// A client whose connections stay open.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// A POST request with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).json(body)
    }

    /// Registers `NAME@example.com`; the `TokenResponse`.
    pub async fn register(&self, name: &str) -> Value {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        json_of(self.post("/auth/register", &body), 201).await
    }

    /// Logs `NAME@example.com` in; the `TokenResponse`.
    pub async fn log_in(&self, name: &str) -> Value {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        json_of(self.post("/auth/login", &body), 200).await
    }

    /// Exchanges the refresh token of a `TokenResponse`; the new one.
    pub async fn refresh(&self, tokens: &Value) -> Value {
        let body = json!({"refresh_token": tokens["refresh_token"]});
        json_of(self.post("/auth/refresh", &body), 200).await
    }

    /// Asks who the access token of a `TokenResponse` stands for.
    pub async fn whoami(&self, tokens: &Value) -> Value {
        let token = tokens["access_token"].as_str().unwrap();
        json_of(self.get("/users/me").bearer_auth(token), 200).await
    }

    /// The lines on standard output so far.
    pub fn lines(&self) -> Vec<String> {
        self.process.stdout.lines()
    }

    /// The most memory that the process ever had, in KiB, where the system tells.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = format!("/proc/{}/status", self.process.child.id());
        let status = fs::read_to_string(status).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Waits for a log line.
    pub async fn said(&self, message: &str) {
        let has_message = |line: &String| {
            serde_json::from_str::<Value>(line).is_ok_and(|line| line["message"] == message)
        };
        until(
            || self.lines().iter().any(has_message),
            || format!("no line {message:?} in {:#?}", self.lines()),
        )
        .await;
    }

    /// Asks the process to stop, as service managers do.
    pub fn terminate(&self) {
        // The standard library can only kill.
        let pid = self.process.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end of the process: its exit status, and its lines.
    pub async fn ended(&mut self) -> (ExitStatus, Vec<String>) {
        let status = self.process.ended().await;
        self.process.join();
        (status, self.process.stdout.lines())
    }

    /// Kills the process, which can't do anything about it.
    pub fn kill(mut self) {
        self.process.kill();
    }
}

/// Expects a command to have failed with one line on standard error that has all of `parts`.
#[track_caller]
pub fn assert_refused(finished: &Finished, parts: &[&str]) {
    assert!(
        finished.code.is_some_and(|code| code != 0),
        "no failure: {finished:?}"
    );
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
    for part in parts {
        assert!(
            finished.stderr.contains(part),
            "no {part:?} in {finished:?}"
        );
    }
}

/// Expects a command to have done what it was told, without a complaint.
#[track_caller]
pub fn assert_succeeded(finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "{finished:?}");
}

/// The lines of the log files in a folder.
pub fn log_files(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

/// Sends a request, expects a status, and reads the JSON body.
pub async fn json_of(request: RequestBuilder, status: u16) -> Value {
    let answer: Response = request.send().await.unwrap();
    let got = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert_eq!(got, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Waits until `condition` holds.
pub async fn until(condition: impl Fn() -> bool, complaint: impl Fn() -> String) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "{}", complaint());
        tokio::time::sleep(GLANCE).await;
    }
}

/// A child process whose output is read as it comes, so that it never waits for its reader.
struct Process {
    child: Child,
    stdout: Output,
    stderr: Output,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (Output::default(), Output::default());
        let readers = vec![
            stdout.fill(child.stdout.take().unwrap()),
            stderr.fill(child.stderr.take().unwrap()),
        ];
        Self {
            child,
            stdout,
            stderr,
            readers,
        }
    }

    fn has_ended(&self) -> bool {
        self.readers.iter().all(JoinHandle::is_finished)
    }

    async fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "the process did not end in time: {}",
                self.told()
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Everything it wrote so far.
    fn told(&self) -> String {
        format!("{}{}", self.stdout.text(), self.stderr.text())
    }

    /// Waits for the last of the output of a process that has ended.
    fn join(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
    }

    fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a process wrote so far.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<String>>);

impl Output {
    fn fill(&self, from: impl Read + Send + 'static) -> JoinHandle<()> {
        let output = Arc::clone(&self.0);
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = String::new();
            // Line by line, so that nobody sees half of one.
            while from.read_line(&mut line).unwrap() > 0 {
                output.lock().unwrap().push_str(&line);
                line.clear();
            }
        })
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }
}
