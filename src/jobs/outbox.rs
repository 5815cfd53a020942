//! The loop that sends what lies in the outbox.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;

use super::{Shutdown, stopped};
use crate::clock;
use crate::db::outbox::{self, Claimed};
use crate::db::{self, Db};
use crate::error::Result;
use crate::mail::{Mailer, Rendered, SendError};
use crate::state::AppState;

/// The name under which the loop tells that it is alive.
pub const NAME: &str = "outbox";

/// How often the outbox is looked into without a nudge: another instance may have written.
const PAUSE: Duration = Duration::from_secs(5);
/// For how long a mail is claimed: longer than [`crate::mail::PATIENCE`] in all.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// How many mails are looked at for one that nobody else has claimed.
const AT_ONCE: i64 = 20;
/// For how long it is kept to whom a mail went, and what it said.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How often what is older is emptied.
const SWEEP: TimeDelta = TimeDelta::hours(1);

/// The waits between attempts, in minutes; the last one repeats.
const WAITS: [i64; 6] = [1, 5, 30, 120, 360, 720];
/// How many attempts a mail gets: four days in all.
const MOST_ATTEMPTS: i64 = 13;

/// How long a mail waits that has been tried `attempts` times; none where that was enough.
#[must_use]
pub fn wait_after(attempts: i64) -> Option<TimeDelta> {
    let at = usize::try_from(attempts.max(1) - 1).ok()?;
    let minutes = WAITS.get(at.min(WAITS.len() - 1))?;
    if attempts >= MOST_ATTEMPTS { None } else { TimeDelta::try_minutes(*minutes) }
}

/// What came of a look into the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was due.
    Nothing,
    /// A mail left.
    Sent,
    /// A mail waits for a later attempt.
    Waits,
    /// A mail was given up.
    Failed,
}

/// Sends what is due until the program stops. The letter under way is finished first.
pub async fn run(state: AppState, mailer: Mailer, mut shutdown: Shutdown) {
    let AppState { db, nudge, pulse, .. } = state;
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut swept = None;
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            () = nudge.mailed() => {}
            _ = ticks.tick() => {}
        }
        let now = clock::now();
        pulse.beat(NAME, now);
        if let Err(error) = send_all(&db, &mailer, &shutdown).await {
            tracing::error!(%error, "the outbox could not be read or written");
        }
        if swept.is_none_or(|at| at + SWEEP <= now) {
            swept = Some(now);
            if let Err(error) = sweep(&db, now).await {
                tracing::error!(%error, "old mail could not be emptied");
            }
        }
    }
}

/// Sends until nothing is due, or until something had to wait: a server that is in trouble gets the next one at the next look.
async fn send_all(db: &Db, mailer: &Mailer, shutdown: &Shutdown) -> Result<()> {
    while !*shutdown.borrow() {
        if matches!(send_next(db, mailer, clock::now()).await?, Outcome::Nothing | Outcome::Waits) {
            break;
        }
    }
    measure(db).await
}

async fn measure(db: &Db) -> Result<()> {
    let counts = outbox::counts(&mut db.read().await?, clock::now()).await?;
    for (fate, count) in [("waiting", counts.waiting), ("dead", counts.dead)] {
        metrics::gauge!("mail_in_outbox", "fate" => fate).set(i32::try_from(count).unwrap_or(i32::MAX));
    }
    Ok(())
}

/// Sends the mail that has been due longest, if nobody else is sending it.
///
/// # Errors
/// As the database says. A mail that was claimed stays so until the claim lapses.
pub async fn send_next(db: &Db, mailer: &Mailer, now: DateTime<Utc>) -> Result<Outcome> {
    let Some(mut mail) = claim_next(db, now).await? else { return Ok(Outcome::Nothing) };
    let fate = match unfit(&mail, now) {
        Some(reason) => Fate::Failed(reason.to_owned()),
        None => {
            let sent = mailer.send(&rendered(&mail)).await;
            fate_of(&mut mail, sent, now)
        }
    };
    note(db, &mail, &fate, now).await?;
    let (outcome, word) = match fate {
        Fate::Sent => (Outcome::Sent, "sent"),
        Fate::Waits(..) => (Outcome::Waits, "retried"),
        Fate::Failed(_) => (Outcome::Failed, "failed"),
    };
    metrics::counter!("mail_total", "kind" => mail.kind.clone(), "outcome" => word).increment(1);
    tracing::info!(kind = mail.kind, id = %mail.id, attempts = mail.attempts, outcome = word, "mail");
    Ok(outcome)
}

