//! What of a collection an overlap depends on. Where it changes, the overlap is judged again.

use std::fmt::Write;

use crate::domain::content::Content;
use crate::domain::respondent::Selection;

/// The substance of a collection as one text: title, purpose, respondents and items, and nothing else; not the order of the items. Two collections have the same text
/// only if they say the same.
#[must_use]
pub fn substance(content: &Content) -> String {
    let mut text = String::new();
    let mut part = |value: &str| {
        // each part bears its length, so that none can pass for the beginning of the next
        let _written_to_memory = write!(text, "{}:{value};", value.len());
    };
    part(&content.title);
    part(&content.purpose);
    for group in &content.respondents {
        part(group.kind.code());
        part(group.selection.code());
        match &group.selection {
            Selection::All => {}
            Selection::Listed(codes) => codes.iter().for_each(|code| part(code)),
            Selection::Sample(size) => part(&size.to_string()),
        }
    }
    // in whatever order they are asked
    let mut items: Vec<[&str; 3]> = content
        .items
        .iter()
        .map(|item| [item.label.as_str(), item.definition.as_deref().unwrap_or_default(), item.unit.as_deref().unwrap_or_default()])
        .collect();
    items.sort_unstable();
    items.into_iter().flatten().for_each(&mut part);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::terms::Kind;

    #[test]
    fn only_a_change_in_substance_shows() {
        let content = Content::titled(Kind::Survey, "Elevenkät");
        let mut other = content.clone();
        other.remark = Some("en anmärkning".into());
        other.contact_email = Some("statistik@myndigheten.example".into());
        assert_eq!(substance(&content), substance(&other));
        other.purpose = "ett annat syfte".into();
        assert_ne!(substance(&content), substance(&other));
    }

    #[test]
    fn what_stands_in_one_part_cannot_stand_for_the_next() {
        let titled = |title: &str, purpose: &str| Content { purpose: purpose.into(), ..Content::titled(Kind::Survey, title) };
        assert_ne!(substance(&titled("ab", "c")), substance(&titled("a", "bc")));
        assert_ne!(substance(&titled("a;1:b", "")), substance(&titled("a", "b")));
    }
}
