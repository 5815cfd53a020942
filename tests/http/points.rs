//! Points: prepared and sent together, taken back, replied to again and again; and what an issued opinion tells of them.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;
use serde_json::Value;

use crate::client::{Client, hidden};
use crate::consultations::{asked, form, planned, revision, step};
use crate::pairs::went_to;
use crate::support::{Answer, SCB, TestApp, run};

/// Everything that a text must say.
pub fn said_of(text: &str, all: &[&str]) {
    for said in all {
        assert!(text.contains(said), "{said}: {text}");
    }
}

/// Sends a form of a point, the names of whose fields end in its identity.
pub async fn post_of(client: &Client<'_>, address: &str, id: &str, fields: &[(&str, &str)]) -> Answer {
    let named: Vec<(String, &str)> = fields.iter().map(|(name, value)| (format!("{name}-{id}"), *value)).collect();
    let fields: Vec<(&str, &str)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    client.post(address, &fields).await
}

/// Prepares a point.
pub async fn prepare(body: &Client<'_>, case: &str, words: &str) {
    let point = [("punktslag", "quality"), ("uppgift", ""), ("synpunkt", words)];
    for code in ["synpunkt", "redan"] {
        went_to(&body.post(&format!("{case}/punkter"), &point).await, &format!("{case}?sparat={code}"));
    }
}

/// Sends what is prepared, and again, as a double click does.
pub async fn send_prepared(body: &Client<'_>, case: &str) {
    let shown = hidden(&body.page(case).await, "synpunkter").expect("something is prepared");
    for code in ["synpunkter", "redan"] {
        let answer = body.post(&format!("{case}/punkter/skicka"), &[("synpunkter", &shown)]).await;
        went_to(&answer, &format!("{case}?sparat={code}"));
    }
}

/// The identities of the points that a page shows, in their order.
pub fn sent(html: &str) -> Vec<String> {
    html.split("id=\"synpunkt-").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// A case that SKR reviews.
pub struct Case<'a> {
    pub own: Client<'a>,
    pub body: Client<'a>,
    pub collection: String,
    pub address: String,
}

/// A case that SKR has begun to review.
pub async fn reviewed(app: &TestApp) -> Case<'_> {
    let collection = planned(app, "B-1").await;
    let (own, body) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
    let address = asked(&own, &collection, &form("2099-01-15", "")).await;
    step(&body, &address, "ta", &[], "taget").await;
    Case { own, body, collection, address }
}

