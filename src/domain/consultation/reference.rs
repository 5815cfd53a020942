//! Reference municipalities: a handful of municipalities and regions that a body asks to look at a draft. What they say of hours are estimates
//! made in advance.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::wording;
use crate::domain::working_days;
use crate::text;

/// The most municipalities and regions that a body asks in one case.
pub const MOST_ASKED: usize = 10;
/// How many days ahead the answer day may lie.
pub const MOST_DAYS: u64 = 90;
/// How long the page can be read after the answer day, in days.
pub const SHOWN_DAYS: u64 = 30;
/// How many working days before the answer day those who have not answered are reminded.
pub const REMINDED_BEFORE: i64 = 2;
/// The most hours that a collection is believed to take: a person-year and more.
pub const MOST_HOURS: i64 = 5_000;

/// How many working days the form proposes for an answer.
const WORKING_DAYS: usize = 10;
/// The most characters of what is asked.
const MOST_OF_QUESTION: usize = 2_000;
/// The most characters of a comment.
const MOST_OF_COMMENT: usize = 10_000;
/// The most characters of where an item is found.
const MOST_OF_PLACE: usize = 300;

terms! {
    /// Whether an item can be answered.
    Answerable {
        Yes = "yes", "ja";
        Partly = "partly", "delvis";
        No = "no", "nej";
    }
}

terms! {
    /// Where an item is found.
    FoundIn {
        System = "system", "i ett system";
        Paper = "paper", "på papper";
        Others = "others", "frågas av andra";
        Elsewhere = "elsewhere", "annat";
    }
}

/// What a body asks of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceAsking {
    /// Code and address of each municipality and region, without repeats.
    pub asked: Vec<(String, String)>,
    /// What it wants to know beside the questions of the page.
    pub words: Option<String>,
    /// The last day to answer.
    pub last_day: NaiveDate,
    /// The body says that it has asked the agency.
    pub agreed: bool,
}

/// The answer day that the form proposes: ten working days ahead, yet before the day on which the body's own answer is wanted.
#[must_use]
pub fn proposed_day(today: NaiveDate, wanted_on: NaiveDate) -> NaiveDate {
    let usual = working_days::after(today, WORKING_DAYS);
    if usual < wanted_on {
        return usual;
    }
    let before = today.iter_days().skip(1).take_while(|day| *day < wanted_on).filter(|day| working_days::is_working_day(*day)).last();
    before.unwrap_or_else(|| working_days::after(today, 1))
}

/// What is wrong with the few words, in Swedish.
#[must_use]
pub fn words_fault(words: &str) -> Option<String> {
    wording::fault(words, MOST_OF_QUESTION)
}

/// What is wrong with an answer day, in Swedish.
#[must_use]
pub fn day_fault(day: NaiveDate, today: NaiveDate) -> Option<String> {
    let latest = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(today);
    if day < today {
        return Some("Dagen har passerat. Ange i dag eller en senare dag.".to_owned());
    }
    (day > latest).then(|| format!("Dagen ligger för långt fram. Ange en dag inom {MOST_DAYS} dagar."))
}

/// The last day on which the page can be read.
#[must_use]
pub fn shown_until(last_day: NaiveDate) -> NaiveDate {
    last_day.checked_add_days(Days::new(SHOWN_DAYS)).unwrap_or(last_day)
}

/// Whether somebody who was asked on `asked_on` and has not answered is to be reminded on `today`: once, and not right after the question.
#[must_use]
pub fn is_reminder_due(asked_on: NaiveDate, last_day: NaiveDate, today: NaiveDate) -> bool {
    let is_soon = today <= last_day && working_days::between(today, last_day) <= REMINDED_BEFORE;
    is_soon && working_days::between(asked_on, last_day) > REMINDED_BEFORE && asked_on < today
}

/// What is said of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAnswer {
    /// The item, by lineage.
    pub item: Uuid,
    /// Whether it can be answered.
    pub answerable: Option<Answerable>,
    /// Where it is found.
    pub found_in: Option<FoundIn>,
    /// In words.
    pub words: Option<String>,
}

impl ItemAnswer {
    fn is_empty(&self) -> bool {
        self.answerable.is_none() && self.found_in.is_none() && self.words.is_none()
    }
}

/// What a municipality or region answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceAnswer {
    /// How long it would take, in minutes; none where it does not know.
    pub minutes: Option<i64>,
    /// What else it says.
    pub comment: Option<String>,
    /// What it says of the items, in their order; those of which nothing is said are left out.
    pub items: Vec<ItemAnswer>,
}

/// What was typed of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedItem<'a> {
    /// The item, by lineage.
    pub item: Uuid,
    /// The code of whether it can be answered, or empty.
    pub answerable: &'a str,
    /// The code of where it is found, or empty.
    pub found_in: &'a str,
    /// In words.
    pub words: &'a str,
}

/// An answer as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedAnswer<'a> {
    /// The hours.
    pub hours: &'a str,
    /// *Vet inte* is ticked.
    pub unknown: bool,
    /// What else is said.
    pub comment: &'a str,
    /// The items, in their order.
    pub items: Vec<TypedItem<'a>>,
}