/// Claims the first mail that nobody else claims meanwhile.
async fn claim_next(db: &Db, now: DateTime<Utc>) -> Result<Option<Claimed>> {
    let due: Vec<Uuid> = outbox::due(&mut db.read().await?, now, AT_ONCE).await?;
    for id in due {
        let mut tx = db.write().await?;
        let claimed = outbox::claim(&mut tx, id, now, now + CLAIM).await?;
        tx.commit().await?;
        if claimed.is_some() {
            return Ok(claimed);
        }
    }
    Ok(None)
}

/// Why a mail is not to be sent at all, in Swedish.
fn unfit(mail: &Claimed, now: DateTime<Utc>) -> Option<&'static str> {
    if mail.recipient.is_none() || mail.text_part.is_none() || mail.html_part.is_none() {
        return Some("Innehållet eller mottagaren är borttagen.");
    }
    if mail.expires_at.is_some_and(|at| at <= now) {
        return Some("Länken i meddelandet slutade gälla innan meddelandet kunde skickas.");
    }
    // once more is at most one duplicate; twice more would be two
    (mail.uncertain > 1)
        .then_some("Skickandet avbröts två gånger. Meddelandet kan ha kommit fram och skickas därför inte igen av sig självt.")
}

fn rendered(mail: &Claimed) -> Rendered {
    Rendered {
        id: mail.id,
        written_at: mail.created_at,
        recipient: mail.recipient.clone().unwrap_or_default(),
        subject: mail.subject.clone(),
        text: mail.text_part.clone().unwrap_or_default(),
        html: mail.html_part.clone().unwrap_or_default(),
    }
}

/// What becomes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Sent,
    Waits(DateTime<Utc>, String),
    Failed(String),
}

fn fate_of(mail: &mut Claimed, sent: Result<(), SendError>, now: DateTime<Utc>) -> Fate {
    let (again, reason) = match sent {
        Ok(()) => return Fate::Sent,
        Err(SendError::Fail(reason)) => (false, reason),
        Err(SendError::Retry(reason)) => (true, reason),
        Err(SendError::Unsure(reason)) => {
            mail.uncertain += 1;
            let last = "Meddelandet kan ha kommit fram och skickas därför inte igen av sig självt.";
            if mail.uncertain > 1 { (false, format!("{reason} {last}")) } else { (true, reason) }
        }
    };
    match wait_after(mail.attempts) {
        Some(wait) if again => Fate::Waits(now + wait, reason),
        None if again => Fate::Failed(format!("{reason} Efter fyra dagar görs inga fler försök.")),
        _ => Fate::Failed(reason),
    }
}

/// Writes what became of a mail. It is tried for as long as the claim holds: a mail that left and is not known to have would leave twice.
async fn note(db: &Db, mail: &Claimed, fate: &Fate, now: DateTime<Utc>) -> Result<()> {
    let mut tries = 5;
    loop {
        match note_once(db, mail, fate, now).await {
            Err(error) if tries > 0 => tracing::warn!(%error, id = %mail.id, "what became of a mail is not written yet"),
            other => return Ok(other?),
        }
        tries -= 1;
        sleep(Duration::from_secs(1)).await;
    }
}

async fn note_once(db: &Db, mail: &Claimed, fate: &Fate, now: DateTime<Utc>) -> db::Result<()> {
    let mut tx = db.write().await?;
    match fate {
        Fate::Sent => outbox::sent(&mut tx, mail.id, now).await?,
        Fate::Waits(until, reason) => outbox::wait(&mut tx, mail, *until, reason).await?,
        Fate::Failed(reason) => outbox::fail(&mut tx, mail, now, reason).await?,
    }
    tx.commit().await
}

/// Empties what is no longer needed.
///
/// # Errors
/// As the database says.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.write().await?;
    let emptied = outbox::sweep(&mut tx, now - KEPT).await?;
    tx.commit().await?;
    if emptied > 0 {
        tracing::info!(emptied, "old mail emptied");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_after_four_days() {
        let waits: Vec<i64> = (1..).map_while(wait_after).map(|wait| wait.num_minutes()).collect();
        assert_eq!(waits, [1, 5, 30, 120, 360, 720, 720, 720, 720, 720, 720, 720]);
        let days = waits.iter().sum::<i64>() / 60 / 24;
        assert_eq!(days, 3, "the thirteenth attempt is made before the fourth day has passed");
    }
}
