//! A visitor without a pointer: everything can be reached, in order, and it is seen where one is.

use thirtyfour::Key;

use crate::Work;
use crate::browser::{Browser, Setup, said, visit};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    [320, 1280]
        .into_iter()
        .map(|width| {
            let setup = Setup { width, scripts: true, dark: false };
            let work: Work = Box::new(move || visit(setup, everything_can_be_reached));
            (format!("keyboard_reaches_everything_at_{width}"), work)
        })
        .collect()
}

async fn press(browser: &Browser, key: Key) -> Result<(), String> {
    browser.driver.action_chain().send_keys(key).perform().await.map_err(said)
}

/// Where the focus is: what it is, whether it is seen, and whether a mark is drawn around it.
const FOCUS: &str = "const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
    const marked = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none';
    const seen = r.width > 1 && r.height > 1 && r.bottom > 0 && r.right > 0 && r.left < innerWidth && r.top < innerHeight;
    return { tag: e.tagName, text: (e.textContent || e.name || '').trim().slice(0, 40), marked, seen };";

/// How many elements a pointer can use.
const USABLE: &str = "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => e.checkVisibility({ visibilityProperty: true })).length";

async fn everything_can_be_reached(browser: &Browser) -> Result<(), String> {
    for path in ["/", "/insamlingar?q=elever", "/kommuner/1480"] {
        browser.open(path).await?;
        let usable = browser.evaluate(USABLE).await?.as_u64().unwrap_or_default();
        press(browser, Key::Tab).await?;
        let first = browser.evaluate(FOCUS).await?;
        if first["text"] != "Hoppa till innehållet" || first["seen"] != true {
            return Err(format!("{path}: the first stop is not a visible skip link: {first}"));
        }
        let mut stops = 1;
        loop {
            press(browser, Key::Tab).await?;
            let focus = browser.evaluate(FOCUS).await?;
            if focus["tag"] == "BODY" || focus["text"] == "Hoppa till innehållet" {
                break;
            }
            if focus["marked"] != true || focus["seen"] != true {
                return Err(format!("{path}: stop {stops} is not seen or not marked: {focus}"));
            }
            stops += 1;
            if stops > usable + 5 {
                return Err(format!("{path}: {stops} stops among {usable} things to use"));
            }
        }
        if stops < usable {
            return Err(format!("{path}: {stops} stops for {usable} things that a pointer can use"));
        }
    }
    the_skip_link_skips(browser).await
}

async fn the_skip_link_skips(browser: &Browser) -> Result<(), String> {
    browser.open("/insamlingar").await?;
    press(browser, Key::Tab).await?;
    press(browser, Key::Enter).await?;
    let place = browser.evaluate("return document.activeElement.id").await?;
    if place != "innehall" {
        return Err(format!("the skip link leads to «{place}»"));
    }
    press(browser, Key::Tab).await?;
    let inside = browser.evaluate("return document.querySelector('main').contains(document.activeElement)").await?;
    if inside == true { Ok(()) } else { Err("after the skip link the next stop is not in the content".to_owned()) }
}