/// Where in an answer something is wrong; items count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The hours.
    Hours,
    /// Whether an item can be answered.
    Answerable(usize),
    /// Where it is found.
    FoundIn(usize),
    /// That in words.
    Words(usize),
    /// What else is said.
    Comment,
}

impl ReferenceAnswer {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Everything that is wrong, in Swedish and in the order of the page.
    pub fn parse(typed: &TypedAnswer<'_>) -> Result<Self, Vec<(At, String)>> {
        let mut faults = Vec::new();
        let minutes = match (typed.hours.trim(), typed.unknown) {
            ("", true) => None,
            ("", false) => {
                faults.push((At::Hours, "Skriv ungefär hur många timmar det skulle ta, eller kryssa för att ni inte vet.".to_owned()));
                None
            }
            (_, true) => {
                faults.push((At::Hours, "Skriv timmar eller kryssa för att ni inte vet, inte båda.".to_owned()));
                None
            }
            (hours, false) => minutes_of(hours).map_err(|why| faults.push((At::Hours, why))).ok(),
        };
        let items: Vec<ItemAnswer> =
            typed.items.iter().enumerate().map(|(at, one)| item(at, one, &mut faults)).filter(|one| !one.is_empty()).collect();
        let comment = typed.comment.trim();
        faults.extend(wording::fault(comment, MOST_OF_COMMENT).map(|why| (At::Comment, why)));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { minutes, comment: Some(comment.to_owned()).filter(|words| !words.is_empty()), items })
    }
}

fn item(at: usize, typed: &TypedItem<'_>, faults: &mut Vec<(At, String)>) -> ItemAnswer {
    let (answerable, found_in) = (Answerable::from_code(typed.answerable), FoundIn::from_code(typed.found_in));
    if answerable.is_none() && !typed.answerable.is_empty() {
        faults.push((At::Answerable(at), "Välj i listan.".to_owned()));
    }
    if found_in.is_none() && !typed.found_in.is_empty() {
        faults.push((At::FoundIn(at), "Välj i listan.".to_owned()));
    }
    let words = typed.words.trim();
    faults.extend(wording::fault(words, MOST_OF_PLACE).map(|why| (At::Words(at), why)));
    ItemAnswer { item: typed.item, answerable, found_in, words: Some(words.to_owned()).filter(|words| !words.is_empty()) }
}

