//! Deciding what is planned.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};

use super::history::ChangeRow;
use super::{Subject, done, subject_for};
use crate::actions::collections::Right;
use crate::actions::collections::revise::check_significance;
use crate::actions::collections::steps::{self, Deciding};
use crate::clock;
use crate::db::{decisions, whole};
use crate::domain::collection::Collection;
use crate::domain::decision::{Decision, Exemption, Significance};
use crate::domain::life::{self, Step};
use crate::domain::ordinance;
use crate::domain::terms::ConsultationStated;
use crate::error::Error;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::{Asked, ErrorLine, Question};
use crate::web::form::{Fields, Posted};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// The most characters of who decided and took part.
const LONGEST: usize = 500;

/// Said when somebody else was quicker; what they changed stands below it.
const CONFLICT: &str = "Någon annan ändrade insamlingen medan du hade sidan öppen. Läs igenom vad som gäller nu och besluta sedan på nytt.";

/// `GET /insamlingar/{nr}/beslut`
///
/// # Errors
/// There is no such collection that the user may decide.
pub async fn show(State(state): State<AppState>, user: User, Today(today): Today, Path(number): Path<String>) -> PageResult {
    let read = read(&state, &user, &number, today).await?;
    let fields = Fields::default();
    page(&DecidePage::new(Layout::new(&state, Visitor(Some(user)), "/insamlingar"), &read, &fields, Faults::default(), today))
}

