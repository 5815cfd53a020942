//! The template that agencies fill in: an Excel workbook with a column for each field, drop-down lists and instructions.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note,
    Workbook, Worksheet, XlsxError,
};

use crate::domain::column::{COLLECTION_SHEET, Column, Form, ITEM_SHEET, LIST_SHEET, README_SHEET, ROUND_SHEET, column_of, columns};
use crate::domain::field::Field;
use crate::error::{Error, Result};

/// The last row, from 0, that has drop-down lists: ten rows for each of the collections that a file may hold.
const LAST_ROW: u32 = 20_000;
/// The number of the format that keeps what is typed as text, the same in every workbook.
const TEXT_FORMAT: u8 = 49;
/// The colour of headings that must be filled in, and of the others.
const REQUIRED: Color = Color::RGB(0x001B_4F72);
const OPTIONAL: Color = Color::RGB(0x0056_6573);

/// What stands above the table of columns on the sheet of instructions.
const INSTRUCTIONS: [&str; 8] = [
    "Fyll i en rad för varje insamling på bladet Insamlingar. Mörkblå kolumner måste fyllas i, de andra fylls i när uppgiften finns.",
    "Egen referens är myndighetens egen beteckning. Behåll den från år till år: samma referens uppdaterar insamlingen i stället för att skapa en ny.",
    "På bladet Uppgifter skrivs en rad för varje uppgift som efterfrågas, och på bladet Omgångar en rad för varje tillfälle. Båda hör till insamlingen genom den egna referensen.",
    "Flera värden i samma cell skiljs åt med semikolon. Ändra inte rubrikerna på första raden. Kolumner som inte behövs får tas bort.",
    "Datum skrivs 2027-03-15. Tidpunkter som inte är bestämda till dagen får skrivas som vecka (2027-v12) eller period (kvartal 2 2027, preliminärt).",
    "Skriv inga namn på personer och lämna inte uppgifter som omfattas av sekretess. Ange en funktion och dess brevlåda som kontakt.",
    "Alla rader granskas innan något sparas. Finns ett fel sparas ingenting, och varje fel anges med rad och kolumn.",
    "Bladen Läs mig först och Listor läses inte in.",
];

/// The table of columns on the sheet of instructions: headings, and widths in characters.
const GUIDE: [(&str, u32); 7] =
    [("Blad", 13), ("Kolumn", 28), ("Måste fyllas i", 14), ("Vad den är", 55), ("Tillåtet", 55), ("Bestämmelse", 34), ("Exempel", 36)];

/// The template as an xlsx file. `areas` are code and name of the subject areas, `departments` the ministries' names.
///
/// # Errors
/// Only if the workbook cannot be written.
pub fn template(areas: &[(String, String)], departments: &[String]) -> Result<Vec<u8>> {
    build(areas, departments).map_err(|error| Error::Internal(error.into()))
}

/// The drop-down lists: for each column that has one, where its words stand on the sheet of lists.
struct Lists {
    columns: Vec<(Field, Vec<String>)>,
}

impl Lists {
    fn new(areas: &[(String, String)], departments: &[String]) -> Self {
        let words = |column: &Column| match column.form {
            Form::Area => areas.iter().map(|(_, name)| name.clone()).collect(),
            Form::Department => departments.to_vec(),
            Form::Selection => vec!["alla".to_owned(), "lista".to_owned()],
            form => form.choices().into_iter().map(str::to_owned).collect::<Vec<_>>(),
        };
        let columns = columns().iter().map(|column| (column.field, words(column))).filter(|(_, words)| !words.is_empty());
        Self { columns: columns.collect() }
    }

    /// The cells that hold the words of a field, as a formula.
    fn source(&self, field: Field) -> Option<Formula> {
        let (at, (_, words)) = (0..).zip(&self.columns).find(|(_, (of, _))| *of == field)?;
        let letters = rust_xlsxwriter::utility::column_number_to_name(at);
        Some(Formula::new(format!("={LIST_SHEET}!${letters}$2:${letters}${}", words.len() + 1)))
    }
}

fn build(areas: &[(String, String)], departments: &[String]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // the same template is the same bytes, whenever it is written
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title("Mall för insamlingar").set_creation_datetime(&made));
    let lists = Lists::new(areas, departments);
    let reference = column_of(Field::OwnReference);
    let of = |sheet: &'static str| columns().iter().filter(move |column| column.sheet() == sheet);
    write_instructions(book.add_worksheet())?;
    write_table(book.add_worksheet(), COLLECTION_SHEET, &of(COLLECTION_SHEET).collect::<Vec<_>>(), &lists)?;
    for name in [ITEM_SHEET, ROUND_SHEET] {
        write_table(book.add_worksheet(), name, &reference.into_iter().chain(of(name)).collect::<Vec<_>>(), &lists)?;
    }
    write_lists(book.add_worksheet(), &lists)?;
    book.save_to_buffer()
}

fn heading_format(required: bool) -> Format {
    let format = Format::new().set_bold().set_font_color(Color::White).set_text_wrap().set_align(FormatAlign::Top);
    format.set_background_color(if required { REQUIRED } else { OPTIONAL }).set_border(FormatBorder::Thin).set_border_color(Color::White)
}

