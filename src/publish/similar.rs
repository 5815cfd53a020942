//! Overlaps as JSON: what `similar` prints, a line for each planned collection, and what the API answers.

use serde::Serialize;

/// The answer to one planned collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Similar {
    /// What the planned collection is called: an id of the file, or a number.
    pub id: String,
    /// Registered collections, the most probable first.
    pub matches: Vec<Match>,
}

impl Similar {
    /// The same with scores in hundredths: more digits mean nothing, and would tell of the register what nobody asked.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        for found in &mut self.matches {
            let items = found.items.iter_mut().flat_map(|item| &mut item.matches);
            for score in items.map(|item| &mut item.score).chain([&mut found.score]) {
                *score = (*score * 100.0).round() / 100.0;
            }
        }
        self
    }
}

/// A registered collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// Its number, or its id in the file that was compared with.
    pub collection: String,
    /// The probability that it already asks for something of the planned one.
    pub score: f64,
    /// Whether that is probable enough to be asked about; none where that is not told: such flags are never public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<bool>,
    /// Why it is among the answers, in Swedish; nothing where that is not told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// What the register says of it; nothing for files.
    #[serde(flatten)]
    pub registered: Option<Registered>,
    /// Every planned item.
    pub items: Vec<PlannedItem>,
}

/// What an answer tells of a collection of the register.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Registered {
    /// Its title.
    pub title: String,
    /// The names of the responsible agencies.
    pub agencies: Vec<String>,
    /// Where it is in its life: withdrawn ones are found as well.
    pub status: &'static str,
    /// Its page.
    pub url: String,
}

/// A planned item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedItem {
    /// What it is called: an id of the file, or the number of its collection and its place.
    pub item: String,
    /// The registered items that most probably ask for the same, best first.
    pub matches: Vec<ItemMatch>,
}

/// A registered item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemMatch {
    /// What it is called.
    pub item: String,
    /// The probability that it asks for the same; comparable across collections.
    pub score: f64,
    /// What it is; nothing for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One line of the output of `similar`.
///
/// # Errors
/// Never, for what the register makes.
pub fn line(similar: &Similar) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(similar)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_what_the_contract_names_and_no_empty_fields() {
        let items = vec![PlannedItem { item: "Q1.1".into(), matches: vec![ItemMatch { item: "B1.2".into(), score: 0.5, text: None }] }];
        let found = Match { collection: "B1".into(), score: 0.75, flagged: Some(true), why: Vec::new(), registered: None, items };
        let similar = Similar { id: "Q1".into(), matches: vec![found] };
        let expected = r#"{"id":"Q1","matches":[{"collection":"B1","score":0.75,"flagged":true,"items":[{"item":"Q1.1","matches":[{"item":"B1.2","score":0.5}]}]}]}"#;
        assert_eq!(line(&similar).expect("a line"), format!("{expected}\n"));
    }

    #[test]
    fn scores_are_told_in_hundredths() {
        let items = vec![PlannedItem { item: "1".into(), matches: vec![ItemMatch { item: "2".into(), score: 0.125_001, text: None }] }];
        let found = Match { collection: "B".into(), score: 0.987_654, flagged: None, why: Vec::new(), registered: None, items };
        let rounded = line(&Similar { id: "Q".into(), matches: vec![found] }.rounded()).expect("a line");
        assert!(rounded.contains("\"score\":0.99,") && rounded.contains("\"score\":0.13}"), "{rounded}");
    }
}
