//! Consultation by both sides: asking, the steps of a case with their refusals and letters, points, two at once.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use insamlingsregister::actions::Origin;
use insamlingsregister::actions::consultations::steps::{self, Doing};
use insamlingsregister::clock;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::consultation::Outcome;
use insamlingsregister::domain::identifier::ConsultationNumber;
use insamlingsregister::error::Error;
use serde_json::json;

use crate::client::{Client, hidden};
use crate::pairs::{self, flag, went_to};
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};

/// A planned collection of SCB's that is not open, and its number.
pub async fn planned(app: &TestApp, reference: &str) -> String {
    let mut row = with(full_row(reference, "Kostnad per elev"), &[("status", "planerad"), ("visas öppet från", "inte")]);
    // far ahead: what has been sent out is not asked about
    row["omgångar"] = json!([{ "omgång": "2098", "utskick": "2098-01-13", "sista svarsdag": "2098-v12" }]);
    app.import(SCB, &[row]).await.expect("written");
    app.newest_number().await
}

/// The form of an asking with everything in it.
pub fn form<'a>(wanted: &'a str, short: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("organ", "SKR"),
        ("slag", "new"),
        ("svar_senast", wanted),
        ("kort_tid", short),
        ("urval", "Alla kommuner."),
        ("tid", "Skickas i januari, svar i mars."),
        ("diarienummer", "2026:99"),
    ]
}

