//! Who is asked: kinds, how they are chosen, and the municipalities and regions by county.

use super::super::fields::{Asked, Choice, Question};
use super::super::filters::capital;
use super::questions::Faults;
use crate::domain::draft::input::{CODES, COUNTIES, GROUPS, selection_name, size_name};
use crate::domain::draft::{DraftForm, Known};
use crate::domain::field::Field;
use crate::domain::terms::{Kind, RespondentKind};

/// What the step shows.
#[derive(Debug)]
pub struct PlacesBody {
    /// The kinds that can be asked.
    pub kinds: Question,
    /// How those of each kind are chosen.
    pub selections: Vec<SelectionRow>,
    /// Counties whose municipalities can be ticked at once.
    pub counties: Question,
    /// Groups of SKR's, likewise.
    pub groups: Question,
    /// The municipalities by county, and the regions.
    pub places: Vec<PlaceGroup>,
    /// How many are ticked.
    pub ticked: usize,
}

/// How those of one kind are chosen.
#[derive(Debug, Clone)]
pub struct SelectionRow {
    /// All, a list or a sample.
    pub how: Question,
    /// How many a sample has.
    pub size: Question,
}

impl SelectionRow {
    /// Whether something of it is wrong.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.how.error.is_some() || self.size.error.is_some()
    }
}

/// The municipalities of a county, or the regions.
#[derive(Debug)]
pub struct PlaceGroup {
    /// Its name.
    pub name: String,
    /// How many of them are ticked.
    pub ticked: usize,
    /// Each with its code; `chosen` if ticked.
    pub places: Vec<Choice>,
}

impl PlacesBody {
    /// The step of a form.
    #[must_use]
    pub fn new(form: &DraftForm, known: &Known, faults: &Faults) -> Self {
        let survey = form.kind().is_none_or(|kind| kind == Kind::Survey);
        let asked: Vec<&str> = form.asked.iter().map(|kind| kind.code()).collect();
        let wrong = [Field::Respondents, Field::Selection, Field::RespondentCodes].into_iter().filter_map(|field| faults.of(field));
        let wrong: Vec<String> = wrong.collect();
        let kinds = Question::new(Field::Respondents.code(), "Vilka ska lämna uppgifter?")
            .hint("Kryssa för varje slag. Kryssar du inte för några enskilda nedan menas alla.")
            .asked(if survey { Asked::Ordinance("4 § 2") } else { Asked::Register })
            .wrong((!wrong.is_empty()).then(|| wrong.join(" ")))
            .choices(RespondentKind::ALL.iter().map(|kind| (kind.code(), capital(kind.label()))), &asked);
        let counties = distinct(known.municipalities.iter().map(|one| (one.county_code.clone(), one.county_name.clone())));
        let groups = distinct(known.municipalities.iter().map(|one| (one.skr_group.clone(), one.skr_group_name.clone())));
        let mut places: Vec<PlaceGroup> = counties
            .iter()
            .map(|(code, name)| {
                let own = known.municipalities.iter().filter(|one| one.county_code == *code);
                PlaceGroup::new(name.clone(), own.map(|one| (&one.code, &one.name)), form)
            })
            .collect();
        places.insert(0, PlaceGroup::new("Regioner".to_owned(), known.regions.iter().map(|one| (&one.code, &one.name)), form));
        Self {
            kinds,
            selections: RespondentKind::ALL.iter().enumerate().map(|(at, kind)| SelectionRow::new(at, *kind, form, faults)).collect(),
            counties: Question::new(COUNTIES, "Hela län").choices(counties, &[]),
            groups: Question::new(GROUPS, "SKR:s kommungrupper")
                .choices(groups.into_iter().map(|(code, name)| (code.clone(), format!("{code} {name}"))), &[]),
            places,
            ticked: form.codes.len(),
        }
    }

    /// The name under which the ticked ones are sent.
    #[must_use]
    pub fn codes(&self) -> &'static str {
        CODES
    }
}

impl SelectionRow {
    fn new(at: usize, kind: RespondentKind, form: &DraftForm, faults: &Faults) -> Self {
        let label = kind.label();
        let mut all = vec![("all", format!("Alla {label}"))];
        if kind == RespondentKind::Other {
            all = vec![("all", "De som anges i övrigt".to_owned())];
        }
        if kind.has_codes() {
            all.push(("listed", "De som är markerade".to_owned()));
        }
        all.push(("sample", "Ett urval".to_owned()));
        let chosen = form.selections.get(&kind).map_or("", String::as_str);
        let implied = if chosen.is_empty() && !form.codes_of(kind).is_empty() { "listed" } else { chosen };
        let how = Question::new(selection_name(kind), format!("Urval bland {label}")).choices(all, &[implied]);
        let how = how.wrong(faults.at(Field::RespondentCodes, Some(at)));
        let size = Question::new(size_name(kind), format!("Antal {label} i urvalet")).short().wrong(faults.at(Field::Selection, Some(at)));
        Self { how, size: size.typed(form.sizes.get(&kind).cloned().unwrap_or_default()) }
    }
}

impl PlaceGroup {
    fn new<'p>(name: String, places: impl Iterator<Item = (&'p String, &'p String)>, form: &DraftForm) -> Self {
        let choice = |(code, name): (&String, &String)| Choice {
            value: code.clone(),
            label: name.clone(),
            hint: None,
            chosen: form.codes.contains(code),
        };
        let places: Vec<Choice> = places.map(choice).collect();
        Self { name, ticked: places.iter().filter(|place| place.chosen).count(), places }
    }
}

/// Each pair once, in order of its code.
fn distinct(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    pairs.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
}
