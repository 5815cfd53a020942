//! Charts drawn by the server: small SVGs of bars whose widths follow the page, with a title and a description in words. The table beneath
//! a chart has every figure; a chart shows the same at a glance.

use crate::text;

/// The most bars of a chart; the table beneath has all.
const MOST_BARS: usize = 20;
/// The room of one lying bar with its label, in pixels.
const BAR_ROOM: usize = 46;
/// How much of the width the longest lying bar takes, in percent: the rest is for its figure.
const LONGEST: f64 = 80.0;
/// The height of the tallest standing bar, in pixels.
const TALLEST: f64 = 150.0;
/// Room above the tallest for its figure, in pixels.
const ABOVE: f64 = 24.0;
/// The most characters of a label beside which a phone has no room.
const LONGEST_LABEL: usize = 38;
/// As many years as there is room for a label each on a phone.
const FEW_YEARS: usize = 8;

/// One value of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is of.
    pub label: String,
    /// How large it is; none where it is not known.
    pub size: Option<f64>,
    /// The same in words.
    pub words: String,
    /// Whether it is drawn as an outline: only the number is known.
    pub outlined: bool,
}

/// A rectangle with what is written at it. Lengths are SVG's: percent of the width, or pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its left side.
    pub x: String,
    /// Its upper side, in pixels.
    pub y: String,
    /// Its width.
    pub width: String,
    /// Its height, in pixels.
    pub height: String,
    /// Whether it is an outline.
    pub outlined: bool,
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// From the left.
    pub x: String,
    /// From above, in pixels.
    pub y: String,
    /// What it says.
    pub words: String,
    /// How it stands: `start`, `middle` or `after` (a bar).
    pub place: &'static str,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its identity on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in words, with the greatest value.
    pub description: String,
    /// Its height in pixels.
    pub height: usize,
    /// Its bars.
    pub bars: Vec<Bar>,
    /// What is written.
    pub labels: Vec<Label>,
    /// What is said beneath it, if anything.
    pub note: Option<String>,
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn greatest(values: &[Value]) -> f64 {
    values.iter().filter_map(|value| value.size).fold(0.0, f64::max)
}

/// The greatest value in words.
fn described(how: &str, values: &[Value]) -> String {
    let greatest = values.iter().filter(|value| value.size.is_some_and(|size| size > 0.0)).fold(None::<&Value>, |most, one| match most {
        Some(most) if most.size >= one.size => Some(most),
        _ => Some(one),
    });
    let most = greatest.map(|one| format!(" Störst: {}, {}.", one.label, one.words)).unwrap_or_default();
    format!("{how}.{most} Alla värden står i tabellen under diagrammet.")
}

/// Lying bars, one for each value in the order given; of very many only the greatest, in the same order.
#[must_use]
pub fn lying(id: &str, title: &str, values: &[Value]) -> Chart {
    let mut shown: Vec<&Value> = values.iter().collect();
    if values.len() > MOST_BARS {
        let mut sizes: Vec<f64> = values.iter().map(|value| value.size.unwrap_or_default()).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        let least = sizes.get(MOST_BARS - 1).copied().unwrap_or_default();
        shown.retain(|value| value.size.unwrap_or_default() >= least);
        shown.truncate(MOST_BARS);
    }
    let most = greatest(values);
    let (mut bars, mut labels) = (Vec::new(), Vec::new());
    for (at, value) in shown.iter().enumerate() {
        let top = at * BAR_ROOM;
        let share = if most > 0.0 { value.size.unwrap_or_default() / most * LONGEST } else { 0.0 };
        let pixels = |y: usize| y.to_string();
        bars.push(Bar { x: "0".to_owned(), y: pixels(top + 20), width: percent(share), height: "16".to_owned(), outlined: value.outlined });
        labels.push(Label { x: "0".to_owned(), y: pixels(top + 14), words: text::shorten(&value.label, LONGEST_LABEL), place: "start" });
        labels.push(Label { x: percent(share), y: pixels(top + 33), words: value.words.clone(), place: "after" });
    }
    let left_out = values.len() - shown.len();
    Chart {
        id: format!("diagram-{id}"),
        title: title.to_owned(),
        description: described("Liggande staplar", values),
        height: shown.len() * BAR_ROOM,
        bars,
        labels,
        note: (left_out > 0).then(|| format!("Diagrammet visar de {} största. Tabellen har alla.", shown.len())),
    }
}

