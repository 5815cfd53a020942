//! A file that is taken back by the side that sent it.

use axum::http::StatusCode;
use insamlingsregister::domain::access::Role;

use crate::attachments::{attached, case};
use crate::cases::execute;
use crate::files::PICTURE;
use crate::support::{SCB, TestApp, run};

#[test]
fn whoever_attached_a_file_may_take_it_back_until_the_case_is_answered() {
    run(async {
        let app = TestApp::real().await;
        let (case, _) = case(&app).await;
        let (agency, skr) = (app.signed_in(Role::Agency, SCB).await, app.signed_in(Role::Skr, "SKR").await);
        let address = attached(&agency, &case, "fel fil.png", PICTURE).await;
        let (list, back) = (format!("/samrad/{case}/bilagor"), format!("{address}/aterta"));
        assert!(agency.page(&list).await.contains(&format!("href=\"{back}\"")) && !skr.page(&list).await.contains(&back));
        for answer in [skr.get(&back).await, skr.post(&back, &[]).await] {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "only the side that sent it");
        }
        let asked = agency.page(&back).await;
        assert!(asked.contains("Återta bilagan ”fel fil.png”?") && asked.contains("allmän handling"), "{asked}");
        assert_eq!(agency.get(&address).await.status, StatusCode::OK, "asking takes nothing away");
        let gone = agency.post(&back, &[]).await;
        assert_eq!(gone.header("location"), format!("{list}?sparat=atertagen"));
        assert!(agency.page(gone.header("location")).await.contains("Bilagan är återtagen."));
        assert_eq!(agency.post(&back, &[]).await.status, StatusCode::NOT_FOUND);
        for reader in [&agency, &skr] {
            assert_eq!(reader.get(&address).await.status, StatusCode::NOT_FOUND);
            let page = reader.page(&format!("/samrad/{case}")).await;
            assert!(page.contains("återtar en fil: fel fil.png") && !page.contains("download>fel fil.png<"), "{page}");
        }
        // an opinion rests on what was there
        let kept = attached(&agency, &case, "rätt.png", PICTURE).await;
        execute(&app, "UPDATE consultation_body SET opinion = 'no_objection', state = 'answered' WHERE body_code = $1", &["SKR"]).await;
        let late = agency.post(&format!("{kept}/aterta"), &[]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.text);
        assert!(late.text.contains("Ett yttrande är lämnat") && !agency.page(&list).await.contains("/aterta"), "{}", late.text);
        let own = attached(&skr, &case, "vår.png", &[PICTURE, b"2"].concat()).await;
        assert_eq!(skr.post(&format!("{own}/aterta"), &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
