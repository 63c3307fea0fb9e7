//! Sending what is in the outbox.
//!
//! Whoever takes a mail holds it for a while; nobody else gets it before that is over, so instances share the
//! work, and a mail whose sender was killed is sent by the next. While the circuit breaker of the mail server
//! is open, nothing is taken.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, watch};

use super::links::{LinkKind, Links};
use super::texts::{Link, MailValues, Texts, TextsError};
use super::{Fault, audit};
use crate::model::mail::{PendingRegistration, retry_delay};
use crate::model::{
    AuditEvent, Clock, EmailToken, EmailTokenId, EventKind, Identifier, Mail, MailDetails,
    MailKind, MailState, PasswordHash, Purpose, User, UserId,
};
use crate::outbound::post::{DeliveryError, Letter, PostOffice, Receipt};
use crate::resilience::breaker::CallError;
use crate::store::{Change, SaveUserError, Store};
use crate::telemetry::metrics::{MailOutcome, Metrics};

/// How many mails an instance sends at once.
const LANES: usize = 4;
/// How often the outbox is looked at when nothing is known to be in it: commands and other instances leave mail
/// there as well.
const ROUND: Duration = Duration::from_secs(5);
/// The shortest pause before mail is looked for again that nobody has told of.
const BREATH: Duration = Duration::from_millis(100);
/// How much longer a mail is held than handing it over may take.
const MARGIN: TimeDelta = TimeDelta::seconds(30);
/// How long it is tried to note that a mail was sent, before the next try.
const NOTED_AGAIN: Duration = Duration::from_secs(1);
/// As long as a link is not older, it is told to work as long as is configured.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// Sends mail.
#[derive(Debug)]
pub struct Delivery {
    store: Store,
    clock: Clock,
    links: Links,
    texts: Texts,
    post: PostOffice,
    /// How long one mail may take to be handed over.
    timeout: TimeDelta,
    /// Where links lead, without a slash at the end.
    base_url: String,
    metrics: Metrics,
    /// Lanes look for mail one after the other: mostly there is none, and then they keep one connection busy, not
    /// one each.
    looking: Mutex<()>,
}

/// What there was to be taken.
enum Taken {
    /// A mail that is due.
    Mail(Box<Mail>),
    /// Nothing, before this time.
    Nothing { next: Option<DateTime<Utc>> },
}

/// What is to be done about a mail that was taken.
enum Prepared {
    /// It is to be sent.
    Letter(Box<Letter>),
    /// It is over.
    Over(MailState, Option<String>),
    /// It can't be sent now, for no fault of the mail server.
    Later(String),
    /// It was somebody else's, or is gone.
    Gone,
}

