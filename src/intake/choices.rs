//! The closed lists as agencies write them: the Swedish label, the English code, and other words for the same thing.

use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, DataPath, ItemSource, Kind, Obligation, Origin, Periodicity, RespondentKind,
    Status, Visibility,
};
use crate::text::{self, near};

/// A closed list whose words can be read from a cell.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every word.
    const EVERY: &'static [Self];
    /// Other words for them, folded.
    const SYNONYMS: &'static [(&'static str, Self)];
    /// The Swedish label.
    fn word(self) -> &'static str;
    /// The English code.
    fn short(self) -> &'static str;
}

macro_rules! choices {
    ($($term:ident { $($word:literal => $variant:ident),* $(,)? })+) => {
        $(impl Choice for $term {
            const EVERY: &'static [Self] = Self::ALL;
            const SYNONYMS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
            fn word(self) -> &'static str { self.label() }
            fn short(self) -> &'static str { self.code() }
        })+
    };
}

choices! {
    Kind {
        "enkäter" => Survey, "undersökning" => Survey, "enkätundersökning" => Survey,
        "statistik" => OfficialStatistics, "sos" => OfficialStatistics,
        "föreskriven rapportering" => PrescribedReporting, "annan rapportering" => PrescribedReporting, "rapportering" => PrescribedReporting,
        "bidrag" => StateGrant, "statsbidragsredovisning" => StateGrant,
        "plan" => MandatoryPlan, "anmälan" => CaseNotification,
    }
    Status {
        "planerat" => Planned, "planeras" => Planned, "beslutat" => Decided, "beslut fattat" => Decided,
        "avslutat" => Ended, "upphört" => Ended, "draft" => Draft,
    }
    Obligation {
        "obligatoriskt" => Compulsory, "tvingande" => Compulsory, "uppgiftsskyldighet" => Compulsory, "ja" => Compulsory,
        "frivilligt" => Voluntary, "ingen skyldighet" => Voluntary, "nej" => Voluntary,
        "okänt" => Unstated, "vet ej" => Unstated,
    }
    Origin {
        "nationell" => National, "sverige" => National, "svenskt" => National,
        "europeiska unionen" => Eu, "eu-krav" => Eu, "eu-rätt" => Eu,
        "okänt" => Unstated,
    }
    Periodicity {
        "månadsvis" => Monthly, "varje mån" => Monthly, "en gång i månaden" => Monthly, "12 gånger per år" => Monthly,
        "kvartalsvis" => Quarterly, "per kvartal" => Quarterly, "fyra gånger per år" => Quarterly, "4 gånger per år" => Quarterly,
        "tertialvis" => ThreeTimesAYear, "varje tertial" => ThreeTimesAYear, "per tertial" => ThreeTimesAYear, "3 gånger per år" => ThreeTimesAYear,
        "halvårsvis" => TwiceAYear, "varje halvår" => TwiceAYear, "2 gånger per år" => TwiceAYear, "två gånger om året" => TwiceAYear,
        "årligen" => Yearly, "årsvis" => Yearly, "årlig" => Yearly, "per år" => Yearly, "en gång per år" => Yearly, "1 gång per år" => Yearly,
        "en gång om året" => Yearly, "vartannat" => EverySecondYear, "vart annat år" => EverySecondYear, "varannat år" => EverySecondYear,
        "vart 2:a år" => EverySecondYear, "vart 3:e år" => EveryThirdYear, "vart 4:e år" => EveryFourthYear, "vart 5:e år" => EveryFifthYear,
        "mer sällan än vart femte år" => LessOften, "sällan" => LessOften,
        "kontinuerligt" => Continuous, "löpande under året" => Continuous,
        "vid händelse" => OnEvent, "per ärende" => OnEvent, "vid behov" => OnEvent,
        "engångs" => Once, "engångsinsamling" => Once, "1 gång" => Once, "oregelbunden" => Irregular,
        "okänt" => Unstated,
    }
    Channel {
        "filöverföring via api" => Api, "maskin till maskin" => Api,
        "fil" => File, "filuppladdning" => File, "uppladdning av fil" => File, "xml-fil" => File, "textfil" => File,
        "webb" => Web, "webbenkät" => Web, "e-tjänst" => Web, "webbtjänst" => Web,
        "excel" => Spreadsheet, "excelfil" => Spreadsheet, "excelblankett" => Spreadsheet,
        "blankett" => Paper, "papper" => Paper, "e-post" => Paper, "pappersblankett" => Paper,
        "okänt" => Unstated,
    }
    DataPath {
        "webbformulär" => WebForm, "filuppladdning" => FileUpload, "filöverföring" => FileUpload, "öppna data" => OpenDataFile,
        "öppet api" => OpenApi, "behörighetsstyrt api" => KeyedApi, "api med nyckel" => KeyedApi, "system-till-system" => SystemToSystem,
    }
    ItemSource {
        "system" => System, "i system" => System, "verksamhetssystem" => System, "finns i verksamhetssystem" => System,
        "manuellt" => Manual, "tas fram för hand" => Manual, "manuell" => Manual,
        "finns inte" => Missing, "okänt" => Unknown, "inte känt" => Unknown, "vet ej" => Unknown,
    }
    AssignmentKind {
        "uppdrag från regeringen" => GovernmentAssignment, "eu" => EuAct, "eu-förordning" => EuAct, "eu-direktiv" => EuAct,
        "myndighetens eget initiativ" => OwnInitiative, "egen" => OwnInitiative, "eget" => OwnInitiative, "okänt" => Unstated,
    }
    Visibility {
        "direkt" => Now, "genast" => Now, "omedelbart" => Now,
        "vid utskick" => AtDispatch, "från utskick" => AtDispatch, "utskicket" => AtDispatch,
        "aldrig" => Never, "visas inte" => Never, "ej" => Never,
    }
    Answer { "j" => Yes, "n" => No, "okänt" => Unstated, "vet ej" => Unstated, "x" => Yes }
    ConsultationStated { "j" => Held, "n" => NotHeld, "okänt" => Unstated, "vet ej" => Unstated }
    RespondentKind {
        "kommun" => Municipality, "kommunerna" => Municipality, "alla kommuner" => Municipality, "samtliga kommuner" => Municipality,
        "region" => Region, "regionerna" => Region, "alla regioner" => Region, "samtliga regioner" => Region, "landsting" => Region,
        "förbund" => MunicipalAssociation, "kommunförbund" => MunicipalAssociation,
        "kommunalt bolag" => MunicipalCompany, "bolag" => MunicipalCompany, "kommunägda bolag" => MunicipalCompany,
        "företagen" => Business, "näringsidkare" => Business, "näringslivet" => Business,
        "övriga" => Other, "annan" => Other, "andra uppgiftslämnare" => Other,
    }
}

