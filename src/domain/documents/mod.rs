//! The documents that an agency gets back: what each says, built from the record alone. What the record does not hold is left as a
//! marked blank, never invented.

pub mod basis;
pub mod case;
pub mod consulted;
pub mod cover_letter;
pub mod decision;
pub mod model;
pub mod notice;
pub mod opinion;
pub mod parts;
#[cfg(test)]
pub mod samples;
pub mod statistics;

use chrono::NaiveDate;

use super::collection::Collection;
use super::decision::Decision;
use super::ordinance::survey_sections_apply;
use super::terms::{Kind, Status};
use consulted::Consulted;
use model::Document;

terms! {
    /// A document. The codes are the last part of its address.
    DocumentKind {
        Decision = "beslut", "beslut om enkät";
        Basis = "underlag", "underlag om insamlingen";
        Notice = "meddelande", "meddelande till uppgiftslämnare";
        CoverLetter = "missiv", "missiv";
    }
}

impl DocumentKind {
    /// Whether a collection of `kind` has this document: only an enkät is decided as 4 § förordning (1982:668) says, the others have a
    /// plain account instead.
    #[must_use]
    pub fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::Decision => survey_sections_apply(kind),
            Self::Basis => !survey_sections_apply(kind),
            Self::Notice | Self::CoverLetter => true,
        }
    }

    /// The documents of a collection of `kind`, in the order in which they are used.
    pub fn of(kind: Kind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |document| document.is_of(kind))
    }

    /// Whether everyone may read it where the collection is open. The cover letter is the agency's own draft of a letter.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::CoverLetter
    }
}

/// What the documents are built from.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The collection.
    pub collection: &'a Collection,
    /// Who decided on its version.
    pub decision: &'a Decision,
    /// The closed case on which the decision rests, if there is one.
    pub consulted: Option<&'a Consulted>,
    /// A case about rounds to come that was closed later: only a notice tells of it.
    pub later: Option<&'a Consulted>,
    /// Names of those who are asked one by one, in Swedish order.
    pub listed: &'a [String],
    /// The register's address, without a slash at the end.
    pub base_url: &'a str,
    /// The day on which the document is made.
    pub today: NaiveDate,
}

impl Record<'_> {
    /// Whether the version has been decided: what is not is called a proposal. A decision is one even after it has been withdrawn.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        let is_revision = self.collection.planned_version == Some(self.collection.version);
        self.collection.status != Status::Planned && self.collection.content.decided_on.is_some() && !is_revision
    }

    /// The collection's number as text; empty before it has one.
    #[must_use]
    pub fn number(&self) -> String {
        self.collection.number.map(|number| number.to_string()).unwrap_or_default()
    }

    /// The short status address, which stands on the form.
    #[must_use]
    pub fn status_address(&self) -> String {
        format!("{}/s/{}", self.base_url, self.number())
    }
}

/// Builds a document; none where the collection has no such document.
#[must_use]
pub fn build(kind: DocumentKind, record: &Record<'_>) -> Option<Document> {
    if !kind.is_of(record.collection.content.kind) {
        return None;
    }
    Some(match kind {
        DocumentKind::Decision => decision::build(record),
        DocumentKind::Basis => basis::build(record),
        DocumentKind::Notice if record.collection.content.kind == Kind::OfficialStatistics => statistics::build(record),
        DocumentKind::Notice => notice::build(record),
        DocumentKind::CoverLetter => cover_letter::build(record),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_documents() {
        let of = |kind| DocumentKind::of(kind).map(DocumentKind::code).collect::<Vec<_>>();
        assert_eq!(of(Kind::Survey), ["beslut", "meddelande", "missiv"]);
        for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Survey) {
            assert_eq!(of(kind), ["underlag", "meddelande", "missiv"], "{kind:?}");
        }
    }

    #[test]
    fn a_planned_change_beside_a_decided_version_is_a_proposal() {
        let revision = Collection { version: 2, planned_version: Some(2), ..samples::collection(Kind::Survey) };
        let title = |collection: &Collection| samples::built(DocumentKind::Decision, collection).map(|document| document.title);
        assert_eq!(title(&revision).as_deref(), Some("Förslag till beslut om enkät"));
        let in_force = Collection { version: 1, ..revision };
        assert_eq!(title(&in_force).as_deref(), Some("Beslut om enkät"));
    }

    #[test]
    fn every_document_of_every_kind_has_a_head_and_a_body() {
        for kind in Kind::ALL {
            let collection = samples::collection(*kind);
            for document in DocumentKind::of(*kind) {
                let built = samples::built(document, &collection).expect("a document");
                assert!(!built.title.is_empty() && built.sender == "Skolverket och Statistiska centralbyrån", "{kind:?} {document:?}");
                assert!(built.blocks.len() > 4 && built.text().contains("2026-0042"), "{kind:?} {document:?}");
            }
        }
        let supervision = samples::collection(Kind::Supervision);
        assert_eq!(samples::built(DocumentKind::Decision, &supervision), None);
    }
}
