//! What an address or a form says that the register does not take as it is: it is told, or left out.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, planned};
use crate::pairs::went_to;
use crate::support::{SCB, TestApp, run};

#[test]
fn what_cannot_be_chosen_filters_nothing_and_is_told() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        for (path, said) in [
            ("/samrad?visa=hittepa", "”hittepa” är ingen grupp"),
            ("/samrad?myndighet=xxx", "”xxx” är ingen myndighet"),
            ("/samrad?omrade=m%C3%A5ne", "”måne” är inget område"),
        ] {
            let page = body.page(path).await;
            assert!(page.contains(said) && page.contains(&format!("href=\"{case}\"")), "{path}: {page}");
            assert!(!page.contains(">Visa alla</a>"), "nothing is left out: {page}");
        }
        // an agency cannot choose among agencies, and does not filter by one unseen
        let page = own.page("/samrad?myndighet=202100-2114").await;
        assert!(page.contains("är ingen myndighet") && page.contains(&format!("href=\"{case}\"")), "{page}");
        assert!(!body.page("/samrad?visa=nya").await.contains("som går att välja här"));
        for (path, said) in [
            ("/statistik?ar=1066", "”1066” är inget år"),
            ("/statistik?ar=abc", "”abc” är inget år"),
            ("/statistik?organ=XX", "”XX” är ingen samrådspart"),
            ("/statistik?myndighet=x%3Cb%3E", "”x&#60;b&#62;” är ingen myndighet"),
            ("/statistik?omrade=x", "”x” är inget område"),
        ] {
            let page = app.page(path).await;
            assert!(page.contains(said) && !page.contains(">Visa allt</a>"), "{path}: {page}");
            assert!(page.contains("<dt>Ärenden</dt><dd class=\"num\">1</dd>"), "{path}: {page}");
            assert!(page.contains("href=\"/statistik/samrad.csv\""), "the files are of what is shown: {page}");
        }
        for (query, said) in
            [("organ=XX", "”XX” är ingen samrådspart"), ("ar=2027", "”2027” är inget år"), ("omrade=x&ar=1066", "”x” är inget område")]
        {
            for file in ["csv", "xlsx"] {
                let answer = app.get(&format!("/statistik/samrad.{file}?{query}")).await;
                assert!(answer.status == StatusCode::BAD_REQUEST && answer.text.contains(said), "{query}: {}", answer.text);
            }
        }
        // what there is has no cases, and is not everything
        for query in ["ar=2010", "myndighet=202100-1975", "omrade=kultur-och-fritid"] {
            let page = app.page(&format!("/statistik?{query}")).await;
            assert!(
                page.contains("Inget ärende stämmer") && page.contains(" selected>") && !page.contains("<dt>Ärenden</dt>"),
                "{query}: {page}"
            );
            assert!(
                app.page(&format!("/statistik/samrad.csv?{query}")).await.lines().all(|line| !line.starts_with("Svarstider;")),
                "{query}"
            );
            assert!(page.contains(&format!("href=\"/statistik/samrad.csv?{query}\"")), "{query}: {page}");
        }
        let counted = app.page("/statistik?ar=2005").await;
        assert!(counted.contains("bara antalet ärenden det året") && counted.contains("<option value=\"2005\" selected>"), "{counted}");
        let none = body.page("/samrad?myndighet=202100-1975").await;
        assert!(none.contains("<option value=\"202100-1975\" selected>") && !none.contains(&format!("href=\"{case}\"")), "{none}");
        let known = app.page("/statistik?organ=SKR").await;
        assert!(!known.contains("som går att välja här") && known.contains(">Visa allt</a>"), "{known}");
    });
}

#[test]
fn the_number_of_a_case_leads_straight_to_it_for_those_who_may_read_it() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let of_case = case.trim_start_matches("/samrad/");
        for typed in [of_case.to_owned(), format!("+{}+", of_case.to_lowercase()), format!("{of_case}&visa=avslutade")] {
            let answer = own.get(&format!("/samrad?q={typed}")).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, case.as_str()), "{typed}: {}", answer.text);
        }
        for typed in ["S2026", "S1999-0001", of_case.trim_start_matches('S')] {
            assert_eq!(own.get(&format!("/samrad?q={typed}")).await.status, StatusCode::OK, "{typed}");
        }
        let stranger = app.signed_in(Role::Agency, "202100-2114").await;
        let page = stranger.page(&format!("/samrad?q={of_case}")).await;
        assert!(page.contains("Inget pågående ärende stämmer"), "it is not told that there is one: {page}");
    });
}

#[test]
fn what_turns_or_hides_what_is_read_is_not_stored() {
    run(async {
        let app = TestApp::real().await;
        let number = planned(&app, "B-1").await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let case = asked(&own, &number, &form("2099-01-15", "")).await;
        let words = [("inlagg", "Svara \u{202e}senast\u{202c} nu\u{200b}\u{2066}.")];
        went_to(&own.post(&format!("{case}/inlagg"), &words).await, &format!("{case}?sparat=inlagg"));
        let page = own.page(&case).await;
        assert!(page.contains("Svara senast nu."), "{page}");
        // and in a form with files
        let mut fields = form("2099-01-16", "");
        fields.retain(|(name, _)| *name != "urval");
        fields.push(("urval", "Alla \u{202e}kommuner\u{202c}."));
        let again = planned(&app, "B-2").await;
        let with_file: Vec<(&str, &str)> = [("csrf", own.csrf.as_str())].into_iter().chain(fields).collect();
        let request = axum::http::Request::post(format!("/insamlingar/{again}/samrad"))
            .header("content-type", "multipart/form-data; boundary=del")
            .body(axum::body::Body::from(crate::files::parts(&with_file, "bild.png", crate::files::PICTURE)))
            .expect("a request");
        let answer = own.send(request).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = own.page(answer.header("location")).await;
        assert!(page.contains("Alla kommuner.") && !page.contains('\u{202e}'), "{page}");
    });
}
