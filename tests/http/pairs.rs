//! Flagged overlaps: answered by the agency that asks, objected to by the other, decided by reviewers, shown to everyone once confirmed.

use axum::http::StatusCode;
use insamlingsregister::actions::comparing::compare_some;
use insamlingsregister::actions::import::Mode;
use insamlingsregister::clock;
use insamlingsregister::db::collections::{self, Version};
use insamlingsregister::db::involved;
use insamlingsregister::db::pairs::{self, Found, ItemPair};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use insamlingsregister::domain::overlap::substance::substance;
use insamlingsregister::secret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Client, hidden};
use crate::editor::short_way;
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// Skatteverket, whose collection is met.
pub const OTHER: &str = "202100-5448";

/// Flags a pair, its first items as alike, and answers its identity.
pub async fn flag(app: &TestApp, asking: &str, met: &str) -> Uuid {
    flag_at(app, asking, met, 0.8).await
}

/// The same with this probability.
pub async fn flag_at(app: &TestApp, asking: &str, met: &str, probability: f64) -> Uuid {
    let mut tx = app.state.db.write().await.expect("a transaction");
    let today = clock::swedish_day(clock::now());
    let mut sides = Vec::new();
    for number in [asking, met] {
        let number = CollectionNumber::parse(number).expect("a number");
        let known = involved::by_number(&mut tx, number, today).await.expect("read").expect("a collection");
        let newest = collections::load(&mut tx, &[known.id], Version::Newest).await.expect("read").pop().expect("a version");
        let lineages = pairs::lineages(&mut tx, known.id, newest.version).await.expect("read");
        sides.push((known.id, lineages[0], secret::digest(&substance(&newest.content))));
    }
    let found = Found {
        collection: sides[0].0,
        other: sides[1].0,
        probability,
        items: vec![ItemPair { item: sides[0].1, other: sides[1].1, score: 1.5 }],
        substance: sides[0].2.clone(),
        other_substance: sides[1].2.clone(),
        method: 1,
    };
    let id = pairs::put(&mut tx, &found, clock::now()).await.expect("written");
    tx.commit().await.expect("committed");
    id
}

/// A register with a collection of SCB that is like one of Skatteverket, both open: the pair, and the two numbers.
pub async fn alike(app: &TestApp) -> (Uuid, String, String) {
    let planned = [("status", "planerad"), ("kontakt e-post", "statistik@skatteverket.example")];
    app.import(OTHER, &[with(full_row("S-1", "Elever och kostnader"), &planned)]).await.expect("written");
    app.import(SCB, &[with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad")])]).await.expect("written");
    let met = app.number_of("Elever och kostnader").await.expect("a number");
    let asking = app.number_of("Kostnad per elev").await.expect("a number");
    (flag(app, &asking, &met).await, asking, met)
}

pub fn went_to(answer: &Answer, path: &str) {
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, path), "{}", answer.text);
}

#[test]
fn the_agency_that_asks_answers_and_the_other_one_is_told_and_may_object() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&address).await;
        for said in ["Kostnad per elev", "Elever och kostnader", "Antal elever", "vi samordnar oss", "Ingen har svarat än", &met] {
            assert!(page.to_lowercase().contains(&said.to_lowercase()), "{said}: {page}");
        }
        assert!(!page.contains("Bedömning"), "an agency does not review");
        let refused = answer(&own, &address, &[("svar", "differs"), ("skal", "  ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Skriv på vilket sätt er insamling skiljer sig") && refused.text.contains("f-skal-fel"));
        let words = "Vi föreslår ett <gemensamt> formulär.";
        for _ in 0..2 {
            let answered = answer(&own, &address, &[("svar", "coordinate"), ("skal", words)]).await;
            went_to(&answered, &format!("{address}?sparat=svar"));
        }
        let letters = app.letters("statistik@skatteverket.example").await;
        assert_eq!(letters.len(), 1, "sent twice is sent once");
        for said in [asking.as_str(), &met, words, &address, "Statistiska centralbyrån"] {
            assert!(letters[0].contains(said), "{said}: {}", letters[0]);
        }
        let other = app.signed_in(Role::Agency, OTHER).await;
        let page = other.page(&address).await;
        assert!(page.contains("&#60;gemensamt&#62;") && page.contains("Vi invänder") && !page.contains("/svar\""), "{page}");
        let empty = other.post(&format!("{address}/inlagg"), &[("inlagg", " ")]).await;
        assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.text.contains("Skriv vad ni vill säga."));
        let objection = [("inlagg", "Våra uppgifter gäller friskolor."), ("invander", "ja")];
        went_to(&other.post(&format!("{address}/inlagg"), &objection).await, &format!("{address}?sparat=inlagg"));
        let page = own.page(&address).await;
        assert!(page.contains("invänder") && page.contains("Våra uppgifter gäller friskolor."), "{page}");
        assert_eq!(other.post(&format!("{address}/svar"), &[("svar", "reuse")]).await.status, StatusCode::FORBIDDEN);
        let third = app.signed_in(Role::Agency, "202100-2114").await;
        assert_eq!(third.post(&format!("{address}/inlagg"), &objection).await.status, StatusCode::NOT_FOUND);
        assert_eq!(third.get(&address).await.status, StatusCode::NOT_FOUND, "a flag is nobody else's");
    });
}

