//! People without an account: a sakkunnig reads a forwarded draft through a link and answers; nothing that others keep to themselves leaks.

use axum::http::StatusCode;
use chrono::TimeDelta;
use insamlingsregister::actions;
use insamlingsregister::actions::consultations::steps::Doing;
use insamlingsregister::actions::consultations::{forwarding, outside};
use insamlingsregister::clock;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::consultation::forwarding::Forward;
use insamlingsregister::domain::identifier::ConsultationNumber;
use uuid::Uuid;

use crate::cases::execute;
use crate::client::{Client, posting};
use crate::consultations::{asked, form, step};
use crate::files::PICTURE;
use crate::pairs::went_to;
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// The mailbox of the sakkunnig.
const EXPERT: &str = "sakkunnig@skr.example";

/// A case about a planned collection that is not open, asked by SCB; its address.
pub async fn case(app: &TestApp, own: &Client<'_>) -> String {
    let row = with(full_row("B-1", "Kostnad per elev"), &[("status", "planerad"), ("visas öppet från", "inte")]);
    app.import(SCB, &[row]).await.expect("written");
    asked(own, &app.newest_number().await, &form("2099-01-15", "")).await
}

/// A link to a draft.
pub struct Forwarded {
    pub id: Uuid,
    pub token: String,
}

/// Forwards the draft of a case on behalf of SKR.
pub async fn forwarded(app: &TestApp, case: &str) -> Forwarded {
    let (origin, number) = (actions::origin(&app.state), ConsultationNumber::parse(case).expect("a number"));
    let person = app.person(Role::Skr, "SKR", false).await;
    let actor = Actor { person: person.id, organisation: "SKR".to_owned(), role: Role::Skr, manager: false };
    let doing = Doing { origin: &origin, actor: &actor, number, revision: 0, now: clock::now() };
    let forward = Forward { agreed: true, ..Forward::parse(EXPERT, "Går det?", "14").expect("sound") };
    let token = forwarding::forward(&app.state.db, doing, &forward).await.expect("forwarded").expect("a token");
    let opened = forwarding::open(&mut app.state.db.read().await.expect("a transaction"), &token, clock::now()).await;
    Forwarded { id: opened.expect("read").expect("it holds").link.id, token }
}

/// The address of this site that the last letter to somebody leads to under `start`.
pub async fn link_to(app: &TestApp, recipient: &str, start: &str) -> String {
    let letter = app.letters(recipient).await.pop().expect("a letter");
    let at = letter.find(start).unwrap_or_else(|| panic!("{start}: {letter}"));
    letter[at..].split_whitespace().next().unwrap_or_default().to_owned()
}

/// Forwards the draft of a case, and answers the link in the letter.
async fn sent_to_expert(app: &TestApp, body: &Client<'_>, case: &str) -> String {
    let fields = [("epost", EXPERT), ("ord", "Går <fråga 3> att svara på?"), ("dagar", "14"), ("avstamt", "ja")];
    went_to(&body.post(&format!("{case}/sakkunniga"), &fields).await, &format!("{case}/sakkunniga?sparat=skickat"));
    link_to(app, EXPERT, "/delat/").await
}

/// Sends a form without an account.
pub async fn send(app: &TestApp, address: &str, fields: &[(&str, &str)]) -> Answer {
    app.send(posting(address, fields)).await
}