/// The word of a closed list that a text means, among those `allowed` here.
///
/// # Errors
/// Names the nearest word if there is one, and all that are allowed.
pub fn choose<T: Choice>(typed: &str, allowed: &[T]) -> Result<T, String> {
    let folded = text::fold(typed);
    let folded = folded.trim_end_matches('.');
    let by_word = T::EVERY.iter().copied().find(|term| text::fold(term.word()) == folded || term.short() == folded);
    let found = by_word.or_else(|| T::SYNONYMS.iter().find(|(word, _)| *word == folded).map(|(_, term)| *term));
    let all: Vec<&str> = allowed.iter().map(|term| term.word()).collect();
    match found {
        Some(term) if allowed.contains(&term) => Ok(term),
        Some(term) => Err(format!("”{}” kan inte importeras. Tillåtet: {}.", term.word(), all.join(", "))),
        None => {
            let near = near::nearest(folded, all.iter().copied()).map(|word| format!(" Menar du ”{word}”?")).unwrap_or_default();
            Err(format!("”{}” går inte att använda.{near} Tillåtet: {}.", text::shorten(typed, 60), all.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::column::IMPORTED_STATUS;

    fn leads_back<T: Choice + std::fmt::Debug>() {
        for term in T::EVERY {
            assert_eq!(choose(term.word(), T::EVERY), Ok(*term));
            assert_eq!(choose(term.short(), T::EVERY), Ok(*term));
        }
        for (word, term) in T::SYNONYMS {
            assert_eq!(text::fold(word), *word);
            assert_eq!(choose(&word.to_uppercase(), T::EVERY), Ok(*term), "{word}");
        }
    }

    #[test]
    fn every_label_code_and_synonym_is_read() {
        leads_back::<Kind>();
        leads_back::<Status>();
        leads_back::<Obligation>();
        leads_back::<Origin>();
        leads_back::<Periodicity>();
        leads_back::<Channel>();
        leads_back::<DataPath>();
        leads_back::<ItemSource>();
        leads_back::<AssignmentKind>();
        leads_back::<Visibility>();
        leads_back::<Answer>();
        leads_back::<ConsultationStated>();
        leads_back::<RespondentKind>();
    }

    #[test]
    fn a_wrong_word_is_told_what_is_allowed() {
        assert_eq!(
            choose("Planerd", &IMPORTED_STATUS),
            Err("”Planerd” går inte att använda. Menar du ”planerad”? Tillåtet: planerad, beslutad, avslutad.".to_owned())
        );
        assert_eq!(
            choose("utkast", &IMPORTED_STATUS),
            Err("”utkast” kan inte importeras. Tillåtet: planerad, beslutad, avslutad.".to_owned())
        );
    }
}