/// Asks for consultation about a collection, and answers the address of the case.
pub async fn asked(client: &Client<'_>, number: &str, fields: &[(&str, &str)]) -> String {
    let answer = client.post(&format!("/insamlingar/{number}/samrad"), fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").strip_suffix("?sparat=begart").expect("a case").to_owned()
}

/// The revision that a step's form of a page carries.
pub fn revision(html: &str, step: &str) -> String {
    let (_, form) = html.split_once(&format!("/{step}\" method=\"post\"")).unwrap_or_else(|| panic!("{step}: {html}"));
    hidden(form, "revision").expect("a revision")
}

fn is_refused(answer: &Answer, status: StatusCode, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    for said in words {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

/// Takes a step of a case as its page offers it now.
pub async fn step(client: &Client<'_>, case: &str, step: &str, fields: &[(&str, &str)], code: &str) {
    // what cannot be undone has a page of its own
    let page = if step == "aterkalla" { format!("{case}/aterkalla") } else { case.to_owned() };
    let page = client.page(&page).await;
    let (revision, prepared) = (revision(&page, step), hidden(&page, "synpunkter").unwrap_or_default());
    let seen = [("revision", revision.as_str()), ("synpunkter", prepared.as_str())];
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain(seen).collect();
    went_to(&client.post(&format!("{case}/{step}"), &fields).await, &format!("{case}?sparat={code}"));
}

#[test]
fn a_form_asks_what_the_ordinance_wants_and_keeps_what_was_typed() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let address = format!("/insamlingar/{number}/samrad");
        let page = own.page(&address).await;
        for said in [
            "Sveriges Kommuner och Regioner",
            "2098: skickas 13\u{a0}januari 2098",
            "allmän handling",
            "Ange grund och skäl när ni beslutar",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("value=\"SKR\" checked") && !page.contains("value=\"NNR\" checked"), "{page}");
        assert!(!page.contains("Formuläret är oförändrat"), "nothing is in force yet");
        let today = clock::swedish_day(clock::now()).to_string();
        let mut wrong = form(&today, "");
        assert!(!page.contains("name=\"slag\" value=\"new\" checked"), "nobody knows whether it is new: {page}");
        assert!(page.contains("ger dem 10\u{a0}arbetsdagar"), "{page}");
        wrong.retain(|(name, _)| !matches!(*name, "organ" | "urval" | "slag"));
        wrong.push(("diskuterat", "Vi talades vid i våras."));
        let said = [
            "Välj minst en som företräder",
            "mindre än 10 arbetsdagar",
            "gäller samrådet också urvalet",
            "Välj vad ärendet räknas som",
            "Vi talades vid i våras.",
        ];
        is_refused(&own.post(&address, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY, &said);
        is_refused(
            &own.post(&address, &form("i morgon", "")).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            &["Den dagen finns inte. Skriv så här"],
        );
        let fields = form(&today, "Riksdagen beslutade nyss.");
        let case = asked(&own, &number, &fields).await;
        assert_eq!(asked(&own, &number, &fields).await, case, "sent twice is asked once");
        let other = form(&today, "Ett annat skäl.");
        is_refused(&own.post(&address, &other).await, StatusCode::UNPROCESSABLE_ENTITY, &["om samma version är inte avslutat", &case]);
        let page = own.page(&case).await;
        for said in ["Kostnad per elev", "Antal elever", "Alla kommuner.", "2026:99", "Riksdagen beslutade nyss.", "begärt"] {
            assert!(page.contains(said), "{said}: {page}");
        }
    });
}

#[test]
fn flagged_overlaps_are_answered_before_anybody_is_consulted() {
    run(async {
        let app = TestApp::real().await;
        let met = planned(&app, "B-1").await;
        let number = planned(&app, "B-2").await;
        let pair = flag(&app, &number, &met).await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let address = format!("/insamlingar/{number}/samrad");
        let link = format!("/liknande/{pair}");
        assert!(own.page(&address).await.contains(&link));
        let fields = form("2099-01-15", "");
        is_refused(&own.post(&address, &fields).await, StatusCode::UNPROCESSABLE_ENTITY, &["Svara först", &link]);
        let answer = [("svar", "differs"), ("skal", "Gäller friskolor.")];
        went_to(&pairs::answer(&own, &link, &answer).await, &format!("{link}?sparat=svar"));
        let page = own.page(&format!("{link}?sparat=svar")).await;
        assert!(page.contains(&format!("href=\"{address}\">Till begäran om samråd")), "what was begun is found again: {page}");
        let case = asked(&own, &number, &fields).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let page = body.page(&case).await;
        assert!(
            !page.contains("Begär troligen samma uppgifter") && !page.contains(&format!(">{met}<")),
            "a collection that is not open is not named: {page}"
        );
    });
}

#[test]
fn both_sides_play_a_whole_case() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let page = body.page(&case).await;
        assert!(page.contains("Börja granska ärendet först.") && !page.contains(&format!("href=\"/insamlingar/{number}\"")), "{page}");
        step(&body, &case, "ta", &[], "taget").await;
        let empty = body.post(&format!("{case}/fraga"), &[("ord", " ")]).await;
        is_refused(&empty, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv vad ni vill veta."]);
        let note = [("intern", "ja"), ("anteckning", "Fråga <experten> om definitionen.")];
        went_to(&body.post(&format!("{case}/inlagg"), &note).await, &format!("{case}?sparat=anteckning"));
        let point = [("punktslag", "quality"), ("uppgift", ""), ("synpunkt", "Definiera elev.")];
        for code in ["synpunkt", "redan"] {
            went_to(&body.post(&format!("{case}/punkter"), &point).await, &format!("{case}?sparat={code}"));
        }
        assert!(!own.page(&case).await.contains("Definiera elev."), "it is not sent yet");
        step(&body, &case, "fraga", &[("ord", "Gäller det friskolor?")], "fragat").await;
        let page = own.page(&case).await;
        assert!(page.contains("Gäller det friskolor?") && !page.contains("experten"), "notes are the body's own: {page}");
        assert_eq!(page.matches("Definiera elev.").count(), 1, "sent twice is written once");
        let reply = [("organ", "SKR"), ("ord-SKR", "Nej, bara kommunala.")];
        step(&own, &case, "svara", &reply, "svarat").await;
        let id = hidden_point(&page);
        let partly = own.post(&format!("{case}/punkter/{id}"), &[(&format!("svar-{id}"), "partly")]).await;
        is_refused(&partly, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv varför ni inte godtar hela synpunkten."]);
        let accepted = [(format!("svar-{id}"), "accepted")];
        let accepted: Vec<(&str, &str)> = accepted.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        went_to(&own.post(&format!("{case}/punkter/{id}"), &accepted).await, &format!("{case}?sparat=punktsvar"));
        let missing = body.post(&format!("{case}/yttrande"), &[("svar", "objections"), ("samordning", "Finns redan.")]).await;
        is_refused(&missing, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv vad ni vill att myndigheten ändrar", "Finns redan."]);
        let opinion = [("svar", "objections"), ("samordning", "Finns redan."), ("yttrande", "Definiera elev."), ("diarienummer", "26/7")];
        step(&body, &case, "yttrande", &opinion, "yttrat").await;
        let page = own.page(&case).await;
        for said in ["Yttrande från Sveriges Kommuner och Regioner", "Finns redan.", "26/7", "lämnar yttrande: synpunkter"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let silent = own.post(&format!("{case}/avsluta"), &[("utfall", "not_agreed"), ("avslut", "")]).await;
        is_refused(&silent, StatusCode::UNPROCESSABLE_ENTITY, &["Skriv er syn."]);
        step(&own, &case, "avsluta", &[("utfall", "not_agreed"), ("avslut", "Vi behöver uppgiften.")], "avslutat").await;
        let checked = [(format!("avprickad-{id}"), "not_done")];
        let checked: Vec<(&str, &str)> = checked.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        went_to(&body.post(&format!("{case}/punkter/{id}"), &checked).await, &format!("{case}?sparat=avprickad"));
        let page = own.page(&case).await;
        assert!(
            page.contains("Inte infört") && page.contains("avslutas") | page.contains("avslutades") && !page.contains("Skicka inlägget"),
            "{page}"
        );
        let late = own.post(&format!("{case}/inlagg"), &[("inlagg", "En sak till.")]).await;
        is_refused(&late, StatusCode::UNPROCESSABLE_ENTITY, &["Samrådet är avslutat.", "En sak till.", "Det här skrev du"]);
    });
}

/// The identity of the first point that a page has a form for.
fn hidden_point(html: &str) -> String {
    let (_, rest) = html.split_once("/punkter/").expect("a form of a point");
    rest.split_once('"').map(|(id, _)| id.to_owned()).expect("its end")
}

#[test]
fn each_step_is_told_to_the_other_side() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let person = app.person(Role::Skr, "SKR", false).await;
        let mailbox = person.email.clone().expect("an address");
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.enter(person.id).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let before = app.letters(&mailbox).await.len();
        step(&body, &case, "ta", &[], "taget").await;
        step(&body, &case, "fraga", &[("ord", "Varför?")], "fragat").await;
        let letters = app.letters("statistik@myndigheten.example").await;
        assert_eq!(letters.len(), 2, "{letters:?}");
        for said in ["har frågor", "Varför?", &case, "Ingen läser svar på det här mejlet.", "Kostnad per elev"] {
            assert!(letters[1].contains(said), "{said}: {}", letters[1]);
        }
        step(&own, &case, "svara", &[("organ", "SKR"), ("ord-SKR", "Därför.")], "svarat").await;
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        let letters = app.letters(&mailbox).await;
        let told = |words: &str| letters.iter().filter(|letter| letter.contains(words)).count();
        assert_eq!((before > 0, told("begär samråd"), told("Därför."), told("Ni behöver inte svara")), (true, 1, 1, 1), "{letters:?}");
    });
}

