//! What somebody watches: new consultations by agency, by subject area, by both, or all (ES2024-02 5.3: support that reaches the agency
//! before the form is fixed).

/// The most watches of one person.
pub const MOST: usize = 50;

terms! {
    /// How soon whoever watches is told.
    Pace {
        AtOnce = "at_once", "direkt";
        Daily = "daily", "en gång om dagen";
    }
}

terms! {
    /// What of a watch somebody gets wrong.
    WatchPart {
        Agency = "agency", "myndighet";
        Area = "area", "område";
        Number = "number", "antal";
    }
}

/// A watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Consultations that this agency asks for, or is responsible for, by code; none: any.
    pub agency: Option<String>,
    /// About collections of this subject area, by code; none: any.
    pub area: Option<String>,
    /// How soon.
    pub pace: Pace,
}

impl Watch {
    /// Whether it watches the same as another one, however soon either is told.
    #[must_use]
    pub fn covers_same(&self, other: &Self) -> bool {
        (&self.agency, &self.area) == (&other.agency, &other.area)
    }
}