impl Delivery {
    /// Sends what is in the outbox of `store`, by `post`, with links that lead to `base_url`.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is something that a mail needs"
    )]
    pub fn new(
        store: Store,
        clock: Clock,
        links: Links,
        texts: Texts,
        post: PostOffice,
        timeout: TimeDelta,
        base_url: String,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            clock,
            links,
            texts,
            post,
            timeout,
            base_url,
            metrics,
            looking: Mutex::default(),
        }
    }

    /// Has links lead elsewhere from now on.
    pub fn lead_to(&mut self, base_url: String) {
        self.base_url = base_url;
    }

    /// Sends what there is and what comes, until it is to stop. What is being handed over then is still
    /// finished.
    pub async fn run(&self, stopping: watch::Receiver<bool>) {
        let lanes = (0..LANES).map(|_| self.lane(stopping.clone()));
        tokio::join!(join_all(lanes), self.observe(stopping.clone()));
        self.post.rest().await;
    }

    /// Sends all that is due now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliver_due(&self) -> Result<(), Fault> {
        let (_stop, stopping) = watch::channel(false);
        let lanes = (0..LANES).map(|_| self.work_off(&stopping));
        for lane in join_all(lanes).await {
            lane?;
        }
        Ok(())
    }

    /// Sends one mail at a time. Lanes wait for nobody but themselves: one mail that takes long holds up no other.
    async fn lane(&self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            let pause = match self.work_off(&stopping).await {
                Ok(next) => self.pause(next),
                Err(fault) => {
                    tracing::debug!(
                        error = &fault as &dyn std::error::Error,
                        "a lane of mail waits"
                    );
                    ROUND
                }
            };
            tokio::select! {
                () = self.links.outbox().arrival() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop(&mut stopping) => {}
            }
        }
    }

    /// Sends one mail after the other, as long as there is one. When the next one is due, where there is one.
    async fn work_off(
        &self,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Option<DateTime<Utc>>, Fault> {
        while !*stopping.borrow() && self.post.breaker().rejects_for().is_none() {
            let mail = match self.take().await? {
                Taken::Mail(mail) => *mail,
                Taken::Nothing { next } => return Ok(next),
            };
            // Where there is one, there may be more, and others may have nothing to do.
            self.links.outbox().ring();
            let mail_id = mail.id;
            if let Ok(result) = AssertUnwindSafe(self.send(mail)).catch_unwind().await {
                result?;
            } else {
                // It must not stop the others. As if its sender was killed, it is tried again later.
                tracing::error!(%mail_id, "a defect of the service stopped a mail");
            }
        }
        Ok(None)
    }

    /// How long there is nothing to do, where the next mail is due then.
    fn pause(&self, next: Option<DateTime<Utc>>) -> Duration {
        if let Some(wait) = self.post.breaker().rejects_for() {
            return Duration::from_secs(wait.seconds().into()).min(ROUND);
        }
        let Some(next) = next else {
            return ROUND;
        };
        let pause = (next - self.clock.now()).to_std().unwrap_or_default();
        pause.clamp(BREATH, ROUND)
    }

    /// Tells from time to time how much waits.
    async fn observe(&self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            match self.store.open_mail().await {
                Ok(open) => {
                    let age = open.oldest.map(|oldest| self.clock.now() - oldest);
                    let age = age.and_then(|age| age.to_std().ok()).unwrap_or_default();
                    self.metrics.outbox(open.pending, open.sending, age);
                }
                // The last figures stand.
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "mail waits, since the outbox can't be read"
                ),
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = stop(&mut stopping) => {}
            }
        }
    }

    async fn take(&self) -> Result<Taken, Fault> {
        let _looking = self.looking.lock().await;
        let now = self.clock.now();
        // Most of the time there is nothing, and then nobody is kept from writing.
        let next = self.store.next_mail_due().await?;
        if next.is_none_or(|next| next > now) {
            return Ok(Taken::Nothing { next });
        }
        let change = self.store.change().await?;
        let mail = change.claim_mail(now, now + self.timeout + MARGIN).await?;
        change.commit().await?;
        Ok(match mail {
            Some(mail) => Taken::Mail(Box::new(mail)),
            // Another instance was faster; of what else may be due, nothing is known.
            None => Taken::Nothing { next },
        })
    }

    async fn send(&self, mut mail: Mail) -> Result<(), Fault> {
        let letter = match self.prepare(&mut mail).await? {
            Prepared::Letter(letter) => letter,
            Prepared::Over(state, reason) => return self.settle(mail, state, reason).await,
            Prepared::Later(reason) => return self.put_back(mail, reason).await,
            Prepared::Gone => return Ok(()),
        };
        if self.clock.now() + self.timeout >= mail.next_attempt_at {
            // Somebody else would take it while it is handed over.
            return self.release(mail).await;
        }
        match self.post.deliver(&letter).await {
            Ok(receipt) => self.sent(mail, receipt).await,
            Err(CallError::Rejected(_)) => self.release(mail).await,
            Err(CallError::Failed(DeliveryError::Refused(reason))) => {
                self.settle(mail, MailState::Failed, Some(reason)).await
            }
            Err(CallError::Failed(
                DeliveryError::Deferred(reason) | DeliveryError::Unavailable(reason),
            )) => self.put_back(mail, reason).await,
        }
    }

    /// Finds out what is to be sent, if anything still is.
    async fn prepare(&self, mail: &mut Mail) -> Result<Prepared, Fault> {
        let now = self.clock.now();
        if mail.token_id.is_none() && may_be_asked_for(mail.kind) {
            let is_late = now >= mail.expires_at;
            if is_late {
                self.forget(mail).await?;
            }
            if is_late || !self.resolve(mail).await? {
                self.metrics.mail(MailOutcome::Done);
                return Ok(Prepared::Gone);
            }
        }
        let token = match mail.token_id {
            None => None,
            Some(id) => match self.good_token(id).await? {
                Some(token) => Some(token),
                // What happened is told all the same.
                None if mail.kind == MailKind::EmailChanged => None,
                None => return Ok(Prepared::Over(MailState::Cancelled, None)),
            },
        };
        if now >= mail.expires_at {
            return Ok(Prepared::Over(MailState::Failed, Some(late(mail))));
        }
        Ok(match self.write(mail, token.as_ref(), now) {
            Ok(letter) => Prepared::Letter(Box::new(letter)),
            Err(error) => {
                // Every text was written once at the start, so this should never happen.
                tracing::error!(
                    mail_id = %mail.id,
                    error = &error as &dyn std::error::Error,
                    "a mail can't be written"
                );
                Prepared::Later("the text of the mail can't be written".to_owned())
            }
        })
    }

    /// The token of this id, unless it is void. Where the secret was changed since it was made, it is known by
    /// what the new secret makes of it.
    async fn good_token(&self, id: EmailTokenId) -> Result<Option<EmailToken>, Fault> {
        let found = self.store.find_token_by_id(id).await?;
        let now = self.clock.now();
        let Some(token) = found.filter(|token| now < token.expires_at) else {
            return Ok(None);
        };
        let hash = Links::hash(self.links.token(id).expose_secret());
        if hash == token.hash {
            return Ok(Some(token));
        }
        let change = self.store.change().await?;
        let is_good = change.rehash_token(id, hash).await?;
        change.commit().await?;
        Ok(is_good.then_some(EmailToken { hash, ..token }))
    }

    fn write(
        &self,
        mail: &Mail,
        token: Option<&EmailToken>,
        now: DateTime<Utc>,
    ) -> Result<Letter, TextsError> {
        let url = token.map(|token| {
            let page = match token.purpose {
                Purpose::VerifyEmail => "verify",
                Purpose::PasswordReset | Purpose::RestoreEmail => "reset",
            };
            let secret = self.links.token(token.id);
            let (base_url, secret) = (&self.base_url, secret.expose_secret());
            format!("{base_url}/account/{page}?token={secret}")
        });
        let link = token.zip(url.as_deref()).map(|(token, url)| Link {
            url,
            lifetime: lifetime(token, now),
        });
        let language = self.texts.choose(Some(&mail.language));
        let values = MailValues {
            email: &mail.to,
            at: mail.id.time(),
            device: &mail.details.device(),
            link,
        };
        let written = self.texts.write(mail.kind, &language, &values)?;
        Ok(Letter {
            id: mail.id,
            at: mail.id.time(),
            to: mail.to.clone(),
            language,
            subject: written.subject,
            text: written.text,
            html: written.html,
        })
    }

    /// Finds out whom a mail is for that anybody may ask for, and puts a link into it. Whether there is such
    /// an account; if not, the mail is forgotten.
    async fn resolve(&self, mail: &mut Mail) -> Result<bool, Fault> {
        let registration = mail.details.registration.take();
        loop {
            let address = Identifier::Email(mail.to.as_str().to_owned());
            let found = self.store.find_user(&address).await?;
            let user = match (found, &registration) {
                (Some(user), _) => user,
                (None, None) => return self.forget(mail).await,
                (None, Some(registration)) => match self.register(mail, registration).await? {
                    Some(is_ours) => return Ok(is_ours),
                    // Somebody was faster.
                    None => continue,
                },
            };
            let change = self.store.change().await?;
            let user = change.lock_user(user.id).await?;
            let user = user.filter(|user| user.is_active && user.email.is_same(&mail.to));
            let kind = match &user {
                Some(user) => {
                    let has_registered = registration.is_some();
                    self.link_for(&change, user, mail.kind, has_registered)
                        .await?
                }
                None => None,
            };
            let Some((user, kind)) = user.zip(kind) else {
                drop(change);
                return self.forget(mail).await;
            };
            if kind == LinkKind::AlreadyRegistered && !user.email_verified {
                // Who had it made may be somebody else: the address is verified with the new password.
                let outdated = [Purpose::VerifyEmail];
                change.void_tokens(user.id, &outdated).await?;
            }
            let mut events = Vec::new();
            if kind != LinkKind::VerifyEmail {
                let kind = EventKind::PasswordResetStarted;
                events.push(event_of(mail, kind, None, &user, self.clock.now()));
            }
            return self.complete(change, mail, &user, kind, &events).await;
        }
    }

    /// Which link the owner of an account is sent who asked for mail of a kind, or wanted to register.
    async fn link_for(
        &self,
        change: &Change,
        user: &User,
        asked: MailKind,
        has_registered: bool,
    ) -> Result<Option<LinkKind>, Fault> {
        if asked == MailKind::VerifyEmail && !has_registered {
            return Ok((!user.email_verified).then_some(LinkKind::VerifyEmail));
        }
        let now = self.clock.now();
        Ok(Some(
            if !user.email_verified && change.has_way_back(user.id, now).await? {
                // Somebody moved an account of theirs here, and can take it back. It must not be given away as if
                // it were the addressee's own; who knows it, verifies the address first.
                LinkKind::VerifyEmail
            } else if has_registered {
                LinkKind::AlreadyRegistered
            } else if user.password_hash.is_none() {
                LinkKind::Invitation
            } else {
                LinkKind::PasswordReset
            },
        ))
    }

    /// Makes an account that was asked for without anybody being told whether the address is free; `None` if it
    /// is not. Whether there is something to send.
    async fn register(
        &self,
        mail: &mut Mail,
        registration: &PendingRegistration,
    ) -> Result<Option<bool>, Fault> {
        let now = self.clock.now();
        if self.store.is_reserved(&mail.to, None, now).await? {
            // Its owner can be told by nothing that would help.
            return Ok(Some(self.forget(mail).await?));
        }
        let hash = PasswordHash::new(registration.password_hash.clone());
        let user = User {
            id: registration.user_id,
            ..User::new(
                mail.to.clone(),
                None,
                Some(hash),
                registration.user_id.time(),
            )
        };
        let change = self.store.change().await?;
        match change.insert_user(&user).await {
            Ok(()) => {}
            Err(SaveUserError::Taken(_)) => return Ok(None),
            Err(SaveUserError::Store(error)) => return Err(error.into()),
        }
        let kind = EventKind::UserRegistered;
        let events = [event_of(mail, kind, Some(user.id), &user, user.created_at)];
        let kind = LinkKind::VerifyEmail;
        let completed = self.complete(change, mail, &user, kind, &events);
        completed.await.map(Some)
    }

    /// Puts a link into a mail, together with what else is to be. Whether it is still ours.
    async fn complete(
        &self,
        change: Change,
        mail: &mut Mail,
        user: &User,
        kind: LinkKind,
        events: &[AuditEvent],
    ) -> Result<bool, Fault> {
        if !change.holds_mail(mail).await? {
            return Ok(false);
        }
        self.links.complete(&change, user, kind, mail).await?;
        change.update_mail(mail).await?;
        audit::commit(change, events).await?;
        Ok(true)
    }

    /// Forgets a mail that is for nobody, so that nothing tells who asked for what.
    async fn forget(&self, mail: &Mail) -> Result<bool, Fault> {
        let change = self.store.change().await?;
        if change.holds_mail(mail).await? {
            change.delete_mail(mail.id).await?;
            change.commit().await?;
        }
        Ok(false)
    }

    /// Notes that a mail was sent. Where that fails it is tried again as long as nobody else may take the mail, who
    /// would send it once more.
    async fn sent(&self, mail: Mail, receipt: Receipt) -> Result<(), Fault> {
        let path = match &receipt {
            Receipt::File(path) => Some(path.display()),
            Receipt::Server => None,
        };
        tracing::info!(
            mail_id = %mail.id,
            kind = mail.kind.name(),
            attempts = mail.attempts,
            path = path.map(tracing::field::display),
            "mail sent"
        );
        self.metrics.mail(MailOutcome::Done);
        loop {
            let settled = self
                .replace(over(mail.clone(), MailState::Sent, None))
                .await;
            match settled {
                Err(fault) if self.clock.now() < mail.next_attempt_at => {
                    tracing::warn!(
                        mail_id = %mail.id,
                        error = &fault as &dyn std::error::Error,
                        "it can't be noted yet that a mail was sent"
                    );
                    tokio::time::sleep(NOTED_AGAIN).await;
                }
                settled => return settled,
            }
        }
    }

    /// Notes that a mail is over without having been sent.
    async fn settle(
        &self,
        mail: Mail,
        state: MailState,
        reason: Option<String>,
    ) -> Result<(), Fault> {
        let (mail_id, kind, attempts) = (mail.id, mail.kind.name(), mail.attempts);
        if state == MailState::Cancelled {
            self.metrics.mail(MailOutcome::Cancelled);
            tracing::info!(%mail_id, kind, attempts, "mail cancelled: its link is void");
        } else {
            self.metrics.mail(MailOutcome::Failed);
            tracing::warn!(%mail_id, kind, attempts, reason, "mail given up");
        }
        self.replace(over(mail, state, reason)).await
    }

    /// Has a mail tried again later.
    async fn put_back(&self, mail: Mail, reason: String) -> Result<(), Fault> {
        let next_attempt_at = self.clock.now() + retry_delay(mail.id, mail.attempts);
        if next_attempt_at >= mail.expires_at {
            return self.settle(mail, MailState::Failed, Some(reason)).await;
        }
        tracing::warn!(
            mail_id = %mail.id,
            kind = mail.kind.name(),
            attempts = mail.attempts,
            reason,
            "mail not sent, trying again later"
        );
        self.metrics.mail(MailOutcome::Deferred);
        self.replace(Mail {
            state: MailState::Pending,
            next_attempt_at,
            last_error: Some(reason),
            ..mail
        })
        .await
    }

    /// Gives a mail back that was not even tried to be sent.
    async fn release(&self, mail: Mail) -> Result<(), Fault> {
        let change = self.store.change().await?;
        if change.holds_mail(&mail).await? {
            let released = Mail {
                state: MailState::Pending,
                attempts: mail.attempts.saturating_sub(1),
                next_attempt_at: self.clock.now(),
                ..mail
            };
            change.update_mail(&released).await?;
            change.commit().await?;
        }
        Ok(())
    }

    /// Writes down what became of a mail, if it is still ours.
    async fn replace(&self, mail: Mail) -> Result<(), Fault> {
        let change = self.store.change().await?;
        if change.holds_mail(&mail).await? {
            change.update_mail(&mail).await?;
            change.commit().await?;
        }
        Ok(())
    }
}

