//! Who may do what. Every page and every action asks here; nothing else decides.

use uuid::Uuid;

use super::organisation::OrganisationKind;
use super::terms::Status;

terms! {
    /// What a person does in the register. The codes are those of the command line.
    Role {
        Admin = "admin", "administratör";
        Agency = "agency", "handläggare";
        Skr = "skr", "samrådshandläggare";
        Municipality = "municipality", "samordnare";
        Analyst = "analyst", "analytiker";
    }
}

impl Role {
    /// Whether a person of this role can belong to an organisation of `kind`: the consulted bodies are not agencies, and analysts come
    /// from eSam's members.
    #[must_use]
    pub fn fits(self, kind: OrganisationKind) -> bool {
        match self {
            Self::Admin => true,
            Self::Agency | Self::Analyst => matches!(kind, OrganisationKind::Agency | OrganisationKind::Body),
            Self::Skr => kind == OrganisationKind::Body,
            Self::Municipality => matches!(kind, OrganisationKind::Municipality | OrganisationKind::Region),
        }
    }
}

/// A person who acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: Uuid,
    /// For which organisation, by code.
    pub organisation: String,
    /// As what.
    pub role: Role,
    /// Whether the person looks after the organisation's people.
    pub manager: bool,
}

/// What access to a collection depends on.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// Where the collection is in its life.
    pub status: Status,
    /// Whether everyone may read it today.
    pub open: bool,
    /// Codes of the responsible agencies, those of the planned version included.
    pub responsible: &'a [String],
    /// Codes of the collectors, where the register knows them: of the version in force and of the planned one.
    pub collectors: &'a [String],
}

/// What access to a consultation depends on.
#[derive(Debug, Clone, Copy)]
pub struct CaseParties<'a> {
    /// The collection that is asked about.
    pub collection: Parties<'a>,
    /// Codes of the bodies that are consulted.
    pub bodies: &'a [String],
}

