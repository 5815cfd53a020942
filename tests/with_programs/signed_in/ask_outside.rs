//! A body asks outside, and those whom it asks answer: each page, and each that says what is wrong.

use super::Judge;
use crate::browser::{Browser, Setup, visit};
use crate::demonstration;
use crate::hand::fill;

/// The walk.
pub fn walk(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        judge.sign_in("skr").await?;
        browser.open("/samrad").await?;
        let case = judge.links("main a[href^='/samrad/S']").await?.remove(0);
        judge.at("experts", &format!("{case}/sakkunniga")).await?;
        judge.refused("experts_refused", "main form[action$='/sakkunniga'] button").await?;
        let expert = format!("bredd-{}@skr.example", setup.width);
        fill(browser, "#f-epost", &expert).await?;
        fill(browser, "#f-ord", "Går frågorna att svara på?").await?;
        // what is not open is sent once its agency is asked
        if !browser.all("#f-avstamt").await?.is_empty() {
            browser.click("#f-avstamt").await?;
        }
        browser.follow("main form[action$='/sakkunniga'] button").await?;
        judge.here("experts_sent").await?;
        judge.at("references", &format!("{case}/referens")).await?;
        judge.refused("references_refused", "main form[action$='/referens'] button").await?;
        judge.at("references_shared", &format!("{case}/referens/dela")).await?;
        // a case of the demonstration has been shown to municipalities
        browser.open("/samrad").await?;
        let mut is_judged = false;
        for case in judge.links("main a[href^='/samrad/S']").await? {
            browser.open(&format!("{case}/referens")).await?;
            if let Some(question) = judge.links("main a[href*='/referens/'][href$='/aterta']").await.unwrap_or_default().first() {
                judge.at("question_taken_back", question).await?;
                is_judged = true;
                break;
            }
        }
        if !is_judged {
            return Err("no question of the demonstration can be taken back".to_owned());
        }
        let link = demonstration::link_in_letter(&expert, "/delat/")?;
        judge.at("expert", &link).await?;
        judge.refused("expert_refused", "main form[action^='/delat/'] button").await?;
        fill(browser, "#f-ord", "Ja, det går.").await?;
        browser.follow("main form[action^='/delat/'] button").await?;
        judge.here("expert_answered").await?;
        judge.sign_in("municipality").await?;
        judge.here("desk_with_a_question").await?;
        let question = judge.links("main a[href^='/skrivbord/referens/']").await?.remove(0);
        judge.at("municipality", &question).await?;
        judge.refused("municipality_refused", "main form[action^='/skrivbord/referens/'] button").await?;
        judge.verdict()
    })
}
