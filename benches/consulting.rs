//! How fast the pages of consultation are after twenty years of three hundred cases, each with ten points and fifteen messages: the queue,
//! a case and the statistics, at fifty requests a second.
//!
//! `cargo bench --bench consulting`; with `BENCH_QUICK=1` only to see that everything runs; with `BENCH_POSTGRES_URL` (a server that waits
//! for the disk) on PostgreSQL too.

#[allow(dead_code)] // the other benches use the rest
mod support;

use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use insamlingsregister::actions::sign_in::make_link;
use insamlingsregister::clock;
use insamlingsregister::db::consultations::{self, Asked, points, said, steps};
use insamlingsregister::db::{Tx, people, public};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::asking::Asking;
use insamlingsregister::domain::consultation::clocks::Clocks;
use insamlingsregister::domain::consultation::opinion::Answer;
use insamlingsregister::domain::consultation::point::{PointKind, Reply, ReplyKind};
use insamlingsregister::domain::consultation::{CaseKind, Opinion, Outcome as Ending, State};
use insamlingsregister::domain::person::Person;
use insamlingsregister::domain::sign_in::Purpose;
use support::client::paced;
use support::corpus::Corpus;
use support::postgres::Database;
use support::program::{Register, Server, folder};
use support::table::{Figure, Table, milliseconds, seconds};
use support::{Outcome, is_quick};
use uuid::Uuid;

/// The body that is consulted.
const BODY: &str = "SKR";
/// Points of each case.
const POINTS: usize = 10;
/// Messages of each case.
const MESSAGES: usize = 15;
/// Cases that are not over: a month's.
const LIVE: usize = 60;
/// Cases written in one transaction.
const AT_ONCE: usize = 100;
/// Requests a second.
const RATE: f64 = 50.0;
/// What the slowest hundredth may take.
const MOST: Duration = Duration::from_millis(40);

/// What comparing the collections may take, before anything is measured.
const COMPARED: Duration = Duration::from_secs(600);

/// How much is measured and for how long.
struct Size {
    collections: usize,
    years: u64,
    each_year: usize,
    load: Duration,
}

impl Size {
    fn chosen() -> Self {
        if is_quick() {
            Self { collections: 100, years: 2, each_year: 60, load: Duration::from_millis(500) }
        } else {
            Self { collections: 2_000, years: 20, each_year: 300, load: Duration::from_secs(20) }
        }
    }
}

