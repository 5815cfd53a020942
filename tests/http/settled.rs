//! What is settled of an overlap: told as such, not asked again, and not answered from what a form said before; and how much is in sight.

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::pairs;
use insamlingsregister::domain::access::Role;
use serde_json::Value;

use crate::answers::{MAILBOX, answering, form, kept, met, number_in};
use crate::client::{Client, hidden};
use crate::editor::sent;
use crate::pairs::{LIBRARIES, OTHER, alike, answer, compare, flag, planned};
use crate::rows::with;
use crate::support::{SCB, TestApp, run};

/// Begins a change of a collection and types nothing: the address of its form.
async fn change(own: &Client<'_>, number: &str) -> String {
    let begun = own.post(&format!("/insamlingar/{number}/andra"), &[]).await;
    begun.header("location").rsplit_once('/').expect("a step").0.to_owned()
}

#[test]
fn what_is_settled_since_keeps_its_answer_whatever_a_form_says_from_before() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[met()]).await.expect("written");
        let met = app.number_of("Skolbibliotekens bemanning").await.expect("a number");
        app.import(SCB, &[with(planned("B-1", "Bibliotek i skolan", &LIBRARIES), &[("status", "planerad")])]).await.expect("written");
        let number = app.number_of("Bibliotek i skolan").await.expect("a number");
        let own = app.signed_in(Role::Agency, SCB).await;
        let names = [format!("svar_{met}"), format!("skal_{met}")];
        // nothing of the pair is known yet
        let draft = change(&own, &number).await;
        let basics = [("title", "Bibliotek i alla skolor"), ("kind", "survey"), ("gor", "nasta")];
        assert_eq!(sent(&own, &draft, "grunder", &basics).await.status, StatusCode::SEE_OTHER);
        assert_eq!(sent(&own, &draft, "granska", &answering(&names, "coordinate", "", "spara")).await.status, StatusCode::SEE_OTHER);
        app.follow().await;
        compare(&app).await;
        let (found, _) = kept(&app, &number).await;
        let pair = format!("/liknande/{}", found[0].id);
        let given = [("svar", "differs"), ("skal", "Vi frågar varje skola.")];
        assert_eq!(answer(&own, &pair, &given).await.status, StatusCode::SEE_OTHER);
        let page = own.page(&format!("{draft}/granska")).await;
        assert!(page.contains("Ni har svarat: insamlingen skiljer sig.") && !page.contains(&names[0]), "{page}");
        // an answer of the form that is not even whole is not asked about any more
        assert_eq!(number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await), number);
        assert!(app.letters(MAILBOX).await.is_empty(), "no letter goes");
        assert_eq!(kept(&app, &number).await.1, 1);
        let page = own.page(&pair).await;
        assert!(page.contains("svarar: insamlingen skiljer sig") && !page.contains("svarar: vi samordnar oss"), "{page}");
        // nor one that is rejected
        let draft = change(&own, &number).await;
        let basics = [("own_reference", "B-1"), ("title", "Bibliotek i varje skola"), ("kind", "survey"), ("gor", "nasta")];
        assert_eq!(sent(&own, &draft, "grunder", &basics).await.status, StatusCode::SEE_OTHER);
        let half = [(names[0].as_str(), "differs"), (&names[1], ""), ("gor", "spara")];
        assert_eq!(sent(&own, &draft, "granska", &half).await.status, StatusCode::SEE_OTHER);
        assert_eq!(number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await), number);
        assert_eq!(kept(&app, &number).await.1, 1);
    });
}

#[test]
fn a_party_reads_what_is_decided_of_its_flags_and_whether_it_is_open() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, met) = alike(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&format!("/insamlingar/{asking}")).await;
        assert!(page.contains("Obesvarad: väntar på ert svar") && page.contains("Det visas inte öppet."), "{page}");
        let skr = app.signed_in(Role::Skr, "SKR").await;
        for (kind, shown) in [("partial", true), ("rejected", false)] {
            let page = skr.page(&format!("/liknande/{id}")).await;
            let seen = [
                ("innehall", hidden(&page, "innehall").expect("a digest")),
                ("andra_innehall", hidden(&page, "andra_innehall").expect("a digest")),
                ("senaste", hidden(&page, "senaste").expect("which decision stood last")),
            ];
            let mut fields: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
            fields.extend([("bedomning", kind), ("motivering", "Båda frågar om elever.")]);
            assert_eq!(skr.post(&format!("/liknande/{id}/beslut"), &fields).await.status, StatusCode::SEE_OTHER);
            for number in [&asking, &met] {
                let party = app.signed_in(Role::Agency, if *number == asking { SCB } else { OTHER }).await;
                let page = party.page(&format!("/insamlingar/{number}")).await;
                let flagged =
                    page.contains("Sveriges Kommuner och Regioner den") && page.contains("Det visas öppet på båda insamlingarnas sidor.");
                assert_eq!(flagged, shown, "{page}");
                assert!(!page.contains("Det visas inte öppet.") && page.contains("id=\"h-flaggor\"") == shown, "{page}");
            }
        }
    });
}

