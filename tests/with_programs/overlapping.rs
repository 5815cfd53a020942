//! An overlap on its way: it appears beside the form, the handläggare answers, SKR confirms, and both collections' pages tell of it. With
//! scripts it appears while an item is typed, without them once the step is saved; axe finds nothing on any page.

use std::time::{Duration, Instant};

use crate::Work;
use crate::axe::violations;
use crate::browser::{Browser, Setup, visit};
use crate::demonstration;
use crate::hand::{fill, look_around, press, says};

/// A collection of the demonstration, which the trial's own one is like.
const MET: &str = "Biblioteksplaner";
/// How long the register may take to compare what was registered, on a machine that is busy with other trials.
const COMPARED: Duration = Duration::from_secs(120);

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, scripts) in [(1280, true), (320, false)] {
        let name = format!("an_overlap_is_seen_answered_and_confirmed_at_{width}_{}_scripts", if scripts { "with" } else { "without" });
        let work = move || {
            visit(Setup { width, scripts, dark: !scripts }, async move |browser: &Browser| whole_way(browser, (width, scripts)).await)
        };
        trials.push((name, Box::new(work)));
    }
    trials
}

/// Judges the page that is open. axe is itself a script: the same pages are judged by it in the trial with scripts.
async fn judge(browser: &Browser, scripts: bool) -> Result<(), String> {
    look_around(browser).await?;
    if !scripts {
        return Ok(());
    }
    let found = violations(browser).await?;
    if found.is_empty() { Ok(()) } else { Err(format!("{}: {}", browser.path().await?, found.join("\n"))) }
}

async fn whole_way(browser: &Browser, (width, scripts): (u32, bool)) -> Result<(), String> {
    sign_in(browser, "agency").await?;
    browser.open("/insamlingar/ny").await?;
    browser.follow("main form[method=post][action='/insamlingar/ny'] button").await?;
    fill(browser, "#f-title", &format!("Planer för bibliotek {width}")).await?;
    press(browser, "input[name=kind][value=survey]").await?;
    browser.follow(crate::hand::NEXT).await?;
    let path = browser.path().await?;
    let draft = path.split('/').take(3).collect::<Vec<_>>().join("/");
    browser.open(&format!("{draft}/uppgifter")).await?;
    if scripts {
        appears_while_typing(browser).await?
    } else {
        appears_once_saved(browser).await?
    }
    judge(browser, scripts).await?;
    browser.follow(crate::hand::NEXT).await?;
    browser.open(&format!("{draft}/granska")).await?;
    answer_in_the_form(browser, scripts).await?;
    let own = browser.path().await?.split('?').next().unwrap_or_default().to_owned();
    let pair = flagged(browser, &own).await?;
    judge(browser, scripts).await?;
    answer(browser, &pair, scripts).await?;
    sign_in(browser, "skr").await?;
    browser.open("/liknande").await?;
    judge(browser, scripts).await?;
    confirm(browser, &pair, scripts).await?;
    for list in ["/liknande", "/liknande/bedomda", "/liknande/grupper", "/liknande/uppgifter"] {
        browser.open(list).await?;
        judge(browser, scripts).await?;
    }
    browser.open(&pair).await?;
    let met = browser.find("main .beside section:nth-child(2) h2 a").await?.attr("href").await.map_err(crate::browser::said)?;
    for page in [own, met.ok_or("no address")?] {
        browser.open(&page).await?;
        judge(browser, scripts).await?;
        says(browser, &["Samma uppgifter i andra insamlingar", "Båda frågar om planer.", "Sveriges Kommuner och Regioner den"]).await?;
    }
    Ok(())
}

async fn sign_in(browser: &Browser, role: &str) -> Result<(), String> {
    browser.open(&demonstration::sign_in_address(role)?).await?;
    browser.follow("main form button").await
}

async fn panel_says(browser: &Browser, words: &str) -> Result<bool, String> {
    Ok(browser
        .evaluate("return document.querySelector('[data-nearby]').innerText")
        .await?
        .as_str()
        .is_some_and(|text| text.contains(words)))
}

/// The overlap appears while an item is typed, moves nothing, and is told once.
async fn appears_while_typing(browser: &Browser) -> Result<(), String> {
    browser
        .evaluate(
            "window.told = [];
             const status = document.querySelector('[data-nearby-status]');
             new MutationObserver(() => window.told.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });",
        )
        .await?;
    let place = "return Math.round(document.querySelector('[name=item_label]').getBoundingClientRect().top + scrollY)";
    let before = browser.evaluate(place).await?;
    fill(browser, "input[name=item_label]", "Plan för skolbibliotek ingår").await?;
    browser.until("the overlap appears", async || panel_says(browser, MET).await).await?;
    if browser.evaluate(place).await? != before {
        return Err("the form moved".to_owned());
    }
    browser.until("it is told", async || Ok(browser.evaluate("return window.told.length").await? != 0)).await?;
    fill(browser, "input[name=item_label]", " i kommunen").await?;
    let shown = "return [...document.querySelectorAll('[data-nearby] .pairs td:first-child')].some((cell) => cell.textContent.includes('ingår i kommunen'))";
    browser.until("the panel follows", async || Ok(browser.evaluate(shown).await? == true)).await?;
    let texts = browser.evaluate("return window.told").await?;
    let repeated = texts.as_array().is_some_and(|all| all.windows(2).any(|two| two[0] == two[1]));
    if repeated {
        return Err(format!("told {texts}"));
    }
    stays_folded_and_tells_when_it_is_old(browser).await?;
    follows_pasted_rows(browser).await
}

