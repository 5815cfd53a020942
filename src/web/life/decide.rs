//! Deciding what is planned.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};

use super::decide_questions::{ground_questions, rests_question, significance_questions};
use super::history::ChangeRow;
use super::{Subject, done, sent_twice, subject_for};
use crate::actions::collections::Right;
use crate::actions::collections::steps::{self, Deciding};
use crate::actions::consultations::closed::{self, Held};
use crate::actions::pairs::{Waiting, unanswered};
use crate::clock;
use crate::db::collections::{self, Version};
use crate::db::{consultations, decisions, whole};
use crate::domain::collection::Collection;
use crate::domain::decision::{Decision, DecisionPart, Exemption, Judging, Significance};
use crate::domain::identifier::ConsultationNumber;
use crate::domain::life::{self, Step};
use crate::domain::new_collection::CollectionParts;
use crate::domain::ordinance::{self, DecisionPoint};
use crate::domain::terms::ConsultationStated;
use crate::error::Error;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::{Asked, ErrorLine, Question};
use crate::web::form::{Fields, Posted};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

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
    if is_sent_twice(&state, &user, &read, &fields).await? {
        return Ok(done(read.subject.number, "beslutad"));
    }
    if let Some(deciding) = deciding {
        match steps::decide(&state.db, &user.actor, read.subject.number, &deciding, clock::now()).await {
            Ok(()) => return Ok(done(read.subject.number, "beslutad")),
            Err(Error::Conflict) => {
                let fresh = self::read(&state, &user, &number, today).await?;
                if is_sent_twice(&state, &user, &fresh, &fields).await? {
                    return Ok(done(read.subject.number, "beslutad"));
                }
                let layout = Layout::new(&state, Visitor(Some(user.clone())), "/insamlingar");
                let faults = Faults { top: vec![CONFLICT.to_owned()], ..Faults::default() };
                let answer = page(&DecidePage::new(layout, &fresh, &fields, faults, today))?;
                return Ok((StatusCode::CONFLICT, answer).into_response());
            }
            Err(Error::Invalid(message)) => faults.top.push(message),
            Err(other) => return Err(other.into()),
        }
    }
    let answer = page(&DecidePage::new(Layout::new(&state, Visitor(Some(user)), "/insamlingar"), &read, &fields, faults, today))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// Whether the same person has just registered the very decision that the form states.
async fn is_sent_twice(state: &AppState, user: &User, read: &Read, fields: &Fields) -> Result<bool, Error> {
    let same = read.newest.content.decided_on.is_some_and(|day| fields.get("beslutsdatum") == day.to_string())
        && read.decision.decision_maker.as_deref() == Some(fields.get("beslutsfattare"))
        && based_on(fields).is_some_and(|read_at| read_at < read.subject.known.changed_at);
    Ok(same && sent_twice(state, user, read.subject.known.id, "collection.decided").await?.is_some())
}

/// What the form is about.
#[derive(Debug)]
struct Read {
    subject: Subject,
    newest: Collection,
    /// What is in force, if anything is.
    in_force: Option<CollectionParts>,
    decision: Decision,
    /// What the planned change changes, where something is in force.
    planned: Vec<ChangeRow>,
    /// The flagged collections that nobody has answered for.
    unanswered: Vec<Waiting>,
    /// The closed case that says with whom consultation took place, where the collection does not.
    held: Option<Held>,
    /// The case about what is planned that is not over.
    open: Option<ConsultationNumber>,
}

async fn read(state: &AppState, user: &User, number: &str, today: NaiveDate) -> Result<Read, Error> {
    let mut tx = state.db.read().await?;
    let subject = subject_for(&mut tx, user, number, Right::Decide, today).await?;
    let id = subject.known.id;
    let newest = collections::load(&mut tx, &[id], Version::Newest).await?.pop().ok_or(Error::NotFound)?;
    let open = consultations::steps::open_about(&mut tx, (id, newest.version)).await?;
    let held = closed::held(&mut tx, (id, subject.known.decided_version), &newest.content).await?;
    let in_force = match subject.known.decided_version {
        Some(_) => collections::load(&mut tx, &[id], Version::InForce).await?.pop().map(|one| one.as_parts()),
        None => None,
    };
    let decision = decisions::get(&mut tx, id, newest.version).await?;
    let whole = whole::by_number(&mut tx, &state.kept, subject.number).await?.ok_or(Error::NotFound)?;
    let planned = whole.planned.iter().map(ChangeRow::from).collect();
    let unanswered = unanswered(&mut tx, &user.actor, id, today).await?;
    Ok(Read { subject, newest, in_force, decision, planned, unanswered, held, open })
}

