//! The desk of those who register nothing.

use askama::Template;

use super::cases::CaseList;
use crate::domain::access::Role;
use crate::web::layout::Layout;
use crate::web::outside::waiting::QuestionLine;

/// The desk of those who register nothing.
#[derive(Debug, Template)]
#[template(path = "desk/other.html")]
pub struct OtherDesk {
    /// The frame.
    pub layout: Layout,
    /// The organisation's name.
    pub organisation: String,
    /// As what the person acts.
    pub role: Role,
    /// Whether the person looks after the organisation's people.
    pub manages: bool,
    /// Consultations that wait.
    pub cases: Vec<CaseList>,
    /// Pairs of collections that wait for a decision, in words; none for those who do not review.
    pub to_review: Option<String>,
    /// Questions about drafts that wait for a municipality or region.
    pub asked: Vec<QuestionLine>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Actor;
    use crate::web::user::User;

    #[test]
    fn every_other_role_learns_what_it_can_do() {
        for role in Role::ALL.iter().copied().filter(|role| *role != Role::Agency) {
            let actor = Actor { person: uuid::Uuid::nil(), organisation: "SKR".into(), role, manager: true };
            let user = User { actor, name: "Samrådsfunktionen".into(), organisation_name: "SKR".into(), csrf: "hemlig".into() };
            let layout = Layout { demonstration: false, section: "", user: Some(user) };
            let desk = OtherDesk {
                layout,
                organisation: "SKR".into(),
                role,
                manages: true,
                cases: Vec::new(),
                to_review: None,
                asked: Vec::new(),
            };
            let html = desk.render().expect("a page");
            assert!(html.contains("<h1>Skrivbord</h1>") && html.contains("/personer"), "{role}");
            assert_eq!(html.contains("Inget samråd väntar på er."), role == Role::Skr, "{role}");
        }
    }
}
