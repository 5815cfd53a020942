//! A headless Chromium, moved by a chromedriver of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::demonstration::wait_for;
use crate::program::free_port;

/// How long the browser may take to show something.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the driver says of an element or a page that another one has just taken the place of: neither there nor missing, so looked for anew.
const PASSING: [&str; 4] = ["stale element", LEFT[0], LEFT[1], LEFT[2]];
/// What is said of it once another page has taken its place.
const LEFT: [&str; 3] = ["aborted by navigation", "navigated or closed", "execution context"];
/// A page that has loaded and that no script is exchanging a part of.
const IS_WHOLE: &str =
    "return document.readyState === 'complete' && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')";

/// How the browser is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Width of the view in CSS pixels.
    pub width: u32,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// Whether the visitor prefers dark colours.
    pub dark: bool,
}

/// A browser with one page open.
pub struct Browser {
    /// What moves it.
    pub driver: WebDriver,
    base: String,
}

/// Chromedriver, ended with this value.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Opens a browser on the demonstration, lets `visit` use it, and closes it whatever came of that.
pub fn visit(setup: Setup, visit: impl AsyncFnOnce(&Browser) -> Result<(), String>) -> Result<(), String> {
    visit_at(&crate::demonstration::base()?, setup, visit)
}

/// Opens a browser on the register at an address, as [`visit`] does.
pub fn visit_at(base: &str, setup: Setup, visit: impl AsyncFnOnce(&Browser) -> Result<(), String>) -> Result<(), String> {
    wait_for(async {
        let opened = Opened::at(base, setup).await?;
        let outcome = visit(&opened.browser).await;
        opened.close(outcome).await
    })
}

/// Opens two browsers, each with a person of its own, on the register at an address, as [`visit`] does.
pub fn visit_together(base: &str, setup: Setup, visit: impl AsyncFnOnce(&Browser, &Browser) -> Result<(), String>) -> Result<(), String> {
    wait_for(async {
        let one = Opened::at(base, setup).await?;
        let outcome = match Opened::at(base, setup).await {
            Ok(other) => {
                let outcome = visit(&one.browser, &other.browser).await;
                other.close(outcome).await
            }
            Err(error) => Err(error),
        };
        one.close(outcome).await
    })
}

/// A browser that is open, with all that goes away with it.
struct Opened {
    browser: Browser,
    setup: Setup,
    _driver: Driver,
    _profile: TempDir,
}

impl Opened {
    async fn at(base: &str, setup: Setup) -> Result<Self, String> {
        let profile = tempfile::tempdir().map_err(said)?;
        let (process, address) = start_driver().await?;
        let driver = open(setup, &address, &profile).await?;
        let browser = Browser { driver, base: base.to_owned() };
        let opened = Self { browser, setup, _driver: process, _profile: profile };
        match opened.browser.set_up(setup).await {
            Ok(()) => Ok(opened),
            Err(error) => Err(opened.close(Err(error)).await.err().unwrap_or_default()),
        }
    }

    /// Closes it, and says of what went wrong where it stood.
    async fn close(self, outcome: Result<(), String>) -> Result<(), String> {
        let place = self.browser.driver.current_url().await.map_or_else(said, |url| url.to_string());
        self.browser.driver.clone().quit().await.map_err(said)?;
        outcome.map_err(|error| format!("{error}\nat {place} with {:?}", self.setup))
    }
}

/// An error as text, without the driver's addresses of machine code.
pub fn said(error: impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.split("Stacktrace:").next().unwrap_or(&text).trim_end().to_owned()
}