/// Something that somebody wants to do, with what it is done to. Organisations are given by code.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// Begin a collection on behalf of an organisation, and work with its drafts and its desk.
    WorkFor(&'a str),
    /// Read a collection and its documents.
    Read(Parties<'a>),
    /// Change what a collection says: the responsible agencies and the collector.
    Edit(Parties<'a>),
    /// Decide, end, withdraw or confirm a collection: the responsible agencies only.
    Decide(Parties<'a>),
    /// Say that the organisation's list (6 §) is complete.
    Declare(&'a str),
    /// Invite, change and take out the people of an organisation.
    ManagePeople(&'a str),
    /// Read the trail of an organisation.
    ReadTrail(&'a str),
    /// Look after the register itself: mail, jobs, every organisation's people and trail.
    Administer,
    /// Take part in consultations.
    Consult,
    /// Read a consultation: what is asked about, also where the collection is not open, and what both sides write.
    ReadCase(CaseParties<'a>),
    /// Enter a case that came by mail about a collection: either side, the body where it may know of the collection.
    EnterCase(Parties<'a>),
    /// Ask for consultation and speak for the agency in it: whoever may change the collection.
    ActAsAgency(Parties<'a>),
    /// Speak for a consulted body, and read what it keeps to itself.
    ActAsBody(&'a str),
    /// Review overlaps.
    ReviewOverlaps,
    /// Watch new consultations, with their overlaps, also those that nobody has judged: whoever reviews overlaps.
    Watch,
    /// Decide on an overlap, whose collection that asks has these parties: nobody settles what the own organisation is to answer.
    SettleOverlap(Parties<'a>),
}

/// Whether `actor` may do `action`.
#[must_use]
pub fn may(actor: &Actor, action: Action<'_>) -> bool {
    let admin = actor.role == Role::Admin;
    let agency = actor.role == Role::Agency;
    let reviews = matches!(actor.role, Role::Skr | Role::Analyst);
    let own = |code: &str| actor.organisation == code;
    let responsible = |parties: &Parties<'_>| agency && parties.responsible.contains(&actor.organisation);
    let collects = |parties: &Parties<'_>| agency && parties.collectors.contains(&actor.organisation);
    match action {
        Action::WorkFor(code) | Action::Declare(code) => agency && own(code),
        // an exemption under 3 § b rests on nobody knowing: not even the consulted bodies
        Action::Read(parties) => parties.open || admin || responsible(&parties) || collects(&parties),
        Action::Edit(parties) | Action::ActAsAgency(parties) => responsible(&parties) || collects(&parties),
        Action::Decide(parties) => responsible(&parties),
        Action::EnterCase(parties) => responsible(&parties) || collects(&parties) || (actor.role == Role::Skr && parties.open),
        Action::ManagePeople(code) => admin || (actor.manager && own(code)),
        Action::ReadTrail(code) => admin || own(code),
        Action::Administer => admin,
        Action::ReadCase(case) => {
            let consulted = actor.role == Role::Skr && case.bodies.contains(&actor.organisation);
            admin || consulted || responsible(&case.collection) || collects(&case.collection)
        }
        Action::ActAsBody(code) => actor.role == Role::Skr && own(code),
        Action::Consult => admin || matches!(actor.role, Role::Agency | Role::Skr),
        Action::ReviewOverlaps | Action::Watch => admin || reviews,
        Action::SettleOverlap(asking) => (admin || reviews) && !asking.responsible.contains(&actor.organisation),
    }
}

/// Whether `actor` may make somebody in an organisation a `role`: administrators may make everything, managers what they are themselves.
#[must_use]
pub fn may_give(actor: &Actor, role: Role, organisation: &str) -> bool {
    actor.role == Role::Admin || (may(actor, Action::ManagePeople(organisation)) && role == actor.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, organisation: &str) -> Actor {
        Actor { person: Uuid::nil(), organisation: organisation.into(), role, manager: false }
    }

    #[test]
    fn only_parties_see_what_is_not_open_and_only_the_responsible_decide() {
        let responsible = ["202100-0837".to_owned()];
        let collectors = ["202100-1819".to_owned(), "202100-5026".to_owned()];
        let parties = Parties { status: Status::Planned, open: false, responsible: &responsible, collectors: &collectors };
        assert!(may(&actor(Role::Agency, "202100-5026"), Action::Read(parties)), "who collects now and who is to collect");
        let (own, collector) = (actor(Role::Agency, "202100-0837"), actor(Role::Agency, "202100-1819"));
        assert!(may(&own, Action::Read(parties)) && may(&own, Action::Edit(parties)) && may(&own, Action::Decide(parties)));
        assert!(may(&collector, Action::Edit(parties)) && !may(&collector, Action::Decide(parties)));
        for stranger in [actor(Role::Agency, "202100-2114"), actor(Role::Skr, "SKR"), actor(Role::Analyst, "202100-0837")] {
            assert!(!may(&stranger, Action::Read(parties)) && !may(&stranger, Action::Edit(parties)), "{stranger:?}");
        }
        assert!(may(&actor(Role::Admin, "202100-2114"), Action::Read(parties)));
        assert!(!may(&actor(Role::Admin, "202100-0837"), Action::Edit(parties)), "an administrator does not speak for an agency");
        assert!(may(&actor(Role::Municipality, "0180"), Action::Read(Parties { open: true, ..parties })));
    }

    #[test]
    fn a_case_is_read_by_its_two_sides_and_each_speaks_for_itself() {
        let (responsible, collectors) = (["202100-0837".to_owned()], ["202100-1819".to_owned()]);
        let collection = Parties { status: Status::Planned, open: false, responsible: &responsible, collectors: &collectors };
        let case = CaseParties { collection, bodies: &["SKR".to_owned()] };
        let open = CaseParties { collection: Parties { open: true, ..collection }, ..case };
        for one in [actor(Role::Agency, "202100-0837"), actor(Role::Agency, "202100-1819"), actor(Role::Skr, "SKR")] {
            assert!(may(&one, Action::ReadCase(case)), "{one:?}");
        }
        let strangers = [actor(Role::Skr, "NNR"), actor(Role::Agency, "202100-2114"), actor(Role::Municipality, "1480")];
        for one in strangers.into_iter().chain([actor(Role::Agency, "SKR"), actor(Role::Analyst, "202100-0837")]) {
            assert!(!may(&one, Action::ReadCase(case)) && !may(&one, Action::ReadCase(open)), "{one:?}");
        }
        let (own, body, admin) = (actor(Role::Agency, "202100-0837"), actor(Role::Skr, "SKR"), actor(Role::Admin, "SKR"));
        assert!(may(&own, Action::ActAsAgency(collection)) && !may(&own, Action::ActAsBody("SKR")));
        assert!(may(&body, Action::ActAsBody("SKR")) && !may(&body, Action::ActAsAgency(collection)));
        assert!(!may(&body, Action::ActAsBody("NNR")));
        let entered =
            [&own, &body, &admin].map(|one| (may(one, Action::EnterCase(collection)), may(one, Action::EnterCase(open.collection))));
        assert_eq!(entered, [(true, true), (false, true), (false, false)], "a body enters what came by mail of what it may know of");
        assert!(may(&admin, Action::ReadCase(case)), "an administrator reads, and speaks for nobody");
        assert!(!may(&admin, Action::ActAsBody("SKR")) && !may(&admin, Action::ActAsAgency(collection)));
    }

    #[test]
    fn those_who_review_overlaps_watch_new_consultations() {
        for (role, organisation) in [(Role::Analyst, "202100-5448"), (Role::Skr, "SKR"), (Role::Admin, "202100-6883")] {
            assert!(may(&actor(role, organisation), Action::Watch), "{role}");
        }
        for (role, organisation) in [(Role::Agency, "202100-0837"), (Role::Municipality, "1480")] {
            assert!(!may(&actor(role, organisation), Action::Watch), "{role}");
        }
    }

    #[test]
    fn nobody_settles_what_the_own_organisation_is_asked() {
        let responsible = ["202100-0837".to_owned()];
        let asking = Parties { status: Status::Planned, open: true, responsible: &responsible, collectors: &[] };
        for role in [Role::Skr, Role::Analyst, Role::Admin] {
            assert!(may(&actor(role, "202100-2114"), Action::SettleOverlap(asking)), "{role:?}");
            let own = actor(role, "202100-0837");
            assert!(!may(&own, Action::SettleOverlap(asking)) && may(&own, Action::ReviewOverlaps), "{role:?}");
        }
        for role in [Role::Agency, Role::Municipality] {
            assert!(!may(&actor(role, "202100-2114"), Action::SettleOverlap(asking)), "{role:?}");
        }
    }

    #[test]
    fn managers_look_after_their_own() {
        let manager = Actor { manager: true, ..actor(Role::Municipality, "0180") };
        assert!(may(&manager, Action::ManagePeople("0180")) && !may(&manager, Action::ManagePeople("1480")));
        assert!(!may(&actor(Role::Municipality, "0180"), Action::ManagePeople("0180")));
        assert!(may(&actor(Role::Admin, "202100-0837"), Action::ManagePeople("1480")));
        assert!(may_give(&manager, Role::Municipality, "0180") && !may_give(&manager, Role::Municipality, "1480"));
        assert!(!may_give(&manager, Role::Admin, "0180") && !may_give(&manager, Role::Analyst, "0180"));
        assert!(may_give(&actor(Role::Admin, "202100-0837"), Role::Admin, "0180"));
    }

    #[test]
    fn roles_fit_their_organisations() {
        assert!(Role::Municipality.fits(OrganisationKind::Region) && !Role::Municipality.fits(OrganisationKind::Agency));
        assert!(Role::Skr.fits(OrganisationKind::Body) && !Role::Agency.fits(OrganisationKind::Municipality));
    }
}
