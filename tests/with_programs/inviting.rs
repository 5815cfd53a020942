//! Accounts that were made on the command line: whoever is invited anew is not treated as one who has been away.

use std::time::{Duration, Instant};

use chrono::Days;
use insamlingsregister::clock;
use insamlingsregister::db::{Db, people};
use insamlingsregister::domain::person::Person;

use crate::Work;
use crate::demonstration::wait_for;
use crate::house::House;

/// An account that was made long ago and is invited anew, and one that is not.
const MAILBOXES: [&str; 2] = ["ater@scb.example", "borta@scb.example"];

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    vec![("whoever_is_invited_anew_is_not_warned_at_once".to_owned(), Box::new(invited_anew))]
}

/// Invites an address, and answers the path of the link that the program prints.
fn invite(house: &House, email: &str) -> Result<String, String> {
    let output = house.run(&["invite", email, "--organisation", "202100-0837", "--role", "agency"])?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let path = words.trim().find("/logga-in/").map(|at| words.trim()[at..].to_owned());
    path.filter(|_| output.status.success()).ok_or_else(|| format!("{words}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The accounts of the two, each changed and written where `change` answers one.
fn accounts(house: &House, change: impl Fn(Person) -> Option<Person>) -> Result<Vec<Person>, String> {
    let address = house.address();
    wait_for(async {
        let db = Db::open(&address).await?;
        let mut tx = db.write().await?;
        let mut found = Vec::new();
        for email in MAILBOXES {
            let Some(person) = people::by_email(&mut tx, email).await? else { continue };
            if let Some(changed) = change(person.clone()) {
                people::put(&mut tx, &changed).await?;
            }
            found.push(person);
        }
        tx.commit().await?;
        db.close().await;
        Ok(found)
    })
    .map_err(|error: insamlingsregister::error::Error| error.to_string())
}

fn invited_anew() -> Result<(), String> {
    let house = House::real();
    for email in MAILBOXES {
        invite(&house, email)?;
    }
    let long_ago = clock::now().checked_sub_days(Days::new(400)).ok_or("no such day")?;
    accounts(&house, |person| Some(Person { created_at: long_ago, ..person }))?;
    let link = invite(&house, MAILBOXES[0])?;
    let program = house.start()?;
    let start = Instant::now();
    // the day's upkeep runs at the start
    let people = loop {
        let people = accounts(&house, |_| None)?;
        if people.len() == 2 && people[1].warned_at.is_some() {
            break people;
        }
        if start.elapsed() > Duration::from_secs(20) {
            return Err(format!("whoever never came is not warned: {people:?}"));
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    if people[0].warned_at.is_some() || people[0].closed_at.is_some() {
        return Err(format!("whoever was invited anew is warned: {:?}", people[0]));
    }
    let (status, page) = program.get(&link)?;
    if status == 200 && page.contains("handläggare") { Ok(()) } else { Err(format!("{status} {page}")) }
}
