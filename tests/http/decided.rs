//! Measuring the finder on what a register itself has decided.

use std::collections::HashMap;

use insamlingsregister::actions::overlap_scores::Trial;
use insamlingsregister::actions::overlap_scores::own::{LEAST_DECISIONS, Own};
use insamlingsregister::clock;
use insamlingsregister::db::collections::{self, Version};
use insamlingsregister::db::pairs::checks::lineages_of;
use insamlingsregister::db::pairs::{self, Found, ItemPair, Judged, Said};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::overlap::verdict::VerdictKind;
use insamlingsregister::domain::overlap::weights::MODEL;
use insamlingsregister::error::Error;
use serde_json::Value;
use uuid::Uuid;

use crate::pairs::planned;
use crate::rows::with;
use crate::support::{SCB, TestApp, run};

const OTHER: &str = "202100-1975";

/// What the collections ask about, two items each.
const SUBJECTS: [[&str; 3]; 15] = [
    ["Bibliotek", "Fysiska lån", "Öppettider"],
    ["Förskola", "Inskrivna barn", "Barngruppens storlek"],
    ["Avfall", "Insamlat matavfall", "Tömningar av sopkärl"],
    ["Vatten", "Dricksvattenprov", "Läckage i ledningsnätet"],
    ["Brandskydd", "Utryckningar vid brand", "Tillsyn av brandskyddet"],
    ["Hemtjänst", "Beviljade hemtjänsttimmar", "Personalkontinuitet"],
    ["Bostäder", "Påbörjade bostäder", "Bostadskö"],
    ["Trafik", "Trafikolyckor", "Cykelvägar i kilometer"],
    ["Upphandling", "Direktupphandlingar", "Överprövningar"],
    ["Musikskola", "Deltagare i musikundervisning", "Avgift för instrument"],
    ["Tandvård", "Karies hos sexåringar", "Väntetid till tandläkare"],
    ["Kollektivtrafik", "Resor med buss", "Tåg i rätt tid"],
    ["Energi", "Elförbrukning i lokaler", "Solceller på tak"],
    ["Färdtjänst", "Färdtjänsttillstånd", "Riksfärdtjänst"],
    ["Jakt", "Älgtilldelning", "Viltskador på gröda"],
];

fn row(reference: String, title: &str, items: &[&str]) -> Value {
    with(planned(&reference, title, items), &[("syfte", title), ("område", "")])
}

fn about(reference: String, at: usize, verb: &str) -> Value {
    let [title, first, second] = SUBJECTS[at];
    row(reference, &format!("{title} {verb}"), &[first, second])
}

/// A register in which each collection of one agency is like one of the other, and five more are like none.
async fn register(app: &TestApp) -> (Vec<Uuid>, Vec<Uuid>) {
    let met: Vec<Value> = (0..15).map(|at| about(format!("M-{at}"), at, "i landet")).collect();
    app.import(OTHER, &met).await.expect("written");
    let mut asking: Vec<Value> = (0..15).map(|at| about(format!("A-{at}"), at, "i kommunerna")).collect();
    let others = ["Gravplatser", "Skidspår", "Simhallar", "Hundlatriner", "Julgranar"];
    asking.extend(others.map(|other| row(format!("A-{other}"), other, &[other])));
    app.import(SCB, &asking).await.expect("written");
    let mut tx = app.state.db.read().await.expect("a transaction");
    let ids: Vec<Uuid> = collections::stamps(&mut tx).await.expect("read").into_iter().map(|(id, _)| id).collect();
    let read = collections::load(&mut tx, &ids, Version::InForce).await.expect("read");
    let by_reference: HashMap<String, Uuid> = read.into_iter().filter_map(|one| Some((one.own_reference?, one.id))).collect();
    let ids = |letter: &str, last: &[&str]| -> Vec<Uuid> {
        let first = (0..15).map(|at| format!("{letter}-{at}"));
        first.chain(last.iter().map(|name| format!("{letter}-{name}"))).map(|reference| by_reference[&reference]).collect()
    };
    (ids("A", &others), ids("M", &[]))
}