#[test]
fn of_two_reviewers_the_later_finds_out_and_keeps_what_was_typed() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let (first, second) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "SKR").await);
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        step(&first, &case, "ta", &[], "taget").await;
        let seen = revision(&second.page(&case).await, "yttrande");
        step(&first, &case, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        let fields = [("svar", "advise_against"), ("yttrande", "Den andras långa text."), ("revision", seen.as_str())];
        let late = second.post(&format!("{case}/yttrande"), &fields).await;
        is_refused(&late, StatusCode::CONFLICT, &["Yttrandet är redan lämnat av", "Den andras långa text.", "Yttrande: ingen erinran"]);
        assert!(!own.page(&case).await.contains("Den andras långa text."));
    });
}

#[test]
fn an_answer_to_what_was_withdrawn_meanwhile_is_refused_and_given_back() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        step(&body, &case, "ta", &[], "taget").await;
        let seen = revision(&body.page(&case).await, "yttrande");
        let stale = revision(&own.page(&format!("{case}/aterkalla")).await, "aterkalla");
        step(&body, &case, "fraga", &[("ord", "Varför?")], "fragat").await;
        let early = own.post(&format!("{case}/aterkalla"), &[("revision", &stale)]).await;
        is_refused(&early, StatusCode::CONFLICT, &["Någon annan hann"]);
        step(&own, &case, "aterkalla", &[], "aterkallat").await;
        let fields = [("svar", "objections"), ("yttrande", "Vi hann skriva klart."), ("revision", seen.as_str())];
        let late = body.post(&format!("{case}/yttrande"), &fields).await;
        is_refused(&late, StatusCode::UNPROCESSABLE_ENTITY, &["Begäran är återkallad.", "Vi hann skriva klart."]);
        let again = asked(&own, &number, &form("2099-01-16", "")).await;
        assert_ne!(again, case, "what is withdrawn can be asked for anew");
    });
}

