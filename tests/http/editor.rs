//! Filling in the form of a collection: the whole way, values kept, two people at once, and what is refused.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insamlingsregister::domain::access::Role;

use crate::client::{Client, hidden};
use crate::support::{Answer, SCB, TestApp, run};

/// Skolverket, somebody else.
pub const OTHER: &str = "202100-4185";

/// Begins a form and answers its address without the step.
pub async fn begun(client: &Client<'_>, fields: &[(&str, &str)]) -> String {
    let answer = client.post("/insamlingar/ny", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").trim_end_matches("/grunder").to_owned()
}

/// Sends a step as its page would, with the revision that is saved.
pub async fn sent(client: &Client<'_>, draft: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
    let address = format!("{draft}/{step}");
    let revision = hidden(&client.page(&address).await, "revision").expect("a revision");
    let mut all = vec![("revision", revision.as_str())];
    all.extend_from_slice(fields);
    client.post(&address, &all).await
}

/// A form with what is enough to register.
pub async fn short_way(client: &Client<'_>, title: &str) -> String {
    let draft = begun(client, &[]).await;
    for (step, fields) in [
        ("grunder", vec![("title", title), ("kind", "survey"), ("gor", "nasta")]),
        ("uppgiftslamnare", vec![("respondents", "municipality"), ("gor", "nasta")]),
        ("omgangar", vec![("round_label", "2027"), ("round_dispatch", "2027-03-01"), ("round_deadline", "2027-v13"), ("gor", "nasta")]),
    ] {
        let answer = sent(client, &draft, step, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.text);
    }
    draft
}

/// A step, what is sent there, and where that leads.
type WayPoint = (&'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn the_whole_way_from_a_title_to_a_number() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        assert!(client.page("/insamlingar/ny").await.contains("Registrera en insamling"));
        let draft = begun(&client, &[]).await;
        let steps: [WayPoint; 6] = [
            (
                "grunder",
                &[("title", "Enkät om bibliotek"), ("kind", "survey"), ("responsible_add", "alla länsstyrelser"), ("purpose", "Följa upp")],
                "/rattslig-grund",
            ),
            (
                "rattslig-grund",
                &[
                    ("obligation", "voluntary"),
                    ("observe", "Räkna egna bibliotek"),
                    ("data_use", "Uppföljning"),
                    ("consultation", "held"),
                    ("consulted", "SKR"),
                ],
                "/uppgiftslamnare",
            ),
            (
                "uppgiftslamnare",
                &[
                    ("respondents", "municipality"),
                    ("counties", "14"),
                    ("respondents", "business"),
                    ("selection_business", "sample"),
                    ("size_business", "200"),
                ],
                "/uppgifter",
            ),
            (
                "uppgifter",
                &[
                    ("item_label", "Antal lån"),
                    ("item_definition", "Under året"),
                    ("item_unit", "lån"),
                    ("item_source", "system"),
                    ("item_personal_data", "no"),
                    ("item_paste", "Uppgift\tDefinition\nÖppettimmar\tPer vecka\ttimmar\nPersonal"),
                ],
                "/omgangar",
            ),
            (
                "omgangar",
                &[("periodicity", "yearly"), ("rule_deadline", "vecka 12"), ("rule_from", "2027"), ("rule_to", "2029"), ("gor", "skapa")],
                "/omgangar?sparat=omgangar#omgangar",
            ),
            (
                "kanal-och-kontakt",
                &[("channel", "web"), ("data_paths", "web_form"), ("contact_email", "statistik@scb.example"), ("visibility", "now")],
                "/granska",
            ),
        ];
        for (step, fields, leads_to) in steps {
            let answer = sent(&client, &draft, step, fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.text);
            assert!(answer.header("location").ends_with(leads_to), "{step}: {}", answer.header("location"));
        }
        let review = client.page(&format!("{draft}/granska")).await;
        for text in [
            "Öppettimmar · Per vecka · timmar",
            "49\u{a0}kommuner enligt lista",
            "ett urval av 200\u{a0}företag",
            "Länsstyrelsen i Stockholms län",
            "svar senast vecka\u{a0}12, 2029",
        ] {
            assert!(review.contains(text), "{text}: {review}");
        }
        let answer = sent(&client, &draft, "granska", &[("gor", "registrera")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let (address, code) = answer.header("location").split_once('?').expect("a code");
        assert_eq!(code, "sparat=registrerad");
        let shown = app.page(address).await;
        for text in ["Enkät om bibliotek", "Personal", "vecka\u{a0}12, 2029", "Planerad"] {
            assert!(shown.contains(text), "{text}");
        }
        let back = client.get(&format!("{draft}/grunder")).await;
        assert_eq!(back.header("location"), format!("{address}?sparat=registrerad"), "the form went with it");
    });
}

#[test]
fn what_is_wrong_is_told_at_its_field_and_kept() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&client, &[]).await;
        let answer = sent(
            &client,
            &draft,
            "grunder",
            &[("title", ""), ("assignment_dated", "i våras <b>"), ("responsible_add", "Påhittade verket")],
        )
        .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in [
            "role=\"alert\"",
            "href=\"#f-title\"",
            "href=\"#f-assignment_dated\"",
            "href=\"#f-responsible_add\"",
            "value=\"i våras &#60;b&#62;\"",
            "value=\"Påhittade verket\"",
            "aria-invalid=\"true\"",
            "Gå vidare ändå",
        ] {
            assert!(answer.text.contains(text), "{text}: {}", answer.text);
        }
        assert!(client.page(&format!("{draft}/grunder")).await.contains("value=\"i våras &#60;b&#62;\""), "kept when one comes back");
        let answer =
            sent(&client, &draft, "omgangar", &[("round_deadline", "2027-02-30"), ("rule_deadline", "aldrig"), ("gor", "skapa")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("value=\"2027-02-30\"") && answer.text.contains("href=\"#f-rule_deadline\""));
        let review = sent(&client, &draft, "granska", &[("gor", "registrera")]).await;
        assert_eq!(review.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            review.text.contains("/grunder?visa=fel#f-title") && review.text.contains("/omgangar?visa=fel#f-round_deadline-0"),
            "{}",
            review.text
        );
        let told = client.page(&format!("{draft}/omgangar?visa=fel")).await;
        assert!(told.contains("id=\"f-round_deadline-0-fel\""));
    });
}

