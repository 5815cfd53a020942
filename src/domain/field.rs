//! The fields of the record, and faults found in them.

terms! {
    /// A field of the record, with the Swedish heading that forms, files and error messages use.
    Field {
        OwnReference = "own_reference", "egen referens";
        Title = "title", "titel";
        Kind = "kind", "slag";
        Purpose = "purpose", "syfte";
        Area = "area", "område";
        Status = "status", "status";
        Responsible = "responsible", "ansvariga myndigheter";
        DiaryNumber = "diary_number", "diarienummer";
        Collector = "collector", "utförs av";
        AssignmentKind = "assignment_kind", "uppdrag från";
        AssignmentDepartment = "assignment_department", "departement";
        AssignmentInstrument = "assignment_instrument", "uppdragets beteckning";
        AssignmentDated = "assignment_dated", "uppdragets datum";
        AssignmentFinalReport = "assignment_final_report", "slutredovisas";
        Origin = "origin", "ursprung";
        Obligation = "obligation", "svarsskyldighet";
        Provisions = "provisions", "bestämmelser";
        Respondents = "respondents", "uppgiftslämnare";
        Selection = "selection", "urval";
        RespondentCodes = "respondent_codes", "kommunkoder";
        Observe = "observe", "att iaktta";
        DataUse = "data_use", "användning";
        Consultation = "consultation", "samråd";
        Consulted = "consulted", "samråd med";
        DecidedOn = "decided_on", "beslutsdatum";
        Periodicity = "periodicity", "periodicitet";
        PeriodicityWords = "periodicity_words", "periodicitet i ord";
        Visibility = "visibility", "visas öppet från";
        Channel = "channel", "kanal";
        ChannelWords = "channel_words", "kanal i ord";
        DataPaths = "data_paths", "datavägar";
        ContactFunction = "contact_function", "kontaktfunktion";
        ContactEmail = "contact_email", "kontakt e-post";
        FurtherUsers = "further_users", "fler användare";
        AutomationConsidered = "automation_considered", "automatisering övervägd";
        AutomationComment = "automation_comment", "automatisering, kommentar";
        SourceUrl = "source_url", "källa";
        Remark = "remark", "anmärkning";
        ItemLabel = "item_label", "uppgift";
        ItemDefinition = "item_definition", "definition";
        ItemUnit = "item_unit", "enhet";
        ItemSource = "item_source", "källa i kommunen";
        ItemPersonalData = "item_personal_data", "personuppgifter";
        RoundLabel = "round_label", "omgång";
        RoundMeasuredFrom = "round_measured_from", "mätperiod från";
        RoundMeasuredTo = "round_measured_to", "mätperiod till";
        RoundDispatch = "round_dispatch", "utskick";
        RoundDeadline = "round_deadline", "sista svarsdag";
        RoundCloses = "round_closes", "stänger";
        RoundPublished = "round_published", "publiceras";
        RoundShortTimeReason = "round_short_time_reason", "skäl för kort svarstid";
    }
}

impl Field {
    /// Whether the field describes one item, of which a collection has many.
    #[must_use]
    pub fn is_item(self) -> bool {
        self.code().starts_with("item_")
    }

    /// Whether the field describes one round, of which a collection has many.
    #[must_use]
    pub fn is_round(self) -> bool {
        self.code().starts_with("round_")
    }

    /// Whether the field holds running text, which may have lines and tabs. Every other text is one line.
    #[must_use]
    pub fn has_lines(self) -> bool {
        matches!(
            self,
            Self::Purpose
                | Self::Observe
                | Self::DataUse
                | Self::AutomationComment
                | Self::Remark
                | Self::ItemDefinition
                | Self::RoundShortTimeReason
        )
    }

    /// The most characters that the field holds.
    #[must_use]
    pub fn most_characters(self) -> usize {
        match self {
            Self::Title | Self::ItemLabel | Self::Consulted | Self::SourceUrl | Self::AssignmentInstrument => 500,
            Self::Purpose | Self::Observe | Self::DataUse | Self::AutomationComment | Self::Remark => 20_000,
            Self::ItemDefinition | Self::RoundShortTimeReason | Self::Provisions | Self::FurtherUsers => 5_000,
            Self::RespondentCodes | Self::Responsible => 10_000,
            _ => 200,
        }
    }
}

/// A fault in a collection: where, and in Swedish what is wrong and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field at fault.
    pub field: Field,
    /// For items and rounds, which one (from 0).
    pub index: Option<usize>,
    /// What is wrong and what is allowed.
    pub message: String,
}