#[test]
fn a_reviewer_decides_and_everyone_reads_what_is_confirmed() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let (asks, meets) = (format!("/insamlingar/{asking}"), format!("/insamlingar/{met}"));
        assert!(!app.page(&asks).await.contains("Samma uppgifter i andra insamlingar"), "a flag is not public");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        assert!(skr.page("/liknande").await.contains(&address));
        let page = skr.page(&address).await;
        let seen = [hidden(&page, "innehall").expect("a digest"), hidden(&page, "andra_innehall").expect("a digest")];
        let seen = [("innehall", seen[0].as_str()), ("andra_innehall", seen[1].as_str())];
        let decide = format!("{address}/beslut");
        let refused = skr.post(&decide, &[seen[0], seen[1], ("bedomning", "rejected")]).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("Skriv varför uppgifterna inte är samma."));
        let stale = skr.post(&decide, &[("innehall", "annat"), seen[1], ("bedomning", "full")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let first = hidden(&page, "uppgift").expect("a pair of items");
        let partial = [seen[0], seen[1], ("bedomning", "partial"), ("uppgift", first.as_str()), ("motivering", "Båda begär antal elever.")];
        went_to(&skr.post(&decide, &partial).await, &format!("{address}?sparat=beslut"));
        assert!(!skr.page("/liknande").await.contains(&address), "what is decided is not asked again");
        for (path, other) in [(&asks, &meets), (&meets, &asks)] {
            let page = app.page(path).await;
            assert!(page.contains("Samma uppgifter i andra insamlingar") && page.contains(&format!("href=\"{other}\"")), "{page}");
            assert!(page.contains("Sveriges Kommuner och Regioner den") && page.contains("Båda begär antal elever."), "{page}");
        }
        self::decide(&skr, &id.to_string(), &[("bedomning", "rejected"), ("motivering", "Olika skolformer.")]).await;
        assert!(!app.page(&asks).await.contains("Samma uppgifter i andra insamlingar"));
        assert!(!skr.page("/liknande").await.contains(&address), "a rejected pair stays quiet");
        let changed = with(full_row("B-1", "Kostnad per elev och skola"), &[("status", "planerad")]);
        app.import(SCB, &[changed]).await.expect("written");
        assert_eq!(flag(&app, &asking, &met).await, id, "a pair keeps its identity");
        assert!(skr.page("/liknande").await.contains(&address), "it is asked again once either has changed in substance");
    });
}

#[test]
fn nobody_learns_of_a_hidden_collection_through_an_overlap() {
    run(async {
        let app = TestApp::real().await;
        let (_, asking, _) = alike(&app).await;
        let secret = with(full_row("S-2", "Hemlig insamling"), &[("status", "planerad"), ("visas öppet från", "inte")]);
        app.import(OTHER, &[secret]).await.expect("written");
        let id = flag(&app, &asking, &app.newest_number().await).await;
        for (role, organisation) in [(Role::Agency, SCB), (Role::Skr, "SKR"), (Role::Analyst, SCB)] {
            let reader = app.signed_in(role, organisation).await;
            assert_eq!(reader.get(&format!("/liknande/{id}")).await.status, StatusCode::NOT_FOUND, "{role:?}");
            let list = reader.get("/liknande").await;
            assert_eq!(list.text.contains("Elever och kostnader"), role != Role::Agency, "{role:?}: reviewers see the open pair");
            assert!(!list.text.contains("Hemlig insamling"), "{role:?}");
        }
        let admin = app.signed_in(Role::Admin, SCB).await;
        assert!(admin.page("/liknande").await.contains("Hemlig insamling"), "it waits there for whoever may know of it");
        let owner = app.signed_in(Role::Agency, OTHER).await;
        assert!(owner.page(&format!("/liknande/{id}")).await.contains("Hemlig insamling"));
    });
}