/// Standing bars along the years, those without a value left empty. The values are in order; their labels are years.
#[must_use]
pub fn standing(id: &str, title: &str, values: &[(i64, Value)]) -> Chart {
    let first = values.first().map_or(0, |(year, _)| *year);
    let last = values.last().map_or(0, |(year, _)| *year);
    let count = usize::try_from(last - first + 1).unwrap_or(1).max(1);
    let slot = 100.0 / count as f64;
    let plain: Vec<Value> = values.iter().map(|(_, value)| value.clone()).collect();
    let most = greatest(&plain);
    let place = |year: i64| (year - first) as f64 * slot;
    let ground = ABOVE + TALLEST;
    let (mut bars, mut labels) = (Vec::new(), Vec::new());
    let mut written: Vec<i64> = Vec::new();
    // the greatest and the latest first: where figures would stand too close, the others give way
    let mut by_weight: Vec<&(i64, Value)> = values.iter().collect();
    by_weight.sort_by_key(|(year, value)| (value.size != Some(most) && *year != last, !value.outlined, *year));
    for (year, value) in by_weight {
        let height = if most > 0.0 { value.size.unwrap_or_default() / most * TALLEST } else { 0.0 };
        bars.push(Bar {
            x: percent(place(*year) + slot * 0.14),
            y: format!("{:.1}", ground - height),
            width: percent(slot * 0.72),
            height: format!("{height:.1}"),
            outlined: value.outlined,
        });
        if count <= FEW_YEARS || written.iter().all(|other| (other - year).abs() >= 3) {
            written.push(*year);
            let y = format!("{:.1}", ground - height - 6.0);
            labels.push(Label { x: percent(place(*year) + slot / 2.0), y, words: value.words.clone(), place: "middle" });
        }
    }
    for year in (first..=last).filter(|year| count <= FEW_YEARS || year % 5 == 0) {
        let y = format!("{:.0}", ground + 18.0);
        labels.push(Label { x: percent(place(year) + slot / 2.0), y, words: year.to_string(), place: "middle" });
    }
    let outlined = values.iter().any(|(_, value)| value.outlined);
    Chart {
        id: format!("diagram-{id}"),
        title: title.to_owned(),
        description: described("Stående staplar, en för varje år", &plain),
        height: (ground + 26.0) as usize,
        bars,
        labels,
        note: outlined.then(|| "Streckade staplar: år före registret, då bara antalet är känt.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    #[derive(Template)]
    #[template(source = "{% import \"chart.html\" as d %}{% call d::draw(chart) %}{% endcall %}", ext = "html")]
    struct Sample {
        chart: Chart,
    }

    fn value(label: &str, size: f64) -> Value {
        Value { label: label.into(), size: Some(size), words: format!("{size}"), outlined: false }
    }

    #[test]
    fn bars_are_as_long_as_their_values_and_told_in_words() {
        let values = [value("<Skola>", 40.0), value("Vatten", 10.0), Value { size: None, words: "–".into(), ..value("Okänt", 0.0) }];
        let chart = lying("slag", "Ärenden efter slag", &values);
        assert_eq!(chart.bars.iter().map(|bar| bar.width.as_str()).collect::<Vec<_>>(), ["80.00%", "20.00%", "0.00%"]);
        let html = Sample { chart }.render().expect("a chart");
        for part in ["role=\"img\"", "aria-labelledby=\"diagram-slag-t diagram-slag-d\"", "Störst: &#60;Skola&#62;, 40.", "&#60;Skola&#62;"]
        {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(!html.contains("style=") && !html.contains("<Skola>"), "{html}");
    }

    #[test]
    fn of_very_many_the_greatest_are_shown_in_their_order() {
        let values: Vec<Value> = (0..30).map(|at| value(&format!("M{at:02}"), f64::from(at % 15))).collect();
        let chart = lying("m", "Myndigheter", &values);
        assert_eq!((chart.bars.len(), chart.note.is_some()), (MOST_BARS, true));
        let names: Vec<&str> = chart.labels.iter().filter(|label| label.place == "start").map(|label| label.words.as_str()).collect();
        assert!(names.is_sorted() && names.contains(&"M14") && !names.contains(&"M00"), "{names:?}");
    }

    #[test]
    fn years_stand_where_they_belong_and_few_are_written() {
        let values: Vec<(i64, Value)> = [2005, 2019, 2025, 2026].map(|year| (year, value(&year.to_string(), 10.0))).into();
        let chart = standing("ar", "Ärenden per år", &values);
        let x: Vec<&str> = chart.bars.iter().map(|bar| bar.x.as_str()).collect();
        assert!(x.contains(&"0.64%") && x.contains(&"96.09%"), "{x:?}");
        let ticks: Vec<&str> = chart.labels.iter().map(|label| label.words.as_str()).filter(|words| words.len() == 4).collect();
        assert_eq!(ticks, ["2005", "2010", "2015", "2020", "2025"]);
        assert_eq!(standing("ar", "Inga", &[]).bars, []);
    }
}
