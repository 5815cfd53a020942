//! What the page of a case tells of what is asked for, and how far it has come.

use chrono::{DateTime, NaiveDate, Utc};

use crate::actions::consultations::Seen;
use crate::clock;
use crate::domain::collection::Collection;
use crate::text;
use crate::web::filters::capital;
use crate::web::view::{Fact, Facts, Link};

/// What is said first.
#[must_use]
pub fn notices(seen: &Seen, today: NaiveDate) -> Vec<String> {
    let case = &seen.case;
    let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
    let closed = case.closed_at.zip(case.outcome);
    let waits = case.parts.iter().any(|part| part.opinion.is_none() && !part.state.is_over());
    let late = (waits && case.asking.wanted_on < today)
        .then(|| format!("Svar skulle ha lämnats senast den {}.", text::written_date(case.asking.wanted_on)));
    let missing = case.outcome.is_some() && case.parts.iter().any(|part| part.opinion.is_none());
    [
        closed.map(|(at, outcome)| format!("Samrådet avslutades den {}: {outcome}.", day(at))),
        match (case.removed_at, case.withdrawn_at) {
            (Some(at), _) => Some(format!("Ärendet togs bort den {}, eftersom det var infört av misstag. Det räknas inte.", day(at))),
            (None, at) => at.map(|at| format!("Myndigheten återkallade begäran den {}.", day(at))),
        },
        late,
        missing.then(|| "Alla har inte svarat.".to_owned()),
        (seen.is_changed_since() && !case.entered)
            .then(|| "Insamlingen har ändrats efter att samrådet begärdes. Här visas den som den var då.".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is asked for, in short.
#[must_use]
pub fn facts(seen: &Seen, asked: &Collection) -> Vec<Fact> {
    let (case, content) = (&seen.case, &asked.content);
    let form = if case.asking.form_unchanged { "Oförändrat: bara urval och tid" } else { "Formulär, urval och tid" };
    let day = |at: DateTime<Utc>| text::written_date(clock::swedish_day(at));
    Facts::default()
        .with("Svar senast", text::written_date(case.asking.wanted_on))
        .with("Begärt", day(case.requested_at))
        .with("Gäller", form)
        .with("Räknas som", capital(case.asking.kind.label()))
        .with("Svarsskyldighet", capital(content.obligation.label()))
        .with("Uppgiftslämnare", capital(&content.respondents_in_words()))
        .maybe("Myndighetens diarienummer", case.asking.diary_number.clone())
        .maybe("Kontakt", content.contact_function.clone())
        .linked("E-post", content.contact_email.as_ref().map(|one| Link { name: one.clone(), href: Some(format!("mailto:{one}")) }))
        .done()
}

/// What is asked for, in length.
#[must_use]
pub fn asked_for(seen: &Seen, asked: &Collection) -> Vec<(&'static str, String)> {
    let asking = &seen.case.asking;
    let purpose = Some(asked.content.purpose.clone()).filter(|words| !words.is_empty());
    let all = [
        ("Syfte", purpose),
        ("Vad uppgifterna ska användas till", asked.content.data_use.clone()),
        ("Urval", asking.selection.clone()),
        ("Tid", asking.timing.clone()),
        ("Redan diskuterat", asking.discussed.clone()),
        ("Varför tiden är kort", asking.short_time_reason.clone()),
    ];
    all.into_iter().filter_map(|(heading, words)| words.map(|words| (heading, words))).collect()
}
