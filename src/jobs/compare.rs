//! Comparing collections with each other, a few at a time, whenever there is something to compare.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{Shutdown, stopped};
use crate::actions::comparing::{Round, compare_next};
use crate::clock;
use crate::error::Result;
use crate::state::AppState;

/// How often it is looked whether something changed. The index, in which is searched, is then up with the database.
const PAUSE: Duration = Duration::from_secs(5);

/// Compares until the program stops. What is done is never done again after a stop; a fault is logged and tried again.
pub async fn run(state: AppState, mut shutdown: Shutdown) {
    let mut round = Round::of(clock::new_id());
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            _ = ticks.tick() => {}
        }
        match compare_all(&state, &mut round, &shutdown).await {
            Ok(0) => {}
            Ok(collections) => tracing::info!(collections, "compared"),
            Err(error) => tracing::error!(%error, "collections were not compared"),
        }
        if let Err(error) = round.leave_turn(&state.db).await {
            tracing::warn!(%error, "another instance of the program waits before it compares");
        }
    }
}

/// Goes a round.
async fn compare_all(state: &AppState, round: &mut Round, shutdown: &Shutdown) -> Result<usize> {
    let mut all = 0;
    while !*shutdown.borrow() {
        match compare_next(&state.db, &state.index, round, clock::now()).await? {
            Some(some) => all += some,
            None => break,
        }
    }
    Ok(all)
}
