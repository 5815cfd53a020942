//! Trials of the built program, most of them with other programs: a browser, a spreadsheet program, checkers of pages, PostgreSQL.
//! Where one is missing its trials are skipped, and the last lines say which and what to install; with `TEST_REQUIRE_ALL=1` a missing program is a failure instead.
//! The name sorts last among the test targets, so that those lines are the last of `cargo test`.

mod axe;
mod browser;
mod command_line;
mod consulting;
mod copies;
#[path = "../common/database.rs"]
mod database;
mod deciding;
mod demonstration;
mod endurance;
mod hand;
mod house;
mod html;
mod instances;
mod inviting;
mod keyboard;
mod libreoffice;
mod overlapping;
mod pages;
mod papers;
mod post_office;
#[path = "../common/program.rs"]
mod program;
mod programs;
mod reading;
mod registering;
mod signed_in;
mod smtp;
mod uploading;
mod visit;
mod whole_way;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use programs::{CHECKERS, CHROMIUM, LIBREOFFICE, MAIL_SERVER, Needed, POSTGRESQL, WRITER};

/// What a trial does; an error says what is wrong.
type Work = Box<dyn FnOnce() -> Result<(), String> + Send>;

/// Trials with what they need.
struct Suite {
    needs: &'static [&'static Needed],
    trials: Vec<(String, Work)>,
}

fn suites() -> Vec<Suite> {
    vec![
        Suite {
            needs: &[],
            trials: [command_line::trials(), inviting::trials(), copies::trials(), endurance::trials(), uploading::trials()]
                .into_iter()
                .flatten()
                .collect(),
        },
        Suite {
            needs: &[&CHROMIUM],
            trials: [deciding::trials(), visit::trials(), keyboard::trials(), registering::trials()].into_iter().flatten().collect(),
        },
        Suite {
            needs: &[&CHROMIUM, &CHECKERS],
            trials: [axe::trials(), signed_in::trials(), overlapping::trials()].into_iter().flatten().collect(),
        },
        Suite { needs: &[&CHECKERS], trials: html::trials() },
        Suite { needs: &[&LIBREOFFICE], trials: [libreoffice::trials(), papers::lists()].into_iter().flatten().collect() },
        Suite { needs: &[&WRITER], trials: [papers::documents(), reading::trials()].into_iter().flatten().collect() },
        Suite { needs: &[&MAIL_SERVER], trials: [smtp::trials(), copies::trials_with_python()].into_iter().flatten().collect() },
        Suite { needs: &[&CHROMIUM, &MAIL_SERVER, &WRITER], trials: whole_way::trials() },
        Suite { needs: &[&CHROMIUM, &CHECKERS, &MAIL_SERVER, &WRITER], trials: consulting::trials() },
        Suite { needs: &[&POSTGRESQL], trials: instances::trials() },
    ]
}

/// The suite's trials, and what to say at the end if they are skipped.
fn prepare(suite: Suite, require: bool) -> (Vec<Trial>, Option<String>) {
    let missing: Vec<&Needed> = suite.needs.iter().copied().filter(|needed| !needed.is_there()).collect();
    if missing.is_empty() {
        let trials = suite.trials.into_iter().map(|(name, work)| Trial::test(name, move || work().map_err(Into::into)));
        return (trials.collect(), None);
    }
    let names: Vec<&str> = missing.iter().map(|needed| needed.name).collect();
    let install: Vec<&str> = missing.iter().map(|needed| needed.install).collect();
    let message = format!("missing: {}. To install: {}", names.join(", "), install.join("; "));
    let notice = format!("SKIPPED {}, {message}", counted(suite.trials.len()));
    let trials = suite.trials.into_iter().map(|(name, _)| {
        let message = message.clone();
        Trial::test(name, move || Err(message.into())).with_ignored_flag(!require)
    });
    (trials.collect(), (!require).then_some(notice))
}

fn counted(trials: usize) -> String {
    format!("{trials} {}", if trials == 1 { "trial" } else { "trials" })
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let require = std::env::var_os("TEST_REQUIRE_ALL").is_some_and(|value| !value.is_empty());
    let (mut trials, mut notices) = (Vec::new(), Vec::new());
    for suite in suites() {
        // the run on SQLite comes before the one on PostgreSQL, where its trials are not skipped
        let on_the_other_run = suite.needs.iter().any(|needed| needed.name == POSTGRESQL.name) && !POSTGRESQL.is_there();
        let (prepared, notice) = prepare(suite, require && !on_the_other_run);
        trials.extend(prepared);
        notices.extend(notice);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    demonstration::stop();
    // whoever names single trials knows that the others do not run
    if !arguments.list && arguments.filter.is_none() {
        for notice in notices {
            println!("{notice}");
        }
    }
    conclusion.exit_code()
}
