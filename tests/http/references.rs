//! Reference municipalities: asked by name, they answer item by item without an account or from their desk; only the body reads it until it
//! lets the agency in.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use insamlingsregister::actions;
use insamlingsregister::actions::consultations::reference;
use insamlingsregister::actions::consultations::steps::Doing;
use insamlingsregister::clock;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::consultation::reference::ReferenceAsking;
use insamlingsregister::domain::identifier::ConsultationNumber;
use uuid::Uuid;

use crate::cases::execute;
use crate::client::{Client, hidden};
use crate::consultations::{asked, form, step};
use crate::files::PICTURE;
use crate::outside::{case, is_refused, is_secret, link_to, send};
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

const LULEA: &str = "skola@lulea.example";
pub const GOTEBORG: &str = "skola@goteborg.example";

/// A question to a municipality.
pub struct Asked {
    pub id: Uuid,
    pub token: String,
}

/// Lets SKR ask Göteborg about the draft of a case.
pub async fn ask_goteborg(app: &TestApp, case: &str) -> Asked {
    let (origin, number) = (actions::origin(&app.state), ConsultationNumber::parse(case).expect("a number"));
    let person = app.person(Role::Skr, "SKR", false).await;
    let actor = Actor { person: person.id, organisation: "SKR".to_owned(), role: Role::Skr, manager: false };
    let doing = Doing { origin: &origin, actor: &actor, number, revision: 0, now: clock::now() };
    // the day after, so that midnight does not close it
    let last_day = clock::swedish_day(clock::now()) + chrono::Days::new(1);
    let asking = ReferenceAsking { asked: vec![("1480".to_owned(), GOTEBORG.to_owned())], words: None, last_day, agreed: true };
    let token = reference::ask(&app.state.db, doing, &asking).await.expect("asked").expect("not before").pop().expect("a token");
    let mut tx = app.state.db.read().await.expect("a transaction");
    let opened = reference::open(&mut tx, reference::Way::Token(&token), clock::now()).await.expect("read").expect("it holds");
    Asked { id: opened.request.id, token }
}

/// The form of a question, for a day that is not over.
fn asking<'a>(day: &'a str, rows: &[(&'a str, &'a str)]) -> Vec<(String, &'a str)> {
    let rows = rows.iter().enumerate();
    let mut fields: Vec<(String, &str)> =
        rows.flat_map(|(at, (name, address))| [(format!("kommun-{}", at + 1), *name), (format!("adress-{}", at + 1), *address)]).collect();
    fields.extend([("svar_senast".to_owned(), day), ("ord".to_owned(), "Hur är det med <friskolor>?"), ("avstamt".to_owned(), "ja")]);
    fields
}

fn borrowed<'a>(fields: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (name.as_str(), *value)).collect()
}

/// A day two weeks ahead.
fn soon() -> String {
    (clock::swedish_day(clock::now()) + chrono::TimeDelta::days(14)).to_string()
}

/// Asks Luleå and Göteborg.
async fn ask_both(body: &Client<'_>, case: &str) {
    let day = soon();
    let fields = asking(&day, &[("Luleå kommun", LULEA), ("göteborg", GOTEBORG)]);
    went_to(&body.post(&format!("{case}/referens"), &borrowed(&fields)).await, &format!("{case}/referens?sparat=fragat"));
}

/// The revision that the form of a page carries.
fn revision(html: &str) -> String {
    hidden(html, "revision").expect("a revision")
}

