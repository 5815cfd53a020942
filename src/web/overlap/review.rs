//! What reviewers work through: the pairs that wait for them, and those they have decided on.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use uuid::Uuid;

use super::ends::{Ends, Named};
use crate::actions::pairs::sight;
use crate::clock;
use crate::db::Tx;
use crate::db::areas;
use crate::db::pairs::review::{self, Decided, Listed, Page, Wanted};
use crate::domain::access::Action;
use crate::domain::overlap::verdict::VerdictKind;
use crate::error::Result;
use crate::state::AppState;
use crate::text;
use crate::web::fields::Question;
use crate::web::filters::{self, capital};
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::web::view::Pages;

/// The pairs on a page.
const PER_PAGE: usize = 50;

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What waits for a decision.
    Waiting,
    /// What has been decided.
    Decided,
}

impl View {
    /// The address of the list.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Waiting => "/liknande",
            Self::Decided => "/liknande/bedomda",
        }
    }

    /// What pairs can be told apart by, beside their collections: the name of the choice, its heading and what can be chosen.
    fn standings(self) -> (&'static str, &'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Waiting => {
                let choices = [("", "Alla"), ("unanswered", "Obesvarade"), ("answered", "Besvarade")];
                ("svar", "Myndighetens svar", choices.map(|(code, label)| (code, label.to_owned())).into())
            }
            Self::Decided => {
                let kinds = VerdictKind::ALL.iter().map(|kind| (kind.code(), capital(kind.label())));
                ("bedomning", "Bedömning", [("", "Alla".to_owned())].into_iter().chain(kinds).collect())
            }
        }
    }
}

/// What the lists may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    omrade: String,
    #[serde(default)]
    myndighet: String,
    #[serde(default)]
    svar: String,
    #[serde(default)]
    bedomning: String,
    #[serde(default)]
    sida: String,
}

impl Asked {
    /// The page, from 1.
    fn number(&self) -> usize {
        self.sida.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// How the pairs stand that are asked for; what cannot be chosen is no choice.
    fn standing(&self, view: View) -> &'static str {
        let (name, _, choices) = view.standings();
        let asked = if name == "svar" { &self.svar } else { &self.bedomning };
        choices.iter().map(|(code, _)| *code).find(|code| code == asked).unwrap_or_default()
    }

    /// The same question, for another page of the answer.
    fn href(&self, view: View, number: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let chosen = [("omrade", self.omrade.as_str()), ("myndighet", &self.myndighet), (view.standings().0, self.standing(view))];
        for (name, value) in chosen.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if number > 1 {
            query.append_pair("sida", &number.to_string());
        }
        let query = query.finish();
        if query.is_empty() { view.path().to_owned() } else { format!("{}?{query}", view.path()) }
    }

    fn is_filtered(&self, view: View) -> bool {
        !(self.omrade.is_empty() && self.myndighet.is_empty() && self.standing(view).is_empty())
    }
}

/// `GET /liknande`: what waits, for SKR, analysts and administrators.
///
/// # Errors
/// The user is none of them.
pub async fn list(state: State<AppState>, user: User, today: Today, asked: Query<Asked>) -> PageResult {
    show(state, user, today, asked, View::Waiting).await
}

/// `GET /liknande/bedomda`: what has been decided.
///
/// # Errors
/// The user is no reviewer.
pub async fn decided(state: State<AppState>, user: User, today: Today, asked: Query<Asked>) -> PageResult {
    show(state, user, today, asked, View::Decided).await
}

async fn show(State(state): State<AppState>, user: User, Today(today): Today, Query(asked): Query<Asked>, view: View) -> PageResult {
    user.require(Action::ReviewOverlaps)?;
    let mut tx = state.db.read().await?;
    let sight = sight(&user.actor, today);
    let limit = PER_PAGE as i64;
    let wanted = |number: usize| Wanted {
        sight,
        area: &asked.omrade,
        agency: &asked.myndighet,
        standing: asked.standing(view),
        limit,
        offset: (number as i64 - 1) * limit,
    };
    let mut number = asked.number();
    let mut found = read(&mut tx, view, wanted(number)).await?;
    if found.rows.is_empty() && number > 1 {
        // beyond the end: the first page tells how many there are
        number = 1;
        found = read(&mut tx, view, wanted(number)).await?;
    }
    let all: Vec<&Listed> = found.rows.iter().collect();
    let ends = Ends::read(&mut tx, &all, today).await?;
    let areas = areas::all(&mut tx).await?;
    let agencies = review::agencies(&mut tx, sight).await?;
    drop(tx);
    let today = sight.today;
    let rows = found.rows.iter().map(|one| Row::new(one, &ends, (clock::swedish_day(one.found_at), today))).collect();
    let last = usize::try_from(found.total).unwrap_or_default().div_ceil(PER_PAGE).max(1);
    let (name, heading, standings) = view.standings();
    let any = |label: &str, all: Vec<(String, String)>| [(String::new(), label.to_owned())].into_iter().chain(all).collect::<Vec<_>>();
    page(&ReviewPage {
        layout: Layout::new(&state, Visitor(Some(user)), "/liknande"),
        view,
        total: found.total,
        filtered: asked.is_filtered(view),
        questions: [
            Question::new("omrade", "Område").choices(any("Alla områden", areas), &[&asked.omrade]),
            Question::new("myndighet", "Myndighet").choices(any("Alla myndigheter", agencies), &[&asked.myndighet]),
            Question::new(name, heading).choices(standings, &[asked.standing(view)]),
        ],
        rows,
        pages: Pages::new(number, last, |number| asked.href(view, number)),
    })
}

