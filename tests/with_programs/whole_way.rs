//! The whole way of an agency that begins: invited by mail, signed in, a collection of twelve items registered with a pause in between,
//! completed, decided, on the list, and its decision opened in a word processor.

use std::time::Duration;

use crate::Work;
use crate::browser::{Browser, Setup, said, visit_at};
use crate::hand::{NEXT, fill, press, says};
use crate::house::House;
use crate::libreoffice::{convert, written};
use crate::post_office::{PostOffice, until};

/// The handläggare's function mailbox.
const MAILBOX: &str = "enkater@skolverket.example";
const TITLE: &str = "Enkät om skolors måltider";
/// The trial.
pub fn trials() -> Vec<(String, Work)> {
    vec![("an_agency_goes_the_whole_way_from_invitation_to_decision".to_owned(), Box::new(whole_way))]
}

fn whole_way() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    let url = format!("smtp://127.0.0.1:{}", office.port);
    let program = house.start_with(&[("INSAMLING_SMTP_URL", &url), ("INSAMLING_MAIL_FROM", "registret@register.example")])?;
    let organisation = ["--organisation", "202100-4185", "--role", "agency"];
    let invited = house.run(&[["invite", "ansvarig@skolverket.example"].as_slice(), &organisation, &["--manager"]].concat())?;
    let words = String::from_utf8_lossy(&invited.stdout).into_owned();
    let first = path_of_link(&words).ok_or_else(|| format!("no link in {words}: {}", String::from_utf8_lossy(&invited.stderr)))?;
    let setup = Setup { width: 1280, scripts: true, dark: false };
    visit_at(&program.base, setup, async |browser: &Browser| {
        invite(browser, &first).await?;
        sign_in(browser, &link_mailed(&office, "Inbjudan")?).await?;
        let draft = begin(browser).await?;
        // leaving, and coming back with a link of one's own
        sign_out(browser).await?;
        ask_for_a_link(browser).await?;
        sign_in(browser, &link_mailed(&office, "Din länk")?).await?;
        browser.open("/skrivbord").await?;
        says(browser, &[TITLE]).await?;
        let page = finish(browser, &draft).await?;
        decide(browser, &page).await?;
        browser.open("/myndigheter/202100-4185/forteckning").await?;
        says(browser, &[TITLE]).await?;
        browser.has_no_complaints().await?;
        opens_in_a_word_processor(browser, &page).await
    })
}

/// The path of the sign-in link in a text.
pub fn path_of_link(text: &str) -> Option<String> {
    let start = text.find("/logga-in/")?;
    text[start..].split_whitespace().next().map(str::to_owned)
}

/// Waits for the mail of a kind that came to the mailbox, and answers where its link leads.
fn link_mailed(office: &PostOffice, subject: &str) -> Result<String, String> {
    let found = until(Duration::from_secs(40), &format!("the mail ”{subject}” is taken"), || {
        let mails = office.taken().into_iter().filter(|mail| mail["to"][0] == MAILBOX);
        let mut mails = mails.filter(|mail| mail["subject"].as_str().is_some_and(|words| words.contains(subject)));
        Ok(mails.next())
    });
    let mail = found.map_err(|error| format!("{error}: {:?}", office.taken()))?;
    path_of_link(mail["text"].as_str().unwrap_or_default()).ok_or_else(|| format!("no link in {mail}"))
}

pub async fn sign_in(browser: &Browser, link: &str) -> Result<(), String> {
    browser.open(link).await?;
    browser.follow("main form button").await?;
    let path = browser.path().await?;
    if path == "/skrivbord" { Ok(()) } else { Err(format!("signing in leads to {path}")) }
}

/// The manager invites a handläggare and signs out.
async fn invite(browser: &Browser, link: &str) -> Result<(), String> {
    sign_in(browser, link).await?;
    browser.open("/personer").await?;
    fill(browser, "#f-epost", MAILBOX).await?;
    press(browser, "input[name=roll][value=agency]").await?;
    browser.follow("main form[action='/personer'][method=post] button").await?;
    says(browser, &[MAILBOX]).await?;
    sign_out(browser).await
}

async fn sign_out(browser: &Browser) -> Result<(), String> {
    press(browser, "form[action='/logga-ut'] button").await?;
    browser.until("signed out", async || Ok(browser.all("form[action='/logga-ut']").await?.is_empty())).await
}

async fn ask_for_a_link(browser: &Browser) -> Result<(), String> {
    browser.open("/logga-in").await?;
    fill(browser, "#f-epost", MAILBOX).await?;
    browser.follow("main form button").await?;
    says(browser, &["en länk skickats dit"]).await
}

