//! Files attached to a case: who may, what is taken, what comes back, what is found in them, and every bad file.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use insamlingsregister::clock;
use insamlingsregister::db::attachments::{self, Attachment, Legible};
use insamlingsregister::db::consultations;
use insamlingsregister::db::engine::Address;
use insamlingsregister::db::{Db, backup};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::consultation::attachment::{MOST_BYTES, MOST_FILES, MediaType};
use insamlingsregister::domain::consultation::{CaseKind, State};
use insamlingsregister::domain::identifier::ConsultationNumber;
use uuid::Uuid;

use crate::cases::{ask, asking, execute};
use crate::client::Client;
use crate::files::{PICTURE, blanks, document, locked_pdf, parts, pdf, pdf_of, posting, workbook, zipped};
use crate::rows::{full_row, with};
use crate::support::{SCB, TestApp, run};

/// A case that SCB asks SKR and NNR about, of a collection that is not open; its number and that of the collection.
pub async fn case(app: &TestApp) -> (String, String) {
    let row = with(full_row(&Uuid::now_v7().simple().to_string(), "Ny enkät"), &[("visas öppet från", "inte"), ("status", "planerad")]);
    app.import(SCB, &[row]).await.expect("written");
    let (number, now) = (app.newest_number().await, clock::now());
    let asking = asking(&["SKR", "NNR"], CaseKind::New, clock::swedish_day(now));
    (ask(app, &number, SCB, &asking, now).await, number)
}

/// The files that are kept of a case.
async fn kept(app: &TestApp, case: &str) -> Vec<(Attachment, Legible)> {
    let mut tx = app.state.db.read().await.expect("a transaction");
    let number = ConsultationNumber::parse(case).expect("a number");
    let case = consultations::by_number(&mut tx, number).await.expect("read").expect("a case");
    attachments::of_case(&mut tx, case.id).await.expect("read")
}

/// Attaches a file that must be taken, and answers the address under which it is given out.
pub async fn attached(client: &Client<'_>, case: &str, name: &str, bytes: &[u8]) -> String {
    let answer = client.attach(case, name, bytes).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.text);
    let list = client.page(answer.header("location")).await;
    assert!(list.contains("Filen är bifogad."), "{list}");
    let (_, last) = list.rsplit_once(&format!("href=\"/samrad/{case}/bilagor/")).expect("a link");
    format!("/samrad/{case}/bilagor/{}", last.split(['"', '/']).next().unwrap_or_default())
}

/// What is said of a file that is not taken.
async fn refused(client: &Client<'_>, case: &str, name: &str, bytes: &[u8], status: StatusCode) -> String {
    let answer = client.attach(case, name, bytes).await;
    assert_eq!(answer.status, status, "{name}: {}", answer.text);
    let (_, summary) = answer.text.split_once("Filen är inte bifogad").unwrap_or_else(|| panic!("{name}: {}", answer.text));
    assert!(answer.text.contains("aria-invalid=\"true\""), "{name}");
    let (_, message) = summary.split_once("<a href=\"#f-fil\">").expect("a link to the field");
    message.split("</a>").next().unwrap_or_default().to_owned()
}

#[test]
fn a_file_is_given_out_as_it_came_and_can_do_nothing() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let (agency, skr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let bytes = document("<document><p><t>Antal lärare</t></p></document>");
        let address = attached(&agency, &case, "Formulär 2027 \"utkast\".docx", &bytes).await;
        for reader in [&agency, &skr] {
            let answer = reader.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(answer.bytes == bytes);
            assert_eq!(answer.header("content-type"), MediaType::Docx.code());
            let name =
                "attachment; filename=\"Formul_r 2027 _22utkast_22.docx\"; filename*=UTF-8''Formul%C3%A4r%202027%20%2522utkast%2522.docx";
            assert_eq!(answer.header("content-disposition"), name);
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
            assert!(answer.header("cache-control").contains("no-store"));
        }
        // every other page keeps the policy of the site
        assert!(skr.get("/om").await.header("content-security-policy").contains("style-src 'self'"));
        // sent twice it is there once; under another name it is left out, which is said
        assert_eq!(attached(&agency, &case, "Formulär 2027 \"utkast\".docx", &bytes).await, address);
        let again = refused(&agency, &case, "igen.docx", &bytes, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(again.contains("Samma innehåll som ”igen.docx” är redan bifogat som ”Formulär 2027"), "{again}");
        assert_eq!(kept(&app, &case).await.len(), 1);
    });
}