/// What is wrong with the form.
#[derive(Debug, Default)]
pub(super) struct Faults {
    top: Vec<String>,
    parts: BTreeMap<DecisionPart, String>,
}

impl Faults {
    fn add(&mut self, part: DecisionPart, message: String) {
        self.parts.entry(part).and_modify(|told| *told = format!("{told} {message}")).or_insert(message);
    }

    pub(super) fn of(&self, part: DecisionPart) -> Option<String> {
        self.parts.get(&part).cloned()
    }
}

impl Read {
    /// Whether the form asks how much the change changes: a file plans a change without saying it.
    fn asks_for_significance(&self) -> bool {
        self.in_force.is_some() && self.decision.significance.is_none()
    }

    /// Whether a decision of this significance rests on a ground for leaving consultation out. `ground`: the one that is given, which says
    /// that no consultation took place where nothing else does.
    fn asks_for_ground(&self, significance: Option<Significance>, ground: Option<Exemption>) -> bool {
        let in_scope = self.newest.responsible.iter().any(|one| one.organisation.in_ordinance_scope);
        let mut parts = self.newest.as_parts();
        if !self.is_held() {
            life::leave_out(&mut parts.content, ground);
        }
        in_scope && life::asks_for_ground(significance, self.in_force.as_ref(), &parts)
    }

    /// Whether a closed case says with whom consultation took place.
    fn is_held(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.is_same)
    }

    /// Whether the form asks for a ground, or takes one: where how much the change changes is not said yet, it may be much.
    fn shows_ground(&self) -> bool {
        self.asks_for_ground(self.decision.significance.or(Some(Significance::Significant)), Some(Exemption::Unnecessary))
    }

    /// Whether the form can be sent without a ground: whether consultation took place is not said yet.
    fn may_leave_ground_out(&self) -> bool {
        self.newest.content.consultation == ConsultationStated::Unstated
    }
}

/// The points of 4 § that are missing, each with its field. Whether consultation took place is told by a case about the same, by one that the
/// form says that the decision rests on, or by a ground for leaving it out.
fn missing(read: &Read, fields: &Fields) -> Vec<Missing> {
    let rests = read.held.as_ref().is_some_and(|held| rests_on(fields) == Some(held.number));
    let told = read.is_held() || rests || said(fields, read).exemption.is_some();
    ordinance::missing_for_decision(&read.newest.content)
        .into_iter()
        .filter(|point| !told || *point != DecisionPoint::Consultation)
        .map(|point| Missing { field: point.field().code(), text: point.message() })
        .collect()
}

fn judge(fields: &Fields, read: &Read, today: NaiveDate, faults: &mut Faults) -> Option<Deciding> {
    if let Err(refusal) = read.subject.known.standing(today).check(Step::Decide) {
        faults.top.push(refusal);
    }
    let decided_on = fields.get("beslutsdatum").parse::<NaiveDate>().ok();
    if decided_on.is_none() {
        faults.add(DecisionPart::DecidedOn, "Skriv dagen för beslutet så här: 2026-11-22.".to_owned());
    }
    let decision = said(fields, read);
    let by = Judging {
        significance: read.in_force.is_some(),
        decided_on: decided_on.or(Some(today)),
        at_once: false,
        ground: read.asks_for_ground(decision.significance, decision.exemption),
        today,
    };
    decision.check(&by).err().into_iter().flatten().for_each(|fault| faults.add(fault.part, fault.message));
    if rests_on(fields).is_some() && read.may_leave_ground_out() && !fields.get("grund").is_empty() {
        let why = "Ni har svarat att beslutet grundas på ett samråd. Då har samråd inte utelämnats. Välj det ena.";
        faults.add(DecisionPart::Exemption, why.to_owned());
    }
    let based_on = based_on(fields);
    if based_on.is_none() {
        faults.top.push("Sidan var ofullständig. Läs in den på nytt.".to_owned());
    }
    let right = faults.top.is_empty() && faults.parts.is_empty() && missing(read, fields).is_empty();
    let consultation = rests_on(fields);
    decided_on.zip(based_on).filter(|_| right).map(|(decided_on, based_on)| Deciding { based_on, decided_on, decision, consultation })
}

