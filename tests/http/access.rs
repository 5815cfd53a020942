//! Every route by every role, of the own and of another organisation. The routes are read out of the source, so that a new one fails
//! here until the table says who may use it.

mod table;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::actions::drafts::{self, Beginning};
use insamlingsregister::actions::import::Mode;
use insamlingsregister::clock;
use insamlingsregister::db::consultations::templates;
use insamlingsregister::db::outbox;
use insamlingsregister::domain::access::{Actor, Role};
use insamlingsregister::domain::consultation::CaseKind;
use insamlingsregister::domain::consultation::template::Wording;
use insamlingsregister::domain::draft::Step;
use insamlingsregister::domain::letter::Letter;
use uuid::Uuid;

use crate::cases::{self, asking};
use crate::client::{Client, posting};
use crate::files::picture_in;
use crate::outside::{Forwarded, forwarded};
use crate::pairs::flag;
use crate::references::{Asked, ask_goteborg};
use crate::routes::{all_routes, routes};
use crate::rows::{full_row, with};
use crate::support::{Answer, SCB, TestApp, run};
use table::Who::{self, Admin, Analyst, Foreign, ForeignManager, Manager, Municipality, Nobody, Own, Skr};
use table::{EVERYBODY, TABLE};

/// Routes whose form is not that of a session: the page is for those who have none.
const BEFORE_SESSIONS: [&str; 4] = ["POST /logga-in", "POST /logga-in/{token}", "POST /delat/{token}", "POST /referens/{token}"];

#[test]
fn the_table_has_every_route() {
    let found = all_routes();
    let known: Vec<&str> = TABLE.iter().map(|(route, _)| *route).collect();
    let unknown: Vec<&String> = found.iter().filter(|route| !known.contains(&route.as_str())).collect();
    let gone: Vec<&str> = known.iter().filter(|route| !found.iter().any(|one| one == *route)).copied().collect();
    assert!(unknown.is_empty() && gone.is_empty(), "say in TABLE who may use {unknown:?}; take out {gone:?}");
    assert!(found.windows(2).all(|two| two[0] != two[1]) && found.len() > 50, "a route stands twice, or they were not found: {found:?}");
    assert!(routes("Router::new().route(\"/a\", get(x::show).post(x::save)).nest(\"/b\", get(c))", "/p").len() == 2);
}

/// Somebody of this kind, signed in; none for nobody.
async fn somebody(app: &TestApp, who: Who) -> Option<Client<'_>> {
    const OTHER: &str = "202100-2114";
    Some(match who {
        Nobody => return None,
        Foreign => app.signed_in(Role::Agency, OTHER).await,
        ForeignManager => app.signed_in_manager(Role::Agency, OTHER).await,
        Own => app.signed_in(Role::Agency, SCB).await,
        Manager => app.signed_in_manager(Role::Agency, SCB).await,
        Skr => app.signed_in(Role::Skr, "SKR").await,
        Municipality => app.signed_in(Role::Municipality, "1480").await,
        Analyst => app.signed_in(Role::Analyst, OTHER).await,
        Admin => app.signed_in(Role::Admin, "202100-6883").await,
    })
}

/// What the addresses name: a collection, a person and a draft of SCB, and a letter.
struct Subjects {
    number: String,
    person: Uuid,
    draft: Uuid,
    overlap: Uuid,
    letter: Uuid,
    token: String,
    case: String,
    attachment: Uuid,
    forwarded: Forwarded,
    asked: Asked,
    template: Uuid,
}

async fn subjects(app: &TestApp) -> Subjects {
    let reference = Uuid::now_v7().simple().to_string();
    let hidden = |reference: &str| with(full_row(reference, reference), &[("visas öppet från", "inte"), ("status", "planerad")]);
    app.import_only(SCB, &[hidden(&format!("{reference}-2"))], Mode::Write).await.expect("a collection");
    let other = app.newest_number().await;
    app.import_only(SCB, &[hidden(&reference)], Mode::Write).await.expect("a collection");
    let overlap = flag(app, &app.newest_number().await, &other).await;
    let wanted = clock::swedish_day(clock::now());
    let case = cases::ask(app, &app.newest_number().await, SCB, &asking(&["SKR"], CaseKind::New, wanted), clock::now()).await;
    let person = app.person(Role::Agency, SCB, false).await;
    let token = app.link(person.id).await.trim_start_matches("/logga-in/").to_owned();
    let actor = Actor { person: person.id, organisation: SCB.to_owned(), role: Role::Agency, manager: false };
    let draft = drafts::begin(&app.state.db, &actor, Beginning::Empty { voluntary: false }, clock::now()).await.expect("a draft");
    let attachment = picture_in(app, &actor, &case).await;
    let letter = Letter {
        kind: "sign_in",
        recipient: "ingen@funktion.example".to_owned(),
        subject: "Logga in".to_owned(),
        text: "Logga in".to_owned(),
        html: "<p>Logga in</p>".to_owned(),
        expires_at: None,
    };
    let mut tx = app.state.db.write().await.expect("a transaction");
    let letter = outbox::add(&mut tx, &letter, clock::now()).await.expect("a letter");
    let (template, wording) = (clock::new_id(), Wording { title: reference, words: "Vi har inga synpunkter.".to_owned() });
    templates::insert(&mut tx, template, "SKR", &wording, clock::now()).await.expect("a template");
    tx.commit().await.expect("committed");
    let (forwarded, asked) = (forwarded(app, &case).await, ask_goteborg(app, &case).await);
    let number = app.newest_number().await;
    Subjects { number, person: person.id, draft, overlap, letter, token, case, attachment, forwarded, asked, template }
}