/// `POST /insamlingar/{nr}/beslut`
///
/// # Errors
/// There is no such collection that the user may decide.
pub async fn decide(
    State(state): State<AppState>,
    Today(today): Today,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let Posted { user, fields } = posted;
    let read = read(&state, &user, &number, today).await?;
    let mut faults = Faults::default();
    let deciding = judge(&fields, &read, today, &mut faults);
    if let Some(deciding) = deciding {
        match steps::decide(&state.db, &user.actor, read.subject.number, &deciding, clock::now()).await {
            Ok(()) => return Ok(done(read.subject.number, "beslutad")),
            Err(Error::Conflict) => {
                let layout = Layout::new(&state, Visitor(Some(user.clone())), "/insamlingar");
                let fresh = self::read(&state, &user, &number, today).await?;
                let faults = Faults { top: vec![CONFLICT.to_owned()], ..Faults::default() };
                let answer = page(&DecidePage::new(layout, &fresh, &fields, faults, today))?;
                return Ok((StatusCode::CONFLICT, answer).into_response());
            }
            Err(Error::Invalid(message)) => faults.top.push(message),
            Err(other) => return Err(other.into()),
        }
    }
    let layout = Layout::new(&state, Visitor(Some(user)), "/insamlingar");
    let answer = page(&DecidePage::new(layout, &read, &fields, faults, today))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// What the form is about.
#[derive(Debug)]
struct Read {
    subject: Subject,
    newest: Collection,
    decision: Decision,
    /// What the planned change changes, where something is in force.
    planned: Vec<ChangeRow>,
}

async fn read(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Read, Error> {
    let mut tx = state.db.read().await?;
    let subject = subject_for(&mut tx, user, number, Right::Decide, today).await?;
    let newest = crate::db::collections::load(&mut tx, &[subject.known.id], crate::db::collections::Version::Newest).await?;
    let newest = newest.into_iter().next().ok_or(Error::NotFound)?;
    let decision = decisions::get(&mut tx, subject.known.id, newest.version).await?;
    let whole = whole::by_number(&mut tx, &state.kept, subject.number).await?.ok_or(Error::NotFound)?;
    let planned = whole.planned.iter().map(ChangeRow::from).collect();
    Ok(Read { subject, newest, decision, planned })
}

/// What is wrong with the form.
#[derive(Debug, Default)]
struct Faults {
    top: Vec<String>,
    decided_on: Option<String>,
    decision_maker: Option<String>,
    significance: Option<String>,
    significance_reason: Option<String>,
    ground: Option<String>,
    reason: Option<String>,
    long: Option<&'static str>,
}

/// Whether nothing was decided before.
fn is_new(read: &Read) -> bool {
    read.subject.known.decided_version.is_none()
}

/// Whether the form asks how much the change changes: a file plans a change without saying it.
fn asks_for_significance(read: &Read) -> bool {
    !is_new(read) && read.decision.significance.is_none()
}

/// Whether the form asks on what ground consultation was left out.
fn asks_for_ground(read: &Read) -> bool {
    let perhaps_significant = is_new(read) || read.decision.significance != Some(Significance::Insignificant);
    perhaps_significant
        && read.newest.content.consultation == ConsultationStated::NotHeld
        && read.newest.responsible.iter().any(|one| one.organisation.in_ordinance_scope)
}

/// The points of 4 § that are missing, each as a line that leads to what can be done.
fn missing(read: &Read) -> Vec<ErrorLine> {
    let points = ordinance::missing_for_decision(&read.newest.content);
    points.into_iter().map(|point| ErrorLine { href: "#saknas".to_owned(), text: point.message().to_owned() }).collect()
}

fn judge(fields: &Fields, read: &Read, today: NaiveDate, faults: &mut Faults) -> Option<Deciding> {
    if let Err(refusal) = read.subject.known.standing(today).check(Step::Decide) {
        faults.top.push(refusal);
    }
    let decided_on = match fields.get("beslutsdatum").parse::<NaiveDate>() {
        Ok(day) if day > today => {
            faults.decided_on = Some(steps::FUTURE_DECISION.to_owned());
            None
        }
        Ok(day) => Some(day),
        Err(_) => {
            faults.decided_on = Some("Skriv dagen för beslutet så här: 2026-11-22.".to_owned());
            None
        }
    };
    if fields.get("beslutsfattare").is_empty() {
        faults.decision_maker = Some("Skriv vem som fattade beslutet, till exempel avdelningschefen.".to_owned());
    }
    faults.long = ["beslutsfattare", "foredragande", "deltagare"]
        .into_iter()
        .find(|name| fields.get(name).chars().count() > LONGEST || fields.get(name).chars().any(char::is_control));
    let text = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let (significance, significance_reason) = judge_significance(fields, read, faults);
    let asked = asks_for_ground(read) && (is_new(read) || significance == Some(Significance::Significant));
    let decision = Decision {
        significance,
        significance_reason,
        exemption: Exemption::from_code(fields.get("grund")).filter(|_| asked),
        exemption_reason: text("skal").filter(|_| asked),
        decision_maker: text("beslutsfattare"),
        rapporteur: text("foredragande"),
        participants: text("deltagare"),
    };
    if asked && let Err(message) = life::check_consultation(&read.newest.content, &decision, is_new(read)) {
        if decision.exemption.is_none() { faults.ground = Some(message) } else { faults.reason = Some(message) }
    }
    if let Some(Err(message)) = decision.exemption_reason.as_deref().map(steps::check_reason) {
        faults.reason = Some(message);
    }
    let of_change = [&faults.significance, &faults.significance_reason, &faults.ground, &faults.reason];
    let right = faults.top.is_empty() && faults.decision_maker.is_none() && of_change.iter().all(|fault| fault.is_none());
    let based_on = based_on(fields);
    if based_on.is_none() {
        faults.top.push("Sidan var ofullständig. Läs in den på nytt.".to_owned());
    }
    let right = right && faults.long.is_none() && missing(read).is_empty();
    decided_on.zip(based_on).filter(|_| right).map(|(decided_on, based_on)| Deciding { based_on, decided_on, decision })
}

/// How much the change changes and why: as the planned version says, else as the form says; none for what is new.
fn judge_significance(fields: &Fields, read: &Read, faults: &mut Faults) -> (Option<Significance>, Option<String>) {
    if !asks_for_significance(read) {
        let said = (read.decision.significance, read.decision.significance_reason.clone());
        return if is_new(read) { (None, None) } else { said };
    }
    let reason = fields.get("betydelse_skal");
    let decision = Decision {
        significance: Significance::from_code(fields.get("betydelse")),
        significance_reason: Some(reason.to_owned()).filter(|text| !text.is_empty()),
        ..Decision::default()
    };
    if let Err(message) = check_significance(&decision, false) {
        if decision.significance.is_none() { faults.significance = Some(message) } else { faults.significance_reason = Some(message) }
    } else if let Err(message) = steps::check_reason(reason) {
        faults.significance_reason = Some(message);
    }
    (decision.significance, decision.significance_reason)
}

/// When the collection was last changed as the form was shown.
fn based_on(fields: &Fields) -> Option<DateTime<Utc>> {
    fields.get("utgar_fran").parse().ok()
}

/// The form in which what is planned is decided.
#[derive(Debug, Template)]
#[template(path = "life/decide.html")]
pub struct DecidePage {
    /// The frame.
    pub layout: Layout,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// When the collection was last changed.
    pub based_on: String,
    /// Why nothing can be decided now.
    pub refusal: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// The points of 4 § that are missing.
    pub missing: Vec<ErrorLine>,
    /// What the planned change changes.
    pub planned: Vec<ChangeRow>,
    /// How much it changes, and why.
    pub significance: Option<String>,
    /// What follows from that.
    pub follows: Option<&'static str>,
    /// Day, decision-maker, föredragande, others.
    pub questions: Vec<Question>,
    /// How much the change changes, and why, where the planned version does not say it.
    pub judgement: Option<(Question, Question)>,
    /// The ground on which consultation was left out, and why it holds.
    pub exemption: Option<(Question, Question)>,
}

impl DecidePage {
    fn new(layout: Layout, read: &Read, fields: &Fields, faults: Faults, today: NaiveDate) -> Self {
        let sent = !fields.pairs().is_empty();
        let typed = |name: &str, known: &Option<String>| if sent { fields.get(name).to_owned() } else { known.clone().unwrap_or_default() };
        let decision = &read.decision;
        let long = |name| (faults.long == Some(name)).then(|| format!("Skriv högst {LONGEST} tecken på en rad."));
        let day = if sent { fields.get("beslutsdatum").to_owned() } else { today.to_string() };
        let maker = Question::new("beslutsfattare", "Beslutsfattare").hint("Ange funktion, till exempel avdelningschefen.");
        let rapporteur = Question::new("foredragande", "Föredragande").hint("Den funktion som föredrog ärendet.");
        let others = Question::new("deltagare", "Andra som deltog").hint("Funktioner som deltog i den slutliga handläggningen.");
        let judgement = asks_for_significance(read).then(|| significance_questions(fields, &faults));
        let exemption = asks_for_ground(read).then(|| {
            let chosen = typed("grund", &decision.exemption.map(|ground| ground.code().to_owned()));
            ground_questions((&chosen, typed("skal", &decision.exemption_reason)), &faults)
        });
        let questions = vec![
            Question::new("beslutsdatum", "Beslutsdatum").typed(day).short().kind("date").wrong(faults.decided_on),
            maker.typed(typed("beslutsfattare", &decision.decision_maker)).wrong(faults.decision_maker.or_else(|| long("beslutsfattare"))),
            rapporteur.typed(typed("foredragande", &decision.rapporteur)).asked(Asked::Register).wrong(long("foredragande")),
            others.typed(typed("deltagare", &decision.participants)).asked(Asked::Register).wrong(long("deltagare")),
        ];
        let top = faults.top.into_iter().map(|text| ErrorLine { href: "#beslutet".to_owned(), text });
        let missing = missing(read);
        let pairs = judgement.iter().chain(exemption.iter());
        let of_fields = questions.iter().chain(pairs.flat_map(|(ground, reason)| [ground, reason]));
        let mut errors: Vec<ErrorLine> = top.chain(of_fields.filter_map(Question::error_line)).collect();
        if sent {
            errors.extend(missing.iter().cloned());
        }
        let reason = decision.significance_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Self {
            layout,
            number: read.subject.number.to_string(),
            title: read.newest.content.title.clone(),
            based_on: read.subject.known.changed_at.to_rfc3339(),
            refusal: read.subject.known.standing(today).check(Step::Decide).err(),
            errors,
            missing,
            planned: read.planned.clone(),
            significance: decision.significance.map(|how| format!("{} ändring{reason}", crate::web::filters::capital(how.label()))),
            follows: decision.significance.map(life::follows_from),
            questions,
            judgement,
            exemption,
        }
    }
}

/// The questions of the ground on which consultation was left out, with what was chosen and typed.
fn ground_questions((chosen, reason): (&str, String), faults: &Faults) -> (Question, Question) {
    let grounds = Exemption::ALL.iter().map(|ground| (ground.code(), crate::web::filters::capital(ground.label())));
    let ground = Question::new("grund", "Varför har samråd utelämnats?")
        .hint("3 § har bara dessa tre grunder.")
        .choices(grounds, &[chosen])
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.ground.clone());
    let why = Question::new("skal", "Varför gäller grunden här?").typed(reason).asked(Asked::Ordinance("3 §")).wrong(faults.reason.clone());
    (ground, why)
}

/// The questions of how much a change changes.
fn significance_questions(fields: &Fields, faults: &Faults) -> (Question, Question) {
    let terms = Significance::ALL.iter().map(|term| (term.code(), crate::web::filters::capital(term.label())));
    let how = Question::new("betydelse", "Är ändringen obetydlig?")
        .hint("Ändringen planerades med en fil, som inte säger det.")
        .more("En ändring som inte är obetydlig kräver samråd innan den beslutas, om inget av undantagen gäller. Ändrad titel, ändrat syfte, andra uppgiftslämnare eller andra uppgifter är sällan obetydligt.")
        .choices(terms, &[fields.get("betydelse")])
        .asked(Asked::Ordinance("3 §"))
        .wrong(faults.significance.clone());
    let why = Question::new("betydelse_skal", "Varför bedömer ni det så?")
        .typed(fields.get("betydelse_skal"))
        .wrong(faults.significance_reason.clone());
    (how, why)
}
