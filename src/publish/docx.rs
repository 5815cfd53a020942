//! Documents as docx: A4, Swedish, real headings, lists and tables, the page's number at the foot.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, AlignmentType, BreakType, Docx, Footer, Hyperlink, HyperlinkData, HyperlinkType, IndentLevel, Level, LevelJc,
    LevelText, LineSpacing, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Run, RunFonts, SpecialIndentType, Start,
    Style, StyleType, Table, TableBorder, TableBorderPosition, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

use crate::domain::documents::model::{Block, Document, Line, Span, lines};
use crate::error::{Error, Result};
use crate::text;

/// The sides of A4 and its margins, in twentieths of a point.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_304;
/// What is left for the text, in twentieths of a point.
const WIDTH: usize = 9_298;
/// What a letter of a table takes, and what a cell has beside its text, in twentieths of a point.
const LETTER: usize = 112;
const PADDING: usize = 200;
/// The longest word that is given room whole, and the most characters for which a column is made wider.
const LONGEST_WORD: usize = 20;
const MOST_SAID: usize = 80;
/// The list that bullets belong to.
const BULLETS: usize = 2;
/// The colour of what is to be filled in, of links and of lines.
const BLANK: &str = "FFF2B3";
const LINK: &str = "0B5563";
const LINE: &str = "7A8B8F";

/// The document as a file.
///
/// # Errors
/// Only if it cannot be packed.
pub fn docx(document: &Document) -> Result<Vec<u8>> {
    let mut writer = Writer::default();
    let mut docx = styled(Docx::new()).footer(footer(document));
    for paragraph in writer.head(document) {
        docx = docx.add_paragraph(paragraph);
    }
    for block in &document.blocks {
        for part in writer.block(block) {
            docx = match part {
                Part::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
                Part::Table(table) => docx.add_table(*table),
            };
        }
    }
    let mut parts = docx.build();
    // the library knows neither languages nor table headings: both are put where the format has them
    parts.styles = replaced(
        &parts.styles,
        "<w:rPrDefault><w:rPr>",
        "<w:rPrDefault><w:rPr><w:lang w:val=\"sv-SE\" w:eastAsia=\"sv-SE\" w:bidi=\"ar-SA\" />",
    )?;
    parts.document = replaced(&parts.document, "<w:cantSplit />", "<w:cantSplit /><w:tblHeader />")?;
    parts.document_rels = ordered(&parts.document_rels)?;
    parts.doc_props.core = properties(document);
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(|error| Error::Internal(error.into()))?;
    Ok(bytes.into_inner())
}

/// The same part of the file with `old` changed to `new`.
fn replaced(part: &[u8], old: &str, new: &str) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(part).map_err(|error| Error::Internal(error.into()))?;
    Ok(text.replace(old, new).into_bytes())
}

/// The list of what the text refers to, in order: the library writes it as it happens to remember it.
fn ordered(part: &[u8]) -> Result<Vec<u8>> {
    const START: &str = "<Relationship ";
    let text = std::str::from_utf8(part).map_err(|error| Error::Internal(error.into()))?;
    let text = text.strip_suffix("</Relationships>").unwrap_or(text);
    let mut pieces = text.split(START);
    let head = pieces.next().unwrap_or_default();
    let mut pieces: Vec<&str> = pieces.collect();
    pieces.sort_unstable();
    let body: String = pieces.into_iter().map(|piece| format!("{START}{piece}")).collect();
    Ok(format!("{head}{body}</Relationships>").into_bytes())
}

/// Title and language, as programs show them. No person's name and no time: the same document is the same bytes.
fn properties(document: &Document) -> Vec<u8> {
    let escape = |text: &str| plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let title = escape(&format!("{}: {}", document.title, document.subject));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{title}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>sv-SE</dc:language></cp:coreProperties>",
        escape(&document.sender)
    )
    .into_bytes()
}

/// Text without the characters that XML does not allow.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\t').filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

