//! The project's own source as flat tokens without its test code: what the rules about imports and SQL are checked on.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A text file of the project.
pub struct SourceFile {
    /// Its path from the project's folder, with slashes.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// One token; groups are opened and closed by tokens of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    Sign(char),
    Literal(String),
    Open(char),
    Close(char),
}

/// A token and the line where it stands.
#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` whose name ends with `ending`, by path.
pub fn files(folder: &str, ending: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    collect(&root().join(folder), ending, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let relative = path.strip_prefix(root()).expect("below the project").to_string_lossy().replace('\\', "/");
            found.push(SourceFile { path: relative, text: fs::read_to_string(&path).expect("UTF-8") });
        }
    }
}

/// The tokens of a source text, in order; what stands under `#[cfg(test)]` is left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let stream: TokenStream = text.parse().expect("Rust that can be read as tokens");
    let mut flat = Vec::new();
    flatten(stream, &mut flat);
    flat
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        if is_sign(tree, '#') && trees.get(at).is_some_and(is_test_attribute) {
            at = after_item(&trees, at + 1);
            continue;
        }
        let line = tree.span().start().line;
        let mut push = |kind| flat.push(Token { kind, line });
        match tree {
            TokenTree::Ident(word) => push(Kind::Word(word.to_string())),
            TokenTree::Punct(sign) => push(Kind::Sign(sign.as_char())),
            TokenTree::Literal(literal) => push(Kind::Literal(literal.to_string())),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                push(Kind::Open(open));
                flatten(group.stream(), flat);
                flat.push(Token { kind: Kind::Close(close), line: group.span_close().start().line });
            }
        }
    }
}

fn is_sign(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_test_attribute(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// The place after the item that begins at `at`: behind its body or its semicolon.
fn after_item(trees: &[TokenTree], at: usize) -> usize {
    let is_end = |tree: &TokenTree| is_sign(tree, ';') || matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    trees.iter().skip(at).position(is_end).map_or(trees.len(), |end| at + end + 1)
}

/// The text of a string literal as the compiler reads it; none for other literals.
pub fn string_value(literal: &str) -> Option<String> {
    syn::parse_str::<syn::LitStr>(literal).ok().map(|text| text.value())
}