#[test]
fn short_time_asks_for_a_reason_at_once() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Kort enkät").await;
        let short = [("round_dispatch", "2027-03-01"), ("round_deadline", "2027-03-10"), ("gor", "nasta")];
        let answer = sent(&client, &draft, "omgangar", &short).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains("9\u{a0}dagar från utskick")
                && answer.text.contains("Utskick måndagen den 1\u{a0}mars 2027, svar senast onsdagen den 10\u{a0}mars 2027: 9\u{a0}dagar.")
                && answer.text.contains("href=\"#f-round_short_time_reason-0\""),
            "{}",
            answer.text
        );
        let mut reasoned = short.to_vec();
        reasoned.push(("round_short_time_reason", "Budgetpropositionen."));
        assert_eq!(sent(&client, &draft, "omgangar", &reasoned).await.status, StatusCode::SEE_OTHER);
        let page = client.page(&format!("{draft}/omgangar")).await;
        assert!(page.contains("Budgetpropositionen."));
        let answer = sent(&client, &draft, "omgangar", &[("round_label", "Bort"), ("gor", "ta-bort-1")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(!client.page(&format!("{draft}/omgangar")).await.contains("Ta bort omgången"));
        // the first row is emptied, and the third of the page is taken out
        let rows = [("round_label", ""), ("round_label", "Kvar"), ("round_label", "Bort"), ("gor", "ta-bort-3")];
        assert_eq!(sent(&client, &draft, "omgangar", &rows).await.status, StatusCode::SEE_OTHER);
        let page = client.page(&format!("{draft}/omgangar?sparat=borttagen")).await;
        assert!(page.contains("Kvar") && !page.contains("Bort\"") && page.contains("Omgången är borttagen."), "{page}");
    });
}

#[test]
fn hostile_and_oversized_values_are_kept_as_text_or_refused() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&client, &[]).await;
        let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}\u{202e}\0'; DROP TABLE draft;--";
        for (step, names) in [
            ("grunder", ["title", "collector", "responsible_add", "area"].as_slice()),
            ("rattslig-grund", &["provisions", "observe", "obligation", "consulted"]),
            ("uppgiftslamnare", &["respondents", "codes", "size_region", "selection_region"]),
            ("uppgifter", &["item_label", "item_definition", "item_source", "item_paste"]),
            ("omgangar", &["round_label", "round_deadline", "rule_deadline", "periodicity"]),
            ("kanal-och-kontakt", &["contact_email", "source_url", "data_paths", "visibility"]),
        ] {
            let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, hostile)).collect();
            fields.push(("gor", "nasta"));
            let answer = sent(&client, &draft, step, &fields).await;
            assert!(matches!(answer.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::SEE_OTHER), "{step}: {}", answer.status);
            for html in
                [answer.text, client.page(&format!("{draft}/{step}?visa=fel")).await, client.page(&format!("{draft}/granska")).await]
            {
                assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{step}");
            }
        }
        let long = "å".repeat(100_000);
        let answer = sent(&client, &draft, "grunder", &[("title", &long)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("Högst 500") && answer.text.contains(&long));
        let too_much = "x".repeat(5 * 1024 * 1024);
        let answer = client.post(&format!("{draft}/grunder"), &[("title", &too_much)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(
            client.post(&format!("{draft}/grunder"), &[]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "an empty form says what is missing"
        );
    });
}

#[test]
fn two_hundred_items_are_saved_and_registered() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = short_way(&client, "Stor enkät").await;
        let labels: Vec<String> = (1..=200).map(|number| format!("Uppgift nummer {number}")).collect();
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for label in &labels {
            fields.extend([
                ("item_label", label.as_str()),
                ("item_definition", "En definition"),
                ("item_unit", ""),
                ("item_source", ""),
                ("item_personal_data", ""),
            ]);
        }
        fields.push(("gor", "nasta"));
        assert_eq!(sent(&client, &draft, "uppgifter", &fields).await.status, StatusCode::SEE_OTHER);
        assert!(client.page(&format!("{draft}/uppgifter")).await.contains("id=\"f-item_label-204\""), "five more rows");
        let answer = sent(&client, &draft, "granska", &[("gor", "registrera")]).await;
        let (address, _) = answer.header("location").split_once('?').expect("registered");
        assert!(app.page(address).await.contains("Uppgift nummer 200"));
    });
}