#[test]
fn a_proposal_that_reached_nobody_is_told_and_sent_once_it_can_be() {
    run(async {
        let app = TestApp::real().await;
        app.import(OTHER, &[with(planned("S-1", "Skolbibliotekens bemanning", &LIBRARIES), &[("kontakt e-post", "")])])
            .await
            .expect("written");
        app.import(SCB, &[planned("B-1", "Bibliotek i skolan", &LIBRARIES)]).await.expect("written");
        let (met, number) = (app.number_of("Skolbibliotekens bemanning").await, app.number_of("Bibliotek i skolan").await);
        let id = flag(&app, &number.expect("a number"), &met.expect("a number")).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let pair = format!("/liknande/{id}");
        let propose = async || answer(&own, &pair, &[("svar", "coordinate")]).await.status;
        assert_eq!(propose().await, StatusCode::SEE_OTHER);
        let unsent = "registret har ingen adress till den andra myndigheten";
        assert!(own.page(&pair).await.contains(unsent));
        // somebody registers for the other agency from now on
        let _other = app.signed_in(Role::Agency, OTHER).await;
        assert_eq!((propose().await, propose().await), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
        let page = own.page(&pair).await;
        assert!(!page.contains(unsent) && page.matches("Förslaget mejlades den").count() == 1, "{page}");
    });
}

#[test]
fn what_is_beyond_a_few_is_folded_but_there() {
    run(async {
        let app = TestApp::real().await;
        let titles: Vec<String> = (1..=10).map(|at| format!("Skolbibliotekens bemanning {at}")).collect();
        let rows: Vec<Value> = titles.iter().enumerate().map(|(at, title)| planned(&format!("S-{at}"), title, &LIBRARIES)).collect();
        app.import(OTHER, &rows).await.expect("written");
        let own = app.signed_in(Role::Agency, SCB).await;
        let draft = form(&own, "Bibliotek i skolan").await;
        let beside = own.page(&format!("{draft}/uppgifter")).await;
        assert_eq!((beside.matches("class=\"near\"").count(), beside.matches("\" open><summary><h3>").count()), (8, 3), "{beside}");
        let review = own.page(&format!("{draft}/granska")).await;
        let (open, folded) = ("<section class=\"likeness\"", "<details class=\"likeness\"><summary><h3>Skolbibliotekens bemanning");
        assert_eq!((review.matches(open).count(), review.matches(folded).count()), (3, 5), "{review}");
        let number = number_in(&sent(&own, &draft, "granska", &[("gor", "registrera")]).await);
        for title in &titles {
            flag(&app, &number, &app.number_of(title).await.expect("a number")).await;
        }
        for page in [own.page("/skrivbord").await, own.page(&format!("/insamlingar/{number}")).await] {
            assert!(page.contains("Visa 2 till") && page.matches("href=\"/liknande/").count() >= 10, "{page}");
        }
    });
}

#[test]
fn an_answer_is_to_what_the_page_showed() {
    run(async {
        let app = TestApp::real().await;
        let (id, asking, _) = alike(&app).await;
        let address = format!("/liknande/{id}");
        let own = app.signed_in(Role::Agency, SCB).await;
        let page = own.page(&address).await;
        // the other agency changes its collection, and nothing has been compared yet
        let changed = with(planned("S-1", "Elever och kostnader", &["Elever i särskolan"]), &[("kontakt e-post", MAILBOX)]);
        app.import(OTHER, &[changed]).await.expect("written");
        let send = async |page: &str| {
            let seen = ["innehall", "andra_innehall"].map(|name| hidden(page, name).expect("a digest"));
            let fields = [("innehall", seen[0].as_str()), ("andra_innehall", &seen[1]), ("svar", "coordinate"), ("skal", "Gärna i vår.")];
            own.post(&format!("{address}/svar"), &fields).await
        };
        let stale = send(&page).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        for said in ["Läs igenom och svara igen.", "Elever i särskolan", "Gärna i vår.", "value=\"coordinate\" checked"] {
            assert!(stale.text.contains(said), "{said}: {}", stale.text);
        }
        assert!(app.letters(MAILBOX).await.is_empty() && kept(&app, &asking).await.1 == 0, "nothing is said yet");
        assert_eq!(send(&stale.text).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.letters(MAILBOX).await.len(), 1);
        assert!(own.page(&format!("/insamlingar/{asking}")).await.contains("Ert svar: vi samordnar oss"), "it holds at once");
        app.follow().await;
        assert!(compare(&app).await > 0, "and the two still are compared");
    });
}

#[test]
fn why_a_pair_is_gone_is_told_as_it_is() {
    run(async {
        let app = TestApp::real().await;
        let (id, _, met) = alike(&app).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let withdrawn = format!("Insamling {met} är återkallad.");
        let (other, gone) = (app.signed_in(Role::Agency, OTHER).await, "Registret pekar inte längre ut insamlingarna som lika.");
        let page = own.page(&format!("/liknande/{id}")).await;
        assert!(!page.contains(gone) && !page.contains(&withdrawn), "{page}");
        let mut tx = app.state.db.write().await.expect("a transaction");
        let found = pairs::get(&mut tx, id).await.expect("read").expect("a pair").found;
        pairs::mark_gone(&mut tx, id, (&found.substance, &found.other_substance), clock::now()).await.expect("gone");
        tx.commit().await.expect("committed");
        let page = own.page(&format!("/liknande/{id}")).await;
        assert!(page.contains(gone) && !page.contains("har ändrats") && !page.contains(&withdrawn), "{page}");
        let answer = other.post(&format!("/insamlingar/{met}/aterkalla"), &[("skal", "Den behövs inte.")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = own.page(&format!("/liknande/{id}")).await;
        assert!(page.contains(&withdrawn) && !page.contains(gone), "{page}");
    });
}
