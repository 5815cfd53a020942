//! What is done once a day: taking away what has expired, and warning of and closing accounts that nobody uses, and reminding
//! agencies of collections that are due for confirmation and reference municipalities of questions, and telling those who watch of new
//! consultations.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{MissedTickBehavior, interval};

use super::{Shutdown, stopped};
use crate::actions::consultations::{outside, reference};
use crate::actions::{self, Origin, people, reminders, sign_in, watching};
use crate::clock;
use crate::db::Db;
use crate::error::Result;
use crate::state::AppState;

/// How often the work is done; also once at the start.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Does the day's work until the program stops. A fault is logged and the next day tries again.
pub async fn run(state: AppState, mut shutdown: Shutdown) {
    let origin = actions::origin(&state);
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            _ = ticks.tick() => {}
        }
        match daily(&state.db, &origin, clock::now()).await {
            Ok((0, 0)) => {}
            Ok((warned, closed)) => tracing::info!(warned, closed, "unused accounts"),
            Err(error) => tracing::error!(%error, "the day's upkeep was not finished"),
        }
        match reminders::remind(&state.db, &origin, clock::now()).await {
            Ok(0) => {}
            Ok(letters) => tracing::info!(letters, "agencies were reminded to confirm"),
            Err(error) => tracing::error!(%error, "agencies were not reminded"),
        }
        match watching::summarise(&state.db, &origin, clock::now()).await {
            Ok(0) => {}
            Ok(letters) => tracing::info!(letters, "those who watch were told of new consultations"),
            Err(error) => tracing::error!(%error, "those who watch were not told of new consultations"),
        }
        match reference::remind(&state.db, &origin, clock::now()).await {
            Ok(0) => {}
            Ok(letters) => tracing::info!(letters, "reference municipalities were reminded"),
            Err(error) => tracing::error!(%error, "reference municipalities were not reminded"),
        }
    }
}

/// One day's work at `now`. Answers how many people were warned, and how many accounts were closed.
///
/// # Errors
/// As the database says.
pub async fn daily(db: &Db, origin: &Origin, now: DateTime<Utc>) -> Result<(usize, usize)> {
    sign_in::sweep(db, now).await?;
    outside::sweep(db, now).await?;
    people::close_inactive(db, origin, now).await
}
