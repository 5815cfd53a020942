//! A handläggare who decides a planned enkät: first with points missing, then with all five, with and without scripts. Every page on the
//! way fits its width, and the browser has nothing to complain of.

use crate::Work;
use crate::browser::{Browser, Setup, visit};
use crate::demonstration;
use crate::hand::{NEXT, fill, look_around, press, says};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, scripts) in [(1280, true), (320, false)] {
        let setup = Setup { width, scripts, dark: false };
        let name = format!("a_planned_survey_is_completed_and_decided_at_{width}_{}_scripts", if scripts { "with" } else { "without" });
        let title = format!("Enkät som ska beslutas, {width}");
        trials.push((name, Box::new(move || visit(setup, async move |browser: &Browser| decide(browser, &title).await))));
    }
    trials
}

/// Leads to a step of the form that is open.
async fn step(browser: &Browser, code: &str) -> Result<(), String> {
    let path = browser.path().await?;
    let draft = path.split('/').take(3).collect::<Vec<_>>().join("/");
    browser.open(&format!("{draft}/{code}")).await
}

/// Registers a survey, completes it and decides it; ends on its history.
pub async fn decide(browser: &Browser, title: &str) -> Result<(), String> {
    browser.open(&demonstration::sign_in_address("agency")?).await?;
    browser.follow("main form button").await?;
    browser.open("/insamlingar/ny").await?;
    browser.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    fill(browser, "#f-title", title).await?;
    press(browser, "input[name=kind][value=survey]").await?;
    browser.follow(NEXT).await?;
    step(browser, "granska").await?;
    browser.follow("main button[value=registrera]").await?;
    let path = browser.path().await?;
    let page = path.split('?').next().unwrap_or_default().to_owned();
    look_around(browser).await?;
    // with points missing: each is named, and nothing is decided
    browser.open(&format!("{page}/beslut")).await?;
    look_around(browser).await?;
    fill(browser, "#f-beslutsfattare", "Avdelningschefen").await?;
    press(browser, "form[action$='/beslut'] button[type=submit]").await?;
    browser.find("#felen").await?;
    says(browser, &["(4 § 1)", "(4 § 2)", "(4 § 3)", "(4 § 4)", "(4 § 5)"]).await?;
    // completed through the form of a change
    browser.follow("form[action$='/andra'] button").await?;
    step(browser, "rattslig-grund").await?;
    press(browser, "input[name=obligation][value=voluntary]").await?;
    fill(browser, "#f-observe", "Svara i formuläret.").await?;
    fill(browser, "#f-data_use", "En rapport.").await?;
    press(browser, "input[name=consultation][value=held]").await?;
    fill(browser, "#f-consulted", "SKR").await?;
    browser.follow(NEXT).await?;
    step(browser, "uppgiftslamnare").await?;
    press(browser, "input[name=respondents][value=municipality]").await?;
    browser.follow(NEXT).await?;
    step(browser, "granska").await?;
    look_around(browser).await?;
    browser.follow("main button[value=registrera]").await?;
    // and decided
    browser.open(&format!("{page}/beslut")).await?;
    fill(browser, "#f-beslutsfattare", "Avdelningschefen").await?;
    browser.follow("form[action$='/beslut'] button[type=submit]").await?;
    look_around(browser).await?;
    says(browser, &["Beslutet är registrerat.", "Beslutad", title]).await?;
    browser.open("/skrivbord").await?;
    look_around(browser).await?;
    says(browser, &[title]).await?;
    browser.open(&format!("{page}/historik")).await?;
    look_around(browser).await?;
    says(browser, &["Beslutades", "Ändrades"]).await
}
