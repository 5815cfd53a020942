//! What a person does on a page of the register, the same in every trial that fills in a form.

use crate::browser::{Browser, said};

/// The button that saves a step of the form and goes on.
pub const NEXT: &str = "main .actions button[value=nasta]";

/// Types into a field.
pub async fn fill(browser: &Browser, css: &str, text: &str) -> Result<(), String> {
    browser.find(css).await?.send_keys(text).await.map_err(|error| format!("{css}: {}", said(error)))
}

/// Points at something and clicks.
pub async fn press(browser: &Browser, css: &str) -> Result<(), String> {
    let element = browser.find(css).await?;
    element.scroll_into_view().await.map_err(said)?;
    // a pointer: the driver's own click takes what a style sheet shows of a folded element as hidden
    browser.driver.action_chain().click_element(&element).perform().await.map_err(|error| format!("{css}: {}", said(error)))
}

/// Refuses a page that does not say every one of `words`.
pub async fn says(browser: &Browser, words: &[&str]) -> Result<(), String> {
    let text = browser.text("main").await?;
    let missing: Vec<&&str> = words.iter().filter(|word| !text.contains(**word)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} is not said: {text}")) }
}

/// Refuses a page that scrolls sideways or that the browser complains of.
pub async fn look_around(browser: &Browser) -> Result<(), String> {
    browser.fits_its_width().await?;
    browser.has_no_complaints().await
}
