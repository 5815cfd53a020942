//! What a version of a collection says of itself as a decision and as a change (*beslut*).

terms! {
    /// Whether a change is one that 3 § förordning (1982:668) asks consultation about.
    Significance {
        Insignificant = "insignificant", "obetydlig";
        Significant = "significant", "inte obetydlig";
    }
}

terms! {
    /// The closed grounds on which consultation may be left out (3 § förordning (1982:668)).
    Exemption {
        Unnecessary = "unnecessary", "samråd är uppenbart obehövligt";
        ContraryToPurpose = "contrary_to_purpose", "samråd skulle motverka syftet med insamlingen";
        NoTime = "no_time", "tiden medger inte samråd";
    }
}

impl Exemption {
    /// The ground as a clause after ”att”: Swedish puts ”inte” before the verb there.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Unnecessary | Self::ContraryToPurpose => self.label(),
            Self::NoTime => "tiden inte medger samråd",
        }
    }
}

/// The facts of a decision beside what the version itself holds. People stand here by function, never by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// How much the version changes; none for what is new or not judged yet.
    pub significance: Option<Significance>,
    /// Why it was judged so.
    pub significance_reason: Option<String>,
    /// The ground on which consultation was left out, if it was.
    pub exemption: Option<Exemption>,
    /// Why that ground holds.
    pub exemption_reason: Option<String>,
    /// Who decided, by function.
    pub decision_maker: Option<String>,
    /// Who presented the case (*föredragande*), by function.
    pub rapporteur: Option<String>,
    /// Others who took part in the final handling, by function.
    pub participants: Option<String>,
}
