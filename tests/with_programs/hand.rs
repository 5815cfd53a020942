//! What a person does on a page of the register, the same in every trial that fills in a form.

use crate::browser::Browser;

/// The button that saves a step of the form and goes on.
pub const NEXT: &str = "main .actions button[value=nasta]";

/// Types into a field.
pub async fn fill(browser: &Browser, css: &str, text: &str) -> Result<(), String> {
    browser.fill(css, text).await
}

/// Points at something and clicks.
pub async fn press(browser: &Browser, css: &str) -> Result<(), String> {
    browser.click(css).await
}

/// Refuses a page that does not say every one of `words`, also when it has had time to load.
pub async fn says(browser: &Browser, words: &[&str]) -> Result<(), String> {
    let missing = async || -> Result<Vec<&&str>, String> {
        let text = browser.text("main").await?;
        Ok(words.iter().filter(|word| !text.contains(**word)).collect())
    };
    match browser.until("everything is said", async || Ok(missing().await?.is_empty())).await {
        Ok(()) => Ok(()),
        Err(_) => Err(format!("{:?} is not said: {}", missing().await?, browser.text("main").await?)),
    }
}

/// Refuses a page that scrolls sideways or that the browser complains of.
pub async fn look_around(browser: &Browser) -> Result<(), String> {
    browser.fits_its_width().await?;
    browser.has_no_complaints().await
}
