//! What differs between two versions of a collection, and what a change leaves as it is.

use std::collections::BTreeSet;

use super::field::Field;
use super::new_collection::CollectionParts;

/// The fields in which `new` differs from `old`, in the order of the record; items and rounds each as one field.
#[must_use]
pub fn changed_fields(old: &CollectionParts, new: &CollectionParts) -> Vec<Field> {
    let (a, b) = (&old.content, &new.content);
    [
        (Field::OwnReference, old.own_reference != new.own_reference),
        (Field::Title, a.title != b.title),
        (Field::Kind, a.kind != b.kind),
        (Field::Purpose, a.purpose != b.purpose),
        (Field::Area, a.area != b.area),
        (Field::Status, old.status != new.status),
        (Field::Responsible, old.responsible != new.responsible),
        (Field::DiaryNumber, old.diary_number != new.diary_number),
        (Field::Collector, old.collector != new.collector),
        (Field::AssignmentKind, a.assignment.kind != b.assignment.kind),
        (Field::AssignmentDepartment, a.assignment.department != b.assignment.department),
        (Field::AssignmentInstrument, a.assignment.instrument != b.assignment.instrument),
        (Field::AssignmentDated, a.assignment.dated != b.assignment.dated),
        (Field::AssignmentFinalReport, a.assignment.final_report_on != b.assignment.final_report_on),
        (Field::Origin, a.origin != b.origin),
        (Field::Obligation, a.obligation != b.obligation),
        (Field::Provisions, a.provisions != b.provisions),
        (Field::Respondents, a.respondents != b.respondents),
        (Field::Observe, a.observe != b.observe),
        (Field::DataUse, a.data_use != b.data_use),
        (Field::Consultation, a.consultation != b.consultation),
        (Field::Consulted, a.consulted != b.consulted),
        (Field::DecidedOn, a.decided_on != b.decided_on),
        (Field::Periodicity, a.periodicity != b.periodicity),
        (Field::PeriodicityWords, a.periodicity_words != b.periodicity_words),
        (Field::Visibility, old.visibility != new.visibility),
        (Field::Channel, a.channel != b.channel),
        (Field::ChannelWords, a.channel_words != b.channel_words),
        (Field::DataPaths, a.data_paths != b.data_paths),
        (Field::ContactFunction, a.contact_function != b.contact_function),
        (Field::ContactEmail, a.contact_email != b.contact_email),
        (Field::FurtherUsers, a.further_users != b.further_users),
        (Field::AutomationConsidered, a.automation_considered != b.automation_considered),
        (Field::AutomationComment, a.automation_comment != b.automation_comment),
        (Field::SourceUrl, a.source_url != b.source_url),
        (Field::Remark, a.remark != b.remark),
        (Field::ItemLabel, a.items != b.items),
        (Field::RoundLabel, old.rounds != new.rounds),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// Takes over from `old` every field that `given` does not name: a file without a column says nothing of it.
pub fn keep_unsaid(new: &mut CollectionParts, old: &CollectionParts, given: &BTreeSet<Field>) {
    let unsaid = |field: Field| !given.contains(&field);
    macro_rules! keep {
        ($($field:ident: $($path:ident).+;)+) => { $(if unsaid(Field::$field) { new.$($path).+.clone_from(&old.$($path).+) })+ };
    }
    keep! {
        Purpose: content.purpose;
        Area: content.area;
        Responsible: responsible;
        DiaryNumber: diary_number;
        Collector: collector;
        AssignmentKind: content.assignment.kind;
        AssignmentDepartment: content.assignment.department;
        AssignmentInstrument: content.assignment.instrument;
        AssignmentDated: content.assignment.dated;
        AssignmentFinalReport: content.assignment.final_report_on;
        Origin: content.origin;
        Obligation: content.obligation;
        Provisions: content.provisions;
        Respondents: content.respondents;
        Observe: content.observe;
        DataUse: content.data_use;
        Consultation: content.consultation;
        Consulted: content.consulted;
        DecidedOn: content.decided_on;
        Periodicity: content.periodicity;
        PeriodicityWords: content.periodicity_words;
        Visibility: visibility;
        Channel: content.channel;
        ChannelWords: content.channel_words;
        DataPaths: content.data_paths;
        ContactFunction: content.contact_function;
        ContactEmail: content.contact_email;
        FurtherUsers: content.further_users;
        AutomationConsidered: content.automation_considered;
        AutomationComment: content.automation_comment;
        SourceUrl: content.source_url;
        Remark: content.remark;
    }
    if unsaid(Field::Status) {
        new.status = old.status;
    }
    // an empty sheet of the template is no wish to take everything away
    if unsaid(Field::ItemLabel) || new.content.items.is_empty() {
        new.content.items.clone_from(&old.content.items);
    }
    if unsaid(Field::RoundLabel) || new.rounds.is_empty() {
        new.rounds.clone_from(&old.rounds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::{Content, Item};
    use crate::domain::terms::{Answer, ItemSource, Kind, Status, Visibility};

    #[test]
    fn what_a_file_does_not_say_stays() {
        let old = CollectionParts {
            own_reference: Some("A-1".into()),
            responsible: vec!["202100-0837".into()],
            diary_number: Some("1/2027".into()),
            collector: None,
            status: Status::Decided,
            visibility: Visibility::Never,
            content: Content { purpose: "Tillsyn".into(), ..Content::titled(Kind::Supervision, "Tillsyn") },
            rounds: Vec::new(),
        };
        let mut new = CollectionParts { visibility: Visibility::Now, status: Status::Planned, diary_number: None, ..old.clone() };
        new.content = Content::titled(Kind::Supervision, "Nytt namn");
        keep_unsaid(&mut new, &old, &BTreeSet::from([Field::Title, Field::Kind, Field::DiaryNumber]));
        assert_eq!(changed_fields(&old, &new), [Field::Title, Field::DiaryNumber]);
    }

    #[test]
    fn only_what_differs_is_named() {
        let old = CollectionParts {
            own_reference: None,
            responsible: vec!["202100-0837".into()],
            diary_number: None,
            collector: None,
            status: Status::Planned,
            visibility: Visibility::Now,
            content: Content::titled(Kind::Survey, "Enkät"),
            rounds: Vec::new(),
        };
        assert_eq!(changed_fields(&old, &old.clone()), []);
        let renamed = CollectionParts { own_reference: Some("A-2".into()), ..old.clone() };
        assert_eq!(changed_fields(&old, &renamed), [Field::OwnReference]);
        let mut new = old.clone();
        new.status = Status::Decided;
        new.content.items.push(Item {
            label: "Antal lån".into(),
            definition: None,
            unit: None,
            source: ItemSource::Unknown,
            personal_data: Answer::No,
        });
        assert_eq!(changed_fields(&old, &new), [Field::Status, Field::ItemLabel]);
    }
}