/// Compares until nothing is left, and answers how many collections that were.
pub async fn compare(app: &TestApp) -> usize {
    let mut all = 0;
    loop {
        match compare_some(&app.state.db, &app.state.index, clock::now()).await.expect("compared") {
            0 => return all,
            some => all += some,
        }
        assert!(all < 50, "it never ends");
    }
}

/// Lets SKR say that a pair is the same.
pub async fn confirm(app: &TestApp, pair: &str) {
    decide(&app.signed_in(Role::Skr, "SKR").await, pair, &[("bedomning", "full")]).await;
}

/// Lets somebody decide on a pair as its page is now.
pub async fn decide(reviewer: &Client<'_>, pair: &str, fields: &[(&str, &str)]) {
    let address = format!("/liknande/{pair}");
    let page = reviewer.page(&address).await;
    let seen = ["innehall", "andra_innehall", "senaste"].map(|name| (name, hidden(&page, name).expect("what the page shows")));
    let seen = seen.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<(&str, &str)> = seen.chain(fields.iter().copied()).collect();
    went_to(&reviewer.post(&format!("{address}/beslut"), &fields).await, &format!("{address}?sparat=beslut"));
}

/// Answers for a pair, given by its address, as its page is now.
pub async fn answer(client: &Client<'_>, address: &str, fields: &[(&str, &str)]) -> Answer {
    let page = client.page(address).await;
    let seen = ["innehall", "andra_innehall"].map(|name| (name, hidden(&page, name).expect("a digest")));
    let seen = seen.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<(&str, &str)> = seen.chain(fields.iter().copied()).collect();
    client.post(&format!("{address}/svar"), &fields).await
}

/// A planned row with these items.
pub fn planned(reference: &str, title: &str, items: &[&str]) -> Value {
    let mut row = with(full_row(reference, title), &[("status", "planerad")]);
    row["uppgifter"] = items.iter().map(|item| json!({ "uppgift": item })).collect();
    row
}

/// What libraries of schools are asked for.
pub const LIBRARIES: [&str; 4] =
    ["Antal skolbibliotekarier", "Öppettider i skolbiblioteket", "Medier i skolbiblioteket", "Elever utan skolbibliotek"];

#[test]
fn what_is_registered_is_compared_once_and_again_when_it_changes() {
    run(async {
        let app = TestApp::real().await;
        let other = ["Saltförråd vid vintervägar", "Plogade gångbanor i kilometer"];
        app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES), planned("S-2", "Vinterväghållning", &other)])
            .await
            .expect("written");
        app.import(SCB, &[planned("B-1", "Bemanning i skolbibliotek", &LIBRARIES)]).await.expect("written");
        let (asking, met) = (
            app.number_of("Bemanning i skolbibliotek").await.expect("one"),
            app.number_of("Skolbibliotekens bemanning").await.expect("one"),
        );
        assert_eq!(compare(&app).await, 0, "nobody could answer yet");
        let own = app.signed_in(Role::Agency, SCB).await;
        assert!(compare(&app).await >= 3);
        assert_eq!(compare(&app).await, 0, "nothing is compared twice");
        let page = own.page(&format!("/insamlingar/{asking}")).await;
        assert!(page.contains("Begär troligen samma uppgifter") && page.contains("Skolbibliotekens bemanning"), "{page}");
        assert!(page.contains("Obesvarad: väntar på ert svar") && !page.contains("Vinterväghållning"), "{page}");
        let theirs = app.signed_in(Role::Agency, OTHER).await.page(&format!("/insamlingar/{met}")).await;
        assert!(theirs.contains("Obesvarad: den andra myndigheten har inte svarat"), "{theirs}");
        assert!(!app.page(&format!("/insamlingar/{asking}")).await.contains("Begär troligen samma uppgifter"), "a flag is not public");
        let (_, rest) = page.split_once("href=\"/liknande/").expect("a flag");
        confirm(&app, rest.split('"').next().expect("an address")).await;
        let confirmed = "Samma uppgifter i andra insamlingar";
        assert!(app.page(&format!("/insamlingar/{asking}")).await.contains(confirmed));
        // the one that was met changes into something else: the flag goes, and what was confirmed of it
        app.import(OTHER, &[planned("S-1", "Saltning och plogning", &other)]).await.expect("written");
        assert!(compare(&app).await >= 2, "the one that asks is compared anew");
        let page = own.page(&format!("/insamlingar/{asking}")).await;
        assert!(!page.contains("Begär troligen samma uppgifter"), "{page}");
        for number in [&asking, &met] {
            assert!(!app.page(&format!("/insamlingar/{number}")).await.contains(confirmed), "{number}");
        }
        assert_eq!(compare(&app).await, 0);
        // what the index has not read yet waits
        app.import_only(SCB, &[planned("B-2", "Skolbibliotek än en gång", &LIBRARIES)], Mode::Write).await.expect("written");
        assert_eq!(compare(&app).await, 0);
        app.import(SCB, &[planned("B-3", "Något annat", &other)]).await.expect("written");
        assert_eq!(compare(&app).await, 2);
    });
}

