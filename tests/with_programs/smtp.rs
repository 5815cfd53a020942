//! Mail to a real mail server: that takes it, refuses it, hangs up, never answers or is not there; and a program that is cut off while it sends.

use std::time::Duration;

use uuid::Uuid;

use crate::Work;
use crate::house::House;
use crate::post_office::{Fate, PASSWORD, PostOffice, fate, let_time_pass, post, until};
use crate::program::{Program, free_port};

/// How long a mail may take: the register looks into its outbox every five seconds.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often the program is cut off.
const CUTS: u64 = 6;
/// How many mails there are to send meanwhile.
const MAILS: usize = 40;

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    type Plain = fn() -> Result<(), String>;
    let trials: [(&str, Plain); 8] = [
        ("mail_arrives_whole_over_tls_with_login", arrives_whole),
        ("mail_refused_for_now_arrives_later", refused_for_now),
        ("mail_refused_for_good_is_given_up", refused_for_good),
        ("mail_whose_sender_is_refused_waits", sender_refused),
        ("mail_server_that_hangs_up_gets_one_duplicate_at_most", hangs_up),
        ("mail_server_that_never_answers_is_left", never_answers),
        ("mail_waits_while_the_server_is_down", server_is_down),
        ("mail_is_neither_lost_nor_sent_thrice_by_a_program_cut_off", cut_off),
    ];
    trials.map(|(name, work)| (name.to_owned(), Box::new(work) as Work)).into()
}

/// A register that sends to a server on this port.
fn start(house: &House, port: u16) -> Result<Program, String> {
    let url = format!("smtp://127.0.0.1:{port}");
    house.start_with(&[("INSAMLING_SMTP_URL", &url), ("INSAMLING_MAIL_FROM", "registret@register.example")])
}

fn recipient(number: usize) -> String {
    format!("funktion{number}@myndighet.example")
}

/// Waits until something has become of a mail.
fn becomes(house: &House, id: Uuid, what: &str, is_so: impl Fn(&Fate) -> bool) -> Result<Fate, String> {
    let mut last = None;
    let outcome = until(PATIENCE, what, || {
        let now = fate(house, id)?;
        let found = is_so(&now);
        last = Some(format!("{now:?}"));
        Ok(found.then_some(now))
    });
    outcome.map_err(|error| format!("{error}; it is {last:?}"))
}

fn expect(is_so: bool, what: &str, seen: &impl std::fmt::Debug) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("{what}: {seen:?}")) }
}

fn arrives_whole() -> Result<(), String> {
    let house = House::real();
    let office = PostOffice::open(0, true)?;
    let url = format!("smtp://registret:{}@localhost:{}?tls=required", PASSWORD.replace('ö', "%C3%B6").replace('/', "%2F"), office.port);
    let sender = "Insamlingsregistret <registret@register.example>";
    let authority = office.authority();
    let settings = [("INSAMLING_SMTP_URL", url.as_str()), ("INSAMLING_MAIL_FROM", sender), ("SSL_CERT_FILE", &authority)];
    let program = house.start_with(&settings)?;
    let id = post(&house, &[recipient(1)])?[0];
    becomes(&house, id, "it is sent", |fate| fate.is_sent)?;
    let taken = office.taken();
    let mail = taken.first().ok_or("nothing was taken")?;
    let text = mail["text"].as_str().unwrap_or_default();
    let html = mail["html"].as_str().unwrap_or_default();
    let is_whole = text.contains("Räkna å, ä och ö.") && html.contains("smörgås &amp; kärlek");
    let is_addressed = mail["to"][0] == recipient(1).as_str() && mail["from"] == "registret@register.example";
    expect(is_whole && is_addressed && mail["subject"] == "Bekräfta två insamlingar – å ä ö", "it arrives whole", mail)?;
    expect(mail["protected"] == true && mail["known"] == true && mail["submitted"] == "auto-generated", "it is protected", mail)?;
    expect(taken.len() == 1, "it arrives once", &taken.len())?;
    let log = program.log_text();
    let is_discreet = !log.contains("funktion1") && !log.contains("Bekräfta två") && log.contains(&id.to_string());
    expect(is_discreet, "the log tells which mail left and not to whom", &log)?;
    drop(program);
    // whoever does not trust the authority sends nothing
    let program = house.start_with(&settings[..2])?;
    let id = post(&house, &[recipient(2)])?[0];
    let waits = becomes(&house, id, "it is tried", |fate| fate.attempts == 1 && !fate.reason.is_empty())?;
    expect(!waits.is_sent && !waits.is_dead && waits.reason.contains("gick inte att nå"), "an unknown certificate", &waits)?;
    drop(program);
    expect(office.taken().len() == 1, "nothing was said to a server that is not trusted", &office.taken().len())
}