#[test]
fn municipalities_answer_without_an_account_and_the_body_reads_the_sum() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let body = app.enter(person.id).await;
        let case = case(&app, &own).await;
        step(&body, &case, "ta", &[], "taget").await;
        let note = [("intern", "ja"), ("anteckning", "Vi misstänker dubbelarbete.")];
        body.post(&format!("{case}/inlagg"), &note).await;
        own.attach(case.trim_start_matches("/samrad/"), "formulär.png", PICTURE).await;
        ask_both(&body, &case).await;
        let (lulea, goteborg) = (link_to(&app, LULEA, "/referens/").await, link_to(&app, GOTEBORG, "/referens/").await);
        let letter = app.letters(LULEA).await.pop().expect("a letter");
        assert!(!letter.contains("Kostnad per elev"), "what is hidden is called nothing in a letter: {letter}");
        assert!(letter.contains("ber Luleå kommun att titta") && letter.contains("Hur är det med <friskolor>?"), "{letter}");
        let page = app.get(&lulea).await;
        is_secret(&page);
        let shown = ["Kostnad per elev", "Antal elever", "formulär.png", "Hur är det med &#60;friskolor&#62;?", "kan dela det med"];
        is_refused(&page, StatusCode::OK, &shown);
        assert!(!page.text.contains("dubbelarbete") && !page.text.contains("2026:99"), "{}", page.text);
        let seen = revision(&page.text);
        let wrong = [("timmar", "två"), ("svar-1", "partly"), ("plats-1", "rymden"), ("om-1", "Hos <skolan>"), ("revision", &seen)];
        let said = ["value=\"två\"", "till exempel 3 eller 1,5", "Välj i listan.", "value=\"partly\" selected", "Hos &#60;skolan&#62;"];
        is_refused(&send(&app, &lulea, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY, &said);
        let right = [
            ("timmar", "2,5"),
            ("svar-1", "partly"),
            ("plats-1", "others"),
            ("om-1", "Hos <skolan>"),
            ("kommentar", "Tid i mars."),
            ("revision", &seen),
        ];
        for _ in 0..2 {
            went_to(&send(&app, &lulea, &right).await, &format!("{lulea}?sparat=ja"));
        }
        let other = [("vet_inte", "ja"), ("svar-1", "yes"), ("revision", "0")];
        went_to(&send(&app, &goteborg, &other).await, &format!("{goteborg}?sparat=ja"));
        is_refused(&app.get(&lulea).await, StatusCode::OK, &["value=\"2,5\"", "Senast sparat den"]);
        let told = app.letters(person.email.as_deref().unwrap_or_default()).await;
        assert_eq!(told.iter().filter(|letter| letter.contains("Luleå kommun har svarat")).count(), 1, "told once: {told:?}");
        let summary = body.page(&format!("{case}/referens")).await;
        for said in [
            "2 av 2",
            "2,5\u{a0}timmar (median, n\u{a0}=\u{a0}1)",
            "Vet inte",
            "1\u{a0}ja, 1\u{a0}delvis",
            "1\u{a0}frågas av andra",
            "Luleå kommun: Hos &#60;skolan&#62;",
            "Tid i mars.",
            LULEA,
        ] {
            assert!(summary.contains(said), "{said}: {summary}");
        }
        assert_eq!(own.get(&format!("{case}/referens")).await.status, StatusCode::NOT_FOUND);
        let seen = own.page(&case).await;
        assert!(seen.contains("frågar 2\u{a0}kommuner och regioner om utkastet"), "its agency knows that others read the draft: {seen}");
        assert!(!seen.contains("/referens") && !seen.contains("Luleå"), "nothing else is told before it is shared: {seen}");
        let confirm = body.page(&format!("{case}/referens/dela")).await;
        assert!(confirm.contains("Dela svaren med myndigheten?") && confirm.contains("Det går inte att ångra"), "{confirm}");
        went_to(&body.post(&format!("{case}/referens/dela"), &[]).await, &format!("{case}/referens?sparat=delat"));
        let shared = own.page(&format!("{case}/referens")).await;
        assert!(shared.contains("Luleå kommun") && shared.contains("1\u{a0}ja, 1\u{a0}delvis") && !shared.contains(LULEA), "{shared}");
        assert!(!shared.contains("/aterta") && own.page(&case).await.contains("/referens"), "{shared}");
        assert!(app.letters("statistik@myndigheten.example").await.pop().is_some_and(|one| one.contains("delar vad referenskommunerna")));
    });
}