impl Case<'_> {
    pub async fn post(&self, client: &Client<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
        client.post(&format!("{}/{path}", self.address), fields).await
    }

    pub async fn done(&self, client: &Client<'_>, path: &str, fields: &[(&str, &str)], code: &str) {
        went_to(&self.post(client, path, fields).await, &format!("{}?sparat={code}", self.address));
    }

    /// Sends a form of a point: `step` is what follows its identity in the address.
    pub async fn post_of(&self, client: &Client<'_>, id: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
        post_of(client, &format!("{}/punkter/{id}{step}", self.address), id, fields).await
    }

    /// When a prepared point was written, as its form says it.
    pub async fn read(&self, id: &str) -> String {
        hidden(&self.body.page(&self.address).await, &format!("last-{id}")).expect("it can be changed")
    }

    /// SKR takes away a point that it has prepared, and again, as a double click does.
    pub async fn take_away(&self, id: &str) {
        let read = self.read(id).await;
        for code in ["synpunkt-borttagen", "redan"] {
            let fields = [("bort", "ja"), (&*format!("last-{id}"), read.as_str())];
            self.done(&self.body, &format!("punkter/{id}/andra"), &fields, code).await;
        }
    }

    /// The agency replies to a point.
    pub async fn replied(&self, id: &str, kind: &str, reason: &str) {
        let answer = self.post_of(&self.own, id, "", &[("svar", kind), ("skal", reason)]).await;
        went_to(&answer, &format!("{}?sparat=punktsvar", self.address));
    }

    /// The points of the case as SKR sees them, sent and prepared.
    pub async fn points(&self) -> Vec<String> {
        sent(&self.body.page(&self.address).await)
    }

    /// A file of the whole case's archive.
    pub async fn archived(&self, name: &str) -> String {
        let answer = self.own.get(&format!("/insamlingar/{}/arende.zip", self.collection)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
        let path = format!("{}/{name}", self.address.trim_start_matches('/'));
        let mut bytes = Vec::new();
        archive.by_name(&path).unwrap_or_else(|error| panic!("{path}: {error}")).read_to_end(&mut bytes).expect("read");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[test]
fn what_is_prepared_is_the_bodys_own_until_it_is_sent() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        for words in ["Först.", "Stryk mig.", "Sist."] {
            prepare(&case.body, &case.address, words).await;
        }
        let ids = case.points().await;
        let page = case.body.page(&case.address).await;
        said_of(
            &page,
            &["Förberedda, inte skickade", "Skicka 3 synpunkter till myndigheten", "De 3 synpunkter som ni har förberett skickas med."],
        );
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        for other in [&case.own, &admin] {
            let page = other.page(&case.address).await;
            assert!(!page.contains("Stryk mig.") && sent(&page).is_empty() && page.contains("Inga synpunkter är skickade."), "{page}");
        }
        assert!(!case.archived("samrad.html").await.contains("Stryk mig.") && !case.archived("metadata.json").await.contains("Stryk mig."));
        let unknown = case.post_of(&case.own, &ids[0], "", &[("svar", "accepted")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "nobody replies to what it may not know of");
        // changed and taken away while it is prepared
        let empty = [("punktslag", "timing"), ("uppgift", ""), ("synpunkt", " ")];
        let refused = case.post_of(&case.body, &ids[2], "/andra", &empty).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("Skriv vad ni vill"), "{}", refused.text);
        let read = case.read(&ids[2]).await;
        let changed = [("punktslag", "timing"), ("uppgift", ""), ("synpunkt", "Allra sist."), ("last", read.as_str())];
        went_to(&case.post_of(&case.body, &ids[2], "/andra", &changed).await, &format!("{}?sparat=synpunkt-andrad", case.address));
        case.take_away(&ids[1]).await;
        assert_eq!(case.points().await, [ids[0].as_str(), &ids[2]]);
        let before = app.letters("statistik@myndigheten.example").await.len();
        step(&case.body, &case.address, "fraga", &[("ord", "Varför?")], "fragat").await;
        let letters = app.letters("statistik@myndigheten.example").await;
        assert_eq!(letters.len() - before, 1, "one letter: {letters:?}");
        said_of(
            &letters[before],
            &["Varför?", "Med frågorna följer 2\u{a0}synpunkter.", "Synpunkt 1. Kvalitet\nFörst.", "Synpunkt 2. Tid\nAllra sist."],
        );
        let page = case.own.page(&case.address).await;
        said_of(&page, &["2. Tid", "skickar synpunkterna 1 och 2", "ställer frågor"]);
        let late = case.post(&case.body, &format!("punkter/{}/andra", ids[0]), &[("bort", "ja")]).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.text.contains("Synpunkten är redan skickad."), "{}", late.text);
    });
}

#[test]
fn nothing_is_sent_with_an_opinion_that_has_no_objection() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        prepare(&case.body, &case.address, "Definiera elev.").await;
        let page = case.body.page(&case.address).await;
        let (revision, shown) = (revision(&page, "yttrande"), hidden(&page, "synpunkter").expect("one is prepared"));
        let none = [("svar", "no_objection"), ("diarienummer", "26/7"), ("revision", revision.as_str())];
        let refused = case.post(&case.body, "yttrande", &[&none[..], &[("synpunkter", shown.as_str())]].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        said_of(&refused.text, &["Ni har förberett synpunkter som inte är skickade.", "value=\"26/7\""]);
        let page = case.own.page(&case.address).await;
        assert!(!page.contains("Definiera elev.") && !page.contains("lämnar yttrande"), "nothing is sent and nothing said: {page}");
        let id = case.points().await.remove(0);
        case.take_away(&id).await;
        case.done(&case.body, "yttrande", &none, "yttrat").await;
        // what was given is not given again; the page says what to do
        let page = case.body.page(&case.address).await;
        said_of(&page, &["Det kan inte ändras. Blev något fel: skriv det i tråden, så får myndigheten ett mejl om det."]);
    });
}

#[test]
fn what_was_prepared_for_a_case_that_ended_is_the_bodys_own_to_take_away() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        for words in ["Hann inte <skickas>.", "Inte den heller."] {
            prepare(&case.body, &case.address, words).await;
        }
        let own_archive = async |client: &Client<'_>| {
            let answer = client.get(&format!("{}/arende.zip", case.address)).await;
            let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive");
            let name = format!("{}/egna/forberedda-synpunkter.csv", case.address.trim_start_matches('/'));
            let mut text = String::new();
            archive.by_name(&name).ok()?.read_to_string(&mut text).expect("read");
            Some(text)
        };
        let table = own_archive(&case.body).await.expect("what it has prepared");
        said_of(&table, &["Hann inte <skickas>.", "Inte den heller.", "Kvalitet"]);
        assert_eq!(own_archive(&case.own).await, None, "nobody else's archive has it");
        step(&case.own, &case.address, "aterkalla", &[], "aterkallat").await;
        let ids = case.points().await;
        let page = case.body.page(&case.address).await;
        said_of(&page, &["Förberedda, inte skickade", "de kan inte skickas längre", "Ta bort synpunkt 1", "Hann inte &#60;skickas&#62;."]);
        let changed = [("punktslag", "timing"), ("uppgift", ""), ("synpunkt", "Nu då.")];
        let late = case.post_of(&case.body, &ids[0], "/andra", &changed).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.text.contains("Begäran är återkallad."), "{}", late.text);
        case.take_away(&ids[0]).await;
        assert_eq!(case.points().await, [ids[1].as_str()]);
        assert!(!own_archive(&case.body).await.expect("the other one").contains("Hann inte"));
    });
}

