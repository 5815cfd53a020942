//! The pages that only somebody signed in sees, judged by axe, html-validate and the width of a phone: also those that say what is wrong.

mod ask_outside;

use insamlingsregister::domain::draft::Step;
use serde_json::Value;

use crate::axe::violations;
use crate::browser::{Browser, Setup, said, visit};
use crate::hand::{NEXT, fill, press};
use crate::{Work, deciding, demonstration, html, registering};

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    type Walk = fn(Setup) -> Result<(), String>;
    let walks: [(&str, Walk); 6] = [
        ("register", registers),
        ("decide", decides),
        ("revise", revises),
        ("look_after_people", looks_after_people),
        ("administer", administers),
        ("ask_outside", ask_outside::walk),
    ];
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

/// The source of what a button's form is answered with, which the browser does not keep.
const ANSWER: &str = "const done = arguments[arguments.length - 1], button = document.querySelector(arguments[0]);
    const sent = { method: 'POST', body: new URLSearchParams(new FormData(button.form, button)) };
    fetch(button.form.action, sent).then(r => r.text()).then(done, e => done(String(e)));";

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

    /// Judges what is shown, but not its source.
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

    /// Sends a form that is not taken as it is, waits for a page that holds `sign` and judges it.
    async fn sent(&mut self, name: &'static str, button: &str, sign: &str) -> Result<(), String> {
        self.browser.find(button).await?;
        let source = self.browser.driver.execute_async(ANSWER, vec![button.into()]).await.map_err(said)?.json().clone();
        let source = source.as_str().unwrap_or_default();
        if !source.starts_with("<!DOCTYPE html>") {
            return Err(format!("{name} is answered with {source}"));
        }
        self.pages.push((name, source.to_owned()));
        press(self.browser, button).await?;
        self.browser.find(sign).await?;
        self.answer(name).await
    }

    /// Sends a form that lacks something, waits for the summary and judges it.
    async fn refused(&mut self, name: &'static str, button: &str) -> Result<(), String> {
        self.sent(name, button, "main .ds-error-summary").await
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
            ("queue_of_an_agency", "/samrad?visa=avslutade"),
            ("enter_which", "/samrad/infor"),
            ("enter_which_wrong", "/samrad/infor?insamling=hej"),
            ("account", "/konto"),
            ("trail", "/handelser"),
            ("own_list", "/myndigheter/202100-4185/forteckning"),
        ] {
            judge.at(name, path).await?;
        }
        judge.at("queue", "/samrad").await?;
        takes_back(&mut judge).await?;
        browser.open("/samrad").await?;
        if let Some(case) = judge.links("main a[href^='/samrad/S']").await?.first() {
            judge.at("case", case).await?;
        }
        for case in judge.links("main a[href^='/samrad/S']").await? {
            browser.open(&case).await?;
            // one of the cases has a form
            if let Some(form) = judge.links("main a[href$='/likheter']").await.unwrap_or_default().first() {
                judge.at("attached_form", form).await?;
                break;
            }
        }
        judge.verdict()
    })
}

/// Fills in what a case that came by mail needs.
const CAME_BY_MAIL: &str = "const put = (name, value) => { document.querySelector(`main [name=${name}]`).value = value; };
    put('kom', '2026-03-02'); put('svar_onskat', '2026-03-20');
    for (const one of ['[name=organ][value=SKR]', '[name=slag][value=new]']) { document.querySelector(`main ${one}`).checked = true; }";

/// A case of one's own that was entered afterwards: what was entered, correcting it and taking it away, and withdrawing what goes on.
async fn entered(judge: &mut Judge<'_>, form: &str) -> Result<(), String> {
    judge.browser.open(form).await?;
    judge.browser.evaluate(CAME_BY_MAIL).await?;
    judge.browser.follow("main form[method=post] button").await?;
    let path = judge.browser.path().await?;
    let case = path.split('?').next().unwrap_or_default();
    for (name, rest) in [("entered", "/infort"), ("entered_corrected", "/ratta?organ=SKR"), ("case_withdrawn", "/aterkalla")] {
        judge.at(name, &format!("{case}{rest}")).await?;
    }
    judge.at("entered_removed", &format!("{case}/ta-bort")).await?;
    judge.refused("entered_removed_refused", "main form[action$='/ta-bort'] button").await
}