#[test]
fn both_sides_attach_and_nobody_else_knows_of_it() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let address = attached(&agency, &case, "a.png", PICTURE).await;
        for (role, organisation) in
            [(Role::Agency, "202100-2114"), (Role::Municipality, "1480"), (Role::Analyst, "202100-2114"), (Role::Agency, "SKR")]
        {
            let stranger = app.signed_in(role, organisation).await;
            for path in [&address, &format!("/samrad/{case}/bilagor")] {
                assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{role} {path}");
            }
            assert_eq!(stranger.attach(&case, "b.png", PICTURE).await.status, StatusCode::NOT_FOUND, "{role}");
        }
        assert_eq!(app.get(&address).await.status, StatusCode::SEE_OTHER);
        let admin = app.signed_in(Role::Admin, "202100-6883").await;
        assert_eq!(admin.get(&address).await.status, StatusCode::OK);
        assert!(!admin.page(&format!("/samrad/{case}/bilagor")).await.contains("type=\"file\""), "an administrator reads");
        assert_eq!(admin.attach(&case, "b.png", PICTURE).await.status, StatusCode::FORBIDDEN);
        let nnr = app.signed_in(Role::Skr, "NNR").await;
        let theirs = attached(&nnr, &case, "c.png", &[PICTURE, b"c"].concat()).await;
        assert_eq!(agency.get(&theirs).await.status, StatusCode::OK);
        // of another case it is not
        let (other, _) = self::case(&app).await;
        let elsewhere = theirs.replace(&case, &other);
        assert_eq!(nnr.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
        let foreign = agency.send(posting(&case, parts(&[("csrf", &nnr.csrf)], "d.png", PICTURE))).await;
        assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
        assert_eq!(kept(&app, &case).await.len(), 2);
    });
}

#[test]
fn what_a_body_keeps_to_itself_is_seen_by_it_alone() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let skr = app.signed_in(Role::Skr, "SKR").await;
        let bytes = document("<document><p><t>Granskarens anteckning</t></p></document>");
        assert_eq!(skr.attach_internal(&case, "hemligt.docx", &bytes).await.status, StatusCode::SEE_OTHER);
        let id = kept(&app, &case).await[0].0.id;
        let (address, list) = (format!("/samrad/{case}/bilagor/{id}"), format!("/samrad/{case}/bilagor"));
        let colleague = app.signed_in(Role::Skr, "SKR").await;
        assert_eq!(colleague.get(&address).await.status, StatusCode::OK);
        assert!(colleague.page(&format!("{list}?q=anteckning")).await.contains("Granskarens anteckning"));
        for (role, organisation) in [(Role::Skr, "NNR"), (Role::Agency, SCB), (Role::Admin, "202100-6883")] {
            let other = app.signed_in(role, organisation).await;
            assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND, "{role} {organisation}");
            for path in [list.clone(), format!("{list}?q=anteckning")] {
                let page = other.page(&path).await;
                assert!(!page.contains("hemligt") && !page.contains("Granskarens"), "{role} {organisation}");
            }
        }
        let agency = app.signed_in(Role::Agency, SCB).await;
        assert_eq!(agency.attach_internal(&case, "b.png", PICTURE).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn every_bad_file_is_refused_in_plain_words_and_leaves_nothing() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let lol = "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        let sheet = format!("{lol}<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>");
        let wide = " ".repeat(60 * 1024 * 1024);
        let program = [&b"\x7fELF\x02\x01\x01"[..], &[0; 60]].concat();
        let bad: [(&str, &[u8], &str); 11] = [
            ("låst.pdf", &locked_pdf("Svara senast i maj", "hemligt"), "Filen är låst med lösenord."),
            ("trasig.pdf", b"%PDF-1.4\n<html>", "Filen är trasig"),
            ("enkät.pdf", &program, "ett program"),
            ("enkät.pdf", b"", "tom"),
            ("sida.pdf", b"<!doctype html><script>alert(1)</script>", "webbsida"),
            ("bild.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "svg"),
            ("bomb.docx", &document(&wide), "packas upp"),
            ("lol.docx", &document(&format!("{lol}<document><p><t>&b;</t></p></document>")), "xml-definitioner"),
            ("lol.xlsx", &workbook(&sheet), "xml-definitioner"),
            ("makro.docx", &zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/vbaProject.bin", b"x")]), "makron"),
            ("arkiv.pdf", &zipped(&[("a.exe", b"MZ")]), "arkiv"),
        ];
        for (name, bytes, word) in bad {
            let message = refused(&agency, &case, name, bytes, StatusCode::UNPROCESSABLE_ENTITY).await;
            assert!(message.contains(word), "{name}: {message}");
        }
        let large = [b"%PDF-1.7\n".to_vec(), vec![b' '; 50 * 1024 * 1024]].concat();
        let message = refused(&agency, &case, "stor.pdf", &large, StatusCode::PAYLOAD_TOO_LARGE).await;
        assert!(message.contains("51 MB") && message.contains("20 MB"), "{message}");
        let beyond = vec![b' '; 4 * MOST_BYTES + 1];
        assert_eq!(agency.attach(&case, "störst.pdf", &beyond).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(kept(&app, &case).await, []);
    });
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let whole = parts(&[("csrf", &agency.csrf)], "a.png", &[PICTURE, &[7; 100_000]].concat());
        for end in [whole.len() / 2, whole.len() - 12, 150] {
            let answer = agency.send(posting(&case, whole[..end].to_vec())).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{end}: {}", answer.text);
        }
        assert_eq!(kept(&app, &case).await, []);
        assert_eq!(agency.send(posting(&case, whole)).await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn names_are_shown_and_lead_nowhere() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        for (at, name) in
            ["../../etc/passwd", "C:\\fakepath\\en.png", "x\u{202e}gnp.exe", "<img src=x onerror=1>.png", ""].iter().enumerate()
        {
            attached(&agency, &case, name, &[PICTURE, &[at as u8]].concat()).await;
        }
        let names: Vec<String> = kept(&app, &case).await.into_iter().map(|(one, _)| one.name).collect();
        assert_eq!(names, ["passwd.png", "en.png", "xgnp.exe.png", "<img src=x onerror=1>.png", "bilaga.png"]);
        let page = agency.page(&format!("/samrad/{case}/bilagor")).await;
        assert!(page.contains("&#60;img src=x") && !page.contains("<img src=x"), "{page}");
    });
}