#[test]
fn of_two_who_answer_with_the_same_link_the_later_finds_out() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        let link = link_to(&app, LULEA, "/referens/").await;
        let seen = revision(&app.page(&link).await);
        let (first, second) = ([("timmar", "3"), ("revision", seen.as_str())], [("timmar", "7"), ("revision", seen.as_str())]);
        let (a, b) = tokio::join!(send(&app, &link, &first), send(&app, &link, &second));
        let (late, typed) = if a.status == StatusCode::SEE_OTHER { (b, "value=\"7\"") } else { (a, "value=\"3\"") };
        is_refused(&late, StatusCode::CONFLICT, &["Någon annan hos er sparade", typed]);
        let again = [("timmar", "4"), ("revision", &revision(&late.text))];
        went_to(&send(&app, &link, &again).await, &format!("{link}?sparat=ja"));
    });
}

#[test]
fn a_municipality_with_accounts_answers_from_its_desk() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        let member = app.signed_in(Role::Municipality, "1480").await;
        let desk = member.page("/skrivbord").await;
        let (_, rest) = desk.split_once("href=\"/skrivbord/referens/").expect("a question on the desk");
        let address = format!("/skrivbord/referens/{}", rest.split('"').next().unwrap_or_default());
        let stranger = app.signed_in(Role::Municipality, "0180").await;
        assert!(!stranger.page("/skrivbord").await.contains("/skrivbord/referens/"));
        assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
        assert_eq!(own.get(&address).await.status, StatusCode::FORBIDDEN);
        let page = member.get(&address).await;
        assert_eq!(page.header("referrer-policy"), "same-origin", "the form of somebody who is signed in says where it is from");
        let fields = [("timmar", "1"), ("revision", &revision(&page.text))];
        went_to(&member.post(&address, &fields).await, &format!("{address}?sparat=ja"));
        assert!(body.page(&format!("{case}/referens")).await.contains("1\u{a0}timme"));
    });
}

#[test]
fn after_its_day_a_question_is_shown_but_closed() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        let (lulea, goteborg) = (link_to(&app, LULEA, "/referens/").await, link_to(&app, GOTEBORG, "/referens/").await);
        send(&app, &lulea, &[("timmar", "3"), ("svar-1", "no"), ("revision", "0")]).await;
        execute(&app, "UPDATE reference_request SET last_day = '2026-01-01' WHERE organisation_code = $1", &["1480"]).await;
        is_refused(&app.get(&goteborg).await, StatusCode::GONE, &["Länken har gått ut"]);
        let yesterday = clock::swedish_day(clock::now()).pred_opt().expect("a day").to_string();
        let text = "UPDATE reference_request SET last_day = CAST($1 AS DATE) WHERE organisation_code = '2580'";
        if matches!(app.state.db, insamlingsregister::db::Db::Postgres(_)) {
            execute(&app, text, &[&yesterday]).await;
        } else {
            execute(&app, "UPDATE reference_request SET last_day = $1 WHERE organisation_code = '2580'", &[&yesterday]).await;
        }
        let page = app.get(&lulea).await;
        is_refused(&page, StatusCode::OK, &["Svarstiden gick ut", "Det här har ni svarat.", "<dd>3</dd>", "Nej"]);
        assert!(!page.text.contains("name=\"timmar\""), "{}", page.text);
        let late = send(&app, &lulea, &[("timmar", "9"), ("revision", "1")]).await;
        is_refused(&late, StatusCode::UNPROCESSABLE_ENTITY, &["Svarstiden gick ut", "Det här skrev ni (inte sparat)", "<dd>9</dd>"]);
        assert!(late.text.contains("<li><a href=\"#svar\">") && !late.text.contains("Det här har ni svarat."), "{}", late.text);
        is_refused(&app.get("/referens/finns-inte").await, StatusCode::NOT_FOUND, &["Länken fungerar inte"]);
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        is_refused(&app.get(&lulea).await, StatusCode::GONE, &["Utkastet är återkallat"]);
    });
}