pub fn is_refused(answer: &Answer, status: StatusCode, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

/// A page under a secret address tells nobody where it is.
pub fn is_secret(answer: &Answer) {
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex, nofollow")] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

/// The addresses of the files that a page gives out.
fn files(html: &str) -> Vec<&str> {
    html.split("href=\"").filter_map(|rest| rest.split('"').next()).filter(|href| href.contains("/bilagor/")).collect()
}

#[test]
fn a_sakkunnig_reads_and_answers_without_an_account_and_nothing_else_leaks() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let body = app.enter(person.id).await;
        let case = case(&app, &own).await;
        let number = case.trim_start_matches("/samrad/");
        step(&body, &case, "ta", &[], "taget").await;
        let note = [("intern", "ja"), ("anteckning", "Vi misstänker dubbelarbete.")];
        went_to(&body.post(&format!("{case}/inlagg"), &note).await, &format!("{case}?sparat=anteckning"));
        went_to(&body.post(&format!("{case}/inlagg"), &[("inlagg", "Trådens ord.")]).await, &format!("{case}?sparat=inlagg"));
        assert_eq!(own.attach(number, "formulär.png", PICTURE).await.status, StatusCode::SEE_OTHER);
        let more = [PICTURE, b"mer"].concat();
        assert_eq!(body.attach_internal(number, "internt.png", &more).await.status, StatusCode::SEE_OTHER);
        let link = sent_to_expert(&app, &body, &case).await;
        let letter = app.letters(EXPERT).await.pop().expect("a letter");
        assert!(letter.contains("Går <fråga 3> att svara på?") && letter.contains("Ingen läser svar på det här mejlet."), "{letter}");
        let page = app.get(&link).await;
        is_secret(&page);
        is_refused(
            &page,
            StatusCode::OK,
            &["Kostnad per elev", "Antal elever", "Går &#60;fråga 3&#62; att svara på?", "formulär.png", "Alla kommuner."],
        );
        for kept in ["dubbelarbete", "Trådens ord", "internt.png", "2026:99", "begär samråd"] {
            assert!(!page.text.contains(kept), "{kept}: {}", page.text);
        }
        let given = app.get(files(&page.text)[0]).await;
        assert_eq!((given.status, given.bytes.as_slice()), (StatusCode::OK, PICTURE));
        is_secret(&given);
        let both = body.page(&format!("{case}/bilagor")).await;
        for (at, href) in files(&both).into_iter().enumerate() {
            let id = href.rsplit('/').next().unwrap_or_default();
            let expected = if at == 0 { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(app.get(&format!("{link}/bilagor/{id}")).await.status, expected, "an internal file is nobody else's");
        }
        is_refused(
            &send(&app, &link, &[("ord", " "), ("funktion", "Statistiker")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["Skriv ditt svar.", "value=\"Statistiker\""],
        );
        let answer = [("ord", "Nej, <begreppet> saknas."), ("funktion", "Statistiker")];
        let sent = send(&app, &link, &answer).await;
        went_to(&sent, &format!("{link}?skickat=ja"));
        is_refused(&app.get(&format!("{link}?skickat=ja")).await, StatusCode::OK, &["Tack! Svaret är skickat", "4\u{a0}svar till"]);
        let noted = body.page(&case).await;
        for said in ["Nej, &#60;begreppet&#62; saknas.", "En sakkunnig som ni har frågat", "Statistiker, sakkunnig@skr.example"] {
            assert!(noted.contains(said), "{said}: {noted}");
        }
        assert!(body.page(&format!("{case}/sakkunniga")).await.contains("Nej, &#60;begreppet&#62; saknas."));
        let seen = own.page(&case).await;
        assert!(seen.contains("frågar en sakkunnig om utkastet"), "its agency knows that the draft is read outside: {seen}");
        assert!(!seen.contains("begreppet") && !seen.contains(EXPERT), "what a body asks outside is its own: {seen}");
        let told = app.letters(person.email.as_deref().unwrap_or_default()).await.pop().expect("a letter");
        assert!(told.contains("En sakkunnig som ni har frågat har svarat.") && !told.contains("begreppet"), "{told}");
        assert!(body.page("/handelser").await.contains("Fick svar av en sakkunnig"));
    });
}

#[test]
fn a_link_ends_with_its_day_or_once_it_is_taken_back() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        let (first, second) = (sent_to_expert(&app, &body, &case).await, {
            let fields = [("epost", "annan@skr.example"), ("ord", "Går det?"), ("dagar", "1"), ("avstamt", "ja")];
            body.post(&format!("{case}/sakkunniga"), &fields).await;
            link_to(&app, "annan@skr.example", "/delat/").await
        });
        is_refused(&app.get("/delat/finns-inte").await, StatusCode::NOT_FOUND, &["Länken fungerar inte", "be den som skickade länken"]);
        let page = body.page(&format!("{case}/sakkunniga")).await;
        let back = page.split("action=\"").filter_map(|rest| rest.split('"').next()).find(|action| action.ends_with("/aterta"));
        let back = back.expect("a form").to_owned();
        is_refused(&own.post(&back, &[]).await, StatusCode::FORBIDDEN, &[]);
        for _ in 0..2 {
            went_to(&body.post(&back, &[]).await, &format!("{case}/sakkunniga?sparat=atertagen"));
        }
        let gone = app.get(&second).await;
        is_refused(&gone, StatusCode::GONE, &["Länken är återtagen"]);
        is_secret(&gone);
        is_refused(&send(&app, &second, &[("ord", "Ja.")]).await, StatusCode::GONE, &["Länken är återtagen"]);
        assert_eq!(app.get(&first).await.status, StatusCode::OK, "the other one holds");
        execute(&app, "UPDATE forwarding SET last_day = '2026-01-01'", &[]).await;
        is_refused(&app.get(&first).await, StatusCode::GONE, &["Länken har gått ut"]);
        execute(&app, "UPDATE forwarding SET last_day = '2099-01-01'", &[]).await;
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        is_refused(&app.get(&first).await, StatusCode::GONE, &["Utkastet är återkallat"]);
        let late =
            body.post(&format!("{case}/sakkunniga"), &[("epost", EXPERT), ("ord", "Går det?"), ("dagar", "3"), ("avstamt", "ja")]).await;
        is_refused(&late, StatusCode::UNPROCESSABLE_ENTITY, &["Begäran är återkallad"]);
    });
}

