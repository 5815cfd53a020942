//! What the messages say, word for word.

use super::*;

fn origin() -> Origin {
    Origin { base_url: "https://register.example".to_owned(), demonstration: false }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().expect("a moment")
}

fn letter(made: Result<Letter>) -> Letter {
    made.expect("the templates render")
}

#[test]
fn a_link_to_sign_in_with() {
    let message = SignIn { origin: origin(), address: "https://register.example/logga-in/hemlig".to_owned(), minutes: 15 };
    let letter = letter(message.letter("statistik@scb.example", now()));
    assert_eq!((letter.kind, letter.recipient.as_str()), ("sign_in", "statistik@scb.example"));
    assert_eq!(letter.subject, "Din länk till Insamlingsregistret");
    assert_eq!(letter.expires_at, Some("2026-11-22T08:15:00Z".parse().expect("a moment")));
    let text = "Öppna länken och tryck på knappen på sidan för att logga in i Insamlingsregistret:

https://register.example/logga-in/hemlig

Länken gäller i 15 minuter och kan användas en gång. Öppna den i samma webbläsare som du bad om den i.

Har du inte bett om att få logga in? Då kan du bortse från meddelandet. Lämna inte länken till någon annan.

-- 
Du får meddelandet därför att någon angav din e-postadress på registrets inloggningssida. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.
";
    assert_eq!(letter.text.trim_end(), text.trim_end());
    let html = "<!DOCTYPE html>
<html lang=\"sv\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Din länk till Insamlingsregistret</title>
</head>
<body>
<h1>Logga in i Insamlingsregistret</h1>
<p>Öppna länken och tryck på knappen på sidan:</p>
<p><a href=\"https://register.example/logga-in/hemlig\">https://register.example/logga-in/hemlig</a></p>
<p>Länken gäller i 15 minuter och kan användas en gång. Öppna den i samma webbläsare som du bad om den i.</p>
<p>Har du inte bett om att få logga in? Då kan du bortse från meddelandet. Lämna inte länken till någon annan.</p>
<hr>
<p>Du får meddelandet därför att någon angav din e-postadress på registrets inloggningssida. \
Det skickades av Insamlingsregistret, <a href=\"https://register.example\">https://register.example</a>. Ingen läser svar på det här mejlet.</p>
</body>
</html>";
    assert_eq!(letter.html.trim_end(), html);
}

#[test]
fn an_invitation() {
    let message = Invitation {
        origin: Origin { demonstration: true, ..origin() },
        organisation: "Myndigheten för <ungdom> & civilsamhälle".to_owned(),
        role: "handläggare".to_owned(),
        address: "https://register.example/logga-in/hemlig".to_owned(),
        days: 7,
    };
    let letter = letter(message.letter("ny@muf.example", now()));
    assert_eq!((letter.kind, letter.subject.as_str()), ("invitation", "Inbjudan till Insamlingsregistret"));
    assert_eq!(letter.expires_at, Some("2026-11-29T08:00:00Z".parse().expect("a moment")));
    let text = "Du är inbjuden till Insamlingsregistret som handläggare för Myndigheten för <ungdom> & civilsamhälle.

Öppna länken och tryck på knappen på sidan för att logga in första gången:

https://register.example/logga-in/hemlig

Länken gäller i 7 dagar och kan användas en gång. Därefter loggar du in genom att skriva din e-postadress på registrets inloggningssida.

I registret finns de uppgifter som statliga myndigheter begär av kommuner och regioner.

-- 
Du får meddelandet därför att någon har lagt upp din e-postadress i registret. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.
Registret är en demonstration. Det som står i det är exempel.";
    assert_eq!(letter.text.trim_end(), text);
    let escaped = "som handläggare för Myndigheten för &#60;ungdom&#62; &#38; civilsamhälle.</p>";
    assert!(letter.html.contains(escaped), "{}", letter.html);
    assert!(letter.html.contains("<p>Registret är en demonstration. Det som står i det är exempel.</p>"), "{}", letter.html);
}

