//! How Swedish text becomes words: split, lower case, accents folded except å, ä and ö, stems.

use std::sync::LazyLock;

use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer, TokenizerManager,
};

use super::endings::regular;

/// Changes whenever anything in this file or in `endings` changes what words a text gives: an index of another version is rebuilt.
pub(super) const ANALYSER_VERSION: u32 = 1;

/// The analyser of plain words, as people wrote them but folded.
pub(super) const WORDS: &str = "sv_words";
/// The analyser of stems.
pub(super) const STEMS: &str = "sv_stems";

/// Longer words are noise (base64, rows of letters) and are not indexed.
const LONGEST_WORD: usize = 64;

/// Positions between one value of a field and the next; more than any distance at which words count as near.
const GAP: usize = 10;

/// A word in a text: where it stands (bytes) and its folded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The word at or after byte `from`, if any. Words are runs of letters and digits; combining marks and soft hyphens stay inside.
fn next_word(text: &str, from: usize) -> Option<Word> {
    let rest = text.get(from..)?;
    let offset = rest.find(char::is_alphanumeric)?;
    let start = from + offset;
    let mut folded = String::new();
    let mut end = start;
    for (at, c) in text[start..].char_indices() {
        if c.is_alphanumeric() {
            fold_letter(c, &mut folded);
        } else if is_mark(c) {
            compose(c, &mut folded);
        } else if !is_invisible(c) {
            break;
        }
        end = start + at + c.len_utf8();
    }
    Some(Word { start, end, text: folded })
}

/// The words of a text that the index holds, in order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    words_of_any_length(text).filter(|word| word.text.len() <= LONGEST_WORD)
}

/// The words of a text, in order, also those that no index holds: who asks for one finds nothing, rather than everything.
pub(super) fn words_of_any_length(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut from = 0;
    let next = move || {
        let word = next_word(text, from)?;
        from = word.end;
        Some(word)
    };
    std::iter::from_fn(next).filter(|word| !word.text.is_empty())
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Soft hyphens and zero-width characters that editors leave inside words.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Joins a combining mark to the letter before it where that makes å, ä or ö; other marks are folded away.
fn compose(mark: char, folded: &mut String) {
    let joined = match (folded.chars().last(), mark) {
        (Some('a'), '\u{30a}') => 'å',
        (Some('a'), '\u{308}') => 'ä',
        (Some('o'), '\u{308}') => 'ö',
        _ => return,
    };
    folded.pop();
    folded.push(joined);
}

fn fold_letter(c: char, folded: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            'å' | 'ä' | 'ö' => folded.push(lower),
            'à' | 'á' | 'â' | 'ã' => folded.push('a'),
            'ç' | 'č' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ě' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' | 'ń' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'š' => folded.push('s'),
            'ž' => folded.push('z'),
            'æ' => folded.push('ä'),
            'ø' => folded.push('ö'),
            'ß' => folded.push_str("ss"),
            mark if is_mark(mark) => {}
            other => folded.push(other),
        }
    }
}

/// tantivy's view of [`words`].
#[derive(Clone, Default)]
struct SwedishTokenizer {
    token: Token,
}

struct SwedishTokens<'a> {
    text: &'a str,
    from: usize,
    token: &'a mut Token,
}

impl Tokenizer for SwedishTokenizer {
    type TokenStream<'a> = SwedishTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SwedishTokens<'a> {
        self.token.reset();
        // positions begin after a gap, so that the end of one item is not near the beginning of the next
        self.token.position = self.token.position.wrapping_add(GAP);
        SwedishTokens { text, from: 0, token: &mut self.token }
    }
}

