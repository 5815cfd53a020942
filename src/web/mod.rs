//! Pages and addresses. The route table below is the map of everything that the register answers.

pub mod about;
pub mod account;
pub mod administration;
pub mod agencies;
pub mod agenda;
pub mod api;
pub mod assets;
pub mod chart;
pub mod collection;
pub mod collection_parts;
pub mod collections;
pub mod consultations;
pub mod desk;
pub mod editor;
pub mod facets;
pub mod failure;
pub mod fields;
pub mod filters;
pub mod form;
pub mod health;
pub mod import_help;
pub mod kept;
pub mod layers;
pub mod layout;
pub mod life;
pub mod municipalities;
pub mod municipality;
pub mod outside;
pub mod overlap;
pub mod page;
pub mod papers;
pub mod params;
pub mod queue;
pub mod session;
pub mod start;
pub mod statistics;
pub mod uploaded;
pub mod user;
pub mod view;
pub mod watching;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

/// Every address, with its layers.
pub fn router(state: AppState) -> Router {
    let routes = Router::new()
        .route("/", get(start::show))
        .route("/insamlingar", get(collections::list))
        .route("/insamlingar/ny", get(editor::start::show).post(editor::start::begin))
        .route(
            "/insamlingar/ny/fil",
            get(editor::upload::show).post(editor::upload::send).layer(DefaultBodyLimit::max(editor::upload::MOST_BYTES)),
        )
        .route("/insamlingar/{nr}", get(collection::show))
        .route("/insamlingar/{nr}/samrad", get(consultations::ask::show))
        .route("/insamlingar/{nr}/beslut", get(life::decide::show).post(life::decide::decide))
        .route("/insamlingar/{nr}/bekrafta", post(life::close::confirm))
        .route("/insamlingar/{nr}/avsluta", get(life::close::ask_end).post(life::close::end))
        .route("/insamlingar/{nr}/aterkalla", get(life::close::ask_withdraw).post(life::close::withdraw))
        .route("/insamlingar/{nr}/diarienummer", get(life::diary::show).post(life::diary::set))
        .route("/insamlingar/{nr}/historik", get(life::history::show))
        .route("/insamlingar/{nr}/andra", post(editor::start::change))
        .route("/insamlingar/{nr}/andra/ta-bort", post(life::close::discard))
        .route("/utkast/{id}", get(editor::steps::first))
        .route("/utkast/{id}/ta-bort", post(editor::steps::remove))
        .route("/utkast/{id}/{steg}/liknande", post(overlap::nearby::show).layer(DefaultBodyLimit::max(editor::MOST_BYTES)))
        .route("/utkast/{id}/{steg}", get(editor::steps::show).post(editor::steps::save).layer(DefaultBodyLimit::max(editor::MOST_BYTES)))
        .route("/insamlingar/{nr}/handlingar", get(papers::documents::list))
        .route("/insamlingar/{nr}/handlingar/{slag}", get(papers::documents::show))
        .route("/insamlingar/{nr}/arende.zip", get(papers::case::archive))
        .route("/s/{nr}", get(papers::status::show))
        .route("/skrivbord", get(desk::show))
        .route("/bevakningar", get(watching::list).post(watching::add))
        .route("/bevakningar/{id}/ta-bort", post(watching::remove))
        .route("/myndigheter", get(agencies::list))
        .route("/myndigheter/{orgnr}", get(agencies::show))
        .route("/myndigheter/{orgnr}/forteckning", get(papers::list::show))
        .route("/myndigheter/{orgnr}/forteckning.csv", get(papers::list::csv))
        .route("/myndigheter/{orgnr}/forteckning.xlsx", get(papers::list::workbook))
        .route("/myndigheter/{orgnr}/fullstandig", post(papers::list::complete))
        .route("/kommuner", get(municipalities::list))
        .route("/kommuner/{kommunkod}", get(municipality::show))
        .route("/regioner/{lanskod}", get(municipality::show_region))
        .route("/statistik", get(statistics::show))
        .route("/statistik/samrad.csv", get(statistics::csv))
        .route("/statistik/samrad.xlsx", get(statistics::workbook))
        .route("/om", get(about::about))
        .route("/om/import", get(import_help::show))
        .route("/om/import/mall.xlsx", get(import_help::template))
        .route("/om/personuppgifter", get(about::personal_data))
        .route("/om/tillganglighet", get(about::accessibility))
        .route("/logga-in", get(account::sign_in::ask).post(account::sign_in::send))
        .route("/logga-in/{token}", get(account::sign_in::confirm).post(account::sign_in::enter))
        .route("/handelser", get(account::trail::show))
        .route("/handelser.csv", get(account::trail::csv))
        .route("/konto", get(account::own::show).post(account::own::rename))
        .route("/konto/logga-ut-overallt", post(account::own::leave_everywhere))
        .route("/konto/ta-bort", post(account::own::erase))
        .route("/personer", get(account::people::list).post(account::people::invite))
        .route("/personer/{id}", get(account::person::show).post(account::person::change))
        .route("/personer/{id}/bjud-in", post(account::person::invite_again))
        .route("/personer/{id}/stang", post(account::person::close))
        .route("/personer/{id}/ta-bort", post(account::person::erase))
        .merge(cases())
        .merge(guests())
        .route("/liknande", get(overlap::review::list))
        .route("/liknande/bedomda", get(overlap::review::decided))
        .route("/liknande/grupper", get(overlap::groups::show))
        .route("/liknande/grupper.csv", get(overlap::groups::csv))
        .route("/liknande/grupper.xlsx", get(overlap::groups::workbook))
        .route("/liknande/uppgifter", get(overlap::items::show))
        .route("/liknande/uppgifter.csv", get(overlap::items::csv))
        .route("/liknande/uppgifter.xlsx", get(overlap::items::workbook))
        .route("/liknande/{id}", get(overlap::pair::show))
        .route("/liknande/{id}/svar", post(overlap::pair::answer).layer(DefaultBodyLimit::max(editor::MOST_BYTES)))
        .route("/liknande/{id}/inlagg", post(overlap::pair::remark).layer(DefaultBodyLimit::max(editor::MOST_BYTES)))
        .route("/liknande/{id}/beslut", post(overlap::pair::decide).layer(DefaultBodyLimit::max(editor::MOST_BYTES)))
        .route("/logga-ut", post(account::sign_in::leave))
        .route("/administration", get(administration::show))
        .route("/administration/ordlista", get(words::show).post(words::save))
        .merge(configuring())
        .route("/administration/adress", post(administration::forget))
        .route("/administration/mejl/{id}/igen", post(administration::try_again))
        .route("/administration/mejl/{id}/bort", post(administration::remove))
        .nest("/api/v1", api::routes())
        .route("/static/{*path}", get(assets::serve))
        .route("/robots.txt", get(assets::robots))
        .route("/favicon.ico", get(assets::icon))
        .route("/halsa/live", get(health::live))
        .route("/halsa/redo", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(failure::no_such_page);
    layers::wrap(routes, uploads(), &state).with_state(state)
}

/// Where forms with files are sent to: more may come in there, and for longer.
fn uploads() -> Router<AppState> {
    use consultations::{ask, attachments};
    Router::new()
        .route("/insamlingar/{nr}/samrad", post(ask::ask))
        .route("/samrad/{nr}/bilagor", post(attachments::send))
        .layer(DefaultBodyLimit::max(uploaded::MOST_PASSED))
}

/// What the administrator chooses for consultation.
fn configuring() -> Router<AppState> {
    use administration::{consultation, years};
    Router::new()
        .route("/administration/samrad", get(consultation::show))
        .route("/administration/samrad/tid", post(consultation::set_working_days))
        .route("/administration/samrad/filstorlek", post(consultation::set_megabytes))
        .route("/administration/samrad/parter", post(consultation::set_bodies))
        .route("/administration/samrad/ar", get(years::show).post(years::save))
        .route("/administration/samrad/ar/ta-bort", get(years::ask_remove).post(years::remove))
}

/// What those without an account reach by a link, and what a municipality finds of it on its desk.
fn guests() -> Router<AppState> {
    Router::new()
        .route(
            "/delat/{token}",
            get(outside::expert::show).post(outside::expert::answer).layer(DefaultBodyLimit::max(outside::expert::MOST_BYTES)),
        )
        .route("/delat/{token}/bilagor/{id}", get(outside::expert::file))
        .route(
            "/referens/{token}",
            get(outside::municipality::show).post(outside::municipality::save).layer(DefaultBodyLimit::max(editor::MOST_BYTES)),
        )
        .route("/referens/{token}/bilagor/{id}", get(outside::municipality::file))
        .route(
            "/skrivbord/referens/{id}",
            get(outside::municipality::show_own).post(outside::municipality::save_own).layer(DefaultBodyLimit::max(editor::MOST_BYTES)),
        )
        .route("/skrivbord/referens/{id}/bilagor/{fil}", get(outside::municipality::own_file))
}

/// What lies under `/samrad`: the queue and each case.
fn cases() -> Router<AppState> {
    // what is only sent leads to the case where somebody opens its address
    use consultations::case::lead;
    Router::new()
        .route("/samrad", get(queue::list))
        .route("/samrad/infor", get(consultations::entered::show).post(consultations::entered::enter))
        .route("/samrad/mallar", get(consultations::templates::list))
        .route("/samrad/mallar/ny", get(consultations::templates::ask_new).post(consultations::templates::add))
        .route("/samrad/mallar/{id}", get(consultations::templates::show).post(consultations::templates::change))
        .route("/samrad/mallar/{id}/ta-bort", get(consultations::templates::ask_remove).post(consultations::templates::remove))
        .route("/samrad/{nr}/tilldela", get(lead).post(queue::give))
        .route("/samrad/{nr}", get(consultations::case::show))
        .route("/samrad/{nr}/arende.zip", get(papers::own_case::archive))
        .route("/samrad/{nr}/infort", get(consultations::entered::handled::show).post(consultations::entered::handled::handle))
        .route("/samrad/{nr}/ratta", get(consultations::entered::handled::ask_correct).post(consultations::entered::handled::correct))
        .route("/samrad/{nr}/ta-bort", get(consultations::entered::handled::ask_remove).post(consultations::entered::handled::remove))
        .route("/samrad/{nr}/ta", get(lead).post(consultations::steps::take))
        .route("/samrad/{nr}/fraga", get(lead).post(consultations::steps::ask_agency))
        .route("/samrad/{nr}/svara", get(lead).post(consultations::steps::reply))
        .route("/samrad/{nr}/yttrande", get(lead).post(consultations::steps::answer))
        .route("/samrad/{nr}/yttrande/{organ}", get(consultations::opinion::show))
        .route("/samrad/{nr}/avsluta", get(lead).post(consultations::steps::close))
        .route("/samrad/{nr}/aterkalla", get(outside::confirm::ask_withdraw).post(consultations::steps::withdraw))
        .route("/samrad/{nr}/inlagg", get(lead).post(consultations::steps::say))
        .route("/samrad/{nr}/punkter", get(lead).post(consultations::points::add))
        .route("/samrad/{nr}/punkter/skicka", get(lead).post(consultations::points::send))
        .route("/samrad/{nr}/punkter/{id}", get(lead).post(consultations::points::handle))
        .route("/samrad/{nr}/punkter/{id}/andra", get(lead).post(consultations::points::change))
        .route("/samrad/{nr}/punkter/{id}/ta-tillbaka", get(lead).post(consultations::points::take_back))
        .route("/samrad/{nr}/bilagor", get(consultations::attachments::list))
        .route("/samrad/{nr}/bilagor/{id}", get(consultations::attachments::download))
        .route(
            "/samrad/{nr}/bilagor/{id}/aterta",
            get(consultations::attachments::ask_take_back).post(consultations::attachments::take_back),
        )
        .route("/samrad/{nr}/sakkunniga", get(outside::experts::show).post(outside::experts::forward))
        .route("/samrad/{nr}/sakkunniga/{id}/aterta", post(outside::experts::take_back))
        .route("/samrad/{nr}/bilagor/{id}/likheter", get(consultations::likeness::show))
        .route("/samrad/{nr}/referens", get(outside::references::show).post(outside::references::ask))
        .route("/samrad/{nr}/referens/dela", get(outside::references::ask_share).post(outside::references::share))
        .route("/samrad/{nr}/referens/{id}/aterta", get(outside::references::ask_take_back).post(outside::references::take_back))
        // several texts, each as long as it may be
        .layer(DefaultBodyLimit::max(editor::MOST_BYTES))
}