#[test]
fn a_reminder_to_confirm() {
    let named = |number: &str, title: &str| Named {
        number: number.to_owned(),
        title: title.to_owned(),
        address: format!("https://register.example/insamlingar/{number}"),
    };
    let mut message = Confirm {
        origin: origin(),
        organisation: "Skolverket".to_owned(),
        collections: vec![named("2026-0001", "Elever i grundskolan"), named("2026-0002", "Förskolans personal")],
    };
    let two = letter(message.letter("statistik@skolverket.example", now()));
    assert_eq!((two.kind, two.subject.as_str(), two.expires_at), ("confirm", "Bekräfta 2\u{a0}insamlingar", None));
    let text = "Mer än ett år har gått sedan Skolverket senast ändrade eller bekräftade de här insamlingarna. \
Stämmer uppgifterna fortfarande? Bekräfta det på insamlingens sida, eller ändra det som inte stämmer.

2026-0001 Elever i grundskolan
https://register.example/insamlingar/2026-0001

2026-0002 Förskolans personal
https://register.example/insamlingar/2026-0002

En insamling som inte har bekräftats på 13 månader visas som obekräftad.

-- 
Meddelandet går till den funktionsbrevlåda som står som kontakt för en insamling, eller till dem som registrerar för Skolverket. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
    assert_eq!(two.text.trim_end(), text);
    message.collections.pop();
    let one = letter(message.letter("statistik@skolverket.example", now()));
    assert_eq!(one.subject, "Bekräfta 1\u{a0}insamling");
    assert!(one.text.contains("bekräftade den här insamlingen."), "{}", one.text);
    let listed = "<li>2026-0001 Elever i grundskolan<br>\
        <a href=\"https://register.example/insamlingar/2026-0001\">https://register.example/insamlingar/2026-0001</a></li>";
    assert!(one.html.contains(listed), "{}", one.html);
}

#[test]
fn a_step_of_a_consultation() {
    let collection = Named { number: "2026-0001".to_owned(), title: "Elever <i>".to_owned(), address: String::new() };
    let mut message = CaseStep {
        origin: origin(),
        number: "S2026-0007".to_owned(),
        subject: "frågor till er".to_owned(),
        what: "Sveriges Kommuner och Regioner har frågor om insamlingen.".to_owned(),
        words: Some("Gäller det friskolor?".to_owned()),
        asks: true,
        facts: Vec::new(),
        texts: Vec::new(),
        documents: Vec::new(),
        collection,
        address: "https://register.example/samrad/S2026-0007".to_owned(),
    };
    let asked = letter(message.letter("statistik@skolverket.example", now()));
    assert_eq!((asked.kind, asked.subject.as_str(), asked.expires_at), ("consultation", "Samråd S2026-0007: frågor till er", None));
    let text = "Sveriges Kommuner och Regioner har frågor om insamlingen.

Insamlingen: 2026-0001 Elever <i>

Gäller det friskolor?

Läs och svara i registret:
https://register.example/samrad/S2026-0007

-- 
Meddelandet går till dem som har med samrådet att göra. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
    assert_eq!(asked.text.trim_end(), text);
    assert!(
        asked.html.contains("<blockquote>Gäller det friskolor?</blockquote>") && asked.html.contains("Elever &#60;i&#62;"),
        "{}",
        asked.html
    );
    message = CaseStep {
        words: None,
        asks: false,
        facts: vec![("Ert diarienummer".to_owned(), "2026:1".to_owned())],
        texts: vec![("Yttrandet i ord".to_owned(), "Först det ena.\n\nSedan <det andra>.".to_owned())],
        documents: vec![("Yttrande".to_owned(), "https://register.example/samrad/S2026-0007/yttrande/SKR".to_owned())],
        ..message
    };
    let given = letter(message.letter("statistik@skolverket.example", now()));
    let told = "Insamlingen: 2026-0001 Elever <i>
Ert diarienummer: 2026:1

Yttrandet i ord
Först det ena.

Sedan <det andra>.

Yttrande:
https://register.example/samrad/S2026-0007/yttrande/SKR

Läs ärendet i registret:
https://register.example/samrad/S2026-0007

-- ";
    assert!(given.text.contains(told), "{}", given.text);
    let html = [
        "<h2>Yttrandet i ord</h2>\n<p>Först det ena.<br><br>Sedan &#60;det andra&#62;.</p>",
        "href=\"https://register.example/samrad/S2026-0007/yttrande/SKR\"",
    ];
    assert!(html.iter().all(|part| given.html.contains(part)) && !given.html.contains("blockquote"), "{}", given.html);
}