#[test]
fn a_body_asks_by_name_and_the_latest_address_is_proposed() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        let address = format!("{case}/referens");
        let day = soon();
        is_refused(&own.post(&address, &[("kommun-1", "Luleå")]).await, StatusCode::FORBIDDEN, &[]);
        let mut wrong = asking("i morgon", &[("Grönköping", "fel"), ("Luleå kommun", LULEA), ("2580", LULEA)]);
        wrong.retain(|(name, _)| name != "avstamt");
        let said = [
            "Stäm av med myndigheten",
            "href=\"#f-avstamt\"",
            "”Grönköping” är ingen kommun",
            "utan å, ä och ö",
            "står redan i en annan rad",
            "Skriv dagen så här",
            "value=\"fel\"",
        ];
        is_refused(&body.post(&address, &borrowed(&wrong)).await, StatusCode::UNPROCESSABLE_ENTITY, &said);
        let none = asking(&day, &[]);
        is_refused(&body.post(&address, &borrowed(&none)).await, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv minst en kommun"]);
        ask_both(&body, &case).await;
        ask_both(&body, &case).await;
        assert_eq!(app.letters(LULEA).await.len(), 1, "sent twice is asked once");
        let again = asking(&day, &[("Boden", "skola@boden.example"), ("Luleå", LULEA)]);
        let said = ["Kommun eller region, rad 2: Luleå kommun är redan tillfrågad", "href=\"#f-kommun-2\""];
        is_refused(&body.post(&address, &borrowed(&again)).await, StatusCode::UNPROCESSABLE_ENTITY, &said);
        let page = body.page(&address).await;
        let back = page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.ends_with("/aterta"));
        let (back, link) = (back.expect("a link").to_owned(), link_to(&app, LULEA, "/referens/").await);
        let confirm = body.page(&back).await;
        assert!(confirm.contains("Återta frågan till Luleå kommun?") && confirm.contains("ni kan fråga på nytt"), "{confirm}");
        went_to(&body.post(&back, &[]).await, &format!("{address}?sparat=atertagen"));
        is_refused(&app.get(&link).await, StatusCode::GONE, &["Länken är återtagen"]);
        assert_eq!(app.letters(LULEA).await, Vec::<String>::new(), "the letter had not left");
        is_refused(&body.post(&format!("{address}/dela"), &[]).await, StatusCode::UNPROCESSABLE_ENTITY, &["Ingen har svarat än"]);
        let unaddressed = asking(&day, &[("Luleå", "")]);
        let refused = body.post(&address, &borrowed(&unaddressed)).await;
        is_refused(&refused, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv en e-postadress."]);
        assert!(!refused.text.contains(&format!("value=\"{LULEA}\"")), "what was taken back may have been the wrong address");
        went_to(&body.post(&address, &borrowed(&asking(&day, &[("Luleå", LULEA)]))).await, &format!("{address}?sparat=fragat"));
        let other = self::case(&app, &own).await;
        let proposed = body.post(&format!("{other}/referens"), &borrowed(&unaddressed)).await;
        let said = ["är inte skickad än. Adressen till Luleå kommun är ifylld från förra gången", &format!("value=\"{LULEA}\"")];
        is_refused(&proposed, StatusCode::OK, &said);
        assert!(
            !proposed.text.contains("behöver rättas") && !proposed.text.contains("aria-invalid"),
            "nothing is wrong: {}",
            proposed.text
        );
        assert_eq!(app.letters(LULEA).await.len(), 1, "nothing is sent before it is looked at");
        let looked_at = asking(&day, &[("Luleå", LULEA)]);
        went_to(&body.post(&format!("{other}/referens"), &borrowed(&looked_at)).await, &format!("{other}/referens?sparat=fragat"));
    });
}

#[test]
fn who_has_not_answered_is_reminded_once_under_a_link_that_works() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        let first = link_to(&app, LULEA, "/referens/").await;
        send(&app, &link_to(&app, GOTEBORG, "/referens/").await, &[("vet_inte", "ja"), ("revision", "0")]).await;
        let origin = actions::origin(&app.state);
        let at = |days: i64| -> DateTime<Utc> { clock::now() + chrono::TimeDelta::days(days) };
        assert_eq!(reference::remind(&app.state.db, &origin, at(1)).await.expect("looked"), 0, "much too early");
        assert_eq!(reference::remind(&app.state.db, &origin, at(14)).await.expect("reminded"), 1);
        assert_eq!(reference::remind(&app.state.db, &origin, at(14)).await.expect("looked"), 0, "once");
        let letters = app.letters(LULEA).await;
        assert!(letters.len() == 2 && letters[1].contains("har inte fått något svar från Luleå kommun"), "{letters:?}");
        let second = link_to(&app, LULEA, "/referens/").await;
        assert_ne!(first, second);
        for link in [&first, &second] {
            assert_eq!(app.get(link).await.status, StatusCode::OK, "{link}");
        }
        assert_eq!(app.letters(GOTEBORG).await.len(), 1, "who has answered is left in peace");
    });
}