/// What somebody has folded stays so, and what could not be compared is said to be old.
async fn stays_folded_and_tells_when_it_is_old(browser: &Browser) -> Result<(), String> {
    let fold = "const [first] = document.querySelectorAll('[data-nearby] details.near');
                first.open = false; first.querySelector('details').open = true; window.first = first; return first.dataset.fold";
    let folded = browser.evaluate(fold).await?.as_str().map(str::to_owned).ok_or("nothing to fold")?;
    browser.evaluate("window.asked = window.fetch; window.fetch = () => Promise.reject(new TypeError('nere'));").await?;
    let is_old = async || Ok(browser.evaluate("return !document.querySelector('[data-nearby-stale]').hidden").await? == true);
    fill(browser, "input[name=item_label]", " och region").await?;
    browser.until("it is said to be old", is_old).await?;
    browser.evaluate("window.fetch = window.asked").await?;
    fill(browser, "input[name=item_label]", "er").await?;
    browser.until("it is new again", async || Ok(!is_old().await?)).await?;
    let state = format!(
        "const again = document.querySelector('[data-nearby] [data-fold=\"{folded}\"]');
         return again !== window.first && !again.open && again.querySelector('details').open"
    );
    if browser.evaluate(&state).await? == true { Ok(()) } else { Err("what was folded is not".to_owned()) }
}

/// Rows that a script fills are compared as if they were typed.
async fn follows_pasted_rows(browser: &Browser) -> Result<(), String> {
    let paste = |text: &str| {
        format!(
            "const cell = document.querySelector('[name=item_label]'); cell.value = '';
             const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', '{text}');
             cell.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData, bubbles: true, cancelable: true }}));"
        )
    };
    browser.evaluate(&paste("Saltlager vid vägar\\tTon per år")).await?;
    let gone = async || Ok(!panel_says(browser, "Plan för skolbibliotek").await?);
    browser.until("the overlap goes with its row", gone).await?;
    browser.evaluate(&paste("Plan för skolbibliotek ingår i kommunen\\tEgen eller samlad")).await?;
    browser.until("the overlap appears again", async || panel_says(browser, "Plan för skolbibliotek").await).await
}

async fn appears_once_saved(browser: &Browser) -> Result<(), String> {
    fill(browser, "input[name=item_label]", "Plan för skolbibliotek ingår i kommunen").await?;
    browser.follow("main button[value=rader]").await?;
    if panel_says(browser, MET).await? { Ok(()) } else { Err("the overlap is not shown".to_owned()) }
}

/// Waits until the collection's own page tells of the flag, and answers where it leads.
async fn flagged(browser: &Browser, own: &str) -> Result<String, String> {
    let start = Instant::now();
    while start.elapsed() < COMPARED {
        browser.open(own).await?;
        let script = format!(
            "return [...document.querySelectorAll(\"a[href^='/liknande/']\")].find(a => a.innerText.includes('{MET}'))?.getAttribute('href')"
        );
        if let Some(path) = browser.evaluate(&script).await?.as_str() {
            return Ok(path.to_owned());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(format!("no flag on {own} after {} s", COMPARED.as_secs()))
}

/// Answers for the collection that is met before the own one has a number.
async fn answer_in_the_form(browser: &Browser, scripts: bool) -> Result<(), String> {
    let name = format!(
        "return [...document.querySelectorAll('section.likeness')].find((one) => one.querySelector('h3').innerText === '{MET}')
           .querySelector('input[type=radio]').name"
    );
    let name = browser.evaluate(&name).await?.as_str().map(str::to_owned).ok_or("nothing is asked about it")?;
    judge(browser, scripts).await?;
    press(browser, &format!("input[name='{name}'][value=differs]")).await?;
    press(browser, "main button[value=registrera]").await?; // the address stays
    browser.find("#felen").await?;
    judge(browser, scripts).await?;
    fill(browser, &format!("textarea[name='{}']", name.replace("svar_", "skal_")), "Vi frågar varje skola, inte kommunen.").await?;
    browser.follow("main button[value=registrera]").await
}

/// Changes what was answered in the form.
async fn answer(browser: &Browser, pair: &str, scripts: bool) -> Result<(), String> {
    browser.open(pair).await?;
    judge(browser, scripts).await?;
    says(browser, &["svarar: insamlingen skiljer sig", "Vi frågar varje skola, inte kommunen."]).await?;
    browser.find("#f-skal").await?.clear().await.map_err(crate::browser::said)?;
    browser.follow("form[action$='/svar'] button[type=submit]").await?;
    browser.find("#felen").await?;
    judge(browser, scripts).await?;
    press(browser, "input[name=svar][value=coordinate]").await?;
    browser.follow("form[action$='/svar'] button[type=submit]").await?;
    says(browser, &["Ert svar är sparat.", "Förslaget mejlades den"]).await?;
    browser.open("/skrivbord").await?;
    judge(browser, scripts).await
}

async fn confirm(browser: &Browser, pair: &str, scripts: bool) -> Result<(), String> {
    browser.open(pair).await?;
    says(browser, &["svarar: insamlingen skiljer sig"]).await?;
    press(browser, "input[name=bedomning][value=partial]").await?;
    fill(browser, "#f-motivering", "Båda frågar om planer.").await?;
    browser.follow("form[action$='/beslut'] button[type=submit]").await?;
    judge(browser, scripts).await?;
    says(browser, &["Bedömningen är sparad.", "bedömer: delvis samma uppgifter"]).await
}
