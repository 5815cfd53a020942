//! What the form answers for collections that ask for the same, and what waits for an answer afterwards.

use std::fs;

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::involved;
use insamlingsregister::db::pairs::{self, Overlap};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::identifier::CollectionNumber;
use serde_json::Value;

use crate::client::Client;
use crate::editor::{sent, short_way};
use crate::life::decide;
use crate::pairs::{LIBRARIES, OTHER, answer, compare, planned};
use crate::rows::with;
use crate::support::{Answer, SCB, TestApp, run};

/// A function mailbox of the agency whose collection is met.
pub const MAILBOX: &str = "statistik@skatteverket.example";
/// Items that are like nothing else.
const SALT: [&str; 2] = ["Saltförråd vid vintervägar", "Plogade gångbanor i kilometer"];

pub fn met() -> Value {
    with(planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES), &[("kontakt e-post", MAILBOX)])
}

/// A form of SCB with the same items as the collection that is met.
pub async fn form(client: &Client<'_>, title: &str) -> String {
    let draft = short_way(client, title).await;
    let items: Vec<(&str, &str)> = LIBRARIES.iter().map(|item| ("item_label", *item)).chain([("gor", "nasta")]).collect();
    assert_eq!(sent(client, &draft, "uppgifter", &items).await.status, StatusCode::SEE_OTHER);
    draft
}

/// The number that the form got.
pub fn number_in(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").trim_start_matches("/insamlingar/").split('?').next().expect("a number").to_owned()
}

/// The pairs of a collection, and how many answers they have together.
pub async fn kept(app: &TestApp, number: &str) -> (Vec<Overlap>, usize) {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = CollectionNumber::parse(number).expect("a number");
    let known = involved::by_number(&mut tx, number, clock::swedish_day(clock::now())).await.expect("read").expect("a collection");
    let found = pairs::of_collection(&mut tx, known.id).await.expect("read");
    let ids: Vec<uuid::Uuid> = found.iter().map(|one| one.id).collect();
    let answers = pairs::answers(&mut tx, &ids).await.expect("read");
    (found, answers.len())
}

/// What the last step is sent to answer for a collection.
pub fn answering<'a>(names: &'a [String; 2], kind: &'a str, reason: &'a str, button: &'a str) -> [(&'a str, &'a str); 3] {
    [(&names[0], kind), (&names[1], reason), ("gor", button)]
}

#[test]
fn an_answer_in_the_form_becomes_the_answer_to_the_flag() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let page = own.page(&format!("{draft}/granska")).await;
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        for said in ["Samlas troligen redan in", "Skolbibliotekens bemanning", "Vi svarar senare", MAILBOX, &names[0]] {
            assert!(page.contains(said), "{said}: {page}");
        }
        for fact in
            ["Skatteverket", "Hur ofta", "Senaste omgången", "Nästa omgång", "Kontakt", "E-post", "Syfte", "Antal skolbibliotekarier"]
        {
            assert!(page.contains(fact) && own.page(&format!("{draft}/uppgifter")).await.contains(fact), "{fact}: {page}");
        }
        let refused = sent(&own, &draft, "granska", &answering(&names, "differs", " ", "registrera")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains(&format!("Förklaring till svaret om {met}: Skriv på vilket sätt er insamling skiljer sig"))
                && refused.text.contains(&format!("f-{}-fel", names[1]))
        );
        assert!(refused.text.contains("value=\"differs\" checked"), "{}", refused.text);
        assert!(page.contains("Bekräftas likheten visas svaret öppet på båda insamlingarnas sidor."), "{page}");
        let beside = own.page(&format!("{draft}/uppgifter")).await;
        let (_, glance) = beside.split_once("data-nearby-glance>").expect("a line above the form, in sight");
        let said = "1\u{a0}insamling begär troligen samma uppgifter.";
        assert!(glance.starts_with(said) && beside.contains("href=\"#liknande\"") && beside.contains("id=\"liknande\""), "{beside}");
        let words = "Vi föreslår ett <gemensamt> formulär.";
        let saved = sent(&own, &draft, "granska", &answering(&names, "coordinate", words, "spara")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let page = own.page(&format!("{draft}/granska")).await;
        assert!(page.contains("value=\"coordinate\" checked") && page.contains("&#60;gemensamt&#62;"), "{page}");
        assert!(app.letters(MAILBOX).await.is_empty(), "nothing is sent of a draft");
        let number = number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await);
        let letters = app.letters(MAILBOX).await;
        assert!(letters.len() == 1 && letters[0].contains(&number) && letters[0].contains(words), "{letters:?}");
        let (before, answers) = kept(&app, &number).await;
        assert_eq!((before.len(), answers), (1, 1));
        assert_eq!(before[0].found.items.len(), LIBRARIES.len(), "with the items that are alike");
        let page = own.page(&format!("/insamlingar/{number}")).await;
        assert!(page.contains("Ert svar: vi samordnar oss. Förslaget mejlades den") && page.contains(MAILBOX), "{page}");
        // the job finds the same pair
        app.follow().await;
        assert!(compare(&app).await >= 2);
        let (after, answers) = kept(&app, &number).await;
        assert_eq!((after.len(), answers, after[0].gone_at), (1, 1, None));
        assert_eq!(
            (after[0].id, after[0].found_at, &after[0].found.substance),
            (before[0].id, before[0].found_at, &before[0].found.substance)
        );
        assert!(!own.page("/skrivbord").await.contains("att svara om"), "nothing is asked twice");
        assert_eq!(app.letters(MAILBOX).await.len(), 1);
    });
}

