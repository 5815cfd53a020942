//! Text on one line: what a short field holds, and what an error shows of what was typed.

/// White space that parts words. No-break spaces hold a number and its unit together and stay.
fn parts_words(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// The text on one line: white space in it is one space, and none at its ends.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(parts_words).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The text on one line with the replacement character for every character that a terminal obeys, or that turns the direction of text.
#[must_use]
pub fn harmless(text: &str) -> String {
    let obeyed =
        |c: char| c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    one_line(text).replace(obeyed, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded_but_no_break_spaces_stay() {
        assert_eq!(one_line(" a\r\n\tb  c\u{2028}d\u{85}e "), "a b c d e");
        assert_eq!(one_line("200\u{a0}000 \u{a0}x"), "200\u{a0}000 \u{a0}x");
        assert_eq!(one_line("\n"), "");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}31m\u{7f}\tc\0"), "a\u{fffd}[2Jb\u{fffd}31m\u{fffd} c\u{fffd}");
        assert_eq!(harmless("\u{202e}mall\u{2069}\u{200f}"), "\u{fffd}mall\u{fffd}\u{fffd}");
    }
}
