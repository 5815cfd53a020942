//! A handläggare who registers a collection of twelve items: with scripts, without, on a phone, and by keyboard alone. Every page on the
//! way fits its width, and the browser has nothing to complain of.

use serde_json::json;
use thirtyfour::Key;

use crate::Work;
use crate::browser::{Browser, Setup, said, visit};
use crate::demonstration;
use crate::hand::{NEXT, fill, look_around, press, says};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, scripts) in [(1280, true), (1280, false), (320, true), (320, false)] {
        let setup = Setup { width, scripts, dark: false };
        let name = format!("a_collection_is_registered_at_{width}_{}_scripts", if scripts { "with" } else { "without" });
        trials.push((name, Box::new(move || visit(setup, register))));
    }
    let setup = Setup { width: 1280, scripts: true, dark: false };
    trials.push(("a_collection_is_registered_by_keyboard".to_owned(), Box::new(move || visit(setup, register_by_keyboard))));
    let paste = "a_column_pasted_into_the_table_fills_its_rows".to_owned();
    trials.push((paste, Box::new(move || visit(setup, paste_a_column))));
    trials
}

/// Comes in through the sign-in line of a handläggare.
async fn sign_in(browser: &Browser) -> Result<(), String> {
    browser.open(&demonstration::sign_in_address("agency")?).await?;
    browser.follow("main form button").await
}

/// Begins a form, and answers the address of its first step.
pub async fn begin(browser: &Browser) -> Result<String, String> {
    sign_in(browser).await?;
    browser.open("/insamlingar/ny").await?;
    browser.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    browser.path().await
}

/// Twelve items as they are copied out of a spreadsheet; the tabs cannot be typed into a field.
fn twelve_items() -> String {
    (1..=12).map(|number| format!("Uppgift {number}")).collect::<Vec<_>>().join("\n")
}

async fn register(browser: &Browser) -> Result<(), String> {
    sign_in(browser).await?;
    browser.open("/insamlingar/ny").await?;
    look_around(browser).await?;
    browser.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    look_around(browser).await?;
    fill(browser, "#f-title", "Enkät om skolbibliotek").await?;
    press(browser, "input[name=kind][value=survey]").await?;
    browser.follow(NEXT).await?;
    look_around(browser).await?;
    browser.follow(NEXT).await?;
    look_around(browser).await?;
    press(browser, "input[name=respondents][value=municipality]").await?;
    browser.follow(NEXT).await?;
    look_around(browser).await?;
    fill(browser, "#f-item_paste", &twelve_items()).await?;
    browser.follow(NEXT).await?;
    let draft = browser.path().await?;
    // leaving and coming back: nothing is lost
    browser.open("/").await?;
    browser.open(&draft.replace("omgangar", "uppgifter")).await?;
    look_around(browser).await?;
    let twelfth = browser.value("#f-item_label-11").await?;
    if twelfth != "Uppgift 12" {
        return Err(format!("the twelfth item is {twelfth:?}"));
    }
    browser.open(&draft).await?;
    fill(browser, "#f-rule_deadline", "vecka 12").await?;
    fill(browser, "#f-rule_from", "2027").await?;
    browser.follow("main button[value=skapa]").await?;
    look_around(browser).await?;
    browser.follow(NEXT).await?;
    look_around(browser).await?;
    browser.follow(NEXT).await?;
    look_around(browser).await?;
    browser.follow("main button[value=registrera]").await?;
    is_registered(browser, "Enkät om skolbibliotek").await
}

/// The page of the new collection, with its number.
async fn is_registered(browser: &Browser, title: &str) -> Result<(), String> {
    look_around(browser).await?;
    let path = browser.path().await?;
    if !path.starts_with("/insamlingar/20") || !path.ends_with("sparat=registrerad") {
        return Err(format!("the address is {path}: {}", browser.text("main").await?));
    }
    let text = browser.text("main").await?;
    if text.contains(title) { Ok(()) } else { Err(format!("the page says {text}")) }
}

