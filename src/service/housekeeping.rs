//! What has to be done from time to time.

use chrono::TimeDelta;

use super::Fault;
use crate::model::Clock;
use crate::store::Store;

/// How long what expired is remembered at least, so that it is told from what never was.
const REMEMBERED: TimeDelta = TimeDelta::days(1);
/// How long it can be seen what became of a mail.
const MAILS_SHOWN: TimeDelta = TimeDelta::days(7);
/// How long a device is known that is not used.
const DEVICES_KNOWN: TimeDelta = TimeDelta::days(180);

/// Does what has to be done from time to time.
#[derive(Debug)]
pub struct Housekeeping {
    store: Store,
    clock: Clock,
    audit_retention: TimeDelta,
    failures_remembered: TimeDelta,
}

impl Housekeeping {
    /// Keeps the house of `store`: the audit trail for `audit_retention`, failed logins in a row for
    /// `failures_remembered`.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        audit_retention: TimeDelta,
        failures_remembered: TimeDelta,
    ) -> Self {
        Self {
            store,
            clock,
            audit_retention,
            failures_remembered,
        }
    }

    /// Forgets sessions and tokens that expired long ago, events and failed logins that are older than they are
    /// kept, and client addresses that may do everything again; then lets the database look at how its tables have grown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let expired = now - REMEMBERED;
        let sessions = self.store.forget_expired_sessions(expired).await?;
        let tokens = self.store.forget_expired_tokens(expired).await?;
        let events = self.store.forget_events(now - self.audit_retention).await?;
        let runs = self.store.forget_runs(now - self.failures_remembered);
        let runs = runs.await?;
        let mails = self.store.forget_mails(now - MAILS_SHOWN).await?;
        let devices = self.store.forget_devices(now - DEVICES_KNOWN).await?;
        let uses = self.store.forget_uses(now).await?;
        if sessions + tokens + events + runs + mails + devices + uses > 0 {
            tracing::debug!(
                sessions,
                tokens,
                events,
                runs,
                mails,
                devices,
                uses,
                "forgotten"
            );
        }
        Ok(self.store.optimize().await?)
    }
}