/// Whether it is found out only here whom a mail of this kind is for.
fn may_be_asked_for(kind: MailKind) -> bool {
    matches!(kind, MailKind::VerifyEmail | MailKind::PasswordReset)
}

/// Why a mail is given up that was not sent in time.
fn late(mail: &Mail) -> String {
    let reason = || "it could not be sent in time".to_owned();
    mail.last_error.clone().unwrap_or_else(reason)
}

/// A mail about which nothing more is to happen. Where it came from is no longer kept.
fn over(mail: Mail, state: MailState, last_error: Option<String>) -> Mail {
    Mail {
        state,
        last_error,
        details: MailDetails::default(),
        ..mail
    }
}

/// How long a link still works, in whole minutes; one that was just made, as long as configured.
fn lifetime(token: &EmailToken, now: DateTime<Utc>) -> TimeDelta {
    if now - token.created_at < FRESH {
        return token.expires_at - token.created_at;
    }
    TimeDelta::minutes((token.expires_at - now).num_minutes().max(1))
}

/// An event of the request that asked for a mail.
fn event_of(
    mail: &Mail,
    kind: EventKind,
    actor_id: Option<UserId>,
    subject: &User,
    at: DateTime<Utc>,
) -> AuditEvent {
    AuditEvent {
        actor_id,
        device: mail.details.device(),
        request_id: mail.details.request_id.clone(),
        ..audit::event(kind, Some(subject.id), at)
    }
}

/// Waits until everything is to stop.
async fn stop(stopping: &mut watch::Receiver<bool>) {
    // It fails when there is nobody left to say so, which is the end too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