/// Begins a collection of twelve items, and answers the address of the step that comes next.
async fn begin(browser: &Browser) -> Result<String, String> {
    browser.open("/insamlingar/ny").await?;
    browser.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    fill(browser, "#f-title", TITLE).await?;
    press(browser, "input[name=kind][value=survey]").await?;
    browser.follow(NEXT).await?;
    browser.follow(NEXT).await?;
    press(browser, "input[name=respondents][value=municipality]").await?;
    browser.follow(NEXT).await?;
    let items: Vec<String> = (1..=12).map(|number| format!("Uppgift {number}")).collect();
    fill(browser, "#f-item_paste", &items.join("\n")).await?;
    browser.follow(NEXT).await?;
    browser.path().await
}

/// Comes back to the form, plans its rounds by a rule, completes the five points and registers; answers the collection's page.
async fn finish(browser: &Browser, rounds: &str) -> Result<String, String> {
    browser.open(&rounds.replace("omgangar", "uppgifter")).await?;
    let twelfth = browser.value("#f-item_label-11").await?;
    if twelfth != "Uppgift 12" {
        return Err(format!("the twelfth item is {twelfth:?}"));
    }
    browser.open(rounds).await?;
    fill(browser, "#f-rule_deadline", "vecka 12").await?;
    fill(browser, "#f-rule_from", "2027").await?;
    browser.follow("main button[value=skapa]").await?;
    browser.open(&rounds.replace("omgangar", "granska")).await?;
    browser.follow("main button[value=registrera]").await?;
    let path = browser.path().await?;
    if !path.ends_with("sparat=registrerad") {
        return Err(format!("registering leads to {path}"));
    }
    Ok(path.split('?').next().unwrap_or_default().to_owned())
}

/// Completes what a decision needs, and decides.
async fn decide(browser: &Browser, page: &str) -> Result<(), String> {
    browser.follow("form[action$='/andra'] button").await?;
    let change = browser.path().await?;
    browser.open(&change.replace("grunder", "rattslig-grund")).await?;
    press(browser, "input[name=obligation][value=voluntary]").await?;
    fill(browser, "#f-observe", "Svara för hela kommunen.").await?;
    fill(browser, "#f-data_use", "En rapport om skolors måltider.").await?;
    press(browser, "input[name=consultation][value=held]").await?;
    fill(browser, "#f-consulted", "SKR").await?;
    browser.follow(NEXT).await?;
    browser.open(&change.replace("grunder", "granska")).await?;
    browser.follow("main button[value=registrera]").await?;
    browser.open(&format!("{page}/beslut")).await?;
    fill(browser, "#f-beslutsfattare", "Avdelningschefen").await?;
    browser.follow("form[action$='/beslut'] button[type=submit]").await?;
    says(browser, &["Beslutet är registrerat."]).await
}

/// Fetches the decision as whoever is signed in, and reads it with another program.
async fn opens_in_a_word_processor(browser: &Browser, page: &str) -> Result<(), String> {
    let words = [TITLE, "Skolverket", "Avdelningschefen", "En rapport om skolors måltider.", "SKR"];
    says_in_a_word_processor(browser, &format!("{page}/handlingar/beslut.docx"), &words).await
}

/// Fetches a document as whoever is signed in, reads it with another program, and refuses one that lacks any of `words`.
pub async fn says_in_a_word_processor(browser: &Browser, path: &str, words: &[&str]) -> Result<(), String> {
    // in the page, where the cookie is; as numbers, as a script cannot answer bytes
    let script = "const done = arguments[arguments.length - 1];
        fetch(arguments[0]).then(r => r.ok ? r.arrayBuffer() : Promise.reject(r.status))
            .then(b => done([...new Uint8Array(b)]), e => done(String(e)));";
    let answer = browser.driver.execute_async(script, vec![serde_json::json!(path)]).await.map_err(said)?.json().clone();
    let bytes: Vec<u8> = serde_json::from_value(answer.clone()).map_err(|_| format!("{path} is not a file: {answer}"))?;
    let folder = tempfile::tempdir().map_err(said)?;
    std::fs::write(folder.path().join("handling.docx"), bytes).map_err(said)?;
    convert(folder.path(), "handling.docx", "txt:Text (encoded):UTF8")?;
    let text = String::from_utf8_lossy(&written(folder.path(), "handling.txt")?).replace('\u{a0}', " ");
    let missing: Vec<&&str> = words.iter().filter(|words| !text.contains(**words)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("{path} lacks {missing:?}: {text}")) }
}
