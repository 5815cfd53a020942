//! The columns themselves.

use super::{Column, Form, IMPORTED_STATUS};
use crate::domain::field::Field;
use crate::domain::terms::{
    Answer, AssignmentKind, Channel, ConsultationStated, DataPath, ItemSource, Kind, Obligation, Origin, Periodicity, RespondentKind,
    Visibility,
};

/// One word of a closed list.
macro_rules! choice {
    ($term:ident) => {
        Form::Choice(|| $term::ALL.iter().map(|term| term.label()).collect())
    };
}

/// Several words of a closed list.
macro_rules! choices {
    ($term:ident) => {
        Form::Choices(|| $term::ALL.iter().map(|term| term.label()).collect())
    };
}

/// A column that may be left empty.
const fn optional(field: Field, form: Form, help: &'static str, reference: Option<&'static str>, example: &'static str) -> Column {
    Column { field, required: false, form, help, reference, example }
}

/// A column that every row must fill.
const fn required(field: Field, form: Form, help: &'static str, reference: Option<&'static str>, example: &'static str) -> Column {
    Column { field, required: true, form, help, reference, example }
}

/// Every column, in the order of the template: collections, items, rounds.
pub(super) const COLUMNS: &[Column] = &[
    required(
        Field::OwnReference,
        Form::Text,
        "Myndighetens egen beteckning på insamlingen. Den ska vara unik inom myndigheten och följa med år efter år, så att samma insamling inte registreras två gånger.",
        None,
        "ENK-017",
    ),
    required(Field::Title, Form::Text, "Vad insamlingen heter.", None, "Enkät om folkbibliotekens öppettider"),
    required(
        Field::Kind,
        choice!(Kind),
        "Vilket slags insamling det är. Reglerna om beslut, svarstid och förteckning gäller enkäter.",
        Some("4–6 §§ förordningen (1982:668)"),
        "enkät",
    ),
    optional(
        Field::Responsible,
        Form::Organisations,
        "Den eller de myndigheter som ansvarar. Lämnas cellen tom är det myndigheten som filen importeras för. Den första räknas som den som registrerar.",
        None,
        "202100-0837",
    ),
    optional(Field::DiaryNumber, Form::Text, "Myndighetens eget diarienummer för ärendet.", None, "2026/1234"),
    optional(
        Field::Status,
        Form::Choice(|| IMPORTED_STATUS.iter().map(|status| status.label()).collect()),
        "Var insamlingen befinner sig. Tom cell betyder planerad. En enkät kan vara beslutad först när de fem punkterna i 4 § är angivna.",
        Some("6 § förordningen (1982:668)"),
        "planerad",
    ),
    optional(
        Field::Purpose,
        Form::Text,
        "Varför uppgifterna behövs.",
        Some("2 § förordningen (1982:668)"),
        "Uppgifterna visar hur tillgången till bibliotek skiljer sig mellan kommuner.",
    ),
    optional(Field::Area, Form::Area, "Det ämnesområde som insamlingen hör till.", None, "Kultur och fritid"),
    optional(
        Field::Collector,
        Form::Organisation,
        "Den som samlar in i praktiken, om det är någon annan än den ansvariga myndigheten.",
        Some("1 § förordningen (1982:668)"),
        "202100-0837",
    ),
    optional(Field::AssignmentKind, choice!(AssignmentKind), "Vad som ligger bakom insamlingen.", None, "regleringsbrev"),
    optional(Field::AssignmentDepartment, Form::Department, "Det departement som gav uppdraget.", None, "Kulturdepartementet"),
    optional(Field::AssignmentInstrument, Form::Text, "Uppdragets beteckning.", None, "Ku2025/01234"),
    optional(Field::AssignmentDated, Form::Date, "Den dag då uppdraget gavs.", None, "2025-12-18"),
    optional(Field::AssignmentFinalReport, Form::Date, "Den dag då uppdraget ska slutredovisas.", None, "2028-03-31"),
    optional(Field::Origin, choice!(Origin), "Om kravet på uppgifterna är nationellt eller kommer från EU.", None, "nationellt"),
    optional(
        Field::Obligation,
        choice!(Obligation),
        "Om de som tillfrågas måste svara. Finns ingen skyldighet ska det framgå tydligt av enkäten.",
        Some("4 § 1 förordningen (1982:668)"),
        "frivillig",
    ),
    optional(
        Field::Provisions,
        Form::Texts,
        "De bestämmelser som insamlingen vilar på. En webbadress får stå efter bestämmelsen.",
        Some("4 § 1 förordningen (1982:668)"),
        "18 § bibliotekslagen (2013:801)",
    ),
    optional(
        Field::Respondents,
        choices!(RespondentKind),
        "Vilka slags uppgiftslämnare som tillfrågas.",
        Some("4 § 2 förordningen (1982:668)"),
        "kommuner; regioner",
    ),
    optional(
        Field::Selection,
        Form::Selection,
        "Hur uppgiftslämnarna väljs. Tom cell betyder alla, eller lista om koder är angivna.",
        None,
        "lista; alla",
    ),
    optional(
        Field::RespondentCodes,
        Form::Codes,
        "Vilka kommuner och regioner som tillfrågas, när urvalet är en lista.",
        None,
        "0180; 1480",
    ),
    optional(
        Field::Observe,
        Form::Text,
        "Vad uppgiftslämnaren ska iaktta, till exempel vilken tid och vilka verksamheter uppgifterna gäller.",
        Some("4 § 3 förordningen (1982:668)"),
        "Räkna bara bibliotek som kommunen själv driver.",
    ),
    optional(
        Field::DataUse,
        Form::Text,
        "Vad uppgifterna ska användas till.",
        Some("4 § 4 förordningen (1982:668)"),
        "Uppgifterna används i den årliga uppföljningen av biblioteken.",
    ),
    optional(
        Field::Consultation,
        choice!(ConsultationStated),
        "Om samråd har skett med dem som företräder uppgiftslämnarna.",
        Some("3 § och 4 § 5 förordningen (1982:668)"),
        "ja",
    ),
    optional(Field::Consulted, Form::Text, "Vem samrådet skedde med.", Some("4 § 5 förordningen (1982:668)"), "SKR"),
    optional(
        Field::DecidedOn,
        Form::Date,
        "Den dag då myndigheten beslutade om insamlingen.",
        Some("4 § förordningen (1982:668)"),
        "2026-09-01",
    ),
    optional(Field::Periodicity, choice!(Periodicity), "Hur ofta uppgifterna samlas in.", None, "varje år"),
    optional(Field::PeriodicityWords, Form::Text, "Hur ofta, med myndighetens egna ord.", None, "årligen i februari"),
    optional(
        Field::Visibility,
        choice!(Visibility),
        "När insamlingen börjar visas öppet. Tom cell betyder nu. Utskick betyder första utskicksdagen.",
        None,
        "nu",
    ),
    optional(Field::Channel, choice!(Channel), "Hur svaren lämnas.", None, "webbformulär"),
    optional(Field::ChannelWords, Form::Text, "Hur svaren lämnas, med myndighetens egna ord.", None, "webbenkät med inloggning"),
    optional(Field::DataPaths, choices!(DataPath), "De vägar som uppgifterna kan ta.", None, "manuellt webbformulär; uppladdning av fil"),
    optional(
        Field::ContactFunction,
        Form::Text,
        "Den funktion som svarar på frågor. Skriv inte namn på personer.",
        None,
        "Biblioteksstatistik",
    ),
    optional(Field::ContactEmail, Form::Email, "Funktionens e-postadress.", None, "statistik@myndigheten.example"),
    optional(Field::FurtherUsers, Form::Texts, "Andra som använder uppgifterna.", None, "Statens kulturråd; Kungliga biblioteket"),
    optional(Field::AutomationConsidered, choice!(Answer), "Om myndigheten har övervägt att hämta uppgifterna automatiskt.", None, "ja"),
    optional(
        Field::AutomationComment,
        Form::Text,
        "Vad övervägandet ledde till.",
        None,
        "Öppettider finns redan som öppna data i en del kommuner.",
    ),
    optional(Field::SourceUrl, Form::WebAddress, "En öppen webbsida om insamlingen.", None, "https://www.myndigheten.example/enkat"),
    optional(Field::Remark, Form::Text, "En anmärkning som visas på insamlingens sida.", None, "Ersätter enkäten från 2024."),
    required(Field::ItemLabel, Form::Text, "Vad uppgiften heter. En rad för varje uppgift.", None, "Antal öppettimmar per vecka"),
    optional(
        Field::ItemDefinition,
        Form::Text,
        "Vad uppgiften betyder och hur den avgränsas.",
        Some("2 § förordningen (1982:668)"),
        "Timmar då biblioteket är bemannat en vanlig vecka.",
    ),
    optional(Field::ItemUnit, Form::Text, "Den enhet som uppgiften anges i.", None, "timmar"),
    optional(
        Field::ItemSource,
        choice!(ItemSource),
        "Var en kommun normalt hittar uppgiften. Tom cell betyder ej angivet.",
        None,
        "finns i system",
    ),
    optional(Field::ItemPersonalData, choice!(Answer), "Om uppgiften är en personuppgift.", None, "nej"),
    optional(Field::RoundLabel, Form::Text, "Vad omgången kallas. En rad för varje omgång.", None, "2027"),
    optional(Field::RoundMeasuredFrom, Form::Date, "Första dagen i den period som uppgifterna gäller.", None, "2026-01-01"),
    optional(Field::RoundMeasuredTo, Form::Date, "Sista dagen i den period som uppgifterna gäller.", None, "2026-12-31"),
    optional(Field::RoundDispatch, Form::When, "När frågorna skickas ut.", Some("5 § förordningen (1982:668)"), "2027-02-01"),
    optional(
        Field::RoundDeadline,
        Form::When,
        "Sista dagen att svara, för enkäter minst tre veckor efter utskicket.",
        Some("5 § förordningen (1982:668)"),
        "2027-v12",
    ),
    optional(Field::RoundCloses, Form::When, "När insamlingen stänger för sena svar.", None, "2027-04-15"),
    optional(Field::RoundPublished, Form::When, "När resultaten publiceras.", None, "hösten 2027"),
    optional(
        Field::RoundShortTimeReason,
        Form::Text,
        "Varför svarstiden är kortare än tre veckor: de särskilda skälen, eller den lag eller förordning som sätter en annan tid.",
        Some("5 § förordningen (1982:668)"),
        "Uppgifterna behövs till budgetpropositionen.",
    ),
];
