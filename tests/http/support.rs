//! What the tests share: one runtime, databases in known states, and the register as it answers requests.

use std::path::Path;
use std::sync::{Arc, LazyLock, Weak};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use insamlingsregister::actions;
use insamlingsregister::actions::import::{self, ImportError, Mode, Summary};
use insamlingsregister::config::Config;
use insamlingsregister::db::consultations::figures::KeptFigures;
use insamlingsregister::db::whole::Kept;
use insamlingsregister::db::{self, Db, Tx};
use insamlingsregister::domain::organisation::OrganisationKind;
use insamlingsregister::domain::reference::ReferenceOrganisation;
use insamlingsregister::intake::Source;
use insamlingsregister::search::Sync;
use insamlingsregister::state::{AppState, Nudge, Places, Pulse, Readiness, Reading, Register};
use insamlingsregister::{clock, server, web};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::database::FreshDatabase;

/// Statistikmyndigheten SCB, in whose name most tests import.
pub const SCB: &str = "202100-0837";

/// Runs a test. All tests share one runtime: a connection lives no longer than the runtime that opened it.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime"));
    RUNTIME.block_on(test)
}

/// A migrated database without rows.
pub async fn migrated() -> (Db, FreshDatabase) {
    let fresh = FreshDatabase::new(None).await;
    let db = Db::open(&fresh.address).await.expect("the database opens");
    db.migrate().await.expect("the migrations run");
    (db, fresh)
}

/// Writes an agency that is nothing but its code and name.
pub async fn put_agency(tx: &mut Tx, code: &str, name: &str) {
    let agency = ReferenceOrganisation {
        code: code.to_owned(),
        kind: OrganisationKind::Agency,
        name: name.to_owned(),
        abbreviation: None,
        website: None,
        in_ordinance_scope: true,
        ended_on: None,
        successor_code: None,
        note: None,
    };
    db::organisations::put(tx, &agency, clock::now()).await.expect("the agency is written");
}

/// What the register answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, where it is text.
    pub text: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// A header as text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// The register, as the program puts it together, with a database and an index of its own.
pub struct TestApp {
    /// What requests share.
    pub state: AppState,
    router: Router,
    sync: Mutex<Sync>,
    _database: FreshDatabase,
    // the filled database lives as long as a test uses a copy of it
    _original: Option<Arc<FreshDatabase>>,
}

impl TestApp {
    /// A real register with the reference data and nothing else. Filled once, then copied.
    pub async fn real() -> Self {
        static ORIGINAL: Mutex<Weak<FreshDatabase>> = Mutex::const_new(Weak::new());
        let mut original = ORIGINAL.lock().await;
        let filled = match original.upgrade() {
            Some(filled) => filled,
            None => {
                let (db, fresh) = migrated().await;
                server::fill(&db, Register::Real).await.expect("the reference data load");
                db.close().await;
                Arc::new(fresh)
            }
        };
        *original = Arc::downgrade(&filled);
        let copy = FreshDatabase::new(Some(&filled)).await;
        drop(original);
        Self { _original: Some(filled), ..Self::open(copy, Register::Real).await }
    }

    /// The demonstration, shared: whoever changes it takes [`TestApp::real`] instead.
    pub async fn demonstration() -> Arc<Self> {
        static SHARED: Mutex<Weak<TestApp>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(app) = shared.upgrade() {
            return app;
        }
        let (db, fresh) = migrated().await;
        server::fill(&db, Register::Demonstration).await.expect("the demonstration is built");
        db.close().await;
        let app = Arc::new(Self::open(fresh, Register::Demonstration).await);
        *shared = Arc::downgrade(&app);
        app
    }

    async fn open(database: FreshDatabase, register: Register) -> Self {
        let data = database.folder.path().to_string_lossy().into_owned();
        let config = Config::from_pairs([("INSAMLING_DATA_DIR".to_owned(), data)].into()).expect("a configuration");
        let db = Db::open(&database.address).await.expect("the database opens");
        let index = server::open_index(&config).await.expect("the index opens");
        let mut sync = Sync::new(db.clone(), index.clone()).expect("the index can be written");
        sync.complete().await.expect("the index is completed");
        let readiness = Readiness::default();
        readiness.declare();
        let demonstration_links = register == Register::Demonstration;
        let state = AppState {
            db,
            index,
            kept: Kept::default(),
            figures: KeptFigures::default(),
            config: Arc::new(config),
            register,
            demonstration_links,
            readiness,
            nudge: Nudge::default(),
            pulse: Pulse::default(),
            reading: Reading::with(Path::new(env!("CARGO_BIN_EXE_insamlingsregister"))),
            packing: Places::for_packing(),
            sending: Places::for_sending(),
        };
        Self { router: web::router(state.clone()), state, sync: Mutex::new(sync), _database: database, _original: None }
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes: bytes.to_vec() }
    }

    /// Asks for an address.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap_or_else(|error| panic!("{path}: {error}"))).await
    }

    /// Asks for an address that must answer 200, and gives its body.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.text
    }

    /// Imports rows for an agency, and lets the index follow.
    pub async fn import(&self, agency: &str, rows: &[Value]) -> Result<Summary, ImportError> {
        let summary = self.import_only(agency, rows, Mode::Write).await;
        self.follow().await;
        summary
    }

    /// Lets the index follow the database.
    pub async fn follow(&self) {
        self.sync.lock().await.follow().await.expect("the index follows");
    }

    /// Imports rows for an agency; the index is not told.
    pub async fn import_only(&self, agency: &str, rows: &[Value], mode: Mode) -> Result<Summary, ImportError> {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        let text = lines.join("\n");
        let source = Source { name: "insamlingar.jsonl", bytes: text.as_bytes() };
        import::run(&self.state.db, &actions::origin(&self.state), agency, source, mode, clock::now(), |_, _| ()).await
    }

    /// The number of the collection whose title is this, by the open data.
    pub async fn number_of(&self, title: &str) -> Option<String> {
        let list = self.get("/api/v1/collections?limit=500").await.json();
        let found = list["items"].as_array()?.iter().find(|item| item["title"] == title)?;
        found["number"].as_str().map(str::to_owned)
    }
}

/// Lets an agency have ended, with Statskontoret as the one that took over, as the reference data say of `like`.
pub async fn hand_over(app: &TestApp, code: &str, like: &str) {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let model = db::organisations::get(&mut tx, like).await.expect("read").expect("the agency that ended");
    let facts = db::organisations::facts(&mut tx, like).await.expect("read").expect("its facts");
    let agency = db::organisations::get(&mut tx, code).await.expect("read").expect("the agency");
    let ended = ReferenceOrganisation {
        code: code.to_owned(),
        kind: OrganisationKind::Agency,
        name: agency.name,
        abbreviation: agency.abbreviation,
        website: None,
        in_ordinance_scope: true,
        ended_on: model.ended_on,
        successor_code: facts.successor_code,
        note: None,
    };
    db::organisations::put(&mut tx, &ended, clock::now()).await.expect("the agency is written");
    tx.commit().await.expect("committed");
}