impl TokenStream for SwedishTokens<'_> {
    fn advance(&mut self) -> bool {
        while let Some(word) = next_word(self.text, self.from) {
            self.from = word.end;
            self.token.position = self.token.position.wrapping_add(1);
            if word.text.is_empty() || word.text.len() > LONGEST_WORD {
                continue;
            }
            self.token.offset_from = word.start;
            self.token.offset_to = word.end;
            self.token.text = word.text;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Hands the stemmer words whose endings it knows (see `endings`).
#[derive(Clone)]
struct RegularEndings;

#[derive(Clone)]
struct WithRegularEndings<T>(T);

struct RegularTokens<T>(T);

impl TokenFilter for RegularEndings {
    type Tokenizer<T: Tokenizer> = WithRegularEndings<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> WithRegularEndings<T> {
        WithRegularEndings(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for WithRegularEndings<T> {
    type TokenStream<'a> = RegularTokens<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        RegularTokens(self.0.token_stream(text))
    }
}

impl<T: TokenStream> TokenStream for RegularTokens<T> {
    fn advance(&mut self) -> bool {
        let more = self.0.advance();
        if more {
            regular(&mut self.0.token_mut().text);
        }
        more
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

/// A tokenizer followed by stemming.
fn stemming(tokenizer: impl Tokenizer) -> TextAnalyzer {
    TextAnalyzer::builder(tokenizer).filter(RegularEndings).filter(Stemmer::new(Language::Swedish)).build()
}

/// The analysers under their names. tantivy does not store them, so every open registers them again.
pub(super) fn analysers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(WORDS, SwedishTokenizer::default());
    manager.register(STEMS, stemming(SwedishTokenizer::default()));
    manager
}

/// The stem of one folded word, the same as the index holds.
pub(super) fn stem(word: &str) -> String {
    let mut stemmer = stemming(RawTokenizer::default());
    let mut stream = stemmer.token_stream(word);
    if stream.advance() && !stream.token().text.is_empty() { stream.token().text.clone() } else { word.to_owned() }
}

/// Whether a folded word is one of the Swedish stop words, which a query leaves out while it has better words.
pub(super) fn is_stop_word(word: &str) -> bool {
    static FILTER: LazyLock<Option<TextAnalyzer>> =
        LazyLock::new(|| Some(TextAnalyzer::builder(RawTokenizer::default()).filter(StopWordFilter::new(Language::Swedish)?).build()));
    FILTER.clone().is_some_and(|mut filter| !filter.token_stream(word).advance())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).map(|word| word.text).collect()
    }

    #[test]
    fn swedish_letters_stay_and_accents_fold() {
        assert_eq!(texts("Ålder, ALDER; idé-Café ärenden/ÖVRIGT"), ["ålder", "alder", "ide", "cafe", "ärenden", "övrigt"]);
        assert_eq!(texts("a\u{30a}lder sko\u{ad}la ide\u{301}"), ["ålder", "skola", "ide"]);
    }

    #[test]
    fn places_are_bytes_of_the_text_as_written() {
        let text = "Antal elevér";
        let found: Vec<_> = words(text).map(|word| &text[word.start..word.end]).collect();
        assert_eq!(found, ["Antal", "elevér"]);
    }

    #[test]
    fn nothing_and_noise_give_no_words() {
        assert_eq!(texts(""), [""; 0]);
        assert_eq!(texts("🎉 \0 -- \u{301}"), [""; 0]);
        assert_eq!(texts(&"x".repeat(65)), [""; 0]);
    }

    #[test]
    fn forms_share_a_stem_and_stop_words_are_known() {
        for form in ["elev", "elever", "eleven", "elevens", "eleverna"] {
            assert_eq!(stem(form), "elev", "{form}");
        }
        assert_ne!(stem("ålder"), stem("alder"));
        assert!(is_stop_word("och") && is_stop_word("för"));
        assert!(!is_stop_word("skola"));
    }

    #[test]
    fn the_index_sees_the_same_words() {
        let mut analyser = analysers().get(STEMS).expect("the stem analyser");
        let mut stream = analyser.token_stream("Antal elever i ÅRSKURS 9");
        let mut seen = Vec::new();
        while stream.advance() {
            seen.push((stream.token().position, stream.token().text.clone()));
        }
        let expected: Vec<_> =
            words("Antal elever i ÅRSKURS 9").map(|word| stem(&word.text)).zip(GAP..).map(|(stem, at)| (at, stem)).collect();
        assert_eq!(seen, expected);
    }
}
