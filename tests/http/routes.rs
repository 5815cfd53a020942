//! The routes of the register, read out of its source.

use crate::source::{Kind, Token, files, string_value, tokens};

/// The routes in a source text, as `GET /path`.
pub fn routes(text: &str, prefix: &str) -> Vec<String> {
    let tokens = tokens(text);
    let word = |at: usize| match tokens.get(at) {
        Some(Token { kind: Kind::Word(word), .. }) => Some(word.as_str()),
        _ => None,
    };
    let is_open = |at: usize| matches!(tokens.get(at), Some(Token { kind: Kind::Open('('), .. }));
    let mut found = Vec::new();
    let mut path = None;
    for at in 0..tokens.len() {
        match word(at) {
            Some("route") if is_open(at + 1) => {
                path = match tokens.get(at + 2).map(|token| &token.kind) {
                    Some(Kind::Literal(literal)) => string_value(literal),
                    _ => None,
                };
            }
            Some("nest" | "fallback" | "merge") => path = None,
            Some(method @ ("get" | "post" | "put" | "patch" | "delete" | "any")) if is_open(at + 1) => {
                if let Some(path) = &path {
                    found.push(format!("{} {prefix}{path}", method.to_uppercase()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Every route of the register.
pub fn all_routes() -> Vec<String> {
    let mut found = Vec::new();
    for file in files("src", ".rs") {
        match file.path.as_str() {
            "src/web/mod.rs" => found.extend(routes(&file.text, "")),
            "src/web/api/mod.rs" => found.extend(routes(&file.text, "/api/v1")),
            path => assert!(routes(&file.text, "").is_empty(), "{path} has routes of its own: they belong to the table in web/mod.rs"),
        }
    }
    found.sort();
    found
}
