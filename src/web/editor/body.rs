//! A step of the form as a page.

use askama::Template;
use uuid::Uuid;

use super::super::fields::{Choice, ErrorLine, Question};
use super::super::filters;
use super::super::layout::Layout;
use super::super::overlap::nearby::Nearby;
use super::places::PlacesBody;
use super::questions::{Asker, Faults, Piece, Section};
use super::rows::{ItemsBody, RoundsBody};
use crate::db::drafts::Draft;
use crate::domain::draft::input::ADDING;
use crate::domain::draft::known::Found;
use crate::domain::draft::rule::RuleFault;
use crate::domain::draft::{Base, Known, Step};
use crate::domain::field::{Fault, Field};

/// What a page of a step is made of.
#[derive(Debug)]
pub struct View<'a> {
    /// The form.
    pub draft: &'a Draft,
    /// What it may refer to.
    pub known: &'a Known,
    /// Everything that is wrong with the whole form.
    pub faults: Vec<Fault>,
    /// Whether the faults of this step are told.
    pub told: bool,
    /// What is wrong with the rule of occasions.
    pub rule: Vec<RuleFault>,
    /// Empty rows asked for.
    pub free: usize,
    /// What has just been done, in words.
    pub done: Option<&'static str>,
}

/// A step in the list beside the form.
#[derive(Debug)]
pub struct StepLink {
    /// Its name.
    pub name: String,
    /// Its address.
    pub href: String,
    /// What the button says that saves and leads there.
    pub button: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// How far it has come: `klar`, `att rätta`; nothing where nothing is answered.
    pub progress: Option<&'static str>,
}

/// The responsible agencies.
#[derive(Debug)]
pub struct ResponsibleBody {
    /// The organisation that registers, which stays.
    pub first: String,
    /// The others, ticked, and then those that may be meant, not ticked.
    pub others: Vec<Choice>,
    /// Whether some of them may be meant by what was typed.
    pub perhaps: bool,
    /// Where one is added.
    pub adding: Question,
    /// Every name, as suggestions.
    pub names: Vec<String>,
}

/// A step of the form.
#[derive(Debug, Template)]
#[template(path = "editor/step.html")]
pub struct StepPage {
    /// The frame.
    pub layout: Layout,
    /// The form.
    pub id: Uuid,
    /// Its revision.
    pub revision: i64,
    /// What the page was made of.
    pub base: Base,
    /// The title typed so far.
    pub title: String,
    /// The collection that it changes.
    pub number: Option<String>,
    /// The step.
    pub step: Step,
    /// Its name.
    pub heading: String,
    /// Where it is: `Steg 2 av 7`.
    pub place: String,
    /// The steps.
    pub steps: Vec<StepLink>,
    /// What is wrong.
    pub errors: Vec<ErrorLine>,
    /// What has just been done.
    pub done: Option<&'static str>,
    /// The button that leads to the next step, to go on although something is wrong.
    pub onward: Option<String>,
    /// The step before.
    pub previous: Option<Step>,
    /// Questions with one answer.
    pub sections: Vec<Section>,
    /// In the first step: the responsible agencies.
    pub responsible: Option<ResponsibleBody>,
    /// In the step of respondents.
    pub places: Option<PlacesBody>,
    /// In the step of items.
    pub items: Option<ItemsBody>,
    /// In the step of occasions.
    pub rounds: Option<RoundsBody>,
    /// What is already collected of what is written.
    pub nearby: Nearby,
}

/// The address of a step.
#[must_use]
pub fn href(id: Uuid, step: Step) -> String {
    format!("/utkast/{id}/{}", step.code())
}

/// How a button begins that saves whatever is typed and leads to a step.
pub const LEADING: &str = "till-";

/// What a button says that saves whatever is typed and leads to a step.
#[must_use]
pub fn leading(step: Step) -> String {
    format!("{LEADING}{}", step.code())
}

/// The list of steps beside the form.
#[must_use]
pub fn step_links(draft: &Draft, faults: &[Fault], current: Step) -> Vec<StepLink> {
    let link = |step: &Step| {
        let faulty = faults.iter().any(|fault| Step::of(fault.field) == *step);
        let progress = match (step.is_begun(&draft.form), faulty) {
            (true, true) => Some("att rätta"),
            (true, false) => Some("ifyllt"),
            // the first step must be there; what else is empty may stay empty
            (false, _) => None,
        };
        let name = filters::capital(step.label());
        StepLink { name, href: href(draft.id, *step), button: leading(*step), current: *step == current, progress }
    };
    Step::ALL.iter().map(link).collect()
}

impl StepPage {
    /// The page of a step.
    #[must_use]
    pub fn new(layout: Layout, view: View<'_>, step: Step) -> Self {
        let View { draft, known, faults, told, rule, free, done } = view;
        let steps = step_links(draft, &faults, step);
        let own: Vec<Fault> = faults.into_iter().filter(|fault| told && Step::of(fault.field) == step).collect();
        let own = Faults(own);
        let form = &draft.form;
        let asker = Asker { form, known, faults: &own, change: draft.number.is_some() };
        let rounds = (step == Step::Rounds).then(|| RoundsBody::new(form, &own, &rule));
        let mut errors = own.lines(|_| String::new());
        errors.extend(rounds.iter().flat_map(RoundsBody::rule_lines));
        let number = Step::ALL.iter().position(|one| *one == step).unwrap_or_default() + 1;
        Self {
            layout,
            id: draft.id,
            revision: draft.revision,
            base: Base::of_step(form, step),
            title: form.title(),
            number: draft.number.map(|number| number.to_string()),
            step,
            heading: filters::capital(step.label()),
            place: format!("Steg {number} av {}", Step::ALL.len()),
            steps,
            onward: step.next().filter(|_| !errors.is_empty()).map(leading),
            errors,
            done,
            previous: step.previous(),
            sections: asker.sections(step),
            responsible: (step == Step::Basics).then(|| ResponsibleBody::new(draft, known, &own)),
            places: (step == Step::Respondents).then(|| PlacesBody::new(form, known, &own)),
            items: (step == Step::Items).then(|| ItemsBody::new(form, &own, free)),
            rounds,
            nearby: Nearby::default(),
        }
    }
}

impl ResponsibleBody {
    fn new(draft: &Draft, known: &Known, faults: &Faults) -> Self {
        let form = &draft.form;
        let name = |code: &String| known.agency(code).map_or_else(|| code.clone(), |agency| agency.name.clone());
        let choice = |code: &String, chosen| Choice { value: code.clone(), label: name(code), hint: None, chosen };
        let mut others: Vec<Choice> = form.responsible.iter().skip(1).map(|code| choice(code, true)).collect();
        let perhaps = match known.find(&form.adding) {
            Found::Perhaps(some) if !form.adding.trim().is_empty() => some,
            _ => Vec::new(),
        };
        let new: Vec<Choice> = perhaps.iter().filter(|code| !form.responsible.contains(code)).map(|code| choice(code, false)).collect();
        let has_new = !new.is_empty();
        others.extend(new);
        let adding = Question::new(ADDING, "Lägg till en ansvarig myndighet").typed(form.adding.clone());
        let adding = adding
            .hint("Namn, förkortning eller organisationsnummer. ”Alla länsstyrelser” lägger till alla 21.")
            .wrong(faults.of(Field::Responsible));
        let names = known.agency_names().map(str::to_owned).collect();
        Self { first: form.responsible.first().map(name).unwrap_or_default(), others, perhaps: has_new, adding, names }
    }
}
