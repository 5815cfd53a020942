//! A visitor who clicks through the register, on a phone and on a screen, with scripts and without.

use crate::browser::{Browser, Setup, said, visit};
use crate::{Work, pages};

const PHONE: u32 = 320;
const SCREEN: u32 = 1280;

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for width in [PHONE, SCREEN] {
        for scripts in [true, false] {
            let setup = Setup { width, scripts, dark: false };
            let name = format!("visitor_clicks_through_at_{width}_{}_scripts", if scripts { "with" } else { "without" });
            trials.push((name, Box::new(move || visit(setup, click_through))));
        }
    }
    let on = |width| Setup { width, scripts: true, dark: false };
    trials.push(("results_follow_typing".to_owned(), Box::new(move || visit(on(SCREEN), results_follow_typing))));
    trials.push(("municipalities_follow_typing".to_owned(), Box::new(move || visit(on(PHONE), municipalities_follow_typing))));
    trials.push(("a_search_without_answer_is_sent_plainly".to_owned(), Box::new(move || visit(on(SCREEN), search_without_answer))));
    trials.push((
        "no_page_scrolls_sideways_at_320".to_owned(),
        Box::new(move || {
            let pages = pages::every_kind()?;
            visit(on(PHONE), async |browser| no_page_scrolls_sideways(browser, &pages).await)
        }),
    ));
    trials
}

/// What must hold on every page that the visitor comes to.
async fn look_around(browser: &Browser) -> Result<(), String> {
    browser.fits_its_width().await?;
    browser.has_no_complaints().await?;
    let banner = browser.text(".demo").await?;
    if banner.to_lowercase().contains("demonstrationsdata") {
        Ok(())
    } else {
        Err(format!("the page does not say that it is a demonstration: {banner}"))
    }
}

async fn expect(browser: &Browser, css: &str, part: &str) -> Result<(), String> {
    let text = browser.text(css).await?;
    if text.to_lowercase().contains(&part.to_lowercase()) { Ok(()) } else { Err(format!("{css} says «{text}», not «{part}»")) }
}

async fn expect_path(browser: &Browser, beginning: &str) -> Result<(), String> {
    let path = browser.path().await?;
    if path.starts_with(beginning) { Ok(()) } else { Err(format!("the address is {path}, not {beginning}…")) }
}

/// Opens whatever is folded around the first element that fits.
async fn unfold(browser: &Browser, css: &str) -> Result<(), String> {
    browser.find(css).await?;
    for _ in 0..3 {
        // the driver's own judgement takes what a style sheet shows of a folded element as hidden
        if browser.evaluate(&format!("return document.querySelector(\"{css}\").checkVisibility()")).await? == true {
            return Ok(());
        }
        browser.click(&format!("details:not([open]):has({css}) > summary")).await?;
    }
    Err(format!("{css} stays hidden"))
}

async fn click_through(browser: &Browser) -> Result<(), String> {
    browser.open("/").await?;
    look_around(browser).await?;
    browser.fill("main input[name=q]", "elever").await?;
    browser.follow("main form button").await?;
    expect_path(browser, "/insamlingar?").await?;
    look_around(browser).await?;
    let found = browser.all("ol.results > li").await?.len();
    if found == 0 {
        return Err("nothing is found for elever".to_owned());
    }
    // narrow by a facet, then undo it
    unfold(browser, ".facet a").await?;
    browser.follow(".facet a").await?;
    look_around(browser).await?;
    if browser.all("ol.results > li").await?.is_empty() || browser.all("ul.chosen a").await?.is_empty() {
        return Err("the facet leads to nothing, or is not shown as chosen".to_owned());
    }
    browser.follow("ul.chosen a").await?;
    // a collection, its agency, and back to another of its collections
    let title = browser.text("ol.results h3 a").await?;
    browser.follow("ol.results h3 a").await?;
    expect(browser, "h1", &title).await?;
    look_around(browser).await?;
    browser.follow("main header a[href^='/myndigheter/']").await?;
    expect_path(browser, "/myndigheter/").await?;
    look_around(browser).await?;
    browser.follow("main a[href^='/insamlingar/2']").await?;
    expect_path(browser, "/insamlingar/2").await?;
    // a municipality by way of the menu
    browser.follow(".mainnav a[href='/kommuner']").await?;
    look_around(browser).await?;
    browser.fill("main input[name=q]", "göteborg").await?;
    // sent by the button too, whether or not a script has sent it while it was typed
    browser.click("main form button").await?;
    browser
        .until("Göteborg is found", async || {
            Ok(browser.path().await?.contains("q=g") && browser.all("#lista a[href^='/kommuner/']").await?.len() == 1)
        })
        .await?;
    browser.follow("#lista a[href='/kommuner/1480']").await?;
    expect(browser, "h1", "Göteborg").await?;
    look_around(browser).await?;
    browser.follow("main a[href^='/insamlingar/2']").await?;
    expect_path(browser, "/insamlingar/2").await?;
    browser.open("/finns-inte").await?;
    expect(browser, "h1", "finns inte").await?;
    look_around(browser).await
}