async fn read(tx: &mut Tx, view: View, wanted: Wanted<'_>) -> Result<Page> {
    Ok(match view {
        View::Waiting => review::waiting(tx, wanted).await?,
        View::Decided => review::decided(tx, wanted).await?,
    })
}

/// A pair of the list.
#[derive(Debug)]
pub struct Row {
    /// Its identity.
    pub id: Uuid,
    /// The collection that asks.
    pub asking: Named,
    /// The other one.
    pub met: Named,
    /// How many items are alike, in words.
    pub items: String,
    /// The two items that are most alike.
    pub best: Option<(String, String)>,
    /// What the agency that asks has answered, in words.
    pub answer: Option<&'static str>,
    /// Whether anybody objects.
    pub objects: bool,
    /// How long ago it was found, in words.
    pub age: String,
    /// The decision, in words.
    pub decided: Option<DecidedRow>,
}

/// The decision of a row.
#[derive(Debug)]
pub struct DecidedRow {
    /// How much is the same.
    pub kind: VerdictKind,
    /// When, written out.
    pub day: String,
    /// When, as `2026-11-22`.
    pub iso: String,
    /// By which body.
    pub body: String,
    /// Whether it still holds.
    pub holds: bool,
}

impl From<&Decided> for DecidedRow {
    fn from(one: &Decided) -> Self {
        let day = clock::swedish_day(one.at);
        Self { kind: one.kind, day: text::written_date(day), iso: day.to_string(), body: one.body.clone(), holds: one.holds }
    }
}

impl Row {
    fn new(one: &Listed, ends: &Ends, (found, today): (chrono::NaiveDate, chrono::NaiveDate)) -> Self {
        let count = i64::try_from(one.items.len()).unwrap_or(i64::MAX);
        let age = match (today - found).num_days() {
            ..=0 => "i dag".to_owned(),
            1 => "i går".to_owned(),
            days => format!("för {} sedan", text::counted(days, "dag", "dagar")),
        };
        Self {
            id: one.id,
            asking: ends.named(&one.ends.0),
            met: ends.named(&one.ends.1),
            items: if count == 0 { "Ingen enskild".to_owned() } else { text::counted(count, "uppgift", "uppgifter") },
            best: one.items.iter().find_map(|item| ends.labels((one.ends.0.id, one.ends.1.id), *item)),
            answer: one.answer.map(|kind| kind.said(ends.are_shared(&one.ends))),
            objects: one.objects,
            age,
            decided: one.decided.as_ref().map(DecidedRow::from),
        }
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "overlap/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub layout: Layout,
    /// Which list.
    pub view: View,
    /// How many pairs there are.
    pub total: i64,
    /// Whether fewer are asked for than there are.
    pub filtered: bool,
    /// What can be chosen: area, agency, how the pairs stand.
    pub questions: [Question; 3],
    /// The pairs.
    pub rows: Vec<Row>,
    /// The pages of the list.
    pub pages: Pages,
}

impl ReviewPage {
    /// How many pairs there are, in words.
    #[must_use]
    pub fn heading(&self) -> String {
        match self.view {
            View::Waiting => format!("{} att bedöma, de som liknar varandra mest först", text::counted(self.total, "par", "par")),
            View::Decided => format!("{}, de senaste först", text::counted(self.total, "bedömt par", "bedömda par")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_goes_with_every_page_and_what_cannot_be_chosen_does_not() {
        let asked =
            Asked { omrade: "skola".into(), svar: "answered".into(), bedomning: "full".into(), sida: "3".into(), ..Asked::default() };
        assert_eq!(asked.href(View::Waiting, 2), "/liknande?omrade=skola&svar=answered&sida=2");
        assert_eq!(asked.href(View::Decided, 1), "/liknande/bedomda?omrade=skola&bedomning=full");
        let odd = Asked { svar: "' OR 1=1".into(), sida: "-7".into(), ..Asked::default() };
        assert_eq!((odd.href(View::Waiting, odd.number()).as_str(), odd.is_filtered(View::Waiting)), ("/liknande", false));
    }
}
