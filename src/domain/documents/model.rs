//! A document before it is drawn: what stands in it, in order. It is drawn as HTML to print and as docx.

use chrono::NaiveDate;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is: `Beslut om enkät`, `Förslag till beslut om enkät`.
    pub title: String,
    /// What it is about: the collection's title.
    pub subject: String,
    /// Who sends it: the responsible agencies by name.
    pub sender: String,
    /// The sender's diarienummer, where it is known.
    pub diary_number: Option<String>,
    /// The collection's number in the register.
    pub number: String,
    /// The day that the document bears; none where it is to be filled in.
    pub date: Option<NaiveDate>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of the second level; the title is the first.
    Heading(String),
    /// A paragraph.
    Paragraph(Line),
    /// A paragraph that must not be missed.
    Important(Line),
    /// A list.
    Bullets(Vec<Line>),
    /// Terms and what is said of each.
    Facts(Vec<(String, Line)>),
    /// A table with a row of headings.
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// Where those who decided sign, a line for each.
    Signature(Vec<String>),
}

/// A line of text.
pub type Line = Vec<Span>;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain text.
    Text(String),
    /// Text that leads to a web page or a mailbox.
    Link {
        /// What is read.
        text: String,
        /// Where it leads: `https://…`, `http://…` or `mailto:…`.
        href: String,
    },
    /// Something that the register does not know and that the agency fills in: `[ange …]`.
    Blank(String),
}

impl Document {
    /// Everything that the document says, for tests and for reading aloud.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.title.clone(), self.subject.clone(), self.sender.clone(), self.number.clone()];
        lines.extend(self.diary_number.clone());
        for block in &self.blocks {
            match block {
                Block::Heading(text) => lines.push(text.clone()),
                Block::Paragraph(line) | Block::Important(line) => lines.push(plain(line)),
                Block::Bullets(items) => lines.extend(items.iter().map(|line| plain(line))),
                Block::Facts(facts) => lines.extend(facts.iter().map(|(term, line)| format!("{term}: {}", plain(line)))),
                Block::Table(headings, rows) => {
                    lines.push(headings.join(" | "));
                    lines.extend(rows.iter().map(|row| row.join(" | ")));
                }
                Block::Signature(signers) => lines.extend(signers.clone()),
            }
        }
        lines.join("\n")
    }
}

/// A line without its links.
#[must_use]
pub fn plain(line: &[Span]) -> String {
    line.iter().map(Span::text).collect()
}

impl Span {
    /// What is read; a blank in its brackets.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link { text, .. } | Self::Blank(text) => text,
        }
    }

    /// A blank to fill in: `[ange när]` for `ange när`.
    #[must_use]
    pub fn blank(what: &str) -> Self {
        Self::Blank(format!("[{what}]"))
    }

    /// Text that leads somewhere, if the address is one that a page or a document may lead to; else the text alone.
    #[must_use]
    pub fn link(text: impl Into<String>, href: &str) -> Self {
        let text = text.into();
        let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https" | "mailto") => Self::Link { text, href: href.trim().to_owned() },
            _ => Self::Text(text),
        }
    }
}

/// Plain text as a line.
#[must_use]
pub fn line(text: impl Into<String>) -> Line {
    vec![Span::Text(text.into())]
}

/// The paragraphs of a longer text, as it was typed: empty lines and line breaks part them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

impl Block {
    /// A heading.
    #[must_use]
    pub fn heading(text: &str) -> Self {
        Self::Heading(text.to_owned())
    }

    /// A paragraph of plain text.
    #[must_use]
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph(line(text))
    }

    /// The paragraphs of a longer text: empty lines and line breaks part them.
    pub fn paragraphs(text: &str) -> impl Iterator<Item = Self> {
        lines(text).map(Self::paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_and_mailboxes_are_led_to() {
        assert!(matches!(Span::link("lagen", "https://lag.example/1"), Span::Link { .. }));
        assert!(matches!(Span::link("brevlådan", "mailto:a@b.example"), Span::Link { .. }));
        for wrong in ["javascript:alert(1)", "data:text/html,x", "lag.example", ""] {
            assert_eq!(Span::link("x", wrong), Span::Text("x".into()), "{wrong}");
        }
    }

    #[test]
    fn lines_become_paragraphs() {
        assert_eq!(Block::paragraphs("Ett.\n\n  Två.\n").collect::<Vec<_>>(), [Block::paragraph("Ett."), Block::paragraph("Två.")]);
        assert_eq!(Span::blank("ange när").text(), "[ange när]");
    }
}
