//! The listener, over real connections: what clients may not do to it, and how it stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign::server::{self, Limits};
use poem::http::header;
use poem::{Endpoint, Request, Response, endpoint};
use reqwest::Client;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::support::PATIENCE;
use super::support::process::{Place, Service, json_of, until};

/// What takes too long for a client in these tests.
const SHORT: Duration = Duration::from_millis(300);
/// What nothing in these tests may have to wait for.
const NEVER: Duration = Duration::from_hours(1);
/// More than the buffers of any system take in.
const LARGE: usize = 64 << 20;

const PATIENT: Limits = Limits {
    connections: 100,
    head: NEVER,
    answer: NEVER,
    idle: NEVER,
    grace: NEVER,
};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_LARGE: &str = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_SLOW: &str = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server in this process.
struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    /// Told when a slow request has begun.
    begun: Arc<Notify>,
    /// Lets a slow request end.
    go_on: Arc<Notify>,
}

impl Served {
    async fn with(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let endpoint = answers(Arc::clone(&begun), Arc::clone(&go_on));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            server::serve(listener, endpoint, stopped, limits).await;
        });
        Self {
            address,
            stop: Some(stop),
            serving,
            begun,
            go_on,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn send(&self, text: impl AsRef<[u8]>) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(text.as_ref()).await.unwrap();
        stream
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn ended(&mut self) {
        timeout(PATIENCE, &mut self.serving).await.unwrap().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn answers(begun: Arc<Notify>, go_on: Arc<Notify>) -> impl Endpoint<Output = Response> {
    endpoint::make(move |request: Request| {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        async move {
            match request.uri().path() {
                "/large" => Response::builder().body(vec![b'.'; LARGE]),
                "/slow" => {
                    begun.notify_one();
                    go_on.notified().await;
                    Response::builder().body("slow")
                }
                _ => Response::builder().body("fine"),
            }
        }
    })
}

/// Reads to the end of a connection, however it ends.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut got = Vec::new();
    // A connection that is cut is at its end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut got))
        .await
        .expect("the connection did not end");
    got
}

async fn rest_text(stream: &mut TcpStream) -> String {
    String::from_utf8_lossy(&rest(stream).await).into_owned()
}

/// Reads until what was read ends with `end`.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut got = Vec::new();
    while !got.ends_with(end.as_bytes()) {
        let byte = timeout(PATIENCE, stream.read_u8()).await.unwrap();
        got.push(byte.unwrap());
    }
    String::from_utf8(got).unwrap()
}

/// A frame of HTTP/2 (RFC 9113 section 4.1) on a stream below 256.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend_from_slice(payload);
    frame
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const GOAWAY: u8 = 7;

/// The beginning of a connection by a client that takes answers one byte at a time.
fn http2(path: &[u8]) -> Vec<u8> {
    let settings = frame(4, 0, 0, &[0, 4, 0, 0, 0, 1]);
    // `:method: GET`, `:scheme: http`, `:authority: x` and a path (RFC 7541 section 6).
    let mut headers = vec![0x82, 0x86, 0x41, 1, b'x', 0x44];
    headers.push(u8::try_from(path.len()).unwrap());
    headers.extend_from_slice(path);
    [PREFACE, &settings, &frame(1, 5, 1, &headers)].concat()
}

/// The kinds of the frames in what was received.
fn kinds(mut received: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [_, high, low, kind, _, _, _, _, _, rest @ ..] = received {
        kinds.push(*kind);
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        received = rest.get(length..).unwrap_or_default();
    }
    kinds
}

mod slow_clients {
    use super::*;

    #[tokio::test]
    async fn who_sends_no_head_in_time_is_cut_off() {
        let served = Served::with(Limits {
            head: SHORT,
            ..PATIENT
        })
        .await;
        for begun in [
            "",
            "\r\n",
            "G",
            "GET / HTTP/1.1\r\nHost: x\r\n",
            "PRI * HTTP/2.0\r\n",
        ] {
            let mut stream = served.send(begun).await;
            assert_eq!(rest_text(&mut stream).await, "", "{begun:?}");
        }
    }

