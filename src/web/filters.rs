//! Small transformations that templates use.
#![expect(missing_docs, reason = "askama's attribute makes items beside each function that cannot be given a docstring")]

use std::fmt::Display;

use chrono::NaiveDate;

use crate::domain::organisation::Organisation;
use crate::text;

/// The first letter in upper case, the rest as it is: `API` stays, `ej angivet` becomes `Ej angivet`.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn sentence(text: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(capital(&text.to_string()))
}

/// The responsible agencies as one short text.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn short_names(organisations: &[Organisation], _: &dyn askama::Values) -> askama::Result<String> {
    Ok(joined(organisations))
}

/// A text short enough for the title of a browser's tab, beside the register's own name and a collection's number.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn tab(text: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(text::shorten(&text.to_string(), LONGEST_TAB))
}

/// A long text in two: its beginning, and the rest; none where it is short.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn folded(text: impl Display, _: &dyn askama::Values) -> askama::Result<Option<(String, String)>> {
    let text = text.to_string();
    Ok(text::fold_at(&text).map(|at| (text[..at].trim_end().to_owned(), text[at..].trim_start().to_owned())))
}

/// A date written out.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn written(day: &NaiveDate, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(text::written_date(*day))
}

/// As [`sentence`], for code.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Characters of a tab's title that are left for the page's own words, so that the whole stays within 70.
const LONGEST_TAB: usize = 36;

/// A name longer than this gives way to the abbreviation, if there is one: most people know «Socialstyrelsen», few know «SoS».
const LONGEST_NAME: usize = 32;

fn handy_name(organisation: &Organisation) -> &str {
    if organisation.name.chars().count() <= LONGEST_NAME { &organisation.name } else { organisation.short_name() }
}

/// Up to three names in a row; more than that are counted, since twenty-one county boards would fill the line.
#[must_use]
pub fn joined(organisations: &[Organisation]) -> String {
    if organisations.len() <= 3 {
        return organisations.iter().map(handy_name).collect::<Vec<_>>().join(", ");
    }
    if organisations.iter().all(|one| one.name.starts_with("Länsstyrelsen")) {
        return format!("{}\u{a0}länsstyrelser", organisations.len());
    }
    format!("{} och {}\u{a0}andra", handy_name(&organisations[0]), organisations.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organisation::OrganisationKind;

    fn named(name: &str) -> Organisation {
        let code = "202100-0837".into();
        Organisation {
            code,
            kind: OrganisationKind::Agency,
            name: name.into(),
            abbreviation: None,
            in_ordinance_scope: true,
            ended_on: None,
        }
    }

    #[test]
    fn many_agencies_are_counted() {
        let boards =
            ["Länsstyrelsen i Blekinge län", "Länsstyrelsen i Dalarnas län", "Länsstyrelsen i Gotlands län", "Länsstyrelsen Skåne"];
        assert_eq!(joined(&boards.map(named)), "4\u{a0}länsstyrelser");
        assert_eq!(joined(&["A", "B"].map(named)), "A, B");
        assert_eq!(joined(&["A", "B", "C", "D"].map(named)), "A och 3\u{a0}andra");
        assert_eq!(capital("årlig"), "Årlig");
        assert_eq!(capital(""), "");
    }
}