#[test]
fn what_is_alike_stands_beside_the_form_for_those_who_may_know_of_it() {
    run(async {
        let app = TestApp::real().await;
        let mut hidden_row = planned("S-3", "Hemlig räkning av skolbibliotek", &LIBRARIES);
        hidden_row["visas öppet från"] = json!("inte");
        app.import(OTHER, &[planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES), hidden_row]).await.expect("written");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&own, "Bibliotek i skolan").await;
        let address = format!("{draft}/uppgifter");
        let fields: Vec<(&str, &str)> = LIBRARIES.iter().map(|item| ("item_label", *item)).collect();
        let beside = own.post(&format!("{address}/liknande"), &fields).await;
        assert_eq!(beside.status, StatusCode::OK, "{}", beside.text);
        for said in
            ["insamling begär troligen samma uppgifter", "Skolbibliotekens bemanning", "Antal skolbibliotekarier", "uppgifter liknar"]
        {
            assert!(beside.text.contains(said), "{said}: {}", beside.text);
        }
        assert!(!beside.text.contains("Hemlig"), "{}", beside.text);
        assert!(!own.page(&address).await.contains("Antal skolbibliotekarier"), "nothing is saved by looking");
        // without a script the same stands there once the step is saved
        let revision = hidden(&own.page(&address).await, "revision").expect("a revision");
        let mut saved = fields.clone();
        saved.extend([("revision", revision.as_str()), ("gor", "rader")]);
        assert_eq!(own.post(&address, &saved).await.status, StatusCode::SEE_OTHER);
        let page = own.page(&address).await;
        assert!(page.contains("Samlas troligen redan in") && page.contains("Skolbibliotekens bemanning"), "{page}");
        // hostile and odd input is answered sensibly
        for odd in ["", "a", "och att det", "𝕏 <script>alert(1)</script>", &"å".repeat(50_000)] {
            let answer = own.post(&format!("{address}/liknande"), &[("item_label", odd)]).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(!answer.text.contains("<script>"));
        }
        let many: Vec<(&str, &str)> = (0..300).map(|_| ("item_label", "Antal elever i grundskolan")).collect();
        assert_eq!(own.post(&format!("{address}/liknande"), &many).await.status, StatusCode::OK);
        let stranger = app.signed_in(Role::Agency, OTHER).await;
        assert_eq!(stranger.post(&format!("{address}/liknande"), &fields).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_copy_is_no_overlap_with_what_it_was_copied_from() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[planned("B-1", "Skolbibliotekens bemanning", &LIBRARIES)]).await.expect("written");
        let source = app.number_of("Skolbibliotekens bemanning").await.expect("one");
        let own = app.signed_in(Role::Agency, SCB).await;
        let begun = own.post("/insamlingar/ny", &[("kopia", &source)]).await;
        let draft = begun.header("location").trim_end_matches("/grunder").to_owned();
        assert!(draft.starts_with("/utkast/"), "{}: {}", begun.status, begun.text);
        let beside = own.post(&format!("{draft}/uppgifter/liknande"), &[]).await;
        assert!(!beside.text.contains(&source), "{}", beside.text);
    });
}