async fn type_keys(browser: &Browser, keys: impl Into<thirtyfour::TypingData>) -> Result<(), String> {
    browser.driver.action_chain().send_keys(keys).perform().await.map_err(said)
}

/// Goes on with the tabulator until the focus is on what fits.
async fn tab_to(browser: &Browser, css: &str) -> Result<(), String> {
    for _ in 0..200 {
        if browser.evaluate(&format!("return document.activeElement.matches(\"{css}\")")).await? == true {
            return Ok(());
        }
        type_keys(browser, Key::Tab).await?;
    }
    Err(format!("the tabulator does not come to {css}"))
}

/// Presses Enter on what fits, and waits for another page.
async fn enter(browser: &Browser, css: &str) -> Result<(), String> {
    tab_to(browser, css).await?;
    let before = browser.path().await?;
    type_keys(browser, Key::Enter).await?;
    browser.until(&format!("entering {css}"), async || Ok(browser.path().await? != before)).await
}

/// The button that adds rows to the table of items.
const MORE_ROWS: &str = "main button[data-add-rows]";

async fn register_by_keyboard(browser: &Browser) -> Result<(), String> {
    sign_in(browser).await?;
    browser.open("/insamlingar/ny").await?;
    enter(browser, "main form[method=post][action='/insamlingar/ny'] button").await?;
    tab_to(browser, "#f-title").await?;
    type_keys(browser, "Enkät med tangenter").await?;
    tab_to(browser, "input[name=kind]").await?;
    type_keys(browser, Key::Space).await?;
    enter(browser, NEXT).await?;
    enter(browser, NEXT).await?;
    tab_to(browser, "input[name=respondents][value=municipality]").await?;
    type_keys(browser, Key::Space).await?;
    enter(browser, NEXT).await?;
    for number in 1..=12 {
        let field = format!("#f-item_label-{}", number - 1);
        // the table grows by a button among its rows
        if browser.all(&field).await?.is_empty() {
            tab_to(browser, MORE_ROWS).await?;
            type_keys(browser, Key::Enter).await?;
            browser.until("there are more rows", async || Ok(!browser.all(&field).await?.is_empty())).await?;
        }
        tab_to(browser, &field).await?;
        type_keys(browser, format!("Uppgift {number}")).await?;
    }
    enter(browser, NEXT).await?;
    tab_to(browser, "#f-round_label-0").await?;
    type_keys(browser, "2027").await?;
    tab_to(browser, "#f-round_deadline-0").await?;
    type_keys(browser, "2027-v12").await?;
    enter(browser, NEXT).await?;
    enter(browser, NEXT).await?;
    enter(browser, "main button[value=registrera]").await?;
    is_registered(browser, "Enkät med tangenter").await?;
    says(browser, &["Uppgifter som begärs (12)", "Uppgift 1", "Uppgift 12"]).await
}

async fn paste_a_column(browser: &Browser) -> Result<(), String> {
    let items = begin(browser).await?.replace("grunder", "uppgifter");
    browser.open(&items).await?;
    let pasted = json!("Ett\tFörsta\nTvå\tAndra\nTre\nFyra\nFem\nSex\nSju\tSista");
    let script = format!(
        "const data = new DataTransfer(); data.setData('text/plain', {pasted});
         document.getElementById('f-item_label-0').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }}));
         return [...document.querySelectorAll('[name=item_label], [name=item_definition]')].map(e => e.value).filter(Boolean)"
    );
    let filled = browser.evaluate(&script).await?;
    if filled != json!(["Ett", "Första", "Två", "Andra", "Tre", "Fyra", "Fem", "Sex", "Sju", "Sista"]) {
        return Err(format!("the table holds {filled}"));
    }
    browser.follow(NEXT).await?;
    browser.open(&items).await?;
    let kept = browser.value("#f-item_label-6").await?;
    if kept == "Sju" { look_around(browser).await } else { Err(format!("the seventh item is {kept:?}")) }
}