/// Page, fonts, styles and the list that bullets belong to.
fn styled(docx: Docx) -> Docx {
    let fonts = |name: &str| RunFonts::new().ascii(name).hi_ansi(name).cs(name).east_asia(name);
    let style = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name).based_on("Normal").next("Normal");
    let spacing = |before, after| LineSpacing::new().before(before).after(after);
    let margin = PageMargin { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, header: 709, footer: 709, gutter: 0 };
    let bullet = Level::new(0, Start::new(1), NumberFormat::new("bullet"), LevelText::new("•"), LevelJc::new("left"));
    let bullet = bullet.indent(Some(360), Some(SpecialIndentType::Hanging(360)), None, None);
    docx.page_size(PAGE.0, PAGE.1)
        .page_margin(margin)
        .default_fonts(fonts("Arial"))
        .default_size(21)
        .default_line_spacing(LineSpacing::new().after(120).line(276))
        .add_style(style("Title", "Title").size(36).bold().line_spacing(spacing(240, 80)))
        .add_style(style("Subtitle", "Subtitle").size(26).color("444444").line_spacing(spacing(0, 240)))
        .add_style(style("Heading1", "heading 1").size(26).bold().outline_lvl(0).line_spacing(spacing(280, 80)))
        .add_style(style("Important", "Viktigt").bold().line_spacing(spacing(120, 120)))
        .add_style(style("Footer", "footer").size(17).color("555555"))
        .add_style(
            Style::new("TableText", StyleType::Paragraph).name("Tabelltext").based_on("Normal").size(19).line_spacing(spacing(40, 40)),
        )
        .add_abstract_numbering(AbstractNumbering::new(BULLETS).add_level(bullet))
        .add_numbering(Numbering::new(BULLETS, BULLETS))
}

fn footer(document: &Document) -> Footer {
    let text = [document.title.as_str(), document.number.as_str()].join(", ");
    let start = Run::new().add_text(format!("{}. Sida ", plain(&text)));
    Footer::new().add_paragraph(
        Paragraph::new().id("7F000001").style("Footer").align(AlignmentType::Left).add_run(start).add_page_num(PageNum::new()),
    )
}

/// A part of the document as the library has it.
enum Part {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

/// Gives paragraphs and links their identities, so that the same document is the same bytes.
#[derive(Default)]
struct Writer {
    paragraphs: usize,
    links: usize,
}

impl Writer {
    fn paragraph(&mut self) -> Paragraph {
        self.paragraphs += 1;
        Paragraph::new().id(format!("{:08X}", self.paragraphs))
    }

    /// A paragraph with a line of text.
    fn written(&mut self, line: &[Span]) -> Paragraph {
        let mut paragraph = self.paragraph();
        for span in line {
            paragraph = match span {
                Span::Text(text) => paragraph.add_run(typed(text)),
                Span::Blank(text) => {
                    let shading = docx_rs::Shading::new().fill(BLANK);
                    paragraph.add_run(Run::new().add_text(plain(text)).shading(shading))
                }
                Span::Link { text, href } => paragraph.add_hyperlink(self.link(text, href)),
            };
        }
        paragraph
    }

    fn link(&mut self, text: &str, href: &str) -> Hyperlink {
        self.links += 1;
        let run = Run::new().add_text(plain(text)).color(LINK).underline("single");
        let mut link = Hyperlink::new(plain(href), HyperlinkType::External).add_run(run);
        if let HyperlinkData::External { rid, .. } = &mut link.link {
            *rid = format!("rIdLink{}", self.links);
        }
        link
    }

    fn text(&mut self, text: &str) -> Paragraph {
        self.written(&[Span::Text(text.to_owned())])
    }

    /// Sender, diarienummer, day and title.
    fn head(&mut self, document: &Document) -> Vec<Paragraph> {
        let mut facts = Vec::new();
        facts.extend(document.date.map(text::written_date));
        facts.extend(document.diary_number.as_ref().map(|number| format!("Diarienummer {number}")));
        facts.push(format!("Insamling {}", document.number));
        let sender = Run::new().add_text(plain(&document.sender)).bold();
        vec![
            self.paragraph().add_run(sender),
            self.text(&facts.join(" · ")),
            self.text(&document.title).style("Title"),
            self.text(&document.subject).style("Subtitle"),
        ]
    }

