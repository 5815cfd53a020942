//! A whole consultation, played by two people in two browsers: the agency asks with its form attached, SKR reviews, asks back, writes points
//! and answers; the two do not agree, which everyone reads; the year's figures follow. The mail server is down as it begins.

use std::path::Path;
use std::time::Duration;

use chrono::{Datelike, Days};
use insamlingsregister::clock;

use crate::Work;
use crate::axe::violations;
use crate::browser::{Browser, Setup, said, visit_together};
use crate::hand::{NEXT, fill, look_around, press, says};
use crate::house::House;
use crate::libreoffice::{convert, written};
use crate::post_office::{PostOffice, let_time_pass, until};
use crate::program::{Program, free_port};
use crate::whole_way::{path_of_link, says_in_a_word_processor, sign_in};

const AGENCY: &str = "enkater@skolverket.example";
const BODY: &str = "samrad@skr.example";
const TITLE: &str = "Enkät om skolors simhallar";
/// What every letter says of replies.
const UNREAD: &str = "Ingen läser svar på det här mejlet.";
/// What the attached form asks for.
const FORM: &str = "<html><body><p>Blankett</p><h1>Enkät om simhallar</h1><p>Hur många bassänger finns i kommunen?</p></body></html>";

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, scripts) in [(1280, true), (320, false)] {
        let name = format!("a_consultation_is_played_by_two_people_at_{width}_{}_scripts", if scripts { "with" } else { "without" });
        trials.push((name, Box::new(move || play(Setup { width, scripts, dark: !scripts }))));
    }
    trials
}

/// What both play with.
struct Scene<'a> {
    house: &'a House,
    program: &'a Program,
    scripts: bool,
}

fn play(setup: Setup) -> Result<(), String> {
    let (house, port) = (House::real(), free_port());
    let url = format!("smtp://127.0.0.1:{port}");
    let program = house.start_with(&[("INSAMLING_SMTP_URL", &url), ("INSAMLING_MAIL_FROM", "registret@register.example")])?;
    let links = [invited(&house, AGENCY, "202100-4185", "agency")?, invited(&house, BODY, "SKR", "skr")?];
    let scene = Scene { house: &house, program: &program, scripts: setup.scripts };
    visit_together(&program.base, setup, async |agency: &Browser, body: &Browser| {
        sign_in(agency, &links[0]).await?;
        sign_in(body, &links[1]).await?;
        let collection = register(agency).await?;
        let case = scene.ask(agency, &collection).await?;
        // nothing has waited for the mail server; what it was to send comes as soon as it is there
        let office = PostOffice::open(port, false)?;
        scene.review(body, agency, &case).await?;
        scene.arrives(&office, BODY, "begäran om samråd", &case)?;
        scene.answer(body, &case).await?;
        scene.arrives(&office, AGENCY, ": yttrande", &case)?;
        scene.close(agency, &case).await?;
        scene.is_disclosed(&collection).await?;
        scene.is_checked_off(body, agency, &case).await
    })
}

