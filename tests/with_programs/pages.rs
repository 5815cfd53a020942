//! One address of each kind of page.

use serde_json::Value;

use crate::demonstration;

/// Name and address of one page of each kind in the demonstration.
pub fn every_kind() -> Result<Vec<(&'static str, String)>, String> {
    let pages = [
        ("start", "/"),
        ("list", "/insamlingar"),
        ("list_found", "/insamlingar?q=elever"),
        ("list_filtered", "/insamlingar?q=skola&svar=unstated&status=planned"),
        ("list_empty", "/insamlingar?q=qqqqqqqq"),
        ("agencies", "/myndigheter"),
        ("agency", "/myndigheter/202100-0837"),
        ("agency_ended", "/myndigheter/202100-0852"),
        ("agency_list", "/myndigheter/202100-4185/forteckning"),
        ("agency_list_ended", "/myndigheter/202100-0852/forteckning"),
        ("municipalities", "/kommuner"),
        ("municipalities_found", "/kommuner?q=berg"),
        ("municipalities_meant", "/kommuner?q=goteborg"),
        ("municipality", "/kommuner/0180"),
        ("municipality_with_two_tasks", "/kommuner/0980"),
        ("region", "/regioner/14"),
        ("statistics", "/statistik"),
        ("statistics_unknown", "/statistik?ar=1999"),
        ("about", "/om"),
        ("about_import", "/om/import"),
        ("about_accessibility", "/om/tillganglighet"),
        ("about_personal_data", "/om/personuppgifter"),
        ("sign_in", "/logga-in"),
        ("sign_in_sent", "/logga-in?skickat=ja"),
        ("sign_in_link_unknown", "/logga-in/finns-inte"),
        ("link_unknown", "/delat/finns-inte"),
        ("missing", "/finns-inte"),
        ("refused", "/insamlingar?q=%00"),
    ];
    let mut pages: Vec<(&str, String)> = pages.map(|(name, path)| (name, path.to_owned())).into();
    // looking uses nothing up
    pages.push(("sign_in_link", demonstration::sign_in_address("agency")?));
    let collections = collections()?;
    let first = address(collections.first().ok_or("the demonstration has no collection")?)?;
    pages.push(("documents", format!("{first}/handlingar")));
    pages.push(("notice", format!("{first}/handlingar/meddelande")));
    pages.push(("status_address", first.replace("/insamlingar/", "/s/")));
    pages.push(("decision", decision(&collections)?));
    pages.push(("collection", first));
    let many = collections.iter().find(|one| one["agencies"].as_array().is_some_and(|agencies| agencies.len() > 3));
    pages.push(("collection_of_many_agencies", address(many.ok_or("no collection has more than three agencies")?)?));
    pages.push(("collection_with_list", with_list(&collections)?));
    Ok(pages)
}

/// The rows of the open data, newest number first.
fn collections() -> Result<Vec<Value>, String> {
    let list = json("/api/v1/collections?limit=500")?;
    list["items"].as_array().cloned().ok_or_else(|| format!("no items in {list}"))
}

/// The address of the first collection that asks somebody by name.
fn with_list(collections: &[Value]) -> Result<String, String> {
    for one in collections {
        let path = address(one)?;
        let whole = json(&path.replace("/insamlingar", "/api/v1/collections"))?;
        if whole["respondents"].as_array().is_some_and(|groups| groups.iter().any(|group| group["selection"] == "listed")) {
            return Ok(path);
        }
    }
    Err("no collection asks somebody by name".to_owned())
}

/// The address of the decision on the first enkät.
fn decision(collections: &[Value]) -> Result<String, String> {
    for one in collections {
        let path = address(one)?;
        if json(&path.replace("/insamlingar", "/api/v1/collections"))?["kind"] == "survey" {
            return Ok(format!("{path}/handlingar/beslut"));
        }
    }
    Err("no collection is an enkät".to_owned())
}

fn address(collection: &Value) -> Result<String, String> {
    let number = collection["number"].as_str().ok_or_else(|| format!("no number in {collection}"))?;
    Ok(format!("/insamlingar/{number}"))
}

fn json(path: &str) -> Result<Value, String> {
    let (status, body) = demonstration::get(path)?;
    serde_json::from_str(&body).map_err(|error| format!("{path} answered {status}: {error}: {body}"))
}
