//! The loop that lets the index follow the database.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Shutdown, stopped};
use crate::clock;
use crate::search::Sync;
use crate::state::{Pulse, Readiness};

/// The name under which the loop tells that it is alive.
pub const NAME: &str = "index";

/// How often changes are looked for: what another instance wrote is found within two seconds.
const PAUSE: Duration = Duration::from_millis(500);

/// How often everything is compared, as a safeguard.
const SAFEGUARD: Duration = Duration::from_secs(600);

/// Follows the database until the program stops. A fault is logged and the next look tries again.
pub async fn run(mut sync: Sync, readiness: Readiness, pulse: Pulse, mut shutdown: Shutdown) {
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut compared = Instant::now();
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            _ = ticks.tick() => {}
        }
        pulse.beat(NAME, clock::now());
        let followed = if compared.elapsed() >= SAFEGUARD {
            compared = Instant::now();
            sync.complete().await
        } else {
            sync.follow().await
        };
        readiness.set_following(followed.is_ok());
        match followed {
            Ok(0) => {}
            Ok(collections) => tracing::info!(collections, "index brought up to date"),
            Err(error) => tracing::error!(%error, "index could not follow"),
        }
    }
    if let Err(error) = sync.finish() {
        tracing::error!(%error, "index not closed in order");
    }
}