#[test]
fn only_a_body_forwards_and_what_was_typed_is_kept() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        let address = format!("{case}/sakkunniga");
        is_refused(&own.get(&address).await, StatusCode::FORBIDDEN, &[]);
        is_refused(&own.post(&address, &[("epost", EXPERT)]).await, StatusCode::FORBIDDEN, &[]);
        let wrong = [("epost", "ingen adress"), ("ord", "Hinner kommunerna?"), ("dagar", "31")];
        let said = [
            "value=\"ingen adress\"",
            "Hinner kommunerna?",
            "från 1 till 30",
            "utan å, ä och ö",
            "href=\"#f-avstamt\"",
            "Stäm av med myndigheten innan utkastet skickas",
        ];
        is_refused(&body.post(&address, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY, &said);
        sent_to_expert(&app, &body, &case).await;
        sent_to_expert(&app, &body, &case).await;
        let letters = app.letters(EXPERT).await;
        assert_eq!(letters.len(), 1, "sent twice is forwarded once");
        assert!(!letters[0].contains("Kostnad per elev") && letters[0].contains("visas inte öppet"), "{letters:?}");
    });
}

#[test]
fn a_link_takes_five_answers_and_a_network_sixty_forms() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        let link = sent_to_expert(&app, &body, &case).await;
        for words in ["Ett.", "Två.", "Tre.", "Fyra.", "Fyra."] {
            went_to(&send(&app, &link, &[("ord", words)]).await, &format!("{link}?skickat=ja"));
        }
        // four are there, for the same words sent twice are one answer: of two more at once one is taken
        let (first, second) = ([("ord", "Femte A.")], [("ord", "Femte B.")]);
        let (a, b) = tokio::join!(send(&app, &link, &first), send(&app, &link, &second));
        let taken = [&a, &b].iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(taken, 1, "{} {}", a.text, b.text);
        let refused = send(&app, &link, &[("ord", "Sjätte.")]).await;
        is_refused(&refused, StatusCode::UNPROCESSABLE_ENTITY, &["Länken har tagit emot 5 svar.", "Sjätte."]);
        let mut foreign = posting(&link, &[("ord", "Utifrån.")]);
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a value"));
        assert_eq!(app.send(foreign).await.status, StatusCode::BAD_REQUEST);
        let mut last = refused;
        for _ in 0..60 {
            last = send(&app, &link, &[("ord", "Igen.")]).await;
        }
        is_refused(&last, StatusCode::TOO_MANY_REQUESTS, &["Många svar har skickats från ert nätverk", "Igen."]);
        assert_eq!(body.page(&case).await.matches("En sakkunnig som ni har frågat").count(), 5);
    });
}

