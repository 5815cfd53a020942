//! Work beside the requests: loops that run until the program stops.

pub mod compare;
pub mod index;
pub mod outbox;
pub mod upkeep;

use tokio::sync::watch;

/// Tells the loops to stop. Dropping the sender stops them too.
pub type Shutdown = watch::Receiver<bool>;

/// Waits until the program is told to stop.
pub async fn stopped(shutdown: &mut Shutdown) {
    // an error means that the sender is gone, which is a stop as well
    let _stopped_either_way = shutdown.wait_for(|stop| *stop).await;
}
