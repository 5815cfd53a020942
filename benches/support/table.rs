//! The table of figures.

use super::{Outcome, is_quick};

/// A figure beside what it is compared with.
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// What came out.
    pub measured: String,
    /// The same of the peer, or what else belongs beside it.
    pub comparison: String,
    /// How many times the peer's, where there is one.
    pub ratio: Option<f64>,
    /// What is asked, in words.
    pub asked: &'static str,
    /// Whether that is met; none where nothing is asked.
    pub met: Option<bool>,
}

/// Figures in the order in which they were measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
}

impl Table {
    /// Adds a figure and tells it at once: a run takes minutes.
    pub fn add(&mut self, figure: Figure) {
        let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} ×"));
        let met = figure.met.map_or("", |met| if met { "yes" } else { "NO" });
        println!("  {}: {} {ratio}", figure.name, figure.measured);
        self.rows.push([figure.name, figure.measured, figure.comparison, ratio, figure.asked.to_owned(), met.to_owned()]);
    }

    /// Prints everything, and judges it where the sizes allow that.
    ///
    /// # Errors
    /// A figure is not what is asked for.
    pub fn finish(&self) -> Outcome {
        self.print();
        match self.missed() {
            _ if is_quick() => {
                println!("(quick: the sizes are too small for the figures to mean anything)");
                Ok(())
            }
            0 => Ok(()),
            missed => Err(format!("{missed} figures are not what is asked for").into()),
        }
    }

    /// How many figures are not what is asked for.
    fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row[5] == "NO").count()
    }

    /// Prints everything in columns.
    fn print(&self) {
        let head = ["figure", "measured", "comparison", "ratio", "asked", "met"].map(str::to_owned);
        let lines: Vec<&[String; 6]> = std::iter::once(&head).chain(&self.rows).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        for line in lines {
            let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }
}

/// Milliseconds with one decimal, as the table writes them.
pub fn milliseconds(time: std::time::Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// Seconds with two decimals, as the table writes them.
pub fn seconds(time: std::time::Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
