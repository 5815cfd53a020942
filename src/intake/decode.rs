//! Text files: which characters the bytes stand for. Told apart, or refused in words; never guessed into nonsense.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

const UNKNOWN: &str = "Filens teckenkodning går inte att avgöra. Spara den som ”CSV UTF-8” och försök igen.";

/// The text of a file in UTF-8 (with or without byte order mark), UTF-16 (with one) or Windows-1252.
///
/// # Errors
/// In Swedish, when the bytes make sense in none of them.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(std::str::from_utf8(rest).map_err(|_| UNKNOWN.to_owned())?),
        [0xff, 0xfe, rest @ ..] => utf_16(UTF_16LE, rest)?,
        [0xfe, 0xff, rest @ ..] => utf_16(UTF_16BE, rest)?,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => windows_1252(bytes)?,
        },
    };
    if text.contains('\0') {
        return Err("Filen innehåller NUL-tecken och är ingen textfil. Spara den som ”CSV UTF-8”, xlsx eller ods.".to_owned());
    }
    Ok(text)
}

fn utf_16<'a>(encoding: &'static encoding_rs::Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| UNKNOWN.to_owned())
}

/// Windows-1252, if the text that comes out is one that a Swedish agency could have written.
fn windows_1252(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    // the marks of UTF-8 read as Windows-1252: the file is UTF-8 with a damaged byte
    let damaged = ["Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã©"].iter().any(|mark| text.contains(mark));
    if damaged {
        return Err(format!("Filen är skriven i UTF-8 men innehåller skadade tecken. {UNKNOWN}"));
    }
    if text.contains(is_control) && !text.contains('\0') || has_odd_word(&text) {
        return Err(UNKNOWN.to_owned());
    }
    Ok(text)
}

/// Whether a sign stands inside a word where the letters å, ä and ö of old DOS and Mac files end up.
fn has_odd_word(text: &str) -> bool {
    let swedish = text.contains(['å', 'ä', 'ö', 'Å', 'Ä', 'Ö']);
    let mut before = [' '; 2];
    text.chars().any(|c| {
        let inside = before[0].is_alphabetic() && c.is_alphabetic();
        let odd = matches!(before[1], '†' | '„' | '”' | '‡' | '™' | '€') || (!swedish && matches!(before[1], 'Œ' | 'Š' | 'š' | 'Ž'));
        before = [before[1], c];
        inside && odd
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Område;Åtgärd i Örebro – «så»";

    #[test]
    fn the_three_kinds_are_told_apart() {
        let bom = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        let windows = WINDOWS_1252.encode(TEXT).0.into_owned();
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in [TEXT.as_bytes().to_vec(), bom, windows, little, big] {
            assert_eq!(decode(&bytes).as_deref(), Ok(TEXT));
        }
    }

    #[test]
    fn what_makes_sense_nowhere_is_refused() {
        let mut damaged = "titel;område\nÅker;x".as_bytes().to_vec();
        damaged.push(0xff);
        assert!(decode(&damaged).is_err_and(|message| message.contains("skadade")));
        for wrong in [&b"omr\x86de;titel"[..], b"omr\x8cde;titel", b"a\x81b", b"a\xe5\x01b", b"\xff\xfea", b"a\0b", b"\xe5\0"] {
            assert!(decode(wrong).is_err(), "{wrong:?}");
        }
    }
}