#[test]
fn what_is_put_off_waits_on_the_desk_and_at_the_decision_until_it_is_answered() {
    run(async {
        let app = TestApp::real().await;
        let mut secret = planned("S-2", "Hemlig räkning av skolbibliotek", &LIBRARIES);
        secret["visas öppet från"] = Value::from("inte");
        app.import(OTHER, &[met(), secret]).await.expect("written");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let number = number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await);
        app.follow().await;
        compare(&app).await;
        assert_eq!(kept(&app, &number).await.0.len(), 2);
        let (desk, decision, page) = ("/skrivbord", format!("/insamlingar/{number}/beslut"), format!("/insamlingar/{number}"));
        assert!(own.page(desk).await.contains("1\u{a0}liknande insamling att svara om"), "what is hidden is not told of");
        assert!(own.page(&decision).await.contains("Ni har inte svarat om den här insamlingen"));
        assert!(own.page(&page).await.contains("Obesvarad: väntar på ert svar"));
        for text in [own.page(desk).await, own.page(&decision).await, own.page(&page).await] {
            assert!(text.contains("Skolbibliotekens bemanning") && !text.contains("Hemlig"), "{text}");
        }
        let pair = own.page(desk).await;
        let (_, rest) = pair.split_once("href=\"/liknande/").expect("a flag");
        let pair = format!("/liknande/{}", rest.split('"').next().expect("an address"));
        assert_eq!(answer(&own, &pair, &[("svar", "coordinate")]).await.status, StatusCode::SEE_OTHER);
        assert!(own.page(&pair).await.contains(&format!("till {MAILBOX}.")));
        for path in [desk, &decision] {
            let text = own.page(path).await;
            assert!(!text.contains("att svara om") && !text.contains("Ni har inte svarat"), "{text}");
        }
        // the other agency learns of it, objects, and is answered
        let other = app.signed_in(Role::Agency, OTHER).await;
        assert!(other.page(desk).await.contains("Statistiska centralbyrån svarar om er insamling: vi samordnar oss."));
        let objection = [("inlagg", "Våra uppgifter gäller friskolor."), ("invander", "ja")];
        assert_eq!(other.post(&format!("{pair}/inlagg"), &objection).await.status, StatusCode::SEE_OTHER);
        assert!(!other.page(desk).await.contains("Skatteverket invänder"), "one's own word is no news");
        assert!(own.page(desk).await.contains("Skatteverket invänder: uppgifterna är inte samma."));
        assert_eq!(own.post(&format!("{pair}/inlagg"), &[("inlagg", "Då tar vi bort dem.")]).await.status, StatusCode::SEE_OTHER);
        assert!(!own.page(desk).await.contains("Skatteverket invänder"));
        assert!(other.page(desk).await.contains("Statistiska centralbyrån har skrivit till er."));
        let third = app.signed_in(Role::Agency, "202100-2114").await.page(desk).await;
        assert!(
            !third.contains(" svarar om ")
                && !third.contains(" invänder: ")
                && !third.contains("har skrivit till er")
                && !third.contains("att svara om"),
            "{third}"
        );
    });
}