fn refused_for_now() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("later 1")?;
    let _program = start(&house, office.port)?;
    let id = post(&house, &[recipient(1)])?[0];
    let waits = becomes(&house, id, "it is refused", |fate| fate.attempts == 1 && !fate.reason.is_empty())?;
    expect(waits.reason.contains("451") && waits.uncertain == 0 && !waits.is_dead, "a refusal for now", &waits)?;
    let_time_pass(&house)?;
    becomes(&house, id, "it is sent", |fate| fate.is_sent)?;
    expect(office.times(id) == 1, "it arrives once", &office.taken())
}

fn refused_for_good() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("never")?;
    let _program = start(&house, office.port)?;
    let id = post(&house, &[recipient(1)])?[0];
    let dead = becomes(&house, id, "it is given up", |fate| fate.is_dead)?;
    expect(dead.attempts == 1 && dead.reason.contains("550"), "a refusal for good", &dead)
}

fn sender_refused() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("sender")?;
    let _program = start(&house, office.port)?;
    let id = post(&house, &[recipient(1)])?[0];
    let waits = becomes(&house, id, "its sender is refused", |fate| fate.attempts == 1 && !fate.reason.is_empty())?;
    expect(waits.reason.contains("553") && !waits.is_dead && waits.uncertain == 0, "it can be put right", &waits)?;
    office.mode("accept")?;
    let_time_pass(&house)?;
    becomes(&house, id, "it is sent", |fate| fate.is_sent)?;
    expect(office.times(id) == 1, "it arrives once", &office.taken())
}

fn hangs_up() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("drop")?;
    let _program = start(&house, office.port)?;
    let id = post(&house, &[recipient(1)])?[0];
    becomes(&house, id, "it is uncertain", |fate| fate.uncertain == 1)?;
    let_time_pass(&house)?;
    let dead = becomes(&house, id, "it is given up", |fate| fate.is_dead)?;
    expect(dead.reason.contains("kan ha kommit fram"), "a person understands why", &dead)?;
    expect(office.times(id) == 2, "one duplicate, which can be told by its identity", &office.taken())
}

fn never_answers() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("stall")?;
    let _program = start(&house, office.port)?;
    let id = post(&house, &[recipient(1)])?[0];
    let waits = becomes(&house, id, "it is uncertain", |fate| fate.uncertain == 1)?;
    expect(waits.reason.contains("svarade inte"), "silence", &waits)?;
    office.mode("accept")?;
    let_time_pass(&house)?;
    becomes(&house, id, "it is sent", |fate| fate.is_sent)?;
    expect(office.times(id) == 2, "one duplicate at most", &office.taken())
}

fn server_is_down() -> Result<(), String> {
    let house = House::real();
    let port = free_port();
    let _program = start(&house, port)?;
    let ids = post(&house, &[recipient(1), recipient(2), recipient(3)])?;
    let waits = becomes(&house, ids[0], "it is tried", |fate| fate.attempts > 0 && !fate.reason.is_empty())?;
    expect(!waits.is_dead && waits.uncertain == 0, "it waits", &waits)?;
    let office = PostOffice::open(port, false)?;
    let_time_pass(&house)?;
    for id in ids {
        becomes(&house, id, "it is sent", |fate| fate.is_sent)?;
        expect(office.times(id) == 1, "it arrives once", &office.taken())?;
    }
    Ok(())
}

fn cut_off() -> Result<(), String> {
    let (house, office) = (House::real(), PostOffice::open(0, false)?);
    office.mode("slow")?;
    start(&house, office.port)?.stop().map_err(|error| error.to_string())?;
    let ids = post(&house, &(0..MAILS).map(recipient).collect::<Vec<_>>())?;
    // moments spread over the sending; the same in every run
    let mut moment = 17;
    for _ in 0..CUTS {
        let mut program = start(&house, office.port)?;
        moment = (moment * 7_919 + 104_729) % 900;
        std::thread::sleep(Duration::from_millis(moment));
        program.kill();
        let_time_pass(&house)?;
    }
    expect(!office.taken().is_empty() && office.taken().len() < MAILS, "the cuts fall into the sending", &office.taken().len())?;
    let _program = start(&house, office.port)?;
    for id in ids {
        let end = becomes(&house, id, "it is sent or given up", |fate| fate.is_sent || fate.is_dead)?;
        let times = office.times(id);
        expect(times <= 2, "at most one duplicate", &(times, &end))?;
        expect(times > 0 || (end.is_dead && !end.reason.is_empty()), "not lost", &(times, &end))?;
    }
    Ok(())
}
