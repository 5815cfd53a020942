//! Who is asked, and how they are chosen (*uppgiftslämnare* and *urval*).

use super::terms::RespondentKind;

/// How those asked are chosen among their kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Everyone of the kind.
    All,
    /// These and no others, by organisation code in order.
    Listed(Vec<String>),
    /// A sample of this many; which ones is not known beforehand.
    Sample(i64),
}

impl Selection {
    /// The code in database and JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Listed(_) => "listed",
            Self::Sample(_) => "sample",
        }
    }
}

/// One kind of respondent with its selection. A collection has one group for each kind it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RespondentGroup {
    /// Who.
    pub kind: RespondentKind,
    /// Which of them.
    pub selection: Selection,
}

impl RespondentGroup {
    /// The group in words: `alla kommuner`, `84 kommuner enligt lista`, `ett urval av 80 kommuner`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let kind = self.kind.label();
        match &self.selection {
            Selection::All if self.kind == RespondentKind::Other => "andra uppgiftslämnare".to_owned(),
            Selection::All => format!("alla {kind}"),
            Selection::Listed(codes) if codes.len() == 1 => format!("{} enligt lista", self.kind.one()),
            Selection::Listed(codes) => format!("{}\u{a0}{kind} enligt lista", codes.len()),
            Selection::Sample(1) => format!("ett urval av {}", self.kind.one()),
            Selection::Sample(size) => format!("ett urval av {size}\u{a0}{kind}"),
        }
    }
}

impl RespondentKind {
    /// One of them: *en kommun*.
    fn one(self) -> &'static str {
        match self {
            Self::Municipality => "en kommun",
            Self::Region => "en region",
            Self::MunicipalAssociation => "ett kommunalförbund",
            Self::MunicipalCompany => "ett kommunalt bolag",
            Self::Business => "ett företag",
            Self::Other => "en annan uppgiftslämnare",
        }
    }

    /// Whether single respondents of this kind can be listed by code.
    #[must_use]
    pub fn has_codes(self) -> bool {
        matches!(self, Self::Municipality | Self::Region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_said_in_words() {
        let group = |selection| RespondentGroup { kind: RespondentKind::Municipality, selection }.in_words();
        assert_eq!(group(Selection::All), "alla kommuner");
        assert_eq!(group(Selection::Listed(vec!["0180".into()])), "en kommun enligt lista");
        assert_eq!(group(Selection::Sample(80)), "ett urval av 80\u{a0}kommuner");
        assert_eq!(group(Selection::Listed(vec!["0180".into(), "1480".into()])), "2\u{a0}kommuner enligt lista");
    }
}