#[test]
fn three_hundred_items_are_answered_in_one_go() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let mut row = with(full_row("B-1", "En lång enkät"), &[("status", "planerad"), ("visas öppet från", "inte")]);
        let items: Vec<_> = (1..=300).map(|at| serde_json::json!({ "uppgift": format!("Uppgift nummer {at}") })).collect();
        row["uppgifter"] = items.into();
        app.import(SCB, &[row]).await.expect("written");
        let case = asked(&own, &app.newest_number().await, &form("2099-01-15", "")).await;
        ask_both(&body, &case).await;
        let link = link_to(&app, LULEA, "/referens/").await;
        let mut fields = vec![("timmar".to_owned(), "40"), ("revision".to_owned(), "0")];
        let words = "Finns i ett äldre system hos en annan förvaltning och behöver räknas för hand varje år. ".repeat(3);
        for at in 1..=300 {
            fields.extend([(format!("svar-{at}"), "partly"), (format!("plats-{at}"), "system"), (format!("om-{at}"), words.as_str())]);
        }
        went_to(&send(&app, &link, &borrowed(&fields)).await, &format!("{link}?sparat=ja"));
        let summary = body.page(&format!("{case}/referens")).await;
        assert_eq!(summary.matches("1\u{a0}i ett system").count(), 300);
    });
}

#[test]
fn an_answer_that_is_taken_back_stays_and_is_not_counted() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        let link = link_to(&app, LULEA, "/referens/").await;
        send(&app, &link, &[("timmar", "9"), ("svar-1", "no"), ("kommentar", "Fel enkät."), ("revision", "0")]).await;
        let goteborg = link_to(&app, GOTEBORG, "/referens/").await;
        send(&app, &goteborg, &[("timmar", "2"), ("kommentar", "Går bra."), ("revision", "0")]).await;
        let address = format!("{case}/referens");
        let page = body.page(&address).await;
        assert!(page.contains("2 av 2") && page.contains("inget svar"), "an item that nobody finds says so: {page}");
        let (_, row) = page.split_once("Luleå kommun<").expect("a row");
        let back = row.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.ends_with("/aterta"));
        let back = back.expect("a link").to_owned();
        assert!(body.page(&back).await.contains("Svaret räknas inte längre"));
        went_to(&body.post(&back, &[]).await, &format!("{address}?sparat=atertagen"));
        let page = body.page(&address).await;
        for said in ["Luleå kommun", "och räknas inte.", "1 av 1", "2\u{a0}timmar (median"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("Fel enkät.") && !page.contains(&back), "{page}");
    });
}

#[test]
fn one_who_cannot_be_reminded_is_in_nobodys_way_and_what_is_over_is_left_in_peace() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        ask_both(&body, &case).await;
        // a body that has no part in the case: the first of the two questions cannot be read
        execute(&app, "UPDATE reference_request SET body_code = 'NNR' WHERE organisation_code = $1", &["2580"]).await;
        let (origin, late) = (actions::origin(&app.state), clock::now() + chrono::TimeDelta::days(14));
        let today = clock::swedish_day(late);
        let mut tx = app.state.db.read().await.expect("a transaction");
        let silent = insamlingsregister::db::consultations::reference::silent(&mut tx, today, today + chrono::Days::new(10)).await;
        let silent = silent.expect("read");
        drop(tx);
        assert_eq!(silent.len(), 2);
        assert_eq!(reference::remind(&app.state.db, &origin, late).await.expect("a round"), 1, "the one that can be read");
        // what is read as silent may be over by the time that it is written to
        execute(&app, "UPDATE reference_request SET reminded_at = NULL WHERE body_code = $1", &["SKR"]).await;
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        let one = silent.iter().find(|one| one.body == "SKR").expect("a question");
        assert!(!reference::remind_one(&app.state.db, &origin, one, late).await.expect("looked"));
    });
}