#[test]
fn a_hidden_collection_proposes_nothing_and_stays_a_draft() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let hidden = [("visibility", "never"), ("gor", "nasta")];
        assert_eq!(sent(&own, &draft, "kanal-och-kontakt", &hidden).await.status, StatusCode::SEE_OTHER);
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        let refused = sent(&own, &draft, "granska", &answering(&names, "coordinate", "", "registrera")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("Er insamling visas inte öppet, så den andra myndigheten får inte veta att den finns.")
                && refused.text.contains(&format!("f-{}-fel", names[0]))
        );
        assert!(app.letters(MAILBOX).await.is_empty());
        assert!(own.page("/skrivbord").await.contains("Påbörjat"), "nothing of it is registered");
        let number = number_in(&sent(&own, &draft, "granska", &answering(&names, "reuse", "", "registrera")).await);
        assert_eq!(kept(&app, &number).await.1, 1);
        let other = app.signed_in(Role::Agency, OTHER).await.page("/skrivbord").await;
        assert!(!other.contains("En annan myndighet"), "who may not know of a collection learns nothing of its answer: {other}");
    });
}

#[test]
fn an_answer_to_a_change_counts_once_the_change_is_decided() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        app.import(SCB, &[with(planned("B-1", "Vinterväghållning", &SALT), &[("status", "beslutad")])]).await.expect("written");
        let number = app.number_of("Vinterväghållning").await.expect("a number");
        // registered later: its agency is the one that is asked
        app.import(OTHER, &[planned("S-9", "Bemanning av skolbibliotek", &LIBRARIES)]).await.expect("written");
        let later = app.number_of("Bemanning av skolbibliotek").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        compare(&app).await;
        let begun = own.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let draft = begun.header("location").rsplit_once('/').expect("a step").0.to_owned();
        let items: Vec<(&str, &str)> = LIBRARIES.iter().map(|item| ("item_label", *item)).chain([("gor", "nasta")]).collect();
        assert_eq!(sent(&own, &draft, "uppgifter", &items).await.status, StatusCode::SEE_OTHER);
        let page = own.page(&format!("{draft}/granska")).await;
        assert!(page.contains(&format!("svar_{met}")) && !page.contains(&format!("svar_{later}")), "{page}");
        assert!(page.contains("Den insamlingen registrerades efter er."), "{page}");
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        let mut fields = answering(&names, "differs", "Vi frågar varje skola.", "registrera").to_vec();
        fields.extend([("significance", "significant"), ("significance_reason", "Andra uppgifter.")]);
        assert_eq!(number_in(&sent(&own, &draft, "granska", &fields).await), number);
        let (given, answers) = kept(&app, &number).await;
        assert_eq!((given.len(), answers), (1, 1));
        // what is in force asks for nothing of it
        app.follow().await;
        compare(&app).await;
        let (gone, answers) = kept(&app, &number).await;
        assert!(gone.len() == 1 && gone[0].gone_at.is_some() && answers == 1, "{gone:?}");
        assert_eq!(decide(&own, &number, "2026-03-05").await.status, StatusCode::SEE_OTHER);
        app.follow().await;
        compare(&app).await;
        let (back, answers) = kept(&app, &number).await;
        let back: Vec<&Overlap> = back.iter().filter(|one| one.found.collection == given[0].found.collection).collect();
        assert!(back.len() == 1 && back[0].id == given[0].id && back[0].gone_at.is_none(), "{back:?}");
        assert_eq!(answers, 1);
        assert!(!own.page("/skrivbord").await.contains("att svara om"), "nothing is asked twice");
        // what is answered is told in the next change, not asked
        let begun = own.post(&format!("/insamlingar/{number}/andra"), &[]).await;
        let page = own.page(&format!("{}/granska", begun.header("location").rsplit_once('/').expect("a step").0)).await;
        assert!(page.contains("Ni har svarat: insamlingen skiljer sig.") && !page.contains(&names[0]), "{page}");
    });
}