    fn block(&mut self, block: &Block) -> Vec<Part> {
        let one = |paragraph: Paragraph| vec![Part::Paragraph(Box::new(paragraph))];
        match block {
            Block::Heading(text) => one(self.text(text).style("Heading1").keep_next(true)),
            Block::Paragraph(line) => one(self.written(line)),
            Block::Important(line) => one(self.written(line).style("Important")),
            Block::Bullets(lines) => {
                let bullet = |line: &Line| {
                    let paragraph = self.written(line).numbering(NumberingId::new(BULLETS), IndentLevel::new(0));
                    Part::Paragraph(Box::new(paragraph))
                };
                lines.iter().map(bullet).collect()
            }
            Block::Facts(facts) => facts
                .iter()
                .map(|(term, line)| {
                    let whole: Line = [vec![Span::Text(format!("{term}: "))], line.clone()].concat();
                    Part::Paragraph(Box::new(self.written(&whole)))
                })
                .collect(),
            Block::Table(headings, rows) => {
                vec![Part::Table(Box::new(self.table(headings, rows))), Part::Paragraph(Box::new(self.paragraph()))]
            }
            Block::Signature(signers) => {
                let sign = |signer: &String| {
                    let line =
                        self.text("______________________________").line_spacing(LineSpacing::new().before(700).after(0)).keep_next(true);
                    [Part::Paragraph(Box::new(line)), Part::Paragraph(Box::new(self.text(signer)))]
                };
                signers.iter().flat_map(sign).collect()
            }
        }
    }

    /// A table whose first row is repeated on every page.
    fn table(&mut self, headings: &[&'static str], rows: &[Vec<String>]) -> Table {
        let widths = widths(headings, rows);
        let mut cell = |(text, width): (&str, &usize), heading: bool| {
            let mut cell = TableCell::new().width(*width, WidthType::Dxa);
            // a cell has a paragraph even where it is empty
            let lines: Vec<&str> = if text.trim().is_empty() { vec![""] } else { lines(text).collect() };
            for line in lines {
                let run = Run::new().add_text(plain(line));
                cell = cell.add_paragraph(self.paragraph().style("TableText").add_run(if heading { run.bold() } else { run }));
            }
            cell
        };
        let heading: Vec<TableCell> = headings.iter().copied().zip(&widths).map(|one| cell(one, true)).collect();
        let mut all = vec![TableRow::new(heading).cant_split()];
        for row in rows {
            all.push(TableRow::new(row.iter().map(String::as_str).zip(&widths).map(|one| cell(one, false)).collect()));
        }
        let mut table = Table::without_borders(all)
            .set_grid(widths.clone())
            .width(WIDTH, WidthType::Dxa)
            .layout(TableLayoutType::Fixed)
            .margins(TableCellMargins::new().margin_left(80, WidthType::Dxa).margin_right(80, WidthType::Dxa));
        for position in [TableBorderPosition::Top, TableBorderPosition::Bottom, TableBorderPosition::InsideH] {
            table = table.set_border(TableBorder::new(position).color(LINE).size(4));
        }
        table
    }
}

/// Text with its line breaks as they were typed.
fn typed(text: &str) -> Run {
    let mut run = Run::new();
    for (at, line) in text.lines().enumerate() {
        run = if at > 0 { run.add_break(BreakType::TextWrapping) } else { run };
        run = run.add_text(plain(line));
    }
    run
}

/// The width of each column: none narrower than its longest word as far as there is room, and the rest by how much is said in it.
fn widths(headings: &[&'static str], rows: &[Vec<String>]) -> Vec<usize> {
    let column = |at: usize| {
        let cells = || rows.iter().filter_map(|row| row.get(at).map(String::as_str)).chain([headings[at]]);
        let length = |text: &str| text.chars().count();
        let word = cells().flat_map(str::split_whitespace).map(length).max().unwrap_or_default();
        let said = cells().map(length).max().unwrap_or_default();
        (PADDING + LETTER * word.min(LONGEST_WORD), said.min(MOST_SAID))
    };
    let columns: Vec<(usize, usize)> = (0..headings.len()).map(column).collect();
    let (least, said) = columns.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let left = WIDTH.saturating_sub(least);
    let width = |(word, said_here): &(usize, usize)| match least > WIDTH {
        true => word * WIDTH / least,
        false => word + left * said_here / said.max(1),
    };
    columns.iter().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::documents::{DocumentKind, samples};
    use crate::domain::terms::Kind;
    use std::io::Read;

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut text = String::new();
        archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
        text
    }

    fn written(change: impl FnOnce(&mut crate::domain::collection::Collection)) -> Vec<u8> {
        let mut collection = samples::collection(Kind::Survey);
        change(&mut collection);
        docx(&samples::built(DocumentKind::Decision, &collection).expect("a decision")).expect("a file")
    }

    #[test]
    fn the_file_has_headings_a_list_a_table_and_the_language() {
        let bytes = written(|_| ());
        let (document, styles, footer) =
            (part(&bytes, "word/document.xml"), part(&bytes, "word/styles.xml"), part(&bytes, "word/footer1.xml"));
        for said in
            ["w:val=\"Heading1\"", "<w:numPr>", "<w:tblHeader />", "w:w=\"11906\" w:h=\"16838\"", "1. Skyldighet att lämna uppgifterna"]
        {
            assert!(document.contains(said), "{said}");
        }
        assert!(styles.contains("<w:lang w:val=\"sv-SE\"") && styles.contains("heading 1"), "{styles}");
        assert!(footer.contains("PAGE") && footer.contains("2026-0042"), "{footer}");
        assert!(part(&bytes, "word/_rels/document.xml.rels").contains("https://lag.example/2010:800"));
        assert!(part(&bytes, "docProps/core.xml").contains("Beslut om enkät: Läget i skolbiblioteken"));
    }

    #[test]
    fn the_same_document_is_the_same_bytes() {
        let (one, other) = (written(|_| ()), written(|_| ()));
        let names = zip::ZipArchive::new(Cursor::new(&one)).expect("an archive");
        let names: Vec<String> =
            names.file_names().filter_map(|name| name.ok().map(|name| name.into_owned())).filter(|name| !name.ends_with('/')).collect();
        for name in names {
            assert!(part(&one, &name) == part(&other, &name), "{name} differs");
        }
        assert!(one == other, "the archives differ");
    }

    #[test]
    fn hostile_text_is_text() {
        let bytes = written(|collection| {
            collection.content.title = "<w:t>&\"'\u{0b}".into();
            collection.content.observe = Some("]]> <script>alert(1)</script>".into());
            collection.content.provisions[0].url = Some("https://lag.example/?a=1&b=\"2\"".into());
        });
        for name in ["word/document.xml", "word/_rels/document.xml.rels", "docProps/core.xml", "word/footer1.xml"] {
            let text = part(&bytes, name);
            let mut reader = quick_xml::Reader::from_str(&text);
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => panic!("{name}: {error}: {text}"),
                }
            }
        }
        let document = part(&bytes, "word/document.xml");
        assert!(
            document.contains("&lt;w:t&gt;&amp;") && document.contains("&lt;script&gt;") && !document.contains("<script>"),
            "{document}"
        );
        assert!(!document.contains('\u{0b}'));
    }

