//! The pages that only somebody signed in sees, judged by axe, html-validate and the width of a phone: also those that say what is wrong.

use insamlingsregister::domain::draft::Step;
use serde_json::Value;

use crate::axe::violations;
use crate::browser::{Browser, Setup, said, visit};
use crate::hand::press;
use crate::{Work, demonstration, html, registering};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    type Walk = fn(Setup) -> Result<(), String>;
    let walks: [(&str, Walk); 3] = [("register", registers), ("look_after_people", looks_after_people), ("administer", administers)];
    let mut trials: Vec<(String, Work)> = Vec::new();
    for (width, dark) in [(1280, false), (320, true)] {
        let setup = Setup { width, scripts: true, dark };
        for (name, walk) in walks {
            let name = format!("pages_of_those_who_{name}_are_sound_at_{width}_in_{}", if dark { "dark" } else { "light" });
            trials.push((name, Box::new(move || walk(setup))));
        }
    }
    trials
}

/// What a walk has found, page by page.
struct Judge<'a> {
    browser: &'a Browser,
    faults: Vec<String>,
    pages: Vec<(&'static str, String)>,
}

/// The source of the page that is open, as the server sends it.
const SOURCE: &str = "const done = arguments[arguments.length - 1];
    fetch(location.href, { cache: 'no-store' }).then(r => r.text()).then(done, e => done(String(e)));";

impl<'a> Judge<'a> {
    fn new(browser: &'a Browser) -> Self {
        Self { browser, faults: Vec::new(), pages: Vec::new() }
    }

    /// Comes in as a role.
    async fn sign_in(&self, role: &str) -> Result<(), String> {
        self.browser.open(&demonstration::sign_in_address(role)?).await?;
        self.browser.follow("main form button").await
    }

    /// Judges the page at an address.
    async fn at(&mut self, name: &'static str, path: &str) -> Result<(), String> {
        self.browser.open(path).await?;
        self.here(name).await
    }

    /// Judges the page that is open.
    async fn here(&mut self, name: &'static str) -> Result<(), String> {
        let source = self.browser.driver.execute_async(SOURCE, Vec::new()).await.map_err(said)?.json().clone();
        self.pages.push((name, source.as_str().unwrap_or_default().to_owned()));
        self.answer(name).await
    }

    /// Judges what is shown in answer to a form, whose source cannot be asked for again.
    async fn answer(&mut self, name: &'static str) -> Result<(), String> {
        let browser = self.browser;
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)").await?;
        let path = browser.path().await?;
        let heading = browser.text("h1").await?;
        if ["Sidan finns inte", "Du får inte"].iter().any(|refusal| heading.starts_with(refusal)) {
            return Err(format!("{name}: {path} says {heading}"));
        }
        self.faults.extend(violations(browser).await?.into_iter().map(|fault| format!("{name} {path}: {fault}")));
        self.faults.extend(browser.fits_its_width().await.err().map(|fault| format!("{name} {path}: {fault}")));
        self.faults.extend(browser.has_no_complaints().await.err().map(|fault| format!("{name} {path}: {fault}")));
        Ok(())
    }

    /// Sends a form that lacks something, waits for the summary and judges it.
    async fn refused(&mut self, name: &'static str, button: &str) -> Result<(), String> {
        press(self.browser, button).await?;
        self.browser.find("main .ds-error-summary").await?;
        self.answer(name).await
    }

    /// Every address that a page leads to and that begins so.
    async fn links(&self, css: &str) -> Result<Vec<String>, String> {
        let script = format!("return [...new Set([...document.querySelectorAll(\"{css}\")].map(a => a.getAttribute('href')))]");
        let found = self.browser.evaluate(&script).await?;
        let found: Vec<String> = found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        if found.is_empty() { Err(format!("nothing fits {css}")) } else { Ok(found) }
    }

    fn verdict(mut self) -> Result<(), String> {
        self.faults.extend(html::check(&self.pages)?);
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults.join("\n")) }
    }
}

/// The name of a step among the pages, empty and with what is wrong.
fn names(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Basics => ("basics", "basics_wrong"),
        Step::Legal => ("legal", "legal_wrong"),
        Step::Respondents => ("respondents", "respondents_wrong"),
        Step::Items => ("items", "items_wrong"),
        Step::Rounds => ("rounds", "rounds_wrong"),
        Step::Channel => ("channel", "channel_wrong"),
        Step::Review => ("review", "review_wrong"),
    }
}

fn registers(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        let first = registering::begin(browser).await?;
        for step in Step::ALL {
            let (plain, wrong) = names(*step);
            judge.at(plain, &first.replace("grunder", step.code())).await?;
            judge.at(wrong, &format!("{}?visa=fel", first.replace("grunder", step.code()))).await?;
        }
        for (name, path) in [
            ("start", "/insamlingar/ny"),
            ("start_outside", "/insamlingar/ny?formular=nej"),
            ("upload", "/insamlingar/ny/fil"),
            ("desk", "/skrivbord"),
            ("desk_saved", "/skrivbord?sparat=utkast"),
            ("account", "/konto"),
            ("trail", "/handelser"),
            ("own_list", "/myndigheter/202100-4185/forteckning"),
        ] {
            judge.at(name, path).await?;
        }
        judge.verdict()
    })
}

fn looks_after_people(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        // each role begins at a page of its own
        judge.sign_in("municipality").await?;
        judge.here("desk_municipality").await?;
        judge.sign_in("analyst").await?;
        judge.here("desk_analyst").await?;
        judge.sign_in("skr").await?;
        judge.here("desk_skr").await?;
        judge.at("people", "/personer").await?;
        judge.refused("invitation_refused", "main form[method=post][action='/personer'] button").await?;
        browser.open("/personer").await?;
        let person = judge.links("main tbody a[href^='/personer/']").await?.remove(0);
        judge.at("person", &person).await?;
        judge.at("account", "/konto").await?;
        judge.at("trail", "/handelser").await?;
        judge.verdict()
    })
}

fn administers(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        judge.sign_in("admin").await?;
        judge.here("administration").await?;
        judge.at("people", "/personer").await?;
        judge.at("people_of_another", "/personer?organisation=202100-4185").await?;
        let person = judge.links("main tbody a[href^='/personer/']").await?.remove(0);
        judge.at("person", &person).await?;
        judge.at("trail", "/handelser").await?;
        judge.at("trail_of_another", "/handelser?organisation=202100-4185").await?;
        judge.verdict()
    })
}