/// What the form says of the decision: how much it changes only where the planned version does not say it, and a ground only where it asks.
fn said(fields: &Fields, read: &Read) -> Decision {
    let text = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let (significance, significance_reason) = if read.asks_for_significance() {
        (Significance::from_code(fields.get("betydelse")), text("betydelse_skal"))
    } else if read.in_force.is_some() {
        (read.decision.significance, read.decision.significance_reason.clone())
    } else {
        (None, None)
    };
    let ground = Exemption::from_code(fields.get("grund")).filter(|_| rests_on(fields).is_none() || !read.may_leave_ground_out());
    let asked = read.asks_for_ground(significance, ground);
    Decision {
        significance,
        significance_reason,
        exemption: ground.filter(|_| asked),
        exemption_reason: text("skal").filter(|_| asked),
        decision_maker: text("beslutsfattare"),
        rapporteur: text("foredragande"),
        participants: text("deltagare"),
    }
}

/// The case that the form says that the decision rests on.
fn rests_on(fields: &Fields) -> Option<ConsultationNumber> {
    ConsultationNumber::parse(fields.get("samrad"))
}

/// When the collection was last changed as the form was shown.
fn based_on(fields: &Fields) -> Option<DateTime<Utc>> {
    fields.get("utgar_fran").parse().ok()
}

/// Says how much a decision lacks.
fn points_missing(many: usize) -> String {
    let points = crate::text::counted(i64::try_from(many).unwrap_or(i64::MAX), "punkt", "punkter");
    format!("Insamlingen saknar {points} som beslutet ska ange (4 §). Se listan nedan.")
}

/// A point of 4 § that is missing.
#[derive(Debug)]
pub struct Missing {
    /// The code of the field in which it is stated.
    pub field: &'static str,
    /// What is to be filled in.
    pub text: &'static str,
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
    pub missing: Vec<Missing>,
    /// What the planned change changes.
    pub planned: Vec<ChangeRow>,
    /// The collections that probably ask for the same and that nobody has answered for: told, no hindrance.
    pub waiting: Vec<Waiting>,
    /// The closed case that says with whom consultation took place.
    pub held: Option<Held>,
    /// The case about what is planned that is not over: told, no hindrance.
    pub open: Option<ConsultationNumber>,
    /// Whether the decision rests on it, where it was about something else in substance.
    pub rests: Option<Question>,
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
        let fault = |part| faults.of(part);
        let day = if sent { fields.get("beslutsdatum").to_owned() } else { today.to_string() };
        let maker = Question::new("beslutsfattare", "Beslutsfattare").hint("Ange funktion, till exempel avdelningschefen.");
        let rapporteur = Question::new("foredragande", "Föredragande").hint("Den funktion som föredrog ärendet.");
        let others = Question::new("deltagare", "Andra som deltog").hint("Funktioner som deltog i den slutliga handläggningen.");
        let judgement = read.asks_for_significance().then(|| significance_questions(fields, &faults));
        let exemption = read.shows_ground().then(|| {
            let chosen = typed("grund", &decision.exemption.map(|ground| ground.code().to_owned()));
            ground_questions((&chosen, typed("skal", &decision.exemption_reason)), read.may_leave_ground_out(), &faults)
        });
        let questions = vec![
            Question::new("beslutsdatum", "Beslutsdatum").typed(day).short().kind("date").wrong(fault(DecisionPart::DecidedOn)),
            maker.typed(typed("beslutsfattare", &decision.decision_maker)).wrong(fault(DecisionPart::DecisionMaker)),
            rapporteur.typed(typed("foredragande", &decision.rapporteur)).asked(Asked::Register).wrong(fault(DecisionPart::Rapporteur)),
            others.typed(typed("deltagare", &decision.participants)).asked(Asked::Register).wrong(fault(DecisionPart::Participants)),
        ];
        let top = faults.top.clone().into_iter().map(|text| ErrorLine { href: "#beslutet".to_owned(), text });
        let missing = missing(read, fields);
        let pairs = judgement.iter().chain(exemption.iter());
        let of_fields = questions.iter().chain(pairs.flat_map(|(ground, reason)| [ground, reason]));
        let mut errors: Vec<ErrorLine> = top.chain(of_fields.filter_map(Question::error_line)).collect();
        if sent {
            // each point stands in the list below, with what leads to its field
            errors.extend(
                missing.first().map(|first| ErrorLine { href: format!("#saknas-{}", first.field), text: points_missing(missing.len()) }),
            );
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
            waiting: read.unanswered.clone(),
            rests: read.held.as_ref().filter(|held| !held.is_same).map(|held| rests_question(held, fields)),
            held: read.held.clone(),
            open: read.open,
            significance: decision.significance.map(|how| format!("{} ändring{reason}", crate::web::filters::capital(how.label()))),
            follows: decision.significance.map(life::follows_from),
            questions,
            judgement,
            exemption,
        }
    }
}
