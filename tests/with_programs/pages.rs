//! One address of each kind of page.

use serde_json::Value;

use crate::demonstration;

/// Name and address of one page of each kind in the demonstration.
pub fn every_kind() -> Result<Vec<(&'static str, String)>, String> {
    let number = first_number("")?;
    let pages = [
        ("start", "/"),
        ("list", "/insamlingar"),
        ("list_found", "/insamlingar?q=elever"),
        ("list_filtered", "/insamlingar?q=skola&svar=unstated&status=planned"),
        ("list_empty", "/insamlingar?q=qqqqqqqq"),
        ("agencies", "/myndigheter"),
        ("agency", "/myndigheter/202100-0837"),
        ("agency_ended", "/myndigheter/202100-0852"),
        ("municipalities", "/kommuner"),
        ("municipalities_found", "/kommuner?q=berg"),
        ("municipality", "/kommuner/0180"),
        ("municipality_with_two_tasks", "/kommuner/0980"),
        ("region", "/regioner/14"),
        ("about", "/om"),
        ("about_import", "/om/import"),
        ("about_accessibility", "/om/tillganglighet"),
        ("missing", "/finns-inte"),
    ];
    let mut pages: Vec<(&str, String)> = pages.map(|(name, path)| (name, path.to_owned())).into();
    pages.push(("collection", format!("/insamlingar/{number}")));
    pages.push(("collection_with_list", format!("/insamlingar/{}", first_number("r%C3%A4kenskapssammandrag")?)));
    Ok(pages)
}

/// The number of the first collection that a search in the open data finds.
fn first_number(query: &str) -> Result<String, String> {
    let (status, body) = demonstration::get(&format!("/api/v1/collections?limit=1&q={query}"))?;
    let body: Value = serde_json::from_str(&body).map_err(|error| format!("{status}: {error}: {body}"))?;
    body["items"][0]["number"].as_str().map(str::to_owned).ok_or_else(|| format!("{status}: no number in {body}"))
}
