//! Who may do what with a case that was entered afterwards: the one table. Each refusal has its reason in Swedish, which both stands on the
//! page and refuses the request.

/// Said where the case goes on in the register.
const GOES_ON: &str = "Ärendet har fortsatt i registret sedan det fördes in. Skriv i tråden vad som är fel.";
/// Said where a decision must stay as it was taken.
const RESTED_ON: &str = "Ett beslut grundas på ärendet, så det kan inte ändras. Skriv i stället vad som är fel.";

/// What somebody does with such a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Corrects what the own side entered of a body's part.
    Correct,
    /// Corrects what is common to all bodies that were asked.
    CorrectShared,
    /// Confirms, as the agency, what a body entered.
    Confirm,
    /// Objects to what another side entered.
    Object,
    /// Takes the case away.
    Remove,
}

/// How such a case stands, as one of its sides sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Whether it is the agency's side; a body's otherwise.
    pub agency: bool,
    /// Whether the own side entered any part, which it can correct.
    pub entered: bool,
    /// Whether it entered the first part, and with it what is common to all.
    pub entered_first: bool,
    /// Whether another side entered something that the own side can object to.
    pub theirs: bool,
    /// Whether another side entered any part.
    pub others: bool,
    /// Whether a body entered the first part, and with it what is the agency's to say.
    pub by_body: bool,
    /// Whether several bodies were asked.
    pub several: bool,
    /// Whether the agency has confirmed it.
    pub confirmed: bool,
    /// Whether it was taken away.
    pub removed: bool,
    /// Whether it has gone on in the register since it was entered, or is withdrawn.
    pub goes_on: bool,
    /// Whether a decision rests on it.
    pub rested_on: bool,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is not that side's to do.
    Never,
    /// Not as the case stands.
    Now(&'static str),
}

/// Judges that a side does something with the case.
///
/// # Errors
/// Why not.
pub fn may(deed: Deed, place: Place) -> Result<(), Refused> {
    if place.removed {
        return Err(Refused::Now("Ärendet är borttaget."));
    }
    match deed {
        Deed::Confirm if !(place.agency && place.by_body) => return Err(Refused::Never),
        Deed::Confirm if place.confirmed => {
            return Err(Refused::Now("Ni har redan bekräftat ärendet och er syn. Skriv i tråden om något är fel."));
        }
        Deed::Object if !place.theirs => return Err(Refused::Never),
        Deed::Confirm | Deed::Object => return Ok(()),
        Deed::Correct | Deed::CorrectShared | Deed::Remove if place.goes_on => return Err(Refused::Now(GOES_ON)),
        Deed::Correct | Deed::CorrectShared | Deed::Remove if place.rested_on => return Err(Refused::Now(RESTED_ON)),
        Deed::Correct | Deed::CorrectShared if !place.entered => return Err(Refused::Never),
        Deed::CorrectShared if !place.entered_first => {
            return Err(Refused::Now("Det här gäller alla som tillfrågades, och en annan har fört in det. Skriv i tråden vad som är fel."));
        }
        Deed::Remove => return may_remove(place),
        Deed::Correct | Deed::CorrectShared => {}
    }
    Ok(())
}

