//! What the tests share: one runtime, so that they can share connections, and databases in known states.

use std::sync::LazyLock;

use insamlingsregister::clock;
use insamlingsregister::db::{self, Db, Tx};
use insamlingsregister::domain::organisation::OrganisationKind;
use insamlingsregister::domain::reference::ReferenceOrganisation;
use tokio::runtime::Runtime;

use crate::database::FreshDatabase;

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