#[test]
fn an_address_goes_a_month_after_its_link_and_with_its_person() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        sent_to_expert(&app, &body, &case).await;
        let page = format!("{case}/sakkunniga");
        let now = clock::now();
        outside::sweep(&app.state.db, now + TimeDelta::days(14 + 26)).await.expect("swept");
        assert!(body.page(&page).await.contains(EXPERT), "a month after the fourteen days");
        outside::sweep(&app.state.db, now + TimeDelta::days(14 + 27)).await.expect("swept");
        let kept = body.page(&page).await;
        assert!(!kept.contains(EXPERT) && kept.contains("adressen är borttagen"), "{kept}");
        let colleague = app.person(Role::Skr, "SKR", false).await;
        let email = colleague.email.clone().unwrap_or_default();
        body.post(&page, &[("epost", &email), ("ord", "Går det?"), ("dagar", "3"), ("avstamt", "ja")]).await;
        assert!(body.page(&page).await.contains(&email));
        app.enter(colleague.id).await.post("/konto/ta-bort", &[("saker", "ja")]).await;
        assert!(!body.page(&page).await.contains(&email), "taken out with its person");
    });
}

#[test]
fn letters_with_links_that_have_ended_are_not_sent() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = case(&app, &own).await;
        sent_to_expert(&app, &body, &case).await;
        let page = body.page(&format!("{case}/sakkunniga")).await;
        let back = page.split("action=\"").filter_map(|rest| rest.split('"').next()).find(|action| action.ends_with("/aterta"));
        body.post(back.expect("a form"), &[]).await;
        assert_eq!(app.letters(EXPERT).await, Vec::<String>::new(), "it had not left");
        let asked = crate::references::ask_goteborg(&app, case.trim_start_matches("/samrad/")).await;
        sent_to_expert(&app, &body, &case).await;
        // what has left is not taken back
        execute(&app, "UPDATE mail SET sent_at = '2026-01-01T00:00:00+00:00' WHERE recipient = $1", &[EXPERT]).await;
        assert_eq!(app.letters(crate::references::GOTEBORG).await.len(), 1);
        let confirm = own.page(&format!("{case}/aterkalla")).await;
        assert!(confirm.contains("Återkalla begäran om samråd?"), "{confirm}");
        let revision = crate::client::hidden(&confirm, "revision").expect("a revision");
        went_to(&own.post(&format!("{case}/aterkalla"), &[("revision", &revision)]).await, &format!("{case}?sparat=aterkallat"));
        assert_eq!((app.letters(crate::references::GOTEBORG).await.len(), app.letters(EXPERT).await.len()), (0, 1));
        is_refused(&app.get(&format!("/referens/{}", asked.token)).await, StatusCode::GONE, &["Utkastet är återkallat"]);
        assert!(own.page(&format!("{case}/aterkalla")).await.contains("Tillbaka"), "it can be done once");
    });
}

#[test]
fn an_administrator_takes_the_address_of_a_guest_away_before_its_time() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let case = case(&app, &own).await;
        sent_to_expert(&app, &body, &case).await;
        crate::references::ask_goteborg(&app, case.trim_start_matches("/samrad/")).await;
        let somebody = app.person(Role::Skr, "SKR", false).await.email.unwrap_or_default();
        for (typed, said) in
            [("", "Skriv en e-postadress."), ("ingen@funktion.example", "finns inte hos"), (&somebody, "hör till ett konto")]
        {
            let refused = admin.post("/administration/adress", &[("epost", typed)]).await;
            is_refused(&refused, StatusCode::UNPROCESSABLE_ENTITY, &[said, &format!("value=\"{typed}\"")]);
        }
        is_refused(&body.post("/administration/adress", &[("epost", EXPERT)]).await, StatusCode::FORBIDDEN, &[]);
        for address in [EXPERT, crate::references::GOTEBORG] {
            let done = admin.post("/administration/adress", &[("epost", address)]).await;
            went_to(&done, "/administration?sparat=adress");
            assert_eq!(app.letters(address).await, Vec::<String>::new());
        }
        assert!(!body.page(&format!("{case}/sakkunniga")).await.contains(EXPERT));
        assert!(!body.page(&format!("{case}/referens")).await.contains(crate::references::GOTEBORG));
        let trail = admin.page("/handelser").await;
        assert!(trail.contains("Tog bort e-postadressen till någon utan konto") && !trail.contains(EXPERT), "{trail}");
    });
}