async fn start_driver() -> Result<(Driver, String), String> {
    let port = free_port();
    let child = Command::new("chromedriver")
        .args([format!("--port={port}"), "--log-level=SEVERE".to_owned()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(said)?;
    let (driver, address) = (Driver(child), format!("http://127.0.0.1:{port}"));
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if reqwest::get(format!("{address}/status")).await.is_ok() {
            return Ok((driver, address));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("chromedriver does not answer".to_owned())
}

async fn open(setup: Setup, address: &str, profile: &TempDir) -> Result<WebDriver, String> {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=sv",
    ] {
        capabilities.add_arg(argument).map_err(said)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", folder(profile.path()))).map_err(said)?;
    if !setup.scripts {
        let preferences = json!({ "profile.managed_default_content_settings.javascript": 2 });
        capabilities.add_experimental_option("prefs", preferences).map_err(said)?;
    }
    capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" })).map_err(said)?;
    WebDriver::new(address, capabilities).await.map_err(said)
}

fn folder(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Browser {
    async fn set_up(&self, setup: Setup) -> Result<(), String> {
        let metrics = json!({ "width": setup.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.map_err(said)?;
        let scheme = if setup.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await.map_err(said)?;
        Ok(())
    }

    /// Opens an address of the register.
    pub async fn open(&self, path: &str) -> Result<(), String> {
        self.driver.goto(format!("{}{path}", self.base)).await.map_err(said)
    }

    /// The address after the register's own, with its query.
    pub async fn path(&self) -> Result<String, String> {
        let url = self.driver.current_url().await.map_err(said)?;
        Ok(url.as_str().strip_prefix(&self.base).unwrap_or(url.as_str()).to_owned())
    }

    /// The first element that fits, waited for.
    pub async fn find(&self, css: &str) -> Result<WebElement, String> {
        self.driver.query(By::Css(css)).wait(PATIENCE, Duration::from_millis(50)).first().await.map_err(|error| format!("{css}: {error}"))
    }

    /// Every element that fits, now.
    pub async fn all(&self, css: &str) -> Result<Vec<WebElement>, String> {
        self.driver.find_all(By::Css(css)).await.map_err(said)
    }

    /// The text of the first element that fits, waited for; read in one go, as the page may change meanwhile.
    pub async fn text(&self, css: &str) -> Result<String, String> {
        self.read(css, "innerText.trim()").await
    }

    /// What stands in the first field that fits, waited for.
    pub async fn value(&self, css: &str) -> Result<String, String> {
        self.read(css, "value").await
    }

    async fn read(&self, css: &str, property: &str) -> Result<String, String> {
        let script = format!("const e = document.querySelector(\"{css}\"); return e && e.{property};");
        self.wait_for(&format!("{css} is there"), async || Ok(self.evaluate(&script).await?.as_str().map(str::to_owned))).await
    }

    /// Points at the first element that fits and clicks, once the page is whole.
    pub async fn click(&self, css: &str) -> Result<(), String> {
        // a pointer that moves there and clicks, as the driver's own click takes what a style sheet shows of a folded element as hidden
        self.wait_for(&format!("clicking {css}"), async || {
            if self.evaluate(IS_WHOLE).await? != true {
                return Ok(None);
            }
            let element = self.find(css).await?;
            element.scroll_into_view().await.map_err(said)?;
            match self.driver.action_chain().click_element(&element).perform().await.map_err(said) {
                Ok(()) => Ok(Some(())),
                // the click itself has led to another page: pressed once more it would send a form twice
                Err(error) if LEFT.iter().any(|words| error.contains(words)) => Ok(Some(())),
                Err(error) => Err(format!("{css}: {error}")),
            }
        })
        .await
    }

    /// Types into the first field that fits.
    pub async fn fill(&self, css: &str, text: &str) -> Result<(), String> {
        let is_again = std::cell::Cell::new(false);
        self.wait_for(&format!("typing into {css}"), async || {
            let field = self.find(css).await?;
            // what was typed before the page was exchanged is not typed once more
            if is_again.replace(true) && field.value().await.map_err(said)?.is_some_and(|value| value == text) {
                return Ok(Some(()));
            }
            field.send_keys(text).await.map_err(|error| format!("{css}: {}", said(error)))?;
            Ok(Some(()))
        })
        .await
    }

    /// Clicks what fits, and waits until the address is another and its page is whole.
    pub async fn follow(&self, css: &str) -> Result<(), String> {
        let before = self.path().await?;
        self.click(css).await?;
        self.until(&format!("following {css}"), async || Ok(self.path().await? != before && self.evaluate(IS_WHOLE).await? == true)).await
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> Result<bool, String>) -> Result<(), String> {
        self.wait_for(what, async || Ok(is_so().await?.then_some(()))).await
    }

    /// Waits for something that may not be there yet, or of a page that is just being exchanged.
    async fn wait_for<T>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>, String>) -> Result<T, String> {
        let start = Instant::now();
        let mut passing = String::new();
        while start.elapsed() < PATIENCE {
            match look().await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => passing.clear(),
                Err(error) if PASSING.iter().any(|words| error.contains(words)) => passing = format!(": {error}"),
                Err(error) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{what}: not so after {} s{passing}", PATIENCE.as_secs()))
    }

    /// What a script answers.
    pub async fn evaluate(&self, script: &str) -> Result<Value, String> {
        Ok(self.driver.execute(script, Vec::new()).await.map_err(said)?.json().clone())
    }

    /// Refuses a page that scrolls sideways, naming what sticks out.
    pub async fn fits_its_width(&self) -> Result<(), String> {
        let script = "const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1)
                .slice(0, 5).map(e => e.outerHTML.slice(0, 120));";
        let wide = self.evaluate(script).await?;
        if wide.as_array().is_some_and(Vec::is_empty) { Ok(()) } else { Err(format!("the page scrolls sideways: {wide}")) }
    }

    /// Refuses a page about which the browser complains: a script that failed, something that the content policy stopped.
    pub async fn has_no_complaints(&self) -> Result<(), String> {
        let log = self.driver.get_log("browser").await.map_err(said)?;
        // a page that does not exist or is refused is complained of as such, and so is a request that the next key made superfluous
        let expected = ["404", "status of 400", "status of 409", "status of 422", "htmx:sendAbort", "htmx:afterRequest"];
        let is_expected = |message: &str| expected.iter().any(|part| message.contains(part));
        let complaints: Vec<String> =
            log.into_iter().filter(|entry| entry.level != "INFO" && !is_expected(&entry.message)).map(|entry| entry.message).collect();
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }
}