#[test]
fn an_answer_for_what_is_not_flagged_any_more_is_told_and_answers_nothing() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        assert_eq!(sent(&own, &draft, "granska", &answering(&names, "coordinate", "", "spara")).await.status, StatusCode::SEE_OTHER);
        let basics = [("title", "Vinterväghållning"), ("kind", "survey"), ("gor", "nasta")];
        assert_eq!(sent(&own, &draft, "grunder", &basics).await.status, StatusCode::SEE_OTHER);
        let items: Vec<(&str, &str)> = SALT.iter().map(|item| ("item_label", *item)).chain([("gor", "nasta")]).collect();
        assert_eq!(sent(&own, &draft, "uppgifter", &items).await.status, StatusCode::SEE_OTHER);
        let page = own.page(&format!("{draft}/granska")).await;
        assert!(page.contains(&format!("I utkastet finns också svar om {met}")) && !page.contains(&names[0]), "{page}");
        let number = number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await);
        assert_eq!(kept(&app, &number).await, (Vec::new(), 0));
        assert!(app.letters(MAILBOX).await.is_empty());
    });
}

#[test]
fn what_is_withdrawn_is_told_of_as_such_and_asked_of_nobody() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        let other = app.signed_in(Role::Agency, OTHER).await;
        let withdrawn = other.post(&format!("/insamlingar/{met}/aterkalla"), &[("skal", "Blir inte av.")]).await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.text);
        app.follow().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let beside = own.page(&format!("{draft}/uppgifter")).await;
        assert!(beside.contains("Kan likna er insamling") && beside.contains("Återkallad"), "{beside}");
        assert!(!beside.contains("Samlas troligen redan in"), "{beside}");
        assert!(!own.page(&format!("{draft}/granska")).await.contains(&format!("svar_{met}")));
    });
}

#[test]
fn a_fault_in_the_finder_keeps_nobody_from_writing_or_registering() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        // the texts in the index can no longer be read; nobody has asked the finder yet
        for file in fs::read_dir(app.state.config.index_dir()).expect("the index") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|kind| kind == "store") {
                use std::io::Write;
                let length = fs::metadata(&path).expect("a file").len() as usize;
                let mut file = fs::OpenOptions::new().write(true).open(&path).expect("the texts");
                file.write_all(&vec![0xA5; length.saturating_sub(120)]).expect("written");
            }
        }
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let fault = "Just nu går det inte att jämföra med andra insamlingar.";
        assert!(own.page(&format!("{draft}/uppgifter")).await.contains(fault));
        let beside = own.post(&format!("{draft}/uppgifter/liknande"), &[("item_label", LIBRARIES[0])]).await;
        assert!(beside.status == StatusCode::OK && beside.text.contains(fault), "{}", beside.text);
        assert!(own.page(&format!("{draft}/granska")).await.contains(fault));
        // what was answered before is taken at its word
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        let number = number_in(&sent(&own, &draft, "granska", &answering(&names, "reuse", "", "registrera")).await);
        let (found, answers) = kept(&app, &number).await;
        assert_eq!((found.len(), answers), (1, 1));
        assert!(found[0].found.items.is_empty());
    });
}

#[test]
fn who_speaks_for_both_collections_writes_no_letter_to_itself() {
    run(async {
        let app = TestApp::real().await;
        app.import(SCB, &[with(planned("B-1", "Skolbibliotekens bemanning", &LIBRARIES), &[("kontakt e-post", MAILBOX)])])
            .await
            .expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let page = own.page(&format!("{draft}/granska")).await;
        for said in ["Inget mejl skickas.", "Er egen insamling.", "Vi använder uppgifterna vi redan har", "Vi slår ihop dem"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("den andra myndigheten") && !page.contains("deras uppgifter"), "{page}");
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        let number = number_in(&sent(&own, &draft, "granska", &answering(&names, "coordinate", "", "registrera")).await);
        assert_eq!(kept(&app, &number).await.1, 1);
        assert!(app.letters(MAILBOX).await.is_empty());
        assert!(!own.page("/skrivbord").await.contains("En annan myndighet"), "one's own answer is no news");
        assert!(own.page(&format!("/insamlingar/{number}")).await.contains("Ert svar: vi slår ihop dem"));
    });
}