/// The page that asks before an agency takes a file of one of its cases back.
async fn takes_back(judge: &mut Judge<'_>) -> Result<(), String> {
    for case in judge.links("main a[href^='/samrad/S']").await? {
        judge.browser.open(&case).await?;
        if let Some(file) = judge.links("main a[href$='/aterta']").await.unwrap_or_default().first() {
            return judge.at("attachment_taken_back", file).await;
        }
    }
    Err("no file of a case can be taken back".to_owned())
}

/// Lets a form start from an earlier state than the one that is saved.
async fn grow_stale(browser: &Browser) -> Result<(), String> {
    let script = "document.querySelector('main form input[name=revision]').value -= 1;";
    browser.evaluate(script).await.map(drop)
}

/// The address of the collection whose page or history is open.
async fn collection(browser: &Browser) -> Result<String, String> {
    let path = browser.path().await?;
    Ok(path.split('?').next().unwrap_or_default().split('/').take(3).collect::<Vec<_>>().join("/"))
}

/// Names for the documents of a collection, as many as there may be.
const DOCUMENTS: [&str; 8] =
    ["document_1", "document_2", "document_3", "document_4", "document_5", "document_6", "document_7", "document_8"];

/// A survey that is only planned, with faults on every form of its life.
fn decides(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        let first = registering::begin(browser).await?;
        fill(browser, "#f-title", &format!("Enkät i två versioner, {}", setup.width)).await?;
        press(browser, "input[name=kind][value=survey]").await?;
        browser.follow(NEXT).await?;
        // two in one form: the latter is shown both versions
        browser.open(&first).await?;
        fill(browser, "#f-title", ", en gång till").await?;
        grow_stale(browser).await?;
        judge.sent("conflict", NEXT, "main fieldset.versions").await?;
        browser.open(&first.replace("grunder", "granska")).await?;
        browser.follow("main button[value=registrera]").await?;
        judge.here("planned").await?;
        let page = collection(browser).await?;
        judge.at("decide", &format!("{page}/beslut")).await?;
        judge.refused("decide_refused", "form[action$='/beslut'] button[type=submit]").await?;
        judge.at("consult", &format!("{page}/samrad")).await?;
        judge.refused("consult_refused", "form[action$='/samrad'] button[type=submit]").await?;
        judge.at("enter", &page.replace("/insamlingar/", "/samrad/infor?insamling=")).await?;
        judge.refused("enter_refused", "main form[method=post] button").await?;
        entered(&mut judge, &page.replace("/insamlingar/", "/samrad/infor?insamling=")).await?;
        judge.at("end_refused", &format!("{page}/avsluta")).await?;
        judge.at("withdraw", &format!("{page}/aterkalla")).await?;
        judge.refused("withdraw_refused", "main form[action$='/aterkalla'] button").await?;
        judge.at("diary_number", &format!("{page}/diarienummer")).await?;
        fill(browser, "#f-diarienummer", &"9".repeat(300)).await?;
        judge.refused("diary_number_refused", "main form[action$='/diarienummer'] button").await?;
        judge.at("history", &format!("{page}/historik")).await?;
        judge.verdict()
    })
}