impl Subjects {
    /// The address of a route with its names filled in.
    fn address(&self, route: &str) -> String {
        let number = if route.starts_with("/samrad/") { &self.case } else { &self.number };
        let path = route.replace("{nr}", number).replace("{orgnr}", SCB).replace("{kommunkod}", "1480").replace("{lanskod}", "14");
        let id = match route.split('/').nth(1) {
            Some("samrad") if route.contains("/sakkunniga/") => self.forwarded.id,
            Some("samrad") if route.contains("/referens/") => self.asked.id,
            Some("skrivbord") => self.asked.id,
            Some("delat" | "referens") => self.attachment,
            Some("utkast") => self.draft,
            Some("liknande") => self.overlap,
            Some("samrad") if route.starts_with("/samrad/mallar/") => self.template,
            Some("samrad") => self.attachment,
            Some("administration") => self.letter,
            _ => self.person,
        };
        let token = match route.split('/').nth(1) {
            Some("delat") => &self.forwarded.token,
            Some("referens") => &self.asked.token,
            _ => &self.token,
        };
        let path = path
            .replace("{token}", token)
            .replace("{fil}", &self.attachment.to_string())
            .replace("{id}", &id.to_string())
            .replace("{steg}", Step::Basics.code())
            .replace("{slag}", "beslut")
            .replace("{organ}", "SKR");
        let path = path.replace("{*path}", "css/app.css").replace("{*rest}", "x");
        assert!(!path.contains('{'), "{route}: say in Subjects::address what stands for its name");
        path
    }
}

/// A form as its page sends it: most as pairs, those with a file in parts.
fn sending(address: &str, fields: &[(&str, &str)]) -> Request<Body> {
    if !address.ends_with("/fil") && !address.ends_with("/bilagor") {
        return posting(address, fields);
    }
    let part = |(name, value): &(&str, &str)| format!("--del\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body: String = fields.iter().map(part).chain(["--del--\r\n".to_owned()]).collect();
    let request = Request::post(address).header(header::CONTENT_TYPE, "multipart/form-data; boundary=del");
    request.body(Body::from(body)).expect("a request")
}

async fn ask(app: &TestApp, client: Option<&Client<'_>>, method: &str, address: &str) -> Answer {
    // the organisation, where a form names one, is SCB
    let fields = [("organisation", SCB)];
    match (client, method) {
        (Some(client), "GET") => client.get(address).await,
        (Some(client), _) => client.send(sending(address, &[fields[0], ("csrf", &client.csrf)])).await,
        (None, "GET") => app.get(address).await,
        (None, _) => app.send(sending(address, &fields)).await,
    }
}

/// Whether the register let somebody do it, or told what is wrong with what was sent.
fn is_let_in(answer: &Answer) -> bool {
    let to_sign_in = answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/logga-in?vidare=");
    !to_sign_in && !matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED)
}

#[test]
fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    run(async {
        let app = TestApp::real().await;
        let mut wrong = Vec::new();
        let shared = subjects(&app).await;
        for who in EVERYBODY {
            let reader = somebody(&app, who).await;
            for (route, allowed) in TABLE {
                let (method, path) = route.split_once(' ').expect("a method and a path");
                let answer = if method == "GET" {
                    ask(&app, reader.as_ref(), method, &shared.address(path)).await
                } else {
                    // what somebody does must not stand in the way of the next
                    let (subjects, writer) = (subjects(&app).await, somebody(&app, who).await);
                    ask(&app, writer.as_ref(), method, &subjects.address(path)).await
                };
                if is_let_in(&answer) != allowed.contains(&who) || answer.status.is_server_error() {
                    wrong.push(format!("{route} as {who:?}: {}", answer.status));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    });
}

#[test]
fn no_form_is_taken_without_the_secret_of_its_own_session() {
    run(async {
        let app = TestApp::real().await;
        let other = app.signed_in_manager(Role::Agency, SCB).await;
        let mut wrong = Vec::new();
        let posts = TABLE.iter().filter(|(route, _)| route.starts_with("POST ") && !BEFORE_SESSIONS.contains(route));
        for (route, allowed) in posts {
            let path = route.trim_start_matches("POST ");
            for who in allowed.iter().filter(|who| matches!(who, Manager | Admin)) {
                let (subjects, client) = (subjects(&app).await, somebody(&app, *who).await.expect("signed in"));
                let address = subjects.address(path);
                let own = client.csrf.as_str();
                let cases = [
                    ("no secret", ("a", "b"), None),
                    ("empty secret", ("csrf", ""), None),
                    ("another's secret", ("csrf", other.csrf.as_str()), None),
                    ("another site", ("csrf", own), Some(("origin", "https://ond.example"))),
                    ("no origin to tell", ("csrf", own), Some(("origin", "null"))),
                    ("cross-site", ("csrf", own), Some(("sec-fetch-site", "cross-site"))),
                    ("same site", ("csrf", own), Some(("sec-fetch-site", "same-site"))),
                ];
                for (case, field, foreign) in cases {
                    let mut request = sending(&address, &[field, ("organisation", SCB)]);
                    if let Some((name, value)) = foreign {
                        request.headers_mut().insert(name, value.parse().expect("a value"));
                    }
                    let answer = client.send(request).await;
                    if answer.status != StatusCode::BAD_REQUEST {
                        wrong.push(format!("{route} as {who:?} with {case}: {}", answer.status));
                    }
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    });
}
