//! A draft as somebody without an account reads it; `templates/outside/draft.html` draws it. What is said in the case is no part of it.

use chrono::NaiveDate;

use crate::actions::consultations::outside::{Draft, is_shown};
use crate::clock;
use crate::db::{Tx, attachments};
use crate::domain::consultation::attachment::shown_size;
use crate::domain::content::Item;
use crate::domain::wording;
use crate::error::Result;
use crate::text;
use crate::web::collection_parts::{RoundRow, round_rows};
use crate::web::filters::capital;
use crate::web::view::{Fact, Facts};

/// A file of the draft.
#[derive(Debug, Clone)]
pub struct FileRow {
    /// Where it is given out.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its size and when it was attached.
    pub about: String,
}

/// The draft of a case.
#[derive(Debug)]
pub struct DraftPart {
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The agency's name.
    pub agency: String,
    /// The body's name.
    pub body: String,
    /// What is asked for, in short.
    pub facts: Vec<Fact>,
    /// In length, each with its heading.
    pub texts: Vec<(&'static str, String)>,
    /// What the collection asks for.
    pub items: Vec<Item>,
    /// Whether any item has a unit.
    pub units: bool,
    /// Its rounds.
    pub rounds: Vec<RoundRow>,
    /// The files that the reader may have.
    pub files: Vec<FileRow>,
}

impl DraftPart {
    /// The draft under the address `base`; `body`: whose files are shown beside the agency's.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(tx: &mut Tx, draft: &Draft, base: &str, body: Option<&str>, today: NaiveDate) -> Result<Self> {
        let files = attachments::of_case(tx, draft.seen.case.id).await?.into_iter().map(|(one, _)| one);
        let files = files.filter(|one| is_shown(one, body)).map(|one| FileRow {
            href: format!("{base}/bilagor/{}", one.id),
            about: format!("{}, {}", shown_size(one.size), text::written_date(clock::swedish_day(one.at))),
            name: one.name,
        });
        let files = files.collect();
        let content = &draft.asked.content;
        let asking = &draft.seen.case.asking;
        let form =
            if asking.form_unchanged { "Formuläret är oförändrat: bara urval och tid prövas" } else { "Formulär, urval och tid" };
        let facts = Facts::default()
            .with("Myndighet", draft.agency.clone())
            .with("Samrådet gäller", form)
            .with("Svarsskyldighet", capital(content.obligation.label()))
            .with("Uppgiftslämnare", capital(&content.respondents_in_words()));
        let texts = [
            ("Syfte", Some(content.purpose.clone()).filter(|words| !words.is_empty())),
            ("Vad uppgifterna ska användas till", content.data_use.clone()),
            ("Urval", asking.selection.clone()),
            ("Tid", asking.timing.clone()),
        ];
        Ok(Self {
            number: draft.seen.collection.to_string(),
            title: content.title.clone(),
            agency: draft.agency.clone(),
            body: draft.body.clone(),
            facts: facts.done(),
            texts: texts.into_iter().filter_map(|(heading, words)| words.map(|words| (heading, words))).collect(),
            units: content.items.iter().any(|item| item.unit.is_some()),
            items: content.items.clone(),
            // what is over is nobody's work any more
            rounds: round_rows(&draft.asked, today, wording::when).into_iter().filter(|round| !round.past).collect(),
            files,
        })
    }
}
