//! Two who write the same case at the same moment: one of them is first, the other is told, and the case is one that either could have left.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::consultations::{asked, form, planned, revision, step};
use crate::support::{Answer, SCB, TestApp, run};

/// How often each is tried: which is first is left to chance.
const TIMES: usize = 4;

/// Which of the two answers was taken; refuses both and neither, and an answer that does not give back what was typed.
fn only_one(answers: [(&Answer, &str); 2]) -> usize {
    let taken: Vec<usize> = (0..2).filter(|at| answers[*at].0.status == StatusCode::SEE_OTHER).collect();
    assert_eq!(taken.len(), 1, "{} and {}", answers[0].0.text, answers[1].0.text);
    let (refused, typed) = answers[1 - taken[0]];
    assert!([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&refused.status), "{}", refused.status);
    assert!(refused.text.contains(typed), "{typed}: {}", refused.text);
    taken[0]
}

#[test]
fn of_two_reviewers_who_answer_at_once_one_is_told() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let (one, other) = (app.signed_in(Role::Skr, "SKR").await, app.signed_in(Role::Skr, "SKR").await);
        for time in 0..TIMES {
            let case = asked(&own, &planned(&app, &format!("B-{time}")).await, &form("2099-01-15", "")).await;
            step(&one, &case, "ta", &[], "taget").await;
            let seen = revision(&one.page(&case).await, "yttrande");
            let address = format!("{case}/yttrande");
            let mine = [("svar", "objections"), ("yttrande", "Den enas långa text."), ("revision", seen.as_str())];
            let theirs = [("svar", "advise_against"), ("yttrande", "Den andras långa text."), ("revision", seen.as_str())];
            let (first, second) = tokio::join!(one.post(&address, &mine), other.post(&address, &theirs));
            let typed = ["Den enas långa text.", "Den andras långa text."];
            let taken = only_one([(&first, typed[0]), (&second, typed[1])]);
            let page = own.page(&case).await;
            assert!(page.contains(typed[taken]) && !page.contains(typed[1 - taken]), "{page}");
        }
    });
}

#[test]
fn an_answer_and_a_withdrawal_at_once_leave_one_of_the_two() {
    run(async {
        let app = TestApp::real().await;
        let own = app.signed_in(Role::Agency, SCB).await;
        let body = app.signed_in(Role::Skr, "SKR").await;
        for time in 0..TIMES {
            let case = asked(&own, &planned(&app, &format!("B-{time}")).await, &form("2099-01-15", "")).await;
            step(&body, &case, "ta", &[], "taget").await;
            let answering = revision(&body.page(&case).await, "yttrande");
            let withdrawing = revision(&own.page(&format!("{case}/aterkalla")).await, "aterkalla");
            let (yttrande, aterkalla) = (format!("{case}/yttrande"), format!("{case}/aterkalla"));
            let words = [("svar", "objections"), ("yttrande", "Vi hann skriva klart."), ("revision", answering.as_str())];
            let theirs = [("revision", withdrawing.as_str())];
            let (answered, withdrawn) = tokio::join!(body.post(&yttrande, &words), own.post(&aterkalla, &theirs));
            let taken = only_one([(&answered, "Vi hann skriva klart."), (&withdrawn, "Återkalla begäran")]);
            let page = own.page(&case).await;
            let is_withdrawn = page.contains("Myndigheten återkallade begäran");
            assert_eq!((is_withdrawn, page.contains("Vi hann skriva klart.")), (taken == 1, taken == 0), "{page}");
        }
    });
}
