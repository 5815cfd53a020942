//! Putting the register together and running it: database, reference data, index, jobs and pages.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::actions::{demo, origin, reference};
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::db::consultations::figures::KeptFigures;
use crate::db::whole::Kept;
use crate::error::{Error, Result};
use crate::intake::reference::{ReferenceFiles, read};
use crate::mail::Mailer;
use crate::search::{Index, Sync};
use crate::state::{AppState, Nudge, Places, Pulse, Readiness, Reading, Register};
use crate::{jobs, web};

/// How long requests under way may take to finish when the program is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Opens the database that the configuration names and runs the migrations that it lacks.
///
/// # Errors
/// The data folder cannot be made, or the database does not answer.
pub async fn open_database(config: &Config) -> Result<Db> {
    tokio::fs::create_dir_all(&config.data_dir).await?;
    let db = Db::open(&config.database()).await?;
    db.migrate().await?;
    Ok(db)
}

/// Opens the index of the configuration's data folder. It may be behind the database until [`Sync::complete`] has run.
///
/// # Errors
/// The folder cannot be read or written.
pub async fn open_index(config: &Config) -> Result<Index> {
    let dir = config.index_dir();
    let (index, is_new) = tokio::task::spawn_blocking(move || Index::open(&dir)).await.map_err(Error::internal)??;
    if is_new {
        tracing::info!("the index is built anew");
    }
    Ok(index)
}

/// Fills an empty register: with the reference data, and with the demonstration's collections where it is one.
///
/// # Errors
/// As the database says; `Invalid` where a demonstration was asked for on a real register.
pub async fn fill(db: &Db, register: Register) -> Result<()> {
    let data = read(&ReferenceFiles::embedded()).map_err(Error::internal)?;
    match register {
        Register::Real => reference::load(db, &data, clock::now()).await.map(drop),
        Register::Demonstration => demo::build(db, &data, clock::now()).await,
    }
}

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The register; a database that is a demonstration stays one.
    Real,
    /// A demonstration, as it was left.
    Demonstration,
    /// A demonstration from the beginning.
    FreshDemonstration,
}

/// Serves until the program is told to stop.
///
/// # Errors
/// The address is taken, the database does not answer, or another process writes the same index.
pub async fn serve(config: Config, start: Start) -> Result<()> {
    let mailer = Mailer::new(&config)?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        Error::Invalid(format!("Det går inte att lyssna på {}: {error}. Ange en annan adress i INSAMLING_LISTEN.", config.listen))
    })?;
    let db = open_database(&config).await?;
    if start == Start::FreshDemonstration {
        demo::start_over(&db).await?; // only now: the address is ours, so nobody serves this folder
    }
    let is_demonstration = start != Start::Real || demo::is_demonstration(&db).await?;
    let register = if is_demonstration { Register::Demonstration } else { Register::Real };
    let index = open_index(&config).await?;
    let sync = Sync::new(db.clone(), index.clone())?;
    let config = Arc::new(config);
    let state = AppState {
        db: db.clone(),
        index,
        kept: Kept::default(),
        figures: KeptFigures::default(),
        config: Arc::clone(&config),
        register,
        demonstration_links: start != Start::Real,
        readiness: Readiness::default(),
        nudge: Nudge::default(),
        pulse: Pulse::default(),
        reading: Reading::with(&std::env::current_exe()?),
        packing: Places::for_packing(),
        sending: Places::for_sending(),
    };
    let (stop, shutdown) = watch::channel(false);
    let stop = Arc::new(stop);
    let mut until = shutdown.clone();
    let service = web::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move { jobs::stopped(&mut until).await });
    let serving = tokio::spawn(ending(Arc::clone(&stop), async { serving.await.map_err(Error::from) }));
    let preparing = tokio::spawn(ending(Arc::clone(&stop), prepare(sync, state, mailer, shutdown.clone())));
    tracing::info!(address = %config.listen, "listening");
    let mut until = shutdown;
    tokio::select! {
        told = told_to_stop() => told?,
        () = jobs::stopped(&mut until) => {}
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    let ended = tokio::time::timeout(GRACE, async { tokio::try_join!(serving, preparing) }).await;
    db.close().await;
    match ended {
        Ok(joined) => {
            let (served, prepared) = joined.map_err(Error::internal)?;
            served.and(prepared)
        }
        Err(_) => {
            tracing::warn!("requests were cut off");
            Ok(())
        }
    }
}

/// Does `work` and then tells everything else to stop: neither pages nor jobs go on without the other.
async fn ending(stop: Arc<watch::Sender<bool>>, work: impl Future<Output = Result<()>>) -> Result<()> {
    let outcome = work.await;
    stop.send_replace(true);
    outcome
}

/// Fills the register and completes the index, declares it ready, and then keeps the index in step, sends mail and keeps the house.
async fn prepare(mut sync: Sync, state: AppState, mailer: Mailer, shutdown: jobs::Shutdown) -> Result<()> {
    fill(&state.db, state.register).await?;
    let brought = sync.complete().await?;
    if state.demonstration_links {
        print_doors(&state).await?;
    }
    tracing::info!(collections = brought, "ready");
    state.readiness.declare();
    tokio::join!(
        jobs::index::run(sync, state.readiness.clone(), state.pulse.clone(), shutdown.clone()),
        jobs::outbox::run(state.clone(), mailer, shutdown.clone()),
        jobs::compare::run(state.clone(), shutdown.clone()),
        jobs::upkeep::run(state, shutdown)
    );
    Ok(())
}

/// Prints an address for each role of a demonstration: `role<TAB>organisation<TAB>address`.
async fn print_doors(state: &AppState) -> Result<()> {
    let doors = demo::open_doors(&state.db, clock::now()).await?;
    demo::consult(&state.db, &origin(state), clock::now()).await?;
    let base = &state.config.base_url;
    let lines: String =
        doors.iter().map(|door| format!("{}\t{}\t{base}/logga-in/{}\n", door.role.code(), door.organisation, door.token)).collect();
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes())?;
    out.flush()?;
    Ok(())
}

async fn told_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Error::from),
        _ = terminate.recv() => Ok(()),
    }
}