    #[test]
    fn what_was_typed_on_several_lines_stays_on_several_and_columns_are_as_wide_as_their_words() {
        let text = |words: &str| words.to_owned();
        let headings = vec!["Nr", "Gäller", "Synpunkt", "Svar"];
        let row = vec![text("1"), text("Uppgiftslämnarbörda"), text("Definiera skolskjuts.\n\nAndra stycket."), text("Inget svar")];
        let widths = widths(&headings, std::slice::from_ref(&row));
        assert!(widths[0] * 4 < widths[2] && widths[1] >= PADDING + 19 * LETTER && widths.iter().sum::<usize>() <= WIDTH, "{widths:?}");
        let narrow = super::widths(&["En", "Två"], &[vec!["x".repeat(900), "y".repeat(900)]]);
        assert_eq!(narrow[0], narrow[1], "what fits nowhere shares alike");
        let mut document = samples::built(DocumentKind::Decision, &samples::collection(Kind::Survey)).expect("a decision");
        let facts = Block::Facts(vec![(text("Syn"), vec![Span::Text(text("Första raden\nAndra raden"))])]);
        document.blocks = vec![facts, Block::Table(headings, vec![row])];
        let xml = part(&docx(&document).expect("a file"), "word/document.xml");
        let runs: Vec<&str> = xml.split("<w:t ").skip(1).filter_map(|run| run.split_once('>')?.1.split("</w:t>").next()).collect();
        for said in ["Första raden", "Andra raden", "Definiera skolskjuts.", "Andra stycket."] {
            assert!(runs.contains(&said), "{said} stands by itself: {runs:?}");
        }
    }
}