#[test]
fn new_consultations_that_somebody_watches() {
    let case = |number: &str, title: &str| NewCase {
        number: number.to_owned(),
        agency: "Skolverket".to_owned(),
        collection: Named {
            number: "2026-0001".to_owned(),
            title: title.to_owned(),
            address: "https://register.example/insamlingar/2026-0001".to_owned(),
        },
        wanted_on: NaiveDate::from_ymd_opt(2026, 12, 4).expect("a day"),
    };
    let mut message = NewCases {
        origin: origin(),
        cases: vec![case("S2026-0007", "Elever <i>")],
        address: "https://register.example/bevakningar".to_owned(),
    };
    let one = letter(message.letter("analys@myndighet.example", now()));
    assert_eq!((one.kind, one.subject.as_str(), one.expires_at), ("watched", "Nytt samråd: Elever <i>", None));
    let text = "Ett samråd som du bevakar har begärts.

S2026-0007: Skolverket begär samråd om 2026-0001 Elever <i>. Svar önskas senast den 4\u{a0}december 2026.
https://register.example/insamlingar/2026-0001

Dina bevakningar, och vad insamlingarna liknar:
https://register.example/bevakningar

-- 
Du får meddelandet därför att du bevakar nya samråd. Vill du inte ha fler tar du bort bevakningen på sidan ovan. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
    assert_eq!(one.text.trim_end(), text);
    assert!(one.html.contains("Elever &#60;i&#62;") && one.html.contains("href=\"https://register.example/bevakningar\""), "{}", one.html);
    message.cases.push(case("S2026-0008", "Förskolans personal"));
    let two = letter(message.letter("analys@myndighet.example", now()));
    assert_eq!(two.subject, "2 nya samråd");
    assert!(two.text.contains("2 samråd som du bevakar har begärts") && two.text.contains("S2026-0008: Skolverket"), "{}", two.text);
}

#[test]
fn a_warning_before_an_account_is_closed() {
    let closes_on = NaiveDate::from_ymd_opt(2026, 12, 24).expect("a day");
    let message = AccountWarning { origin: origin(), organisation: "Sundsvalls kommun".to_owned(), closes_on };
    let letter = letter(message.letter("samordnare@sundsvall.example", now()));
    assert_eq!((letter.kind, letter.subject.as_str()), ("account_warning", "Ditt konto stängs den 24\u{a0}december 2026"));
    let text = "Du har inte använt Insamlingsregistret på ett år. \
Om du inte loggar in stängs ditt konto för Sundsvalls kommun den 24\u{a0}december 2026.

Vill du ha kvar kontot räcker det att du loggar in en gång före dess:

https://register.example/logga-in

Behöver du det inte längre kan du låta det stängas.

-- 
Du får meddelandet därför att du har ett konto i registret. \
Det skickades av Insamlingsregistret, https://register.example. Ingen läser svar på det här mejlet.";
    assert_eq!(letter.text.trim_end(), text);
    assert!(letter.html.contains("<a href=\"https://register.example/logga-in\">https://register.example/logga-in</a>"), "{}", letter.html);
}