/// Flags a pair and lets SKR decide it, if it does.
async fn decide(app: &TestApp, person: Uuid, (asking, met): (Uuid, Uuid), kind: Option<VerdictKind>) {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let lineages = lineages_of(&mut tx, [asking, met]).await.expect("read");
    let items = vec![ItemPair { item: lineages[&asking][0], other: lineages[&met][0], score: 0.9 }];
    let substances = ("a".to_owned(), "b".to_owned());
    let found = Found {
        collection: asking,
        other: met,
        probability: 0.5,
        items,
        substance: substances.0.clone(),
        other_substance: substances.1.clone(),
        method: 1,
    };
    let now = clock::now();
    let overlap = pairs::put(&mut tx, &found, now).await.expect("written");
    if let Some(kind) = kind {
        let said = Said { organisation: "SKR".to_owned(), person: Some(person), at: now };
        let judged = Judged { overlap, kind, items: Vec::new(), reason: None, substances, said };
        pairs::add_verdict(&mut tx, &judged).await.expect("written");
    }
    tx.commit().await.expect("committed");
}

#[test]
fn the_method_is_measured_and_fitted_on_two_hundred_decisions_of_the_register() {
    run(async {
        let app = TestApp::real().await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let (asking, met) = register(&app).await;
        let refusal = async || match Own::read(&app.state.db).await {
            Err(Error::Invalid(message)) => message,
            other => panic!("{other:?}"),
        };
        let none = refusal().await;
        assert_eq!(none, "Registret har 0 bedömningar av överlapp som gäller. Det behövs minst 200 för att mäta på dem.");
        let rejected = (0..asking.len()).flat_map(|one| (0..met.len()).map(move |other| (one, other))).filter(|(one, other)| one != other);
        for (one, other) in rejected.take(LEAST_DECISIONS - 16) {
            decide(&app, skr.person, (asking[one], met[other]), Some(VerdictKind::Rejected)).await;
        }
        for at in 0..15 {
            decide(&app, skr.person, (asking[at], met[at]), Some(VerdictKind::Partial)).await;
        }
        assert!(refusal().await.starts_with("Registret har 199 bedömningar"));
        // none of these five is like anything: decided once, and once more, of which only the latest counts
        for kind in [VerdictKind::Full, VerdictKind::Rejected] {
            decide(&app, skr.person, (asking[15], met[0]), Some(kind)).await;
        }
        let own = Own::read(&app.state.db).await.expect("two hundred decisions");
        assert_eq!((own.base.len(), own.queries.len()), (35, 16));
        let confirmed: Vec<&str> = own.queries.iter().flat_map(|query| query.duplicates.iter().map(String::as_str)).collect();
        assert_eq!(confirmed.len(), 15, "what is rejected is no duplicate");
        let scores = Trial::own(&own).scores(&MODEL);
        assert!(scores.recall_at_5 > 0.99 && scores.reciprocal_rank > 0.99 && scores.item_precision_at_1 > 0.99, "{scores}");
        assert!(scores.false_alarms < 0.01, "{scores}");
        let trial = Trial::own(&own);
        let fitted = trial.fitted();
        assert!(fitted != MODEL && fitted.pair.alike > 0.0 && fitted.flagged.is_finite(), "{fitted:?}");
        let scores = trial.scores(&fitted);
        assert!(scores.flag_f1 > 0.95, "{scores}");
        // nobody knows yet whether the next one is the same: it is neither right nor wrong to flag it
        let target = own.queries[0].duplicates[0].parse().expect("an identity");
        let asks: Uuid = own.queries[0].id.parse().expect("an identity");
        change(&app, asks, target).await;
        assert!(refusal().await.starts_with("Registret har 199 bedömningar"), "a decision holds until either changes");
        decide(&app, skr.person, (asking[16], met[0]), Some(VerdictKind::Rejected)).await;
        let own = Own::read(&app.state.db).await.expect("two hundred decisions");
        let query = own.queries.iter().position(|query| query.id == asks.to_string()).expect("still asked about");
        assert!(own.left_out[query].contains(&target.to_string()) && own.queries[query].duplicates.is_empty());
        let scores = Trial::own(&own).scores(&MODEL);
        assert!(scores.false_alarms < 0.01, "{scores}");
    });
}

/// The first of a pair changes in substance, so that what was decided of it no longer holds.
async fn change(app: &TestApp, asking: Uuid, met: Uuid) {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let found = Found {
        collection: asking,
        other: met,
        probability: 0.5,
        items: Vec::new(),
        substance: "c".to_owned(),
        other_substance: "b".to_owned(),
        method: 1,
    };
    pairs::put(&mut tx, &found, clock::now()).await.expect("written");
    tx.commit().await.expect("committed");
}
