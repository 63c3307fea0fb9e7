//! What people do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use crate::http::{Answer, Ask};
use crate::seed::{PASSWORD, email};

/// Somebody who asks one thing after the other.
pub(crate) trait Person: Send {
    /// What they ask next.
    fn next(&mut self) -> Ask;

    /// What they make of the answer.
    fn learn(&mut self, _answer: &Answer) {}
}

/// Asks the same, over and over.
pub(crate) struct Same(pub(crate) Ask);

impl Person for Same {
    fn next(&mut self) -> Ask {
        self.0.clone()
    }
}

/// Asks one of some things in turn.
pub(crate) struct InTurn {
    asks: Arc<Vec<Ask>>,
    turn: usize,
}

impl InTurn {
    /// Begins somewhere, so that not all begin with the same.
    pub(crate) fn new(asks: &Arc<Vec<Ask>>, begin: usize) -> Self {
        Self {
            asks: Arc::clone(asks),
            turn: begin,
        }
    }
}

impl Person for InTurn {
    fn next(&mut self) -> Ask {
        self.turn += 1;
        let turn = self.turn % self.asks.len().max(1);
        self.asks
            .get(turn)
            .cloned()
            .unwrap_or_else(|| Ask::get("/"))
    }
}

/// Logs in, as somebody else each time.
pub(crate) struct LogsIn {
    accounts: u64,
    random: Random,
}

impl LogsIn {
    pub(crate) fn new(accounts: u64, seed: u64) -> Self {
        Self {
            accounts,
            random: Random(seed),
        }
    }
}

impl Person for LogsIn {
    fn next(&mut self) -> Ask {
        login(self.random.below(self.accounts))
    }
}

/// How somebody logs in.
pub(crate) fn login(account: u64) -> Ask {
    Ask::post(
        "/auth/login",
        &json!({"email": email(account), "password": PASSWORD}),
    )
}

/// Registers, under a new address each time.
pub(crate) struct Registers;

impl Person for Registers {
    fn next(&mut self) -> Ask {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let now = chrono::Utc::now().timestamp_micros();
        let email = format!("new-{now}-{number}@example.org");
        Ask::post(
            "/auth/register",
            &json!({"email": email, "password": PASSWORD}),
        )
    }
}

/// Refreshes, with the token got last.
pub(crate) struct Refreshes {
    pub(crate) token: String,
}

impl Person for Refreshes {
    fn next(&mut self) -> Ask {
        Ask::post("/auth/refresh", &json!({"refresh_token": self.token}))
    }

    fn learn(&mut self, answer: &Answer) {
        if let Ok(token) = answer.text("refresh_token") {
            self.token = token;
        }
    }
}

/// What an application does in a day: of a hundred requests one is a login, four are refreshes, three ask for
/// the sessions, and the rest for who it is.
pub(crate) struct Everyday {
    me: Ask,
    sessions: Ask,
    refreshes: Refreshes,
    logs_in: LogsIn,
    random: Random,
    is_refreshing: bool,
}

impl Everyday {
    pub(crate) fn new(access: &str, refresh: &str, accounts: u64, seed: u64) -> Self {
        Self {
            me: Ask::get("/users/me").bearing(access),
            sessions: Ask::get("/users/me/sessions").bearing(access),
            refreshes: Refreshes {
                token: refresh.to_owned(),
            },
            logs_in: LogsIn::new(accounts, seed),
            random: Random(seed),
            is_refreshing: false,
        }
    }
}

impl Person for Everyday {
    fn next(&mut self) -> Ask {
        let which = self.random.below(100);
        self.is_refreshing = (1..5).contains(&which);
        match which {
            0 => self.logs_in.next(),
            1..5 => self.refreshes.next(),
            5..8 => self.sessions.clone(),
            _ => self.me.clone(),
        }
    }

    fn learn(&mut self, answer: &Answer) {
        if self.is_refreshing {
            self.refreshes.learn(answer);
        }
    }
}

/// Numbers that look random and are the same in every run (the finaliser of `SplitMix64`).
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// Spreads numbers that lie close together.
pub(crate) fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