    #[tokio::test]
    async fn a_few_bytes_now_and_then_are_no_head_in_time() {
        let served = Served::with(Limits {
            head: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.connect().await;
        let trickle = async {
            let mut byte = b"GET /";
            // Fails once the connection is cut.
            while stream.write_all(byte).await.is_ok() {
                byte = b"xxxxx";
                sleep(SHORT / 10).await;
            }
        };
        timeout(PATIENCE, trickle).await.unwrap();
    }

    #[tokio::test]
    async fn a_second_head_has_to_come_in_time_once_it_has_begun() {
        let served = Served::with(Limits {
            head: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.send(GET).await;
        read_until(&mut stream, "fine").await;
        // Longer than a head may take: nothing has begun yet.
        sleep(SHORT * 3).await;
        stream.write_all(GET.as_bytes()).await.unwrap();
        read_until(&mut stream, "fine").await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        assert_eq!(rest_text(&mut stream).await, "");
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_after_a_while() {
        let served = Served::with(Limits {
            idle: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.send(GET).await;
        read_until(&mut stream, "fine").await;
        assert_eq!(rest_text(&mut stream).await, "");

        let mut stream = served.send([PREFACE, &frame(4, 0, 0, &[])].concat()).await;
        assert!(kinds(&rest(&mut stream).await).contains(&GOAWAY));
    }

    #[tokio::test]
    async fn a_request_that_runs_is_not_idle() {
        let served = Served::with(Limits {
            idle: SHORT,
            head: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.send(GET_SLOW).await;
        served.begun.notified().await;
        sleep(SHORT * 3).await;
        served.go_on.notify_one();
        read_until(&mut stream, "slow").await;
    }

    #[tokio::test]
    async fn who_does_not_take_the_answer_is_cut_off() {
        let served = Served::with(Limits {
            connections: 1,
            answer: SHORT,
            ..PATIENT
        })
        .await;
        let mut greedy = served.send(GET_LARGE.repeat(3)).await;
        // Served only once the other has left.
        let mut next = served.send(GET).await;
        read_until(&mut next, "fine").await;
        assert!(rest(&mut greedy).await.len() < LARGE);
    }

    #[tokio::test]
    async fn who_takes_the_answer_in_drops_is_cut_off() {
        let served = Served::with(Limits {
            answer: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.send(GET_LARGE).await;
        let mut taken = 0;
        let mut drop = vec![0; 64 << 10];
        let sip = async {
            while let Ok(length @ 1..) = stream.read(&mut drop).await {
                taken += length;
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, sip).await.unwrap();
        assert!(taken < LARGE, "{taken}");
    }

    #[tokio::test]
    async fn a_window_that_stays_shut_does_not_keep_a_connection_of_http_2() {
        let served = Served::with(Limits {
            idle: SHORT,
            ..PATIENT
        })
        .await;
        let mut stream = served.send(http2(b"/large")).await;
        let kinds = kinds(&rest(&mut stream).await);
        // Headers, the one byte there was room for, and the end.
        assert!(kinds.contains(&1) && kinds.contains(&GOAWAY), "{kinds:?}");
    }
}

mod connections {
    use super::*;

    #[tokio::test]
    async fn requests_follow_each_other_on_a_connection_and_may_come_at_once() {
        let served = Served::with(PATIENT).await;
        let mut stream = served.send(GET.repeat(2)).await;
        for _ in 0..2 {
            let answer = read_until(&mut stream, "fine").await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        stream.write_all(GET.as_bytes()).await.unwrap();
        read_until(&mut stream, "fine").await;
    }

    #[tokio::test]
    async fn one_more_than_allowed_waits_until_another_leaves() {
        let served = Served::with(Limits {
            connections: 2,
            ..PATIENT
        })
        .await;
        let mut first = served.send(GET).await;
        let mut second = served.send(GET).await;
        read_until(&mut first, "fine").await;
        read_until(&mut second, "fine").await;
        let mut third = served.send(GET).await;
        let waits = timeout(SHORT, third.read_u8()).await;
        assert!(waits.is_err(), "{waits:?}");
        drop(first);
        read_until(&mut third, "fine").await;
    }

    #[tokio::test]
    async fn who_asks_nothing_makes_room_when_there_is_none() {
        let served = Served::with(Limits {
            connections: 4,
            ..PATIENT
        })
        .await;
        let mut busy = served.send(GET_SLOW).await;
        served.begun.notified().await;
        let mut idle = Vec::new();
        for text in [
            GET.as_bytes(),
            // Has said all that HTTP/2 begins with, and asked nothing.
            &[PREFACE, &frame(4, 0, 0, &[])].concat(),
            b"",
        ] {
            idle.push(served.send(text).await);
        }
        read_until(&mut idle[0], "fine").await;
        let mut next = served.send(GET).await;
        read_until(&mut next, "fine").await;
        // The one who waits for an answer keeps the place.
        served.go_on.notify_one();
        read_until(&mut busy, "slow").await;
    }

    #[tokio::test]
    async fn who_has_begun_to_ask_keeps_the_place() {
        let served = Served::with(Limits {
            connections: 1,
            ..PATIENT
        })
        .await;
        let (begin, end) = GET.split_at(9);
        let mut first = served.send(begin).await;
        let mut second = served.send(GET).await;
        let waits = timeout(Duration::from_secs(3), second.read_u8()).await;
        assert!(waits.is_err(), "{waits:?}");
        first.write_all(end.as_bytes()).await.unwrap();
        read_until(&mut first, "fine").await;
        // Only now is it idle, and closed.
        read_until(&mut second, "fine").await;
    }

    #[tokio::test]
    async fn a_head_may_be_as_large_as_its_limit_and_no_larger() {
        let served = Served::with(PATIENT).await;
        let head = |headers: usize, size: usize| {
            let value = "x".repeat(size / headers);
            let lines: Vec<String> = (0..headers).map(|n| format!("H{n}: {value}\r\n")).collect();
            let lines = lines.concat();
            format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n")
        };
        for (headers, size, status) in [
            (1, 15 << 10, "200"),
            (98, 8 << 10, "200"),
            (1, 17 << 10, "431"),
            (64, 17 << 10, "431"),
            (1, 1 << 20, "431"),
            (101, 1 << 10, "431"),
        ] {
            let mut stream = served.connect().await;
            // The connection may end before everything is sent.
            let _ = stream.write_all(head(headers, size).as_bytes()).await;
            let answer = rest_text(&mut stream).await;
            let expected = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&expected), "{headers} {size}: {answer}");
        }
    }

    #[tokio::test]
    async fn http_2_is_spoken_with_those_who_begin_with_it() {
        let served = Served::with(PATIENT).await;
        let client = Client::builder()
            .no_proxy()
            .http2_prior_knowledge()
            .build()
            .unwrap();
        let url = format!("http://{}/", served.address);
        for _ in 0..3 {
            let answer = client.get(&url).send().await.unwrap();
            assert_eq!(answer.version(), reqwest::Version::HTTP_2);
            assert_eq!(answer.text().await.unwrap(), "fine");
        }
        let large = "x".repeat(17 << 10);
        let refused = client.get(&url).header("large", large).send().await;
        assert!(refused.is_err() || refused.unwrap().status() == 431);
        let answer = client.get(&url).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "fine");
    }
}

mod stopping {
    use super::*;

    #[tokio::test]
    async fn what_runs_is_finished_and_nobody_else_is_waited_for() {
        let mut served = Served::with(PATIENT).await;
        let mut silent = served.connect().await;
        let mut half = served.send("GET / HT").await;
        let mut idle = served.send(GET).await;
        read_until(&mut idle, "fine").await;
        let mut http2 = served.send([PREFACE, &frame(4, 0, 0, &[])].concat()).await;
        let mut running = served.send(GET_SLOW).await;
        served.begun.notified().await;

        served.stop();
        let mut told = Vec::new();
        while !kinds(&told).contains(&GOAWAY) {
            let byte = timeout(PATIENCE, http2.read_u8()).await.unwrap();
            told.push(byte.unwrap());
        }
        drop(http2);
        for stream in [&mut silent, &mut half, &mut idle] {
            assert_eq!(rest_text(stream).await, "");
        }
        assert!(TcpStream::connect(served.address).await.is_err());
        assert!(!served.serving.is_finished());
        served.go_on.notify_one();
        let answer = rest_text(&mut running).await;
        assert!(answer.ends_with("slow"), "{answer}");
        served.ended().await;
    }

    #[tokio::test]
    async fn who_asks_on_a_connection_that_was_kept_is_answered_and_told_that_it_ends() {
        let mut served = Served::with(PATIENT).await;
        let mut idle = [served.send(GET).await, served.send(GET).await];
        for stream in &mut idle {
            read_until(stream, "fine").await;
        }
        served.stop();
        // New connections are refused at once: their clients go elsewhere.
        while TcpStream::connect(served.address).await.is_ok() {
            sleep(SHORT / 100).await;
        }
        for stream in &mut idle {
            stream.write_all(GET.as_bytes()).await.unwrap();
            let answer = rest_text(stream).await.to_lowercase();
            assert!(answer.starts_with("http/1.1 200"), "{answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
            assert!(answer.ends_with("fine"), "{answer}");
        }
        served.ended().await;
    }

    #[tokio::test]
    async fn who_asks_on_and_on_does_not_keep_it_from_stopping() {
        let mut served = Served::with(Limits {
            grace: SHORT * 2,
            ..PATIENT
        })
        .await;
        let mut idle = Vec::new();
        for _ in 0..PATIENT.connections {
            let mut stream = served.send(GET).await;
            read_until(&mut stream, "fine").await;
            idle.push(stream);
        }
        served.stop();
        let asks = async {
            for stream in &mut idle {
                // Fails once it is closed.
                let _ = stream.write_all(GET.as_bytes()).await;
                sleep(SHORT / 10).await;
            }
        };
        tokio::join!(asks, served.ended());
    }

    #[tokio::test]
    async fn who_got_in_by_the_system_but_was_not_accepted_yet_is_answered() {
        let mut served = Served::with(PATIENT).await;
        // Nothing else runs meanwhile, so they wait to be accepted when the stop is seen.
        let mut waiting: Vec<_> = (0..20)
            .map(|_| std::net::TcpStream::connect(served.address).unwrap())
            .collect();
        for stream in &mut waiting {
            std::io::Write::write_all(stream, GET.as_bytes()).unwrap();
        }
        served.stop();
        for stream in waiting {
            stream.set_nonblocking(true).unwrap();
            let mut stream = TcpStream::from_std(stream).unwrap();
            let answer = rest_text(&mut stream).await;
            assert!(answer.ends_with("fine"), "{answer}");
        }
        served.ended().await;
    }

    #[tokio::test]
    async fn what_takes_too_long_to_finish_is_cut_off() {
        let mut served = Served::with(Limits {
            grace: SHORT,
            ..PATIENT
        })
        .await;
        let mut running = served.send(GET_SLOW).await;
        served.begun.notified().await;
        served.stop();
        assert_eq!(rest_text(&mut running).await, "");
        served.ended().await;
    }
}

/// The whole program.
mod program {
    use super::*;

    async fn impatient() -> Service {
        Place::bare()
            .with("TIMEOUT_SECONDS", "1")
            .with("COUNTERSIGN__SERVER__HEADER_TIMEOUT_SECONDS", "1")
            .start()
            .await
    }

    async fn send(service: &Service, text: &str) -> TcpStream {
        let connect = TcpStream::connect(service.address());
        let mut stream = timeout(PATIENCE, connect).await.unwrap().unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// The status and the envelope of the last answer on a connection.
    async fn refusal(stream: &mut TcpStream) -> (String, Value) {
        let answer = rest_text(stream).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), serde_json::from_str(body).unwrap())
    }

    const LOGIN: &str =
        "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    #[tokio::test]
    async fn a_body_that_comes_too_slowly_is_a_408_and_the_end() {
        let place = Place::bare().with("TIMEOUT_SECONDS", "1");
        let service = place.start().await;
        for begun in [
            "Content-Length: 100\r\n\r\n",
            "Content-Length: 100\r\n\r\n{\"email\"",
            "Transfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        ] {
            let mut stream = send(&service, &format!("{LOGIN}{begun}")).await;
            let (head, body) = refusal(&mut stream).await;
            assert!(head.starts_with("http/1.1 408"), "{head}");
            assert!(head.contains("\r\nconnection: close"), "{head}");
            assert_eq!(body["error_code"], "REQUEST_TIMEOUT");
        }
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_a_413_and_the_end() {
        let place = Place::bare();
        let service = place.start().await;
        let stream = send(
            &service,
            &format!("{LOGIN}Transfer-Encoding: chunked\r\n\r\n"),
        )
        .await;
        let (mut reading, mut writing) = stream.into_split();
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        let endless = async {
            // Until the connection is closed.
            while writing.write_all(chunk.as_bytes()).await.is_ok() {}
        };
        let mut answer = Vec::new();
        let answered = async { drop(reading.read_to_end(&mut answer).await) };
        timeout(PATIENCE, async { tokio::join!(endless, answered) })
            .await
            .unwrap();
        let answer = String::from_utf8(answer).unwrap().to_lowercase();
        assert!(answer.starts_with("http/1.1 413"), "{answer}");
        assert!(answer.contains("\r\nconnection: close"), "{answer}");
        assert!(answer.contains("payload_too_large"), "{answer}");
    }

    #[tokio::test]
    async fn a_request_names_its_host_exactly_once() {
        let place = Place::bare();
        let service = place.start().await;
        for (target, hosts) in [
            ("/", ""),
            ("/", "Host: x\r\nHost: x\r\n"),
            ("/", "Host: x\r\nHOST: y\r\n"),
            ("/", "Host: a/b\r\n"),
            ("http://other/", "Host: x\r\n"),
        ] {
            let request = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let (head, body) = refusal(&mut send(&service, &request).await).await;
            assert!(head.starts_with("http/1.1 400"), "{target} {hosts}: {head}");
            assert!(head.contains("\r\nx-request-id: "), "{head}");
            assert_eq!(body["error_code"], "VALIDATION_ERROR");
            assert_eq!(
                body["detail"],
                "The request must name its host exactly once"
            );
        }
        for good in [
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
        ] {
            let answer = rest_text(&mut send(&service, good).await).await;
            assert_eq!(&answer[8..12], " 200", "{good}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_target_that_is_no_address_leads_nowhere() {
        let place = Place::bare();
        let service = place.start().await;
        for target in [
            "OPTIONS *",
            "GET *",
            "CONNECT x:80",
            "GET http://x",
            "GET http://x//health",
            "GET /../health",
            "GET /%2e%2e/health",
            "GET ?",
        ] {
            let request = format!("{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let answer = rest_text(&mut send(&service, &request).await).await;
            let status = &answer[9..12];
            let leads_to_root = target == "GET http://x";
            let expected: &[&str] = if leads_to_root {
                &["200"]
            } else {
                &["404", "400", "405"]
            };
            assert!(expected.contains(&status), "{target}: {answer}");
        }
        json_of(service.get("/health/live"), 200).await;
    }

    #[tokio::test]
    async fn a_thousand_clients_that_send_nothing_keep_nobody_else_out() {
        // What is common, and less than the connections to come; the program asks for more.
        // None of them is cut off while the test runs.
        let place = Place::with_database()
            .await
            .with("COUNTERSIGN__SERVER__HEADER_TIMEOUT_SECONDS", "60")
            .with_limit("-S -n 256");
        let service = place.start().await;
        rlimit::increase_nofile_limit(u64::MAX).unwrap();
        let mut stalled = Vec::new();
        for n in 0..1000 {
            let begun = ["", "GET / HTTP/1.1\r\n", "PRI * HT"][n % 3];
            stalled.push(send(&service, begun).await);
        }
        for path in ["/health/live", "/health"] {
            json_of(service.get(path), 200).await;
        }
        let body = service.register("ada").await;
        assert_eq!(service.whoami(&body).await, body["user"]);
    }

    #[tokio::test]
    async fn a_want_of_open_files_is_told_once_and_passes() {
        let place = Place::bare()
            .with("COUNTERSIGN__SERVER__HEADER_TIMEOUT_SECONDS", "2")
            .with_limit("-n 64");
        let service = place.start().await;
        let told = |message: &str| {
            let lines = service.lines();
            lines.iter().filter(|line| line.contains(message)).count()
        };
        let warned = "fewer files may be open";
        until(|| told(warned) == 1, || "nobody is warned".into()).await;
        let mut stalled = Vec::new();
        for _ in 0..200 {
            stalled.push(send(&service, "").await);
        }
        let message = "connections can't be accepted";
        until(|| told(message) > 0, || "nothing is told".into()).await;
        // Answered when those before it are cut off.
        json_of(service.get("/health/live"), 200).await;
        assert_eq!(told(message), 1);
        drop(stalled);
    }

    #[tokio::test]
    async fn who_stalls_is_cut_off_in_the_configured_time() {
        let service = impatient().await;
        for begun in ["", "GET / HTTP/1.1\r\nHost:", "PRI * HTTP/2.0\r\n\r\nSM"] {
            assert_eq!(rest_text(&mut send(&service, begun).await).await, "");
        }
        // Many times what the buffers of the system take in.
        let page = "GET /redoc HTTP/1.1\r\nHost: x\r\n\r\n".repeat(60);
        let mut greedy = send(&service, &page).await;
        sleep(Duration::from_secs(4)).await;
        let got = rest(&mut greedy).await;
        assert!(!got.ends_with(b"</html>"), "everything was kept for it");
        json_of(service.get("/health/live"), 200).await;
    }

    #[tokio::test]
    async fn http_2_is_served_as_http_1_is() {
        let place = Place::with_database().await;
        let service = place.start().await;
        let client = Client::builder()
            .no_proxy()
            .http2_prior_knowledge()
            .build()
            .unwrap();
        let url = format!("{}/health", service.url());
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        assert_eq!(answer.status(), 200);
        let url = format!("{}/users/me", service.url());
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(answer.headers().contains_key(header::WWW_AUTHENTICATE));
    }

    #[tokio::test]
    async fn a_session_has_the_address_that_a_trusted_proxy_names() {
        for (trusted, expected) in [("", "127.0.0.1"), ("127.0.0.0/8", "198.51.100.7")] {
            let place = Place::with_database()
                .await
                .with("COUNTERSIGN__SERVER__TRUSTED_PROXIES", trusted);
            let service = place.start().await;
            let body = serde_json::json!({
                "email": "ada@example.com", "password": super::super::support::PASSWORD,
            });
            let request = service.post("/auth/register", &body);
            let request = request.header("x-forwarded-for", "203.0.113.9, 198.51.100.7:1234");
            let tokens = json_of(request, 201).await;
            let token = tokens["access_token"].as_str().unwrap();
            let request = service.get("/users/me/sessions").bearer_auth(token);
            let sessions = json_of(request, 200).await;
            assert_eq!(sessions["items"][0]["ip"], expected);
            let again = service
                .get("/health")
                .header("x-forwarded-for", "203.0.113.9");
            json_of(again, 200).await;
            let lines = service.lines();
            let warned = lines
                .iter()
                .filter(|line| line.contains("server.trusted_proxies"));
            assert_eq!(warned.count(), usize::from(trusted.is_empty()));
        }
    }
}
