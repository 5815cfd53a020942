//! A program that is cut off while a file is sent to it: the file is there whole, or not at all, and the case can be read.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Work;
use crate::demonstration::wait_for;
use crate::house::House;
use crate::program::Program;

/// How large the file is, in bytes: so large that being cut off in the middle is easy.
const SIZE: usize = 8 * 1024 * 1024;
/// How much of the request is sent before the program is cut off, in hundredths, and when after that.
const CUTS: [(usize, Cut); 5] =
    [(30, Cut::After(0)), (99, Cut::After(0)), (100, Cut::After(0)), (100, Cut::After(60)), (100, Cut::Answered)];

/// When a program is cut off.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    /// So many milliseconds after the last byte.
    After(u64),
    /// As soon as it begins to answer: then it has written the file.
    Answered,
}

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    vec![("a_program_cut_off_during_an_upload_keeps_a_whole_file_or_none".to_owned(), Box::new(cut_off))]
}

fn cut_off() -> Result<(), String> {
    let house = House::demonstration();
    let mut program = house.start()?;
    for (nth, (part, cut)) in CUTS.into_iter().enumerate() {
        let person = Person::sign_in(&program)?;
        let name = format!("utkast-{nth}.png");
        let request = person.upload(&program, &name);
        let mut stream = TcpStream::connect(program.base.trim_start_matches("http://")).map_err(|error| error.to_string())?;
        let sent = request.len() * part / 100;
        stream.write_all(&request[..sent]).map_err(|error| format!("cut {nth}: {error}"))?;
        match cut {
            Cut::After(wait) => std::thread::sleep(Duration::from_millis(wait)),
            Cut::Answered => stream.read_exact(&mut [0]).map_err(|error| format!("cut {nth}: {error}"))?,
        }
        program.kill();
        program = house.start()?;
        let person = Person::sign_in(&program)?;
        match person.file(&program, &name)? {
            Some(size) if part == 100 && size == SIZE => {}
            None if cut != Cut::Answered => {}
            left => return Err(format!("cut {nth} after {part} %, {cut:?}, left {left:?} bytes")),
        }
    }
    // and what is sent while nothing is cut off is there
    let person = Person::sign_in(&program)?;
    let mut stream = TcpStream::connect(program.base.trim_start_matches("http://")).map_err(|error| error.to_string())?;
    stream.write_all(&person.upload(&program, "till-slut.png")).map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
    match person.file(&program, "till-slut.png")? {
        Some(SIZE) => Ok(()),
        other => Err(format!("{other:?} bytes are there: {answer}")),
    }
}

/// Somebody of the agency of the case.
struct Person {
    cookie: String,
    /// A case of theirs that is not over.
    case: String,
    csrf: String,
}

impl Person {
    /// Comes in through a line that the demonstration prints.
    fn sign_in(program: &Program) -> Result<Self, String> {
        let log = program.log_text();
        let line = log.lines().find_map(|line| line.strip_prefix("agency\t")?.split('\t').nth(1)).ok_or("no line to sign in with")?;
        wait_for(async {
            let client =
                reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(|error| error.to_string())?;
            let page = client.get(line).send().await.map_err(|error| error.to_string())?;
            let before = cookies(&page);
            let text = page.text().await.map_err(|error| error.to_string())?;
            let csrf = secret(&text).unwrap_or_default();
            let request = client.post(line).header("cookie", &before).header("content-type", "application/x-www-form-urlencoded");
            let entered = request.body(format!("csrf={csrf}")).send().await.map_err(|error| error.to_string())?;
            let cookie = cookies(&entered);
            let page = async |path: &str| {
                let answer = client.get(format!("{}{path}", program.base)).header("cookie", &cookie).send().await;
                answer.map_err(|error| error.to_string())?.text().await.map_err(|error| error.to_string())
            };
            let queue = page("/samrad").await?;
            let rows = queue.split("rowheader\"><a href=\"").skip(1);
            let case = rows.filter_map(|row| row.split('"').next()).next().ok_or("no case that is not over")?.to_owned();
            let text = page(&format!("{case}/bilagor")).await?;
            let csrf = secret(&text).ok_or_else(|| format!("no form for a file: {text}"))?;
            Ok(Self { cookie, case, csrf })
        })
    }

    /// A request that attaches a picture, as a browser sends it.
    fn upload(&self, program: &Program, name: &str) -> Vec<u8> {
        // each its own content: what is sent twice is there once
        let mut picture = format!("\u{89}PNG\r\n\u{1a}\n{name}").into_bytes();
        picture.splice(..2, [0x89]);
        picture.resize(SIZE, 0);
        let head = format!(
            "--del\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--del\r\nContent-Disposition: form-data; name=\"fil\"; \
             filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n",
            self.csrf
        );
        let body = [head.as_bytes(), &picture, b"\r\n--del--\r\n"].concat();
        let lines = format!(
            "POST {}/bilagor HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=del\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.case,
            program.base.trim_start_matches("http://"),
            self.cookie,
            body.len()
        );
        [lines.as_bytes(), &body].concat()
    }

    /// How large the file with this name is that the case gives out; none where there is none. The page must be there.
    fn file(&self, program: &Program, name: &str) -> Result<Option<usize>, String> {
        wait_for(async {
            let get = async |path: &str| {
                let request = reqwest::Client::new().get(format!("{}{path}", program.base)).header("cookie", &self.cookie);
                let answer = request.send().await.map_err(|error| error.to_string())?;
                if answer.status() != 200 {
                    return Err(format!("{path} answers {}", answer.status()));
                }
                answer.bytes().await.map_err(|error| error.to_string())
            };
            let case = get(&self.case).await?;
            let page = String::from_utf8_lossy(&case).into_owned();
            let Some((before, _)) = page.split_once(&format!("download>{name}<")) else { return Ok(None) };
            let (_, address) = before.rsplit_once("href=\"").ok_or("no link")?;
            let path = address.split('"').next().unwrap_or_default();
            Ok(Some(get(path).await?.len()))
        })
    }
}

/// The cookies that an answer sets, as the next request sends them.
fn cookies(answer: &reqwest::Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|value| value.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// The secret of a page's forms.
fn secret(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    rest.split('"').next().map(str::to_owned)
}