/// Invites somebody, and answers the path of the link.
fn invited(house: &House, mailbox: &str, organisation: &str, role: &str) -> Result<String, String> {
    let output = house.run(&["invite", mailbox, "--organisation", organisation, "--role", role])?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    path_of_link(&words).ok_or_else(|| format!("no link in {words}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Registers a planned survey of two items that everyone may read, and answers its page.
async fn register(agency: &Browser) -> Result<String, String> {
    agency.open("/insamlingar/ny").await?;
    agency.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    fill(agency, "#f-title", TITLE).await?;
    press(agency, "input[name=kind][value=survey]").await?;
    agency.follow(NEXT).await?;
    agency.follow(NEXT).await?;
    press(agency, "input[name=respondents][value=municipality]").await?;
    agency.follow(NEXT).await?;
    fill(agency, "#f-item_paste", "Antal bassänger\nBadvattnets temperatur").await?;
    agency.follow(NEXT).await?;
    let path = agency.path().await?;
    let draft = path.split('/').take(3).collect::<Vec<_>>().join("/");
    agency.open(&format!("{draft}/granska")).await?;
    agency.follow("main button[value=registrera]").await?;
    Ok(agency.path().await?.split('?').next().unwrap_or_default().to_owned())
}

/// The form to attach as pdf and docx, as LibreOffice writes it.
fn forms(folder: &Path) -> Result<(), String> {
    std::fs::write(folder.join("blankett.html"), FORM).map_err(said)?;
    convert(folder, "blankett.html", "odt:writer8")?;
    convert(folder, "out/blankett.odt", "docx:MS Word 2007 XML")?;
    convert(folder, "out/blankett.odt", "pdf:writer_pdf_Export")?;
    written(folder, "blankett.docx").and(written(folder, "blankett.pdf")).map(drop)
}

/// Attaches a file through the page of the case's files.
async fn attach(browser: &Browser, case: &str, file: &Path) -> Result<(), String> {
    browser.open(&format!("{case}/bilagor")).await?;
    fill(browser, "#f-fil", &file.to_string_lossy()).await?;
    browser.follow("form[enctype='multipart/form-data'] button").await?;
    says(browser, &["Filen är bifogad.", &file.file_name().unwrap_or_default().to_string_lossy()]).await
}

/// Sends a form of the case's page.
async fn send(browser: &Browser, case: &str, step: &str) -> Result<(), String> {
    browser.follow(&format!("form[action='{case}/{step}'] button[type=submit]")).await
}

/// Does what waits on a runtime of its own, beside the one that moves the browsers.
fn apart<T: Send>(work: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|_| Err("it panicked".to_owned()))
}

impl Scene<'_> {
    /// Judges the page that is open. axe is itself a script: the same pages are judged by it in the trial with scripts.
    async fn judge(&self, browser: &Browser) -> Result<(), String> {
        look_around(browser).await?;
        let found = if self.scripts { violations(browser).await? } else { Vec::new() };
        if found.is_empty() { Ok(()) } else { Err(format!("{}: {}", browser.path().await?, found.join("\n"))) }
    }

    /// The agency asks: refused with too little time, then taken; the form is attached. Answers the case's page.
    async fn ask(&self, agency: &Browser, collection: &str) -> Result<String, String> {
        agency.open(&format!("{collection}/samrad")).await?;
        self.judge(agency).await?;
        let soon = clock::swedish_day(clock::now()).checked_add_days(Days::new(1)).ok_or("no day")?;
        // typed as a date field of this browser wants it, which depends on its language
        agency.evaluate(&format!("document.querySelector('#f-svar_senast').value = '{soon}'")).await?;
        press(agency, &format!("form[action='{collection}/samrad'] button[type=submit]")).await?;
        says(agency, &["Skriv varför de som ska svara får mindre än 10 arbetsdagar"]).await?;
        self.judge(agency).await?;
        press(agency, "input[name='slag'][value='new']").await?;
        fill(agency, "#f-kort_tid", "Regeringen vill ha svaren före jul.").await?;
        fill(agency, "#f-tid", "Skickas i januari, svar i mars.").await?;
        fill(agency, "#f-diarienummer", "2026:99").await?;
        let folder = tempfile::tempdir().map_err(said)?;
        forms(folder.path())?;
        let form = |name: &str| folder.path().join("out").join(name);
        fill(agency, "#f-fil", &form("blankett.docx").to_string_lossy()).await?;
        agency.follow(&format!("form[action='{collection}/samrad'] button[type=submit]")).await?;
        let case = agency.path().await?.split('?').next().unwrap_or_default().to_owned();
        if !case.starts_with("/samrad/S20") {
            return Err(format!("asking leads to {case}"));
        }
        says(agency, &["Samråd är begärt.", "blankett.docx"]).await?;
        self.judge(agency).await?;
        attach(agency, &case, &form("blankett.pdf")).await?;
        self.judge(agency).await?;
        // what is in them is found
        fill(agency, "#f-q", "bassänger kommunen").await?;
        agency.follow("form.filesearch button").await?;
        says(agency, &["Hur många bassänger finns i kommunen?"]).await?;
        Ok(case)
    }

    /// SKR takes the case from its queue, notes, asks, is answered, and writes two points.
    async fn review(&self, body: &Browser, agency: &Browser, case: &str) -> Result<(), String> {
        body.open("/samrad").await?;
        says(body, &[TITLE]).await?;
        self.judge(body).await?;
        body.follow(&format!("main a[href='{case}']")).await?;
        self.judge(body).await?;
        says(body, &["Regeringen vill ha svaren före jul.", "blankett.pdf", "2026:99"]).await?;
        send(body, case, "ta").await?;
        fill(body, "#f-anteckning", "Liknar en fråga från i fjol.").await?;
        send(body, case, "inlagg").await?;
        fill(body, "#f-ord", "Räknas även bassänger utomhus?").await?;
        send(body, case, "fraga").await?;
        says(body, &["Frågorna är skickade.", "väntar på myndigheten"]).await?;
        agency.open(case).await?;
        self.judge(agency).await?;
        says(agency, &["Räknas även bassänger utomhus?"]).await?;
        if agency.text("main").await?.contains("Liknar en fråga från i fjol.") {
            return Err("the agency reads SKR's note".to_owned());
        }
        fill(agency, "#f-ord-SKR", "Nej, bara inomhus.").await?;
        send(agency, case, "svara").await?;
        body.open(case).await?;
        says(body, &["Nej, bara inomhus.", "under granskning"]).await?;
        for words in ["Säg att bara bassänger inomhus räknas.", "Ta bort temperaturen."] {
            body.open(case).await?; // the address after the one before is the same as after this one
            fill(body, "#f-synpunkt", words).await?;
            send(body, case, "punkter").await?;
            says(body, &["Synpunkten är sparad men inte skickad.", words]).await?;
        }
        self.judge(body).await?;
        agency.open(case).await?;
        if agency.text("main").await?.contains("Ta bort temperaturen.") {
            return Err("the agency reads a point that is not sent".to_owned());
        }
        send(body, case, "punkter/skicka").await?;
        says(body, &["Synpunkterna är skickade.", "skickar synpunkterna 1 och 2"]).await?;
        for (nth, kind, reason) in [(1, "accepted", ""), (2, "rejected", "Temperaturen styr kostnaden.")] {
            agency.open(case).await?;
            let form = format!("ol.points > li:nth-child({nth}) form");
            press(agency, &format!("{form} input[value={kind}]")).await?;
            if !reason.is_empty() {
                fill(agency, &format!("{form} textarea"), reason).await?;
            }
            agency.follow(&format!("{form} button[type=submit]")).await?;
            says(agency, &["Svaret på synpunkten är sparat.", reason]).await?;
        }
        self.judge(agency).await
    }

    /// SKR answers, and the answer is a document that a word processor opens.
    async fn answer(&self, body: &Browser, case: &str) -> Result<(), String> {
        body.open(case).await?;
        press(body, "input[name=svar][value=objections]").await?;
        fill(body, "#f-genomforbarhet", "Kommunerna mäter inte temperaturen.").await?;
        press(body, &format!("form[action='{case}/yttrande'] button[type=submit]")).await?;
        body.find("#felen").await?;
        self.judge(body).await?;
        fill(body, "#f-yttrande", "Frågan om temperatur bör utgå.").await?;
        body.follow(&format!("form[action='{case}/yttrande'] button[type=submit]")).await?;
        says(body, &["Yttrandet är lämnat.", "Frågan om temperatur bör utgå."]).await?;
        self.judge(body).await?;
        body.follow(&format!("a[href='{case}/yttrande/SKR']")).await?;
        self.judge(body).await?;
        let words = [
            "Yttrande i samråd",
            TITLE,
            "Skolverket",
            "Kommunerna mäter inte temperaturen.",
            "Ta bort temperaturen.",
            "Temperaturen styr kostnaden.",
        ];
        says_in_a_word_processor(body, &format!("{case}/yttrande/SKR.docx"), &words).await
    }

    /// The agency closes the case without agreeing. The year's figures count the case before and how it ended after.
    async fn close(&self, agency: &Browser, case: &str) -> Result<(), String> {
        let before = self.figures()?;
        agency.open(case).await?;
        press(agency, "input[name=utfall][value=not_agreed]").await?;
        fill(agency, "#f-avslut", "Temperaturen behövs för jämförelsen.").await?;
        send(agency, case, "avsluta").await?;
        says(agency, &["Samrådet är avslutat.", "ej överens", "Temperaturen behövs för jämförelsen."]).await?;
        self.judge(agency).await?;
        let after = self.figures()?;
        if before == after || !after.contains("{\"of\":\"not_agreed\",\"cases\":1}") {
            return Err(format!("the figures do not follow: {before} and {after}"));
        }
        agency.open("/statistik").await?;
        self.judge(agency).await?;
        says(agency, &["Statistik över samråd", "Ej överens", &clock::swedish_day(clock::now()).year().to_string()]).await
    }

    /// The open figures of this year's cases.
    fn figures(&self) -> Result<String, String> {
        let (status, body) = apart(|| self.program.get("/api/v1/statistics/consultations"))?;
        if status != 200 {
            return Err(format!("{status}: {body}"));
        }
        Ok(body.replace(' ', ""))
    }

    /// Everyone reads both views beside the collection.
    async fn is_disclosed(&self, collection: &str) -> Result<(), String> {
        let (status, page) = until(Duration::from_secs(20), "the page follows", || {
            let (status, page) = apart(|| self.program.get(collection))?;
            Ok(page.contains("ej överens").then_some((status, page)))
        })?;
        let said = ["Frågan om temperatur bör utgå.", "Temperaturen behövs för jämförelsen.", "Sveriges Kommuner och Regioner"];
        let missing: Vec<&str> = said.into_iter().filter(|words| !page.contains(words)).collect();
        let leaked = ["Räknas även bassänger utomhus?", "Liknar en fråga", "2026:99"].into_iter().find(|words| page.contains(words));
        if status == 200 && missing.is_empty() && leaked.is_none() {
            Ok(())
        } else {
            Err(format!("{status}: {missing:?} is missing, {leaked:?} is told: {page}"))
        }
    }

    /// SKR checks a point off against the form that was sent; the agency reads it and cannot.
    async fn is_checked_off(&self, body: &Browser, agency: &Browser, case: &str) -> Result<(), String> {
        body.open(case).await?;
        let form = "ol.points > li:nth-child(1)";
        press(body, &format!("{form} summary")).await?;
        press(body, &format!("{form} input[value=done]")).await?;
        body.follow(&format!("{form} form button[type=submit]")).await?;
        says(body, &["Synpunkten är avprickad.", "Infört"]).await?;
        self.judge(body).await?;
        agency.open(case).await?;
        says(agency, &["Infört"]).await?;
        if agency.all("ol.points form").await?.is_empty() { Ok(()) } else { Err("the agency may still write to a point".to_owned()) }
    }

    /// Waits until a letter with a link to the case has come to a mailbox, whatever the outbox waited for.
    fn arrives(&self, office: &PostOffice, mailbox: &str, subject: &str, case: &str) -> Result<(), String> {
        let found = until(Duration::from_secs(40), &format!("the letter ”{subject}” arrives"), || {
            apart(|| let_time_pass(self.house))?;
            let taken = office.taken();
            let mut mails = taken.iter().filter(|mail| mail["to"][0] == mailbox);
            Ok(mails.find(|mail| mail["subject"].as_str().is_some_and(|text| text.contains(subject))).cloned())
        });
        let mail = found.map_err(|error| format!("{error}: {:?}", office.taken()))?;
        let text = mail["text"].as_str().unwrap_or_default();
        if text.contains(case) && text.contains(UNREAD) {
            Ok(())
        } else {
            Err(format!("the letter does not lead to {case}, or does not say that replies are not read: {text}"))
        }
    }
}
