//! The pages judged by axe-core: every rule that it has, in light and in dark.

use insamlingsregister::domain::draft::Step;
use serde_json::Value;

use crate::browser::{Browser, Setup, said, visit};
use crate::programs::checkers;
use crate::{Work, pages, registering};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, dark) in [(1280, false), (1280, true), (320, false), (320, true)] {
        let setup = Setup { width, scripts: true, dark };
        let name = format!("axe_finds_nothing_at_{width}_in_{}", if dark { "dark" } else { "light" });
        let work = move || {
            let pages = pages::every_kind()?;
            visit(setup, async |browser| every_page_is_accessible(browser, &pages).await)
        };
        trials.push((name, Box::new(work)));
    }
    for (width, dark) in [(1280, false), (320, true)] {
        let setup = Setup { width, scripts: true, dark };
        let name = format!("axe_finds_nothing_in_the_form_at_{width}_in_{}", if dark { "dark" } else { "light" });
        trials.push((name, Box::new(move || visit(setup, every_step_is_accessible))));
    }
    let setup = Setup { width: 1280, scripts: true, dark: false };
    trials.push(("axe_finds_what_is_wrong".to_owned(), Box::new(move || visit(setup, axe_finds_faults))));
    trials
}

async fn every_page_is_accessible(browser: &Browser, pages: &[(&str, String)]) -> Result<(), String> {
    let mut faults = Vec::new();
    for (name, path) in pages {
        browser.open(path).await?;
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)").await?;
        faults.extend(violations(browser).await?.into_iter().map(|fault| format!("{name} {path}: {fault}")));
        browser.has_no_complaints().await?;
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The steps of a form that is begun, the first of them with everything wrong that it can have.
async fn every_step_is_accessible(browser: &Browser) -> Result<(), String> {
    let first = registering::begin(browser).await?;
    browser.fill("#f-responsible_add", "länsstyrelsen i").await?;
    browser.click("main .actions button[value=nasta]").await?;
    browser.find(".ds-error-summary").await?;
    let mut faults: Vec<String> = violations(browser).await?;
    for step in Step::ALL {
        browser.open(&format!("{}?visa=fel", first.replace("grunder", step.code()))).await?;
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)").await?;
        faults.extend(violations(browser).await?.into_iter().map(|fault| format!("{step}: {fault}")));
        browser.fits_its_width().await?;
    }
    for path in ["/insamlingar/ny?formular=nej", "/insamlingar/ny/fil"] {
        browser.open(path).await?;
        faults.extend(violations(browser).await?.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

async fn axe_finds_faults(browser: &Browser) -> Result<(), String> {
    browser.open("/om").await?;
    browser
        .evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/img/mark.svg\"><input name=\"x\">')")
        .await?;
    let faults = violations(browser).await?;
    if faults.len() >= 2 { Ok(()) } else { Err(format!("only found {faults:?}")) }
}

/// What axe finds on the page that is open: rule, help and the elements at fault.
pub async fn violations(browser: &Browser) -> Result<Vec<String>, String> {
    let source = std::fs::read_to_string(checkers().join("axe-core/axe.min.js")).map_err(said)?;
    browser.driver.execute(source, Vec::new()).await.map_err(said)?;
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations), e => done([{ id: 'axe', help: String(e), nodes: [] }]));";
    let found = browser.driver.execute_async(script, Vec::new()).await.map_err(said)?.json().clone();
    let describe = |violation: &Value| {
        let nodes = violation["nodes"].as_array().into_iter().flatten().take(3);
        let nodes: Vec<&str> = nodes.filter_map(|node| node["html"].as_str()).collect();
        format!("{} {}: {}", violation["id"], violation["help"], nodes.join(" · "))
    };
    Ok(found.as_array().into_iter().flatten().map(describe).collect())
}