/// A survey that is decided, with its documents, and a change of it.
fn revises(setup: Setup) -> Result<(), String> {
    visit(setup, async |browser: &Browser| {
        let mut judge = Judge::new(browser);
        deciding::decide(browser, &format!("Enkät som ska granskas, {}", setup.width)).await?;
        let page = collection(browser).await?;
        for (name, rest) in [
            ("history_decided", "/historik"),
            ("decided", ""),
            ("decided_said", "?sparat=beslutad"),
            ("end", "/avsluta"),
            ("withdraw_decided", "/aterkalla"),
            ("documents", "/handlingar"),
        ] {
            judge.at(name, &format!("{page}{rest}")).await?;
        }
        let documents = judge.links("main .getfiles a[href*='/handlingar/']:not([href$='.docx'])").await?;
        if documents.len() > DOCUMENTS.len() {
            return Err(format!("name {} documents", documents.len()));
        }
        for (name, document) in DOCUMENTS.into_iter().zip(documents) {
            judge.at(name, &document).await?;
        }
        // a change of what is decided, planned beside it
        browser.open(&page).await?;
        browser.follow("form[action$='/andra'] button").await?;
        judge.here("change").await?;
        fill(browser, "#f-title", " igen").await?;
        browser.follow(NEXT).await?;
        let draft = browser.path().await?.split('/').take(3).collect::<Vec<_>>().join("/");
        judge.at("review_of_a_change", &format!("{draft}/granska")).await?;
        judge.refused("review_refused", "main button[value=registrera]").await?;
        press(browser, "input[name=significance][value=significant]").await?;
        fill(browser, "#f-significance_reason", "Titeln säger vad enkäten gäller.").await?;
        browser.follow("main button[value=registrera]").await?;
        judge.here("revised").await?;
        judge.at("decide_a_change", &format!("{page}/beslut")).await?;
        browser.find("#f-beslutsfattare").await?.clear().await.map_err(said)?;
        judge.refused("decide_a_change_refused", "form[action$='/beslut'] button[type=submit]").await?;
        judge.at("withdraw_a_change", &format!("{page}/aterkalla")).await?;
        judge.at("documents_of_a_change", &format!("{page}/handlingar")).await?;
        judge.at("decision_of_a_change", &format!("{page}/handlingar/beslut?version=planerad")).await?;
        judge.at("history_of_a_change", &format!("{page}/historik")).await?;
        judge.at("desk_with_work", "/skrivbord").await?;
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
        judge.at("watching", "/bevakningar").await?;
        judge.sign_in("skr").await?;
        judge.here("desk_skr").await?;
        judge.at("queue_of_a_body", "/samrad").await?;
        for (name, case) in ["case_of_a_body_1", "case_of_a_body_2"].into_iter().zip(judge.links("main a[href^='/samrad/S']").await?) {
            judge.at(name, &case).await?;
        }
        judge.at("templates", "/samrad/mallar").await?;
        let template = judge.links("main a[href$='/ta-bort']").await?.remove(0);
        judge.at("template_removed", &template).await?;
        judge.at("template", template.trim_end_matches("/ta-bort")).await?;
        judge.at("template_new", "/samrad/mallar/ny").await?;
        judge.refused("template_refused", "main form[method=post] button").await?;
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
        judge.at("words", "/administration/ordlista").await?;
        judge.at("configured", "/administration/samrad").await?;
        fill(browser, "#f-dagar", "många").await?;
        judge.refused("configured_refused", "main form[action$='/tid'] button").await?;
        judge.at("year", "/administration/samrad/ar?organ=SKR&ar=2019").await?;
        judge.at("year_removed", "/administration/samrad/ar/ta-bort?organ=SKR&ar=2019").await?;
        judge.at("year_new", "/administration/samrad/ar").await?;
        judge.refused("year_refused", "main form[method=post] button").await?;
        judge.at("desk_admin", "/skrivbord").await?;
        judge.at("queue_of_all", "/samrad").await?;
        judge.at("people", "/personer").await?;
        judge.at("people_of_another", "/personer?organisation=202100-4185").await?;
        let person = judge.links("main tbody a[href^='/personer/']").await?.remove(0);
        judge.at("person", &person).await?;
        judge.at("trail", "/handelser").await?;
        judge.at("trail_of_another", "/handelser?organisation=202100-4185").await?;
        judge.verdict()
    })
}