/// Judges that the whole case is taken away: nobody takes away what another side has said of itself, or what both stand for.
fn may_remove(place: Place) -> Result<(), Refused> {
    let why = if place.confirmed && place.by_body {
        match place.agency {
            true => "Ni har bekräftat ärendet, så det tas inte bort. Skriv i tråden vad som är fel, så kan den som förde in det rätta det.",
            false => "Myndigheten har bekräftat ärendet, så det tas inte bort. Är något fel kan det rättas.",
        }
    } else if place.entered_first && place.others {
        "En annan har fört in sin del av ärendet, så det tas inte bort. Skriv i tråden vad som är fel."
    } else if !place.entered_first && place.confirmed {
        "Myndigheten står för ärendet. Skriv vad som är fel, så kan den ta bort det."
    } else if !place.entered_first && place.several && !place.agency {
        "Ärendet gäller också en annan som tillfrågades. Skriv i tråden, så kan den som förde in det ta bort det."
    } else {
        return Ok(());
    };
    Err(Refused::Now(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body that entered the case, alone.
    const BODY: Place = Place {
        agency: false,
        entered: true,
        entered_first: true,
        theirs: false,
        others: false,
        by_body: true,
        several: false,
        confirmed: false,
        removed: false,
        goes_on: false,
        rested_on: false,
    };
    /// The agency of that case.
    const AGENCY: Place = Place { agency: true, entered: false, entered_first: false, theirs: true, others: true, ..BODY };
    /// A body that joined the case of another.
    const JOINED: Place = Place { entered_first: false, others: true, several: true, ..BODY };
    const ALL: [Deed; 5] = [Deed::Correct, Deed::CorrectShared, Deed::Confirm, Deed::Object, Deed::Remove];

    /// Which of all deeds a side may do.
    fn allowed(place: Place) -> Vec<Deed> {
        ALL.into_iter().filter(|deed| may(*deed, place).is_ok()).collect()
    }

    /// The words with which one is refused.
    fn why(deed: Deed, place: Place) -> &'static str {
        match may(deed, place) {
            Err(Refused::Now(why)) => why,
            other => panic!("{deed:?}: {other:?}"),
        }
    }

    #[test]
    fn whoever_entered_a_case_corrects_and_removes_it_and_does_not_confirm_it() {
        assert_eq!(allowed(BODY), [Deed::Correct, Deed::CorrectShared, Deed::Remove]);
        assert_eq!(may(Deed::Confirm, BODY), Err(Refused::Never));
        let own = Place { agency: true, by_body: false, confirmed: true, ..BODY };
        assert_eq!(allowed(own), [Deed::Correct, Deed::CorrectShared, Deed::Remove], "the agency stands for its own words");
        assert_eq!(may(Deed::Confirm, own), Err(Refused::Never));
    }

    #[test]
    fn the_agency_confirms_objects_to_or_removes_what_a_body_entered() {
        assert_eq!(allowed(AGENCY), [Deed::Confirm, Deed::Object, Deed::Remove]);
        assert_eq!(may(Deed::Correct, AGENCY), Err(Refused::Never));
    }

    #[test]
    fn what_the_agency_has_confirmed_it_neither_confirms_again_nor_removes() {
        let confirmed = Place { confirmed: true, ..AGENCY };
        assert_eq!(allowed(confirmed), [Deed::Object]);
        assert!(why(Deed::Confirm, confirmed).contains("redan bekräftat"));
        assert!(why(Deed::Remove, confirmed).contains("Ni har bekräftat"));
        // and whoever entered it takes away nothing that the agency stands for, but corrects it, which is to be confirmed anew
        let entered = Place { confirmed: true, ..BODY };
        assert_eq!(allowed(entered), [Deed::Correct, Deed::CorrectShared]);
        assert!(why(Deed::Remove, entered).contains("Myndigheten har bekräftat"));
    }

    #[test]
    fn a_body_for_which_the_agency_entered_the_case_objects_or_removes_it_until_it_is_settled() {
        let asked = Place { agency: false, entered: false, entered_first: false, theirs: true, others: true, by_body: false, ..BODY };
        assert_eq!(allowed(asked), [Deed::Object, Deed::Remove]);
        assert_eq!(allowed(Place { confirmed: true, ..asked }), [Deed::Object]);
        assert!(why(Deed::Remove, Place { confirmed: true, ..asked }).contains("Myndigheten står för ärendet."));
    }

    #[test]
    fn a_body_that_joined_corrects_its_own_part_alone() {
        assert_eq!(allowed(JOINED), [Deed::Correct]);
        assert!(why(Deed::CorrectShared, JOINED).contains("gäller alla"));
        assert!(why(Deed::Remove, JOINED).contains("en annan som tillfrågades"));
        assert_eq!(allowed(Place { several: true, ..BODY }), [Deed::Correct, Deed::CorrectShared, Deed::Remove], "the first one");
        assert_eq!(allowed(Place { several: true, ..AGENCY }), [Deed::Confirm, Deed::Object, Deed::Remove]);
    }

    #[test]
    fn nobody_removes_what_another_side_has_said_of_itself() {
        // the agency has added a body to a case that another body entered and the agency confirmed
        let added = Place { entered: true, several: true, confirmed: true, ..AGENCY };
        assert_eq!(allowed(added), [Deed::Correct, Deed::Object]);
        assert!(why(Deed::Remove, added).contains("Ni har bekräftat"));
        // a body has added itself to what another side entered
        for first in [Place { agency: true, by_body: false, confirmed: true, ..BODY }, BODY] {
            let added = Place { several: true, others: true, ..first };
            assert!(why(Deed::Remove, added).contains("har fört in sin del"));
        }
    }

    #[test]
    fn what_goes_on_or_is_rested_on_is_not_changed() {
        for (place, said) in [(Place { goes_on: true, ..BODY }, GOES_ON), (Place { rested_on: true, ..BODY }, RESTED_ON)] {
            assert_eq!(allowed(place), []);
            for deed in [Deed::Correct, Deed::CorrectShared, Deed::Remove] {
                assert_eq!(why(deed, place), said);
            }
            let agency = Place { goes_on: place.goes_on, rested_on: place.rested_on, ..AGENCY };
            assert_eq!(allowed(agency), [Deed::Confirm, Deed::Object], "that it is wrong can always be said");
        }
    }

    #[test]
    fn nothing_is_done_with_what_was_taken_away() {
        for place in [BODY, AGENCY, JOINED] {
            assert_eq!(allowed(Place { removed: true, ..place }), []);
            assert_eq!(why(Deed::Remove, Place { removed: true, goes_on: true, ..place }), "Ärendet är borttaget.");
        }
    }
}