#[test]
fn files_are_read_and_searched() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        attached(&agency, &case, "frågor.docx", &document("<document><p><t>Antal LÄRARE med legitimation</t></p></document>")).await;
        let sheet = "<worksheet><sheetData><row><c t=\"str\"><v>Kostnad per elev</v></c></row></sheetData></worksheet>";
        attached(&agency, &case, "tabell.xlsx", &workbook(sheet)).await;
        attached(&agency, &case, "missiv.pdf", &pdf("Svara senast i april", "")).await;
        // one that only forbids printing opens for everybody
        attached(&agency, &case, "skyddad.pdf", &locked_pdf("Svara senast i juni", "")).await;
        // readers open it, whoever wrote it; nothing here reads its page
        attached(&agency, &case, "annorlunda.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF").await;
        attached(&agency, &case, "tom.docx", &document("<document/>")).await;
        attached(&agency, &case, "bild.png", PICTURE).await;
        let legible: Vec<Legible> = kept(&app, &case).await.into_iter().map(|(_, legible)| legible).collect();
        use Legible::{Empty, Not, Text};
        assert_eq!(legible, [Text, Text, Text, Text, Not, Empty, Not]);
        let list = format!("/samrad/{case}/bilagor");
        let page = agency.page(&list).await;
        assert_eq!((page.matches("kunde inte läsas").count(), page.matches("ingen text att söka i").count()), (1, 1), "{page}");
        for (q, name, words) in [
            ("l%C3%A4rare", "frågor.docx", "Antal LÄRARE med"),
            ("elev+kostnad", "tabell.xlsx", "Kostnad per elev"),
            ("april", "missiv.pdf", "Svara senast i april"),
            ("juni", "skyddad.pdf", "Svara senast i juni"),
        ] {
            let found = agency.page(&format!("{list}?q={q}")).await;
            assert!(found.contains(name) && found.contains(words), "{q}: {found}");
            assert_eq!(found.matches("<li><p><a").count(), 1, "{q}: {found}");
        }
        let named = agency.page(&format!("{list}?q=bild")).await;
        assert!(named.contains("bild.png") && named.matches("<li><p><a").count() == 1, "{named}");
        assert!(agency.page(&format!("{list}?q=maj")).await.contains("Ingen bilaga innehåller ”maj”."));
    });
}

#[test]
fn a_pdf_that_takes_all_memory_is_kept_without_its_text() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let bytes = pdf_of(&blanks(1 << 30), "/Filter /FlateDecode", "");
        assert!(bytes.len() < MOST_BYTES / 2);
        attached(&agency, &case, "bomb.pdf", &bytes).await;
        let short = pdf_of(&blanks(10_000), "/Filter /FlateDecode", "");
        attached(&agency, &case, "packad.pdf", &short).await;
        let legible: Vec<Legible> = kept(&app, &case).await.into_iter().map(|(_, legible)| legible).collect();
        assert_eq!(legible, [Legible::Not, Legible::Empty], "the same in small is read");
    });
}

