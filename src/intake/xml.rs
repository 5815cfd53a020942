//! XML as it stands in workbooks: a stream of events with the tricks of hostile files refused.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::package::BROKEN;

/// The most elements in one part: the most cells, each with a value and a formula, and the texts that they share.
const MOST_ELEMENTS: usize = 4_000_000;

/// What is said of a part with more elements than any sheet of the allowed size has.
const TOO_MANY: &str =
    "Filen har fler celler än vad som kan läsas, även om de är tomma. Kopiera de ifyllda raderna till en ny fil och försök igen.";

/// What is said of a part with a document type: nobody's workbook or document has one, and entities are declared there.
pub const DECLARES: &str = "Filen är trasig: den innehåller egna xml-definitioner. Spara om den i kalkylprogrammet och försök igen.";

/// What stands next in the text. An empty element comes as a start and an end.
pub enum Node<'a> {
    /// A start tag.
    Start(BytesStart<'a>),
    /// The end of the innermost open element.
    End,
    /// Text with its references resolved.
    Text(Cow<'a, str>),
}

/// A reader of one part.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    elements: usize,
    depth: usize,
}

impl<'a> Xml<'a> {
    /// Starts at the beginning of the text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        Self { reader, elements: 0, depth: 0 }
    }

    /// The next node; nothing at the end.
    ///
    /// # Errors
    /// For text that is not XML, for a document type, and past the limits.
    pub fn next(&mut self) -> Result<Option<Node<'a>>, String> {
        loop {
            let node = match self.reader.read_event().map_err(|_| BROKEN.to_owned())? {
                Event::Start(tag) => {
                    self.elements += 1;
                    self.depth += 1;
                    if self.elements > MOST_ELEMENTS {
                        return Err(TOO_MANY.to_owned());
                    }
                    Node::Start(tag)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::End
                }
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(|_| BROKEN.to_owned())? {
                        Some(character) => Cow::Owned(character.to_string()),
                        None => resolve_predefined_entity(&reference).map(Cow::Borrowed).ok_or_else(|| BROKEN.to_owned())?,
                    };
                    Node::Text(resolved)
                }
                Event::DocType(_) => return Err(DECLARES.to_owned()),
                Event::Eof if self.depth > 0 => return Err(BROKEN.to_owned()),
                Event::Eof => return Ok(None),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => continue,
            };
            return Ok(Some(node));
        }
    }

    /// Passes everything up to the end of the element that was just started.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub fn skip(&mut self) -> Result<(), String> {
        let inside = self.depth;
        while self.depth >= inside {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// All the text up to the end of the element that was just started, without what stands in the elements named `but`.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub fn text_within(&mut self, but: &[&str]) -> Result<String, String> {
        let inside = self.depth;
        let mut text = String::new();
        while self.depth >= inside {
            match self.next()? {
                Some(Node::Text(more)) => text.push_str(&more),
                Some(Node::Start(tag)) if but.contains(&tag.local_name().as_ref()) => self.skip()?,
                Some(_) => {}
                None => break,
            }
        }
        Ok(text)
    }
}

/// The value of an attribute by its full name, such as `office:value`.
#[must_use]
pub fn attribute<'t>(tag: &'t BytesStart<'_>, name: &str) -> Option<Cow<'t, str>> {
    // without checks for doubles, which take time squared in their number
    let found = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| Cow::Owned(value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Result<String, String> {
        let mut xml = Xml::new(text);
        match xml.next()? {
            Some(Node::Start(_)) => xml.text_within(&["rPh"]),
            _ => Err("no element".to_owned()),
        }
    }

    #[test]
    fn text_is_gathered_with_its_references() {
        assert_eq!(texts("<t>a &amp; b<r><t>&#229;</t></r><rPh>x</rPh><![CDATA[<]]></t>").as_deref(), Ok("a & bå<"));
    }

    #[test]
    fn document_types_unknown_entities_and_open_ends_are_refused() {
        for wrong in ["<!DOCTYPE t [<!ENTITY a \"b\">]><t>&a;</t>", "<t>&a;</t>", "<t><u></t>", "<t>", "<t a=></t", "<t>\0&#0;</t>"] {
            assert!(texts(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn attributes_are_read_by_full_name() {
        let mut xml = Xml::new("<t:c office:value=\"1 &lt; 2\" value=\"x\" broken/>");
        let Ok(Some(Node::Start(tag))) = xml.next() else { panic!("a start tag") };
        assert_eq!(attribute(&tag, "office:value").as_deref(), Some("1 < 2"));
        assert_eq!(attribute(&tag, "missing"), None);
    }
}
