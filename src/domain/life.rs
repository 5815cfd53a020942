//! The life of a collection: which status may follow which, with the reason when it may not.

use super::terms::Status;

/// Judges that a collection of status `from` is said to be `to`, and says in Swedish why not.
///
/// A planned change of a decided collection is a revision beside it, so `Decided` to `Planned` is allowed and leaves it decided.
///
/// # Errors
/// The reason, and what can be done instead.
pub fn check(from: Status, to: Status) -> Result<(), String> {
    let reason = match (from, to) {
        (Status::Withdrawn, _) => "Insamlingen är återkallad. Registrera den på nytt med en annan referens om den ska genomföras.",
        (Status::Ended, Status::Planned | Status::Decided | Status::Draft) => {
            "Insamlingen är avslutad. Registrera den på nytt med en annan referens om den ska genomföras igen."
        }
        (Status::Planned | Status::Draft, Status::Ended) => {
            "Insamlingen är inte beslutad och kan därför inte avslutas. Den kan återkallas."
        }
        (Status::Planned | Status::Decided, Status::Draft) => "Insamlingen är redan registrerad och kan inte bli utkast igen.",
        (Status::Draft, Status::Withdrawn) => "Ett utkast återkallas inte. Det kan tas bort.",
        (Status::Ended, Status::Withdrawn) => "Insamlingen är avslutad och kan inte återkallas.",
        (Status::Draft, Status::Draft | Status::Planned | Status::Decided)
        | (Status::Planned, Status::Planned | Status::Decided | Status::Withdrawn)
        | (Status::Decided, Status::Planned | Status::Decided | Status::Ended | Status::Withdrawn)
        | (Status::Ended, Status::Ended) => return Ok(()),
    };
    Err(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_does_not_come_back() {
        for to in [Status::Planned, Status::Decided] {
            assert!(check(Status::Withdrawn, to).is_err_and(|reason| reason.contains("återkallad")));
            assert!(check(Status::Ended, to).is_err_and(|reason| reason.contains("avslutad")));
        }
        assert!(check(Status::Planned, Status::Ended).is_err_and(|reason| reason.contains("inte beslutad")));
    }

    #[test]
    fn a_collection_goes_from_draft_to_its_end() {
        for (from, to) in [
            (Status::Draft, Status::Planned),
            (Status::Planned, Status::Decided),
            (Status::Decided, Status::Planned),
            (Status::Decided, Status::Ended),
            (Status::Planned, Status::Withdrawn),
        ] {
            assert_eq!(check(from, to), Ok(()), "{from} {to}");
        }
    }
}