#[test]
fn what_was_sent_is_taken_back_with_a_reason_until_the_opinion_is_given() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        for words in ["Först.", "Ångrad.", "Sist."] {
            prepare(&case.body, &case.address, words).await;
        }
        send_prepared(&case.body, &case.address).await;
        let ids = case.points().await;
        let back = "/ta-tillbaka";
        let silent = case.post_of(&case.body, &ids[1], back, &[("varfor", " ")]).await;
        assert!(
            silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text.contains("Skriv varför ni tar tillbaka"),
            "{}",
            silent.text
        );
        assert_eq!(case.post_of(&case.own, &ids[1], back, &[("varfor", "Nej.")]).await.status, StatusCode::FORBIDDEN);
        let before = app.letters("statistik@myndigheten.example").await.len();
        for code in ["tillbakatagen", "redan"] {
            let answer = case.post_of(&case.body, &ids[1], back, &[("varfor", "Vi hade läst <fel>.")]).await;
            went_to(&answer, &format!("{}?sparat={code}", case.address));
        }
        let letters = app.letters("statistik@myndigheten.example").await;
        assert_eq!(letters.len() - before, 1, "{letters:?}");
        said_of(&letters[before], &["har tagit tillbaka synpunkt 2", "Vi hade läst <fel>."]);
        let page = case.own.page(&case.address).await;
        said_of(&page, &["Ångrad.", "Tillbakatagen den ", "Vi hade läst &#60;fel&#62;.", "tar tillbaka synpunkt 2"]);
        let reply = case.post_of(&case.own, &ids[1], "", &[("svar", "accepted")]).await;
        assert!(reply.status == StatusCode::UNPROCESSABLE_ENTITY && reply.text.contains("Synpunkten är tillbakatagen."), "{}", reply.text);
        step(&case.body, &case.address, "yttrande", &[("svar", "no_objection")], "yttrat").await;
        let document = case.body.page(&format!("{}/yttrande/SKR", case.address)).await;
        assert!(document.contains("Sist.") && !document.contains("Ångrad."), "{document}");
        let check = case.post_of(&case.body, &ids[1], "", &[("avprickad", "done")]).await;
        assert_eq!(check.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", check.text);
        let late = case.post_of(&case.body, &ids[2], back, &[("varfor", "För sent.")]).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.text.contains("Yttrandet är redan lämnat."), "{}", late.text);
        let data: Value = serde_json::from_str(&case.archived("metadata.json").await).expect("JSON");
        assert_eq!(data["points"][1]["takenBackReason"], "Vi hade läst <fel>.");
    });
}

#[test]
fn an_issued_opinion_goes_on_telling_of_the_reply_that_stood() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        for words in ["Definiera elev.\n\nÄven friskolor.", "Ta bort fråga 3."] {
            prepare(&case.body, &case.address, words).await;
        }
        send_prepared(&case.body, &case.address).await;
        let ids = case.points().await;
        case.replied(&ids[0], "accepted", "").await;
        case.replied(&ids[0], "partly", "Bara för gymnasiet.").await;
        step(&case.body, &case.address, "yttrande", &[("svar", "objections"), ("yttrande", "Se punkterna.")], "yttrat").await;
        let document = format!("{}/yttrande/SKR", case.address);
        let (issued, file) = (case.own.page(&document).await, case.own.get(&format!("{document}.docx")).await.bytes);
        said_of(&issued, &["Godtas delvis: Bara för gymnasiet.", "Inget svar", "<p>Definiera elev.</p><p>Även friskolor.</p>"]);
        for id in &ids {
            case.replied(id, "rejected", "Vi har ändrat oss.").await;
        }
        let now = case.own.page(&document).await;
        let main = |html: &str| html.split_once("<article").map(|(_, rest)| rest.to_owned());
        assert!(main(&now).is_some() && main(&now) == main(&issued), "the opinion has changed: {now}");
        assert!(case.own.get(&format!("{document}.docx")).await.bytes == file, "the file has changed");
        assert!(!case.archived("yttrande-SKR.html").await.contains("Vi har ändrat oss."));
        let page = case.body.page(&case.address).await;
        said_of(
            &page,
            &[
                "Myndigheten: godtas inte.",
                ", efter yttrandet",
                "Tidigare svar: godtas delvis.",
                "Tidigare svar: godtas.",
                "svarar på synpunkt 1: godtas",
                "ändrar sitt svar på synpunkt 1 till godtas inte. Tidigare: Godtas delvis: Bara för gymnasiet.",
            ],
        );
        let data: Value = serde_json::from_str(&case.archived("metadata.json").await).expect("JSON");
        let point = &data["points"][0];
        assert_eq!(point["replies"].as_array().map(Vec::len), Some(3), "{point}");
        assert_eq!(
            (&point["replies"][1]["reply"], &point["replyAtOpinion"], &point["reply"]),
            (&"partly".into(), &2.into(), &"rejected".into())
        );
        assert!(data["points"][1]["replyAtOpinion"].is_null(), "{data}");
        said_of(&case.archived("samrad.html").await, &["ändrar sitt svar på synpunkt 1", "Vi har ändrat oss."]);
    });
}