async fn results_follow_typing(browser: &Browser) -> Result<(), String> {
    browser.open("/insamlingar").await?;
    let all = browser.text("#h-traffar").await?;
    browser
        .evaluate("window.same = document.querySelector('[role=status], [aria-live]'); window.sameField = document.activeElement;")
        .await?;
    browser.fill("#q", "biblio").await?;
    browser.until("the results follow", async || Ok(browser.text("#h-traffar").await? != all)).await?;
    browser.until("the address follows", async || Ok(browser.path().await?.contains("q=biblio"))).await?;
    browser.fill("#q", "tek").await?;
    browser.until("the address follows on", async || Ok(browser.path().await?.contains("q=bibliotek"))).await?;
    browser.until("something is marked", async || Ok(!browser.all("ol.results mark").await?.is_empty())).await?;
    // a reader's program only speaks of changes within an element that stays
    let script = "const live = document.querySelector('[role=status], [aria-live]');
        return [live === window.same && live.isConnected, live.textContent.trim(), document.activeElement.id];";
    let state = browser.evaluate(script).await?;
    if state[0] != true || state[2] != "q" || state[1].as_str().is_none_or(str::is_empty) {
        return Err(format!("the live region must stay and say how many there are, and the focus must stay in the field: {state}"));
    }
    // what is in the address is what a reload shows
    let shown = browser.text("#h-traffar").await?;
    browser.driver.refresh().await.map_err(said)?;
    expect(browser, "#h-traffar", &shown).await?;
    browser.has_no_complaints().await
}

async fn search_without_answer(browser: &Browser) -> Result<(), String> {
    browser.open("/insamlingar?status=planned").await?;
    // what htmx asks for is made to fail; a page that the browser loads itself is not
    let fail = "document.addEventListener('htmx:configRequest', e => e.detail.path = '/finns-inte'); window.before = true;";
    browser.evaluate(fail).await?;
    browser.fill("#q", "elever").await?;
    browser.until("the page is loaded plainly", async || Ok(browser.evaluate("return window.before !== true").await? == true)).await?;
    browser.until("the address follows", async || Ok(browser.path().await?.contains("q=elever"))).await?;
    if !browser.path().await?.contains("status=planned") {
        return Err(format!("the chosen filter is lost: {}", browser.path().await?));
    }
    expect(browser, "#h-traffar", "elever").await?;
    browser.has_no_complaints().await
}

async fn municipalities_follow_typing(browser: &Browser) -> Result<(), String> {
    browser.open("/kommuner").await?;
    browser.fill("#q", "öre").await?;
    browser
        .until("Örebro is among few", async || {
            let names = browser.all("#lista .names a").await?.len();
            Ok(names > 0 && names < 20)
        })
        .await?;
    expect(browser, "#lista", "Örebro").await?;
    browser.has_no_complaints().await
}

async fn no_page_scrolls_sideways(browser: &Browser, pages: &[(&str, String)]) -> Result<(), String> {
    let mut faults = Vec::new();
    for (name, path) in pages {
        browser.open(path).await?;
        // folded parts must fit as well
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)").await?;
        if let Err(fault) = browser.fits_its_width().await {
            faults.push(format!("{name} {path}: {fault}"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}