#[test]
fn the_day_for_an_answer_passes_at_midnight_in_summer() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let person = app.person(Role::Agency, SCB, false).await;
        let own = app.enter(person.id).await;
        let case = asked(&own, &number, &form("2099-06-30", "")).await;
        let actor = Actor { person: person.id, organisation: SCB.to_owned(), role: Role::Agency, manager: false };
        let origin = Origin { base_url: "https://register.example".to_owned(), demonstration: false };
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let number = ConsultationNumber::parse(case.trim_start_matches("/samrad/")).expect("a number");
        let doing = |now| Doing { origin: &origin, actor: &actor, number, revision: 0, now };
        let early = steps::close(&app.state.db, doing(at("2099-06-30T21:59:59Z")), Outcome::NoAnswer, "").await;
        assert!(matches!(&early, Err(Error::Invalid(why)) if why.contains("har inte passerat")), "{early:?}");
        let agreed = steps::close(&app.state.db, doing(at("2099-06-30T22:00:00Z")), Outcome::Agreed, "").await;
        assert!(matches!(&agreed, Err(Error::Invalid(why)) if why.contains("inget svar")), "{agreed:?}");
        steps::close(&app.state.db, doing(at("2099-06-30T22:00:00Z")), Outcome::NoAnswer, "").await.expect("closed after midnight");
        let page = own.page(&case).await;
        assert!(page.contains("Har inte svarat") && page.contains("inget svar"), "{page}");
    });
}

#[test]
fn nobody_but_the_two_sides_reads_a_case() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let none = app.get(&case).await;
        assert_eq!((none.status, none.header("location").starts_with("/logga-in")), (StatusCode::SEE_OTHER, true));
        for (role, organisation) in [(Role::Skr, "NNR"), (Role::Agency, "202100-2114"), (Role::Municipality, "1480"), (Role::Analyst, SCB)]
        {
            let stranger = app.signed_in(role, organisation).await;
            assert_eq!(stranger.get(&case).await.status, StatusCode::NOT_FOUND, "{role}");
            let words = [("inlagg", "Hej.")];
            assert_eq!(stranger.post(&format!("{case}/inlagg"), &words).await.status, StatusCode::NOT_FOUND, "{role}");
        }
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        let page = admin.page(&case).await;
        assert!(page.contains("Kostnad per elev") && !page.contains("Skicka inlägget") && !page.contains("Det här kan ni göra"), "{page}");
        assert_eq!(admin.post(&format!("{case}/inlagg"), &[("inlagg", "Hej.")]).await.status, StatusCode::FORBIDDEN);
    });
}