#[test]
fn a_draft_can_be_left_found_again_and_taken_away() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        let draft = begun(&client, &[("frivillig", "ja")]).await;
        let answer = sent(&client, &draft, "grunder", &[("title", "Ett halvt utk"), ("gor", "spara")]).await;
        assert_eq!(answer.header("location"), "/skrivbord?sparat=utkast");
        assert!(client.page("/skrivbord?sparat=utkast").await.contains("Utkastet är sparat."));
        let colleague = app.signed_in(Role::Agency, SCB).await;
        assert!(colleague.page("/insamlingar/ny").await.contains("Ett halvt utk"));
        assert!(colleague.page(&format!("{draft}/kanal-och-kontakt")).await.contains("Registrerad frivilligt"));
        let revision = hidden(&client.page(&format!("{draft}/granska")).await, "revision").expect("a revision");
        let stale = client.post(&format!("{draft}/ta-bort"), &[("revision", "1")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "not what the person has seen");
        let removed = client.post(&format!("{draft}/ta-bort"), &[("revision", &revision)]).await;
        assert_eq!(removed.header("location"), "/skrivbord?sparat=borttaget");
        assert!(client.page("/skrivbord?sparat=borttaget").await.contains("Utkastet är borttaget."));
        let again = client.post(&format!("{draft}/ta-bort"), &[("revision", &revision)]).await;
        assert_eq!(again.header("location"), "/skrivbord?sparat=borttaget", "the button was pressed twice");
        let back = client.get(&format!("{draft}/grunder")).await;
        assert_eq!(back.header("location"), "/skrivbord?sparat=borttaget");
    });
}

/// Whether the agency's page lists a collection of this title.
async fn listed(app: &TestApp, title: &str) -> bool {
    app.page(&format!("/myndigheter/{SCB}")).await.contains(title)
}

/// A file as a browser sends it.
async fn uploaded(client: &Client<'_>, csrf: &str, name: &str, bytes: &str, button: &str) -> Answer {
    let part = |head: &str, body: &str| format!("--grans\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let body = [
        part("name=\"csrf\"", csrf),
        part(&format!("name=\"fil\"; filename=\"{name}\""), bytes),
        part("name=\"gor\"", button),
        "--grans--\r\n".to_owned(),
    ];
    let request = Request::post("/insamlingar/ny/fil").header(header::CONTENT_TYPE, "multipart/form-data; boundary=grans");
    client.send(request.body(Body::from(body.concat())).expect("a request")).await
}

#[test]
fn a_filled_file_registers_all_or_nothing() {
    run(async {
        let app = TestApp::real().await;
        let client = app.signed_in(Role::Agency, SCB).await;
        assert!(client.page("/insamlingar/ny/fil").await.contains("multipart/form-data"));
        let csv = "egen referens;titel;slag\nU-1;Uppladdad enkät;enkät\nU-2;En till;enkät\n";
        let tried = uploaded(&client, &client.csrf, "mina.csv", csv, "prova").await;
        assert_eq!(tried.status, StatusCode::OK);
        assert!(tried.text.contains("Inget är sparat än") && !listed(&app, "Uppladdad enkät").await);
        let done = uploaded(&client, &client.csrf, "mina.csv", csv, "las-in").await;
        assert!(done.text.contains("2\u{a0}nya"), "{}", done.text);
        assert!(listed(&app, "Uppladdad enkät").await);
        let wrong = uploaded(&client, &client.csrf, "<b>fel.csv", "egen referens;titel;slag\nU-3;;enkät\nU-4;Ok;fax\n", "las-in").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Titel") && wrong.text.contains("”fax”") && !wrong.text.contains("<b>fel"), "{}", wrong.text);
        let foreign = format!("egen referens;titel;slag;ansvariga myndigheter\nU-5;Någon annans;enkät;{OTHER}\n");
        let refused = uploaded(&client, &client.csrf, "annans.csv", &foreign, "las-in").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!listed(&app, "Någon annans").await);
        let empty = uploaded(&client, &client.csrf, "tom.csv", "", "las-in").await;
        for refused in [&empty, &wrong] {
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            for text in ["href=\"#f-fil\"", "id=\"f-fil-fel\"", "aria-invalid=\"true\""] {
                assert!(refused.text.contains(text), "{text}: {}", refused.text);
            }
        }
        assert_eq!(uploaded(&client, "fel", "mina.csv", csv, "las-in").await.status, StatusCode::BAD_REQUEST);
        let municipality = app.signed_in(Role::Municipality, "0180").await;
        assert_eq!(uploaded(&municipality, &municipality.csrf, "mina.csv", csv, "las-in").await.status, StatusCode::FORBIDDEN);
    });
}
