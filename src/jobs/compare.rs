//! Comparing collections with each other, a few at a time, whenever there is something to compare.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{Shutdown, stopped};
use crate::actions::collections::retried;
use crate::actions::comparing::compare_some;
use crate::clock;
use crate::state::AppState;

/// How often it is looked whether something changed. The index, in which is searched, is then up with the database.
const PAUSE: Duration = Duration::from_secs(5);

/// Compares until the program stops. What is done is never done again after a stop; a fault is logged and tried again.
pub async fn run(state: AppState, mut shutdown: Shutdown) {
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            _ = ticks.tick() => {}
        }
        let mut all = 0;
        while !*shutdown.borrow() {
            match retried(|| compare_some(&state.db, &state.index, clock::now())).await {
                Ok(0) => break,
                Ok(some) => all += some,
                Err(error) => {
                    tracing::error!(%error, "collections were not compared");
                    break;
                }
            }
        }
        if all > 0 {
            tracing::info!(collections = all, "compared");
        }
    }
}
