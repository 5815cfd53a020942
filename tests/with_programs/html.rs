//! The pages' HTML, judged by html-validate's recommended rules.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::programs::checkers;
use crate::{Work, demonstration, pages};

/// Rules that are set otherwise than recommended, each with its reason.
///
/// `no-redundant-role`: where the style sheet changes `display`, a browser may forget that it is a table; then the role is not redundant.
/// `form-dup-name`: fields that share a name are a list, which is what tables of items and groups of boxes send.
const RULES: &str =
    r#"{ "root": true, "extends": ["html-validate:recommended"], "rules": { "no-redundant-role": "off", "form-dup-name": "off" } }"#;

/// The trials.
pub fn trials() -> Vec<(String, Work)> {
    vec![
        ("html_is_valid_on_every_kind_of_page".to_owned(), Box::new(every_page_is_valid)),
        ("html_checker_finds_what_is_wrong".to_owned(), Box::new(the_checker_finds_faults)),
    ]
}

fn every_page_is_valid() -> Result<(), String> {
    let mut files = Vec::new();
    for (name, path) in pages::every_kind()? {
        let (status, body) = demonstration::get(&path)?;
        let expected = match name {
            "missing" | "sign_in_link_unknown" | "link_unknown" => 404,
            "refused" => 400,
            _ => 200,
        };
        if status != expected {
            return Err(format!("{path} answered {status}"));
        }
        files.push((name, body));
    }
    let faults = check(&files)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn the_checker_finds_faults() -> Result<(), String> {
    let wrong = "<!DOCTYPE html><html lang=\"sv\"><head><title>Titel</title></head><body><p><div></div></p><img src=\"a\"></body></html>";
    let faults = check(&[("wrong", wrong.to_owned())])?;
    if faults.len() >= 2 { Ok(()) } else { Err(format!("only found {faults:?}")) }
}

/// What html-validate says of the pages: name, place, rule and message.
pub fn check(pages: &[(&str, String)]) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let config = folder.path().join("rules.json");
    std::fs::write(&config, RULES).map_err(|error| error.to_string())?;
    let mut command = Command::new("node");
    command.arg(checkers().join("html-validate/bin/html-validate.mjs")).arg("--config").arg(&config).args(["--formatter", "json"]);
    for (name, body) in pages {
        let file = folder.path().join(format!("{name}.html"));
        std::fs::write(&file, body).map_err(|error| error.to_string())?;
        command.arg(file);
    }
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let results: Value = serde_json::from_str(&text).map_err(|error| {
        format!("html-validate ended with {}: {error}: {text}{}", output.status, String::from_utf8_lossy(&output.stderr))
    })?;
    let mut faults = Vec::new();
    for result in results.as_array().into_iter().flatten() {
        let file = result["filePath"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        for message in result["messages"].as_array().into_iter().flatten() {
            faults.push(format!("{file}:{}:{} {} {}", message["line"], message["column"], message["ruleId"], message["message"]));
        }
    }
    if faults.is_empty() != output.status.success() {
        return Err(format!("html-validate ended with {} and these faults: {faults:?}", output.status));
    }
    Ok(faults)
}