/// Hours as people type them, `1,5`, in whole minutes.
///
/// # Errors
/// It is no number, or more than anybody believes; in Swedish.
pub fn minutes_of(typed: &str) -> Result<i64, String> {
    let wrong = || "Skriv ett antal timmar, till exempel 3 eller 1,5.".to_owned();
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (whole, part) = typed.split_once([',', '.']).unwrap_or((&typed, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || typed.ends_with([',', '.']) {
        return Err(wrong());
    }
    let too_many = || format!("Det är mer än {} timmar. Kontrollera talet.", text::whole(MOST_HOURS));
    let hours: i64 = whole.parse().map_err(|_| too_many())?;
    // finer than a thousandth of an hour is nobody's estimate
    let thousandths: i64 = format!("{part:0<3}").chars().take(3).collect::<String>().parse().map_err(|_| wrong())?;
    let minutes = hours.saturating_mul(60).saturating_add((thousandths * 60 + 500) / 1_000);
    if minutes > MOST_HOURS * 60 { Err(too_many()) } else { Ok(minutes) }
}

/// Minutes as a number of hours: `1,5`.
#[must_use]
pub fn hours_of(minutes: i64) -> String {
    let hundredths = (minutes * 100 + 30) / 60;
    let part = format!("{:02}", hundredths % 100);
    let part = part.trim_end_matches('0');
    let whole = crate::text::whole(hundredths / 100);
    if part.is_empty() { whole } else { format!("{whole},{part}") }
}

/// Minutes as hours with their noun: `1,5 timmar`.
#[must_use]
pub fn hours_in_words(minutes: i64) -> String {
    let hours = hours_of(minutes);
    let noun = if hours == "1" { "timme" } else { "timmar" };
    format!("{hours}\u{a0}{noun}")
}

/// What lies in the middle of some estimates, in minutes.
#[must_use]
pub fn median(mut minutes: Vec<i64>) -> Option<i64> {
    minutes.sort_unstable();
    let middle = minutes.len() / 2;
    match (minutes.len() % 2, minutes.get(middle).copied()) {
        (1, found) => found,
        (_, Some(upper)) => Some((minutes[middle - 1] + upper + 1) / 2),
        _ => None,
    }
}

/// How many say what of one item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whether it can be answered.
    pub answerable: BTreeMap<Answerable, usize>,
    /// Where it is found.
    pub found_in: BTreeMap<FoundIn, usize>,
}

/// Counts what is said of each item.
#[must_use]
pub fn tally<'a>(answers: impl Iterator<Item = &'a ItemAnswer>) -> BTreeMap<Uuid, Tally> {
    let mut all: BTreeMap<Uuid, Tally> = BTreeMap::new();
    for one in answers {
        let tally = all.entry(one.item).or_default();
        if let Some(answerable) = one.answerable {
            *tally.answerable.entry(answerable).or_default() += 1;
        }
        if let Some(found_in) = one.found_in {
            *tally.found_in.entry(found_in).or_default() += 1;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
    }

    #[test]
    fn an_answer_is_proposed_before_the_body_has_to_answer() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        let friday = day(20);
        assert_eq!(proposed_day(friday, day(20) + Days::new(30)), NaiveDate::from_ymd_opt(2026, 12, 4).expect("a day"));
        assert_eq!(proposed_day(friday, day(30)), day(27), "the last working day before");
        assert_eq!(proposed_day(friday, day(21)), day(23), "there is none: the next");
        assert!(minutes_of("5001").is_err_and(|why| why.contains("5\u{a0}000")));
    }

    #[test]
    fn hours_are_typed_with_a_comma_or_a_point() {
        for (typed, minutes) in
            [("0", 0), ("1,5", 90), (" 2.25 ", 135), ("1 000", 60_000), ("0,01", 1), ("5000", 300_000), ("1,3333333", 80)]
        {
            assert_eq!(minutes_of(typed), Ok(minutes), "{typed}");
        }
        for wrong in ["-1", "en", "1,5,2", ",5", "1,", "5000,1", "99999999999999999999", "1e3", "½"] {
            assert!(minutes_of(wrong).is_err(), "{wrong}");
        }
        let words = [0, 60, 90, 100, 90_000].map(hours_in_words);
        assert_eq!(words, ["0\u{a0}timmar", "1\u{a0}timme", "1,5\u{a0}timmar", "1,67\u{a0}timmar", "1\u{a0}500\u{a0}timmar"]);
    }

    #[test]
    fn an_answer_gives_hours_or_says_that_nobody_knows() {
        let item = Uuid::nil();
        let one = TypedItem { item, answerable: "partly", found_in: "", words: "" };
        let typed = TypedAnswer { hours: "2,5", unknown: false, comment: " ", items: vec![one] };
        let answer = ReferenceAnswer::parse(&typed).expect("sound");
        assert_eq!((answer.minutes, answer.comment.clone(), answer.items.len()), (Some(150), None, 1));
        let places =
            |typed: &TypedAnswer<'_>| ReferenceAnswer::parse(typed).err().into_iter().flatten().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(places(&TypedAnswer { unknown: true, ..typed.clone() }), [At::Hours], "both");
        assert_eq!(places(&TypedAnswer { hours: " ", ..typed.clone() }), [At::Hours], "neither");
        let long = "a".repeat(MOST_OF_PLACE + 1);
        let wrong = TypedItem { answerable: "maybe", found_in: "x", words: &long, ..one };
        let said = TypedAnswer { hours: "", unknown: true, items: vec![one, wrong], ..typed };
        assert_eq!(places(&said), [At::Answerable(1), At::FoundIn(1), At::Words(1)]);
        let nothing = TypedItem { answerable: "", ..one };
        let empty = TypedAnswer { items: vec![nothing], ..said };
        assert_eq!(ReferenceAnswer::parse(&empty), Ok(ReferenceAnswer::default()), "an item may be passed by");
    }

    #[test]
    fn the_middle_and_the_counts_are_those_of_the_answers() {
        assert_eq!((median(Vec::new()), median(vec![5]), median(vec![9, 1, 5]), median(vec![60, 90])), (None, Some(5), Some(5), Some(75)));
        let said = |answerable, found_in| ItemAnswer { item: Uuid::nil(), answerable, found_in, words: None };
        let answers =
            [said(Some(Answerable::Yes), Some(FoundIn::System)), said(Some(Answerable::Yes), None), said(Some(Answerable::No), None)];
        let tally = tally(answers.iter()).remove(&Uuid::nil()).expect("counted");
        assert_eq!(tally.answerable, [(Answerable::Yes, 2), (Answerable::No, 1)].into());
        assert_eq!(tally.found_in, [(FoundIn::System, 1)].into());
    }

    #[test]
    fn those_who_have_not_answered_are_reminded_two_working_days_before() {
        // 23 November 2026 is a Monday
        assert!(!is_reminder_due(day(2), day(24), day(19)), "Thursday: three days are left");
        for reminded in [20, 23, 24] {
            assert!(is_reminder_due(day(2), day(24), day(reminded)), "{reminded}");
        }
        assert!(!is_reminder_due(day(2), day(24), day(25)), "too late");
        assert!(!is_reminder_due(day(23), day(24), day(24)), "asked the day before");
        assert_eq!((day_fault(day(1), day(2)).is_some(), day_fault(day(2), day(2))), (true, None));
        assert!(day_fault(NaiveDate::from_ymd_opt(2027, 11, 1).expect("a day"), day(2)).is_some());
        assert_eq!(shown_until(day(1)), NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day"));
    }
}