fn main() -> Outcome {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Outcome {
    let (size, corpus, mut table) = (Size::chosen(), Corpus::read()?, Table::default());
    let sqlite = folder()?;
    let register = Register { folder: sqlite.path().to_owned(), database: None };
    on(&register, &size, &corpus, "SQLite", &mut table).await?;
    if let Some(database) = Database::make().await? {
        let postgres = folder()?;
        let register = Register { folder: postgres.path().to_owned(), database: Some(database.url()) };
        on(&register, &size, &corpus, "PostgreSQL", &mut table).await?;
        database.remove().await?;
    } else {
        println!("PostgreSQL is not measured: BENCH_POSTGRES_URL is not set");
    }
    table.finish()
}

/// Measures on one engine.
async fn on(register: &Register, size: &Size, corpus: &Corpus, engine: &str, table: &mut Table) -> Outcome {
    println!("register on {engine}, {} collections", size.collections);
    register.fill(corpus, size.collections).await?;
    let (numbers, token) = write(register, size, corpus).await?;
    let serving = register.serve().await?;
    let cookie = enter(&serving, &token).await?;
    // two thousand collections that came a moment ago are compared with each other first: no register begins its day with that
    register.compared(COMPARED).await?;
    let filtered = format!("/samrad?visa=avslutade&myndighet={}", corpus.agencies[0]);
    let queue = ["/samrad", "/samrad?visa=nya", "/samrad?visa=mina", "/samrad?visa=forsenade", "/samrad?q=elever", &filtered];
    let step = numbers.len().div_ceil(100);
    let cases: Vec<String> = numbers.iter().step_by(step).map(|number| format!("/samrad/{number}")).collect();
    let year = clock::swedish_day(clock::now()).year();
    let statistics = ["/statistik".to_owned(), format!("/statistik?ar={}", year - 1), format!("/statistik?organ={BODY}&ar={year}")];
    let over = ["/samrad?visa=avslutade".to_owned(), "/samrad?visa=avslutade&sida=20".to_owned()];
    let pages = [
        ("queue", queue.map(str::to_owned).to_vec()),
        ("queue of what is over", over.to_vec()),
        ("case", cases),
        ("statistics", statistics.to_vec()),
    ];
    for (name, paths) in pages {
        paced((serving.address, cookie.as_str()), &paths, RATE, size.load / 4).await?;
        let load = paced((serving.address, cookie.as_str()), &paths, RATE, size.load).await?;
        let slow = load.percentile(0.99);
        table.add(Figure {
            name: format!("{name}, {RATE:.0}/s, {engine}"),
            measured: format!("p99 {}", milliseconds(slow)),
            comparison: format!("p50 {}, n {}", milliseconds(load.percentile(0.5)), load.count()),
            ratio: None,
            asked: "p99 < 40 ms",
            met: Some(slow < MOST),
        });
    }
    serving.stop()
}

/// Writes the cases, and a handläggare of the body. Their numbers, and what signs the handläggare in.
async fn write(register: &Register, size: &Size, corpus: &Corpus) -> Outcome<(Vec<String>, String)> {
    let begun = Instant::now();
    let db = register.open().await?;
    let now = clock::now();
    let collections = public::collections(&mut db.read().await?, clock::swedish_day(now)).await?;
    let person = Person {
        id: clock::new_id(),
        email: Some("samrad@funktion.example".to_owned()),
        name: None,
        organisation: BODY.to_owned(),
        role: Role::Skr,
        manager: false,
        created_at: now,
        last_seen_at: None,
        warned_at: None,
        closed_at: None,
        erased_at: None,
    };
    let mut tx = db.write().await?;
    people::put(&mut tx, &person).await?;
    let token = make_link(&mut tx, person.id, Purpose::Invitation, None, now).await?;
    tx.commit().await?;
    let count = size.each_year * usize::try_from(size.years)?;
    let mut numbers = Vec::with_capacity(count);
    for first in (0..count).step_by(AT_ONCE) {
        let mut tx = db.write().await?;
        for at in first..(first + AT_ONCE).min(count) {
            let back = i64::try_from(count - at)? * 365 * 24 / i64::try_from(size.each_year)?;
            let case = Case {
                id: clock::new_id(),
                collection: collections[at % collections.len()],
                agency: corpus.agencies[at % corpus.agencies.len()].clone(),
                at: now - TimeDelta::hours(back),
                live: count - at <= LIVE.min(count / 2),
                turn: at,
            };
            numbers.push(case.write(&mut tx, person.id).await?);
        }
        tx.commit().await?;
    }
    db.close().await;
    println!("  {count} cases written in {}", seconds(begun.elapsed()));
    Ok((numbers, token))
}

struct Case {
    id: Uuid,
    collection: Uuid,
    agency: String,
    at: DateTime<Utc>,
    live: bool,
    turn: usize,
}

impl Case {
    async fn write(&self, tx: &mut Tx, person: Uuid) -> Outcome<String> {
        let day = clock::swedish_day(self.at);
        let asking = Asking {
            bodies: vec![BODY.to_owned()],
            kind: CaseKind::ALL[self.turn % CaseKind::ALL.len()],
            form_unchanged: self.turn.is_multiple_of(3),
            wanted_on: day + Days::new(15),
            short_time_reason: None,
            selection: Some("Alla kommuner och regioner.".to_owned()),
            timing: Some("Skickas i januari och besvaras senast vecka 12.".to_owned()),
            discussed: None,
            diary_number: Some(format!("{}:{}", day.year(), self.turn)),
        };
        let asked =
            Asked { id: self.id, version: (self.collection, 1), entered: false, agency: self.agency.clone(), person: None, at: self.at };
        let number = consultations::insert(tx, &asked, &asking, i64::from(day.year())).await?;
        self.say(tx, person).await?;
        let days = i64::try_from(self.turn % 20)?;
        let clocks = Clocks { body: (days + 1) * 86_400, agency: days * 43_200 };
        if self.live {
            let state = [State::Requested, State::InReview, State::AwaitingAgency, State::Answered][self.turn % 4];
            consultations::advance(tx, self.id, BODY, state, clocks, self.at, 0).await?;
            return Ok(number.to_string());
        }
        let opinion = Opinion::ALL[self.turn % Opinion::ALL.len()];
        let answer =
            Answer { coordination: None, feasibility: None, opinion, answer: Some("Se synpunkterna.".to_owned()), diary_number: None };
        steps::answer(tx, self.id, BODY, &answer, (person, self.at + TimeDelta::days(days + 1))).await?;
        steps::close(tx, self.id, (Ending::ALL[self.turn % 4], None), self.at + TimeDelta::days(30)).await?;
        consultations::advance(tx, self.id, BODY, State::Closed, clocks, self.at + TimeDelta::days(30), 0).await?;
        Ok(number.to_string())
    }

    /// Its points, most of them replied to, and its messages.
    async fn say(&self, tx: &mut Tx, person: Uuid) -> Outcome {
        for at in 0..POINTS {
            let (id, kind) = (clock::new_id(), PointKind::ALL[at % PointKind::ALL.len()]);
            let words =
                format!("Punkt {at}: frågan går inte att besvara ur kommunens system utan handarbete. Stryk den eller gör den frivillig.");
            let point = points::Written { kind, item: None, words };
            points::add_point(tx, self.id, id, BODY, &point, (person, self.at)).await?;
            if let Some(kind) = ReplyKind::ALL.get((at + self.turn) % (ReplyKind::ALL.len() + 1)) {
                let reply = Reply { kind: *kind, reason: Some("Frågan behövs för uppdraget.".to_owned()) };
                points::reply(tx, id, &reply, (&self.agency, person), self.at).await?;
            }
        }
        points::send_points(tx, self.id, BODY, self.at).await?;
        for at in 0..MESSAGES {
            let message = said::Message {
                id: clock::new_id(),
                body: Some(BODY.to_owned()),
                internal: at % 5 == 0,
                step: None,
                words: format!("Inlägg {at}. Kan ni berätta mer om hur uppgifterna ska användas och vilka som får ta del av dem?"),
                organisation: if at % 2 == 0 { BODY.to_owned() } else { self.agency.clone() },
                person: None,
                at: self.at + TimeDelta::hours(i64::try_from(at)?),
            };
            said::add_message(tx, self.id, &message).await?;
        }
        Ok(())
    }
}

/// Signs in, and answers the session's cookie.
async fn enter(serving: &Server, token: &str) -> Outcome<String> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = client.post(format!("http://{}/logga-in/{token}", serving.address)).send().await?;
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let session = cookies.filter_map(|text| text.split(';').next()).find(|pair| pair.starts_with("insamling="));
    Ok(session.ok_or_else(|| format!("nobody was signed in: {}", answer.status()))?.to_owned())
}