#[test]
fn twenty_megabytes_come_back_and_a_case_is_full_at_forty_files() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let mut large = PICTURE.to_vec();
        large.extend((0..MOST_BYTES - PICTURE.len()).map(|at| (at % 251) as u8));
        let address = attached(&agency, &case, "stor.png", &large).await;
        assert!(agency.get(&address).await.bytes == large);
        for at in 1..MOST_FILES {
            let answer = agency.attach(&case, "a.png", &[PICTURE, &[at as u8]].concat()).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{at}");
        }
        let message = refused(&agency, &case, "en till.png", PICTURE, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(message.contains("högst 40 filer"), "{message}");
        let (other, _) = self::case(&app).await;
        for at in 0..5 {
            large[50] = at;
            assert_eq!(agency.attach(&other, "stor.png", &large).await.status, StatusCode::SEE_OTHER, "{at}");
        }
        let message = refused(&agency, &other, "en till.png", PICTURE, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(message.contains("100 MB"), "{message}");
    });
}

#[test]
fn nothing_is_attached_once_the_case_is_over() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        let address = attached(&agency, &case, "a.png", PICTURE).await;
        execute(&app, "UPDATE consultation_body SET state = $1", &[State::Withdrawn.code()]).await;
        assert!(!agency.page(&format!("/samrad/{case}/bilagor")).await.contains("type=\"file\""));
        let answer = agency.attach(&case, "b.png", &[PICTURE, b"b"].concat()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("Samrådet är över"), "{}", answer.text);
        assert_eq!(agency.get(&address).await.status, StatusCode::OK, "what is there stays");
    });
}

#[test]
fn the_case_of_the_collection_takes_the_files_along() {
    run(async {
        let app = TestApp::real().await;
        let (case, collection) = case(&app).await;
        let (agency, skr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        attached(&agency, &case, "../formulär.png", PICTURE).await;
        assert_eq!(skr.attach_internal(&case, "internt.png", &[PICTURE, b"i"].concat()).await.status, StatusCode::SEE_OTHER);
        let archive = agency.get(&format!("/insamlingar/{collection}/arende.zip")).await;
        assert_eq!(archive.status, StatusCode::OK);
        let mut archive = zip::ZipArchive::new(Cursor::new(archive.bytes)).expect("an archive");
        let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
        let own: Vec<&String> = names.iter().filter(|name| name.contains("/bilagor/")).collect();
        let expected = format!("samrad/{case}/bilagor/01-formulär.png");
        assert_eq!(own, [&expected]);
        let mut bytes = Vec::new();
        archive.by_name(&expected).expect("the file").read_to_end(&mut bytes).expect("read");
        assert!(bytes == PICTURE);
    });
}

#[test]
fn a_backup_takes_the_files_along() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let agency = app.signed_in(Role::Agency, SCB).await;
        attached(&agency, &case, "a.png", PICTURE).await;
        let id = kept(&app, &case).await[0].0.id;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("kopia.db");
        if !backup::copy_to(&app.state.db, &file).await.expect("copied") {
            assert!(matches!(app.state.db, Db::Postgres(_)), "pg_dump takes every table");
            return;
        }
        let copy = Db::open(&Address::File(file)).await.expect("the copy opens");
        let mut tx = copy.read().await.expect("a transaction");
        assert!(attachments::content(&mut tx, id).await.expect("the content") == PICTURE);
    });
}

#[test]
fn the_case_shows_its_files_and_the_other_side_is_told_once() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let reviewer = app.person(Role::Skr, "SKR", false).await;
        let (skr, agency) = (app.enter(reviewer.id).await, app.signed_in(Role::Agency, SCB).await);
        attached(&agency, &case, "formulär.png", PICTURE).await;
        attached(&agency, &case, "missiv.png", &[PICTURE, b"2"].concat()).await;
        assert_eq!(skr.attach_internal(&case, "internt.png", &[PICTURE, b"3"].concat()).await.status, StatusCode::SEE_OTHER);
        let page = agency.page(&format!("/samrad/{case}")).await;
        assert!(page.contains("formulär.png") && page.contains("missiv.png") && !page.contains("internt.png"), "{page}");
        assert_eq!(page.matches("bifogar en fil").count(), 2, "{page}");
        let theirs = skr.page(&format!("/samrad/{case}")).await;
        assert!(theirs.contains("internt.png") && theirs.matches("bifogar en fil").count() == 2, "{theirs}");
        let letters = app.letters(&reviewer.email.expect("an address")).await;
        let told: Vec<&String> = letters.iter().filter(|letter| letter.contains("bifogat en fil")).collect();
        assert!(told.len() == 1 && told[0].contains(&format!("/samrad/{case}")), "{letters:?}");
    });
}