/// A sheet to fill in: one column for each field under a frozen heading.
fn write_table(sheet: &mut Worksheet, name: &str, columns: &[&Column], lists: &Lists) -> std::result::Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_row_height(0, 45)?;
    sheet.set_freeze_panes(1, if name == COLLECTION_SHEET { 2 } else { 1 })?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?;
    for (at, column) in (0..).zip(columns) {
        sheet.write_with_format(0, at, capitalised(column.heading()), &heading_format(column.required))?;
        sheet.insert_note(0, at, &Note::new(note(column)).add_author_prefix(false).set_width(320).set_height(170))?;
        sheet.set_column_width(at, width(column))?;
        sheet.set_column_format(at, &cell_format(column))?;
        if let Some(source) = lists.source(column.field) {
            sheet.add_data_validation(1, at, LAST_ROW, at, &drop_down(column, source)?)?;
        }
    }
    Ok(())
}

/// Text stays text, so that `0180` keeps its zero and `mars 2027` is not made into its first day; days look like days.
fn cell_format(column: &Column) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    match column.form {
        Form::Date => format.set_num_format("yyyy-mm-dd"),
        Form::Text | Form::Texts => format.set_num_format_index(TEXT_FORMAT).set_text_wrap(),
        _ => format.set_num_format_index(TEXT_FORMAT),
    }
}

/// A drop-down list. Where several words, a number or other names are allowed too, other text is let through.
fn drop_down(column: &Column, source: Formula) -> std::result::Result<DataValidation, XlsxError> {
    let closed = matches!(column.form, Form::Choice(_) | Form::Area);
    DataValidation::new()
        .allow_list_formula(source)
        .set_error_style(DataValidationErrorStyle::Stop)
        .show_error_message(closed)
        .set_error_title("Välj ur listan")?
        .set_error_message(format!("Kolumnen {} tar bara värden ur listan. Alla värden står på bladet {LIST_SHEET}.", column.heading()))
}

fn width(column: &Column) -> f64 {
    match column.form {
        Form::Date => 13.0,
        Form::When | Form::Choice(_) | Form::Selection => 20.0,
        Form::Text if column.field.most_characters() > 200 => 45.0,
        Form::Texts | Form::Email | Form::WebAddress => 34.0,
        _ => 26.0,
    }
}

/// What the note on a heading says.
fn note(column: &Column) -> String {
    let required = if column.required { " Måste fyllas i." } else { "" };
    let reference = column.reference.map(|reference| format!("\nSe {reference}.")).unwrap_or_default();
    format!("{}{required}\nTillåtet: {}.\nExempel: {}{reference}", column.help, column.form.in_words(), column.example)
}

fn write_instructions(sheet: &mut Worksheet) -> std::result::Result<(), XlsxError> {
    sheet.set_name(README_SHEET)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_with_format(0, 0, "Så fyller du i mallen", &Format::new().set_bold().set_font_size(16))?;
    let widths = GUIDE.map(|(_, width)| width);
    let mut row = 1;
    for line in INSTRUCTIONS {
        sheet.merge_range(row, 0, row, 6, line, &wrapped)?;
        sheet.set_row_height(row, height(&[line], &[widths.iter().sum()]))?;
        row += 1;
    }
    row += 1;
    for (at, (heading, width)) in (0..).zip(GUIDE) {
        sheet.write_with_format(row, at, heading, &heading_format(true))?;
        sheet.set_column_width(at, width)?;
    }
    sheet.set_repeat_rows(row, row)?;
    for column in columns() {
        row += 1;
        let (heading, form) = (capitalised(column.heading()), capitalised(&column.form.in_words()));
        let required = if column.required { "ja" } else { "nej" };
        let cells = [column.sheet(), &heading, required, column.help, &form, column.reference.unwrap_or(""), column.example];
        for (at, text) in (0..).zip(cells) {
            sheet.write_with_format(row, at, text, &wrapped)?;
        }
        sheet.set_row_height(row, height(&cells, &widths))?;
    }
    Ok(())
}

/// The height, in points, of a row with these texts in columns of these widths: programs do not fit wrapped rows by themselves.
fn height(texts: &[&str], widths: &[u32]) -> f64 {
    let lines = |(text, width): (&&str, &u32)| u32::try_from(text.chars().count()).unwrap_or(u32::MAX).div_ceil((*width).max(1));
    f64::from(texts.iter().zip(widths).map(lines).max().unwrap_or(1).max(1)) * 15.0 + 3.0
}

fn write_lists(sheet: &mut Worksheet, lists: &Lists) -> std::result::Result<(), XlsxError> {
    sheet.set_name(LIST_SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, (field, words)) in (0..).zip(&lists.columns) {
        sheet.write_with_format(0, at, capitalised(field.label()), &heading_format(true))?;
        sheet.set_column_width(at, 32)?;
        sheet.write_column(1, at, words)?;
    }
    Ok(())
}

/// With a capital first letter.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
