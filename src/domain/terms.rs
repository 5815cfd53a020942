//! The closed word lists of the register: an English code for database and JSON, a Swedish label for people.

/// Defines an enum whose variants have a code and a label, with the list of all of them and the way back from the code.
macro_rules! terms {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[doc = $label] #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every term, in the order in which lists show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in database and JSON.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Swedish word on the page.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The term with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.code() == code)
            }

            /// The term with this label, in any case and spacing.
            #[must_use]
            pub fn from_label(label: &str) -> Option<Self> {
                let label = crate::text::fold(label);
                Self::ALL.iter().copied().find(|term| crate::text::fold(term.label()) == label)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}

terms! {
    /// What sort of request a collection is (*slag*). Only an enkät falls under 4–6 §§ förordningen (1982:668).
    Kind {
        Survey = "survey", "enkät";
        OfficialStatistics = "official_statistics", "officiell statistik";
        PrescribedReporting = "prescribed_reporting", "annan föreskriven rapportering";
        StateGrant = "state_grant", "statsbidrag";
        Supervision = "supervision", "tillsyn";
        MandatoryPlan = "mandatory_plan", "obligatorisk plan";
        CaseNotification = "case_notification", "anmälan per ärende";
    }
}

terms! {
    /// Where a collection is in its life.
    Status {
        Draft = "draft", "utkast";
        Planned = "planned", "planerad";
        Decided = "decided", "beslutad";
        Ended = "ended", "avslutad";
        Withdrawn = "withdrawn", "återkallad";
    }
}

impl Status {
    /// Whether nothing is collected any more: it has ended or was withdrawn.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Withdrawn)
    }
}

terms! {
    /// Whether those asked must answer (4 § point 1).
    Obligation {
        Compulsory = "compulsory", "obligatorisk";
        Voluntary = "voluntary", "frivillig";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// Where the demand for the data comes from.
    Origin {
        National = "national", "nationellt";
        Eu = "eu", "EU";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// How often data are collected.
    Periodicity {
        Monthly = "monthly", "varje månad";
        Quarterly = "quarterly", "varje kvartal";
        ThreeTimesAYear = "three_times_a_year", "tre gånger per år";
        TwiceAYear = "twice_a_year", "två gånger per år";
        Yearly = "yearly", "varje år";
        EverySecondYear = "every_second_year", "vartannat år";
        EveryThirdYear = "every_third_year", "vart tredje år";
        EveryFourthYear = "every_fourth_year", "vart fjärde år";
        EveryFifthYear = "every_fifth_year", "vart femte år";
        LessOften = "less_often", "mer sällan";
        Continuous = "continuous", "löpande";
        OnEvent = "on_event", "vid en händelse";
        Once = "once", "en gång";
        Irregular = "irregular", "oregelbundet";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// How the answers are given.
    Channel {
        Api = "api", "API";
        File = "file", "filöverföring";
        Web = "web", "webbformulär";
        Spreadsheet = "spreadsheet", "kalkylblad";
        Paper = "paper", "blankett (papper eller e-post)";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// A way in which the data can travel (eSam ES2024-02, data paths); a collection may have several.
    DataPath {
        WebForm = "web_form", "manuellt webbformulär";
        FileUpload = "file_upload", "uppladdning av fil";
        OpenDataFile = "open_data_file", "fil som öppna data";
        OpenApi = "open_api", "öppet och säkert API från system";
        KeyedApi = "keyed_api", "behörighetsstyrt API med nyckel";
        SystemToSystem = "system_to_system", "system till system";
    }
}

terms! {
    /// Where a municipality finds one item.
    ItemSource {
        System = "system", "finns i system";
        Manual = "manual", "tas fram manuellt";
        Missing = "missing", "saknas";
        Unknown = "unknown", "ej angivet";
    }
}

terms! {
    /// Why the agency collects: the assignment behind it (*uppdrag från*).
    AssignmentKind {
        GovernmentAssignment = "government_assignment", "regeringsuppdrag";
        AppropriationDirections = "appropriation_directions", "regleringsbrev";
        EuAct = "eu_act", "EU-rättsakt";
        OwnInitiative = "own_initiative", "eget initiativ";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// From when a collection is shown openly (*visas öppet från*).
    Visibility {
        Now = "now", "nu";
        AtDispatch = "at_dispatch", "utskick";
        Never = "never", "inte";
    }
}

terms! {
    /// A yes-or-no question that may be left open.
    Answer {
        Yes = "yes", "ja";
        No = "no", "nej";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// Whether the agency has consulted those who represent the respondents (3 § and 4 § point 5).
    ConsultationStated {
        Held = "held", "ja";
        NotHeld = "not_held", "nej";
        Unstated = "unstated", "ej angivet";
    }
}

terms! {
    /// Who is asked (*uppgiftslämnare*).
    RespondentKind {
        Municipality = "municipality", "kommuner";
        Region = "region", "regioner";
        MunicipalAssociation = "municipal_association", "kommunalförbund";
        MunicipalCompany = "municipal_company", "kommunala bolag";
        Business = "business", "företag";
        Other = "other", "andra";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_labels_lead_back_to_the_term() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
            assert_eq!(Kind::from_label(&kind.label().to_uppercase()), Some(*kind));
        }
        assert_eq!(Channel::from_code("fax"), None);
    }
}