#[test]
fn whoever_answers_after_somebody_else_is_told_by_whom_and_keeps_everything() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        let second = app.person(Role::Skr, "SKR", false).await;
        let colleague = app.enter(second.id).await;
        let seen = revision(&colleague.page(&case.address).await, "yttrande");
        let opinion = [("svar", "no_objection"), ("diarienummer", "26/7"), ("revision", seen.as_str())];
        for code in ["yttrat", "redan"] {
            // a double click is one opinion
            case.done(&colleague, "yttrande", &opinion, code).await;
        }
        let other = [
            ("svar", "advise_against"),
            ("yttrande", "En lång text."),
            ("samordning", "Finns redan."),
            ("genomforbarhet", "Går inte."),
            ("diarienummer", "26/8"),
            ("revision", seen.as_str()),
        ];
        let late = case.post(&case.body, "yttrande", &other).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let by = format!("Yttrandet är redan lämnat av {} den ", second.email.expect("an address"));
        said_of(&late.text, &[&by, "Det här skrev du", "Avstyrker", "En lång text.", "Finns redan.", "Går inte.", "26/8"]);
        assert!(!late.text.contains("skicka det igen"), "{}", late.text);
        let again = case.post(&colleague, "yttrande", &[("svar", "advise_against"), ("revision", &seen)]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "whatever else is wrong with it: {}", again.text);
        said_of(&again.text, &["Yttrandet är redan lämnat av dig den ", "Avstyrker", "<h2>Det sparades inte</h2>"]);
    });
}

#[test]
fn a_case_is_taken_over_on_its_own_page_and_whoever_writes_knows_who_has_it() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        let second = app.person(Role::Skr, "SKR", false).await;
        let (colleague, name) = (app.enter(second.id).await, second.email.clone().expect("an address"));
        let page = colleague.page(&case.address).await;
        assert!(page.matches("Ärendet handläggs av ").count() == 2 && page.contains("Ta över"), "beside both forms: {page}");
        assert!(!case.body.page(&case.address).await.contains("Ärendet handläggs av "));
        let give = [("nu", hidden(&page, "nu").expect("who has it")), ("vy", case.address.clone()), ("till", second.id.to_string())];
        let give: Vec<(&str, &str)> = give.iter().map(|(name, value)| (*name, value.as_str())).collect();
        case.done(&colleague, "tilldela", &give, "tilldelat").await;
        let stale: Vec<(&str, &str)> = give.iter().copied().filter(|(name, _)| *name != "till").chain([("kollega", "ingen")]).collect();
        case.done(&case.body, "tilldela", &stale, "upptaget").await;
        let told = case.body.page(&format!("{}?sparat=upptaget", case.address)).await;
        said_of(&told, &["Någon annan hann före. Inget är ändrat.", "data-color=\"warning\"", &format!("Ärendet handläggs av {name}.")]);
        case.done(&colleague, "inlagg", &[("intern", "ja"), ("anteckning", "Liknar i fjol.")], "anteckning").await;
        said_of(&case.body.page(&case.address).await, &[&format!("<b>{name}</b> antecknar")]);
        assert!(!case.own.page(&case.address).await.contains("Ta över"));
    });
}

#[test]
fn the_address_of_what_is_only_sent_leads_to_the_case() {
    run(async {
        let app = TestApp::real().await;
        let case = reviewed(&app).await;
        for step in ["ta", "fraga", "svara", "yttrande", "avsluta", "inlagg", "punkter", "punkter/skicka", "tilldela"] {
            let answer = case.body.get(&format!("{}/{step}", case.address)).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, case.address.as_str()), "{step}");
        }
        let stranger = app.signed_in(Role::Skr, "NNR").await;
        assert_eq!(stranger.get(&format!("{}/yttrande", case.address)).await.status, StatusCode::NOT_FOUND);
    });
}
