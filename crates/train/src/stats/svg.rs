//! Plots as SVG files that stand alone: title, axes with units, colours for light and dark by the reader's own setting.

use std::fmt::Write;

use super::figure::{Figure, number};
use crate::id::PushDate;
use crate::letter::is_harmful;

/// Measures of a plot, in pixels.
const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
/// Of the axis upwards: the title stands above it, and between them the unit.
const TOP: f64 = 70.0;
/// Of the first bar: the title stands above it.
const BARS: f64 = 48.0;
const BOTTOM: f64 = 44.0;
/// Of a bar and what is between two.
const BAR: f64 = 26.0;
/// Where bars begin: names stand before them.
const NAMES: f64 = 190.0;

const STYLE: &str = "\
<style>
svg { background: #fcfcfa; font: 12px system-ui, sans-serif; }
text { fill: #525866; } .title { fill: #14161b; font-size: 16px; font-weight: 600; }
.grid { stroke: #dcdcd6; } .axis { stroke: #a9acb3; }
.mark { fill: #1f2f86; } .line { stroke: #1f2f86; fill: none; } .median { stroke: #8a4b00; stroke-dasharray: 5 4; }
.note { fill: #8a4b00; }
@media (prefers-color-scheme: dark) {
svg { background: #101218; } text { fill: #a7aebd; } .title { fill: #eceef3; }
.grid { stroke: #2b303c; } .axis { stroke: #4a5160; }
.mark { fill: #8fa0f5; } .line { stroke: #8fa0f5; } .median { stroke: #f2b24c; } .note { fill: #f2b24c; }
}
</style>
";

/// A plot of a figure, push by push: a mark for each, by its date, and the median as a line.
#[must_use]
pub fn timeline(title: &str, figure: &Figure) -> String {
    let mut svg = opened(HEIGHT, title, &format!("{title}, in {}", figure.unit));
    if let (Some(first), Some(last), Some(spread)) =
        (figure.points.first(), figure.points.last(), &figure.spread)
    {
        let top = nice(figure.points.iter().map(|point| point.value).fold(0.0, f64::max));
        scale(&mut svg, &figure.unit, top);
        years(&mut svg, first.push, last.push);
        // Under the marks, which would be striped by it.
        let at = high(spread.median, top);
        line(&mut svg, "median", (LEFT, at), (WIDTH - RIGHT, at));
        let told = format!("median {}", number(spread.median));
        text(&mut svg, (WIDTH - RIGHT, TOP - 12.0), "end", "note", &told);
        for point in &figure.points {
            let (x, y) = (along(point.push.0, first.push, last.push), high(point.value, top));
            let told = format!("{}: {} {}", point.push, number(point.value), figure.unit);
            push(
                &mut svg,
                &format!(
                    "<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"><title>{told}</title></circle>"
                ),
            );
        }
    } else {
        // A scale of nothing would only look like one.
        text(&mut svg, (WIDTH / 2.0, HEIGHT / 2.0), "middle", "", "not known");
    }
    line(&mut svg, "axis", (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM));
    svg + "</svg>\n"
}

/// The axis upwards: a line for each quarter, and the unit above it.
fn scale(svg: &mut String, unit: &str, top: f64) {
    for step in 0..=4 {
        let value = top * f64::from(step) / 4.0;
        let at = high(value, top);
        line(svg, "grid", (LEFT, at), (WIDTH - RIGHT, at));
        text(svg, (LEFT - 8.0, at + 4.0), "end", "", &number(value));
    }
    text(svg, (LEFT, TOP - 12.0), "start", "", unit);
}

/// Where a value stands on the axis upwards.
fn high(value: f64, top: f64) -> f64 {
    HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
}

/// Where a day stands on the axis along.
fn along(date: jiff::civil::Date, first: PushDate, last: PushDate) -> f64 {
    let days = f64::from((last.0 - first.0).get_days().max(1));
    LEFT + f64::from((date - first.0).get_days()) / days * (WIDTH - LEFT - RIGHT)
}

/// The axis along: each year's beginning, and both ends.
fn years(svg: &mut String, first: PushDate, last: PushDate) {
    for year in first.0.year() + 1..=last.0.year() {
        let at = along(jiff::civil::Date::constant(year, 1, 1), first, last);
        line(svg, "grid", (at, TOP), (at, HEIGHT - BOTTOM));
        text(svg, (at, HEIGHT - BOTTOM + 18.0), "middle", "", &year.to_string());
    }
    text(svg, (LEFT, HEIGHT - 8.0), "start", "", &first.to_string());
    text(svg, (WIDTH - RIGHT, HEIGHT - 8.0), "end", "", &last.to_string());
}

/// A plot of named bars.
#[must_use]
pub fn bars(title: &str, unit: &str, values: &[(String, f64)]) -> String {
    let rows = f64::from(u32::try_from(values.len().max(1)).unwrap_or(1));
    let height = BARS + rows * BAR + BOTTOM;
    let mut svg = opened(height, title, &format!("{title}, in {unit}"));
    let top = nice(values.iter().map(|(_, value)| *value).fold(0.0, f64::max));
    let wide = |value: f64| value / top * (WIDTH - NAMES - RIGHT - 40.0);
    let mut at = BARS;
    for (name, value) in values {
        let (middle, long, high) = (at + BAR / 2.0 + 4.0, wide(*value), BAR - 8.0);
        text(&mut svg, (NAMES - 10.0, middle), "end", "", &short(name));
        push(
            &mut svg,
            &format!(
                "<rect class=\"mark\" x=\"{NAMES}\" y=\"{:.1}\" width=\"{long:.1}\" height=\"{high}\"/>",
                at + 4.0
            ),
        );
        text(&mut svg, (NAMES + long + 8.0, middle), "start", "", &number(*value));
        at += BAR;
    }
    if values.is_empty() {
        text(&mut svg, (WIDTH / 2.0, at + BAR / 2.0), "middle", "", "not known");
    }
    line(&mut svg, "axis", (NAMES, BARS), (NAMES, height - BOTTOM));
    text(&mut svg, (NAMES, height - 16.0), "start", "", unit);
    svg + "</svg>\n"
}

fn opened(height: f64, title: &str, told: &str) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n{STYLE}",
        escaped(told)
    );
    text(&mut svg, (LEFT, 26.0), "start", "title", title);
    svg
}

fn line(svg: &mut String, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    push(
        svg,
        &format!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" x2=\"{x2:.1}\" y1=\"{y1:.1}\" y2=\"{y2:.1}\"/>"
        ),
    );
}

fn push(svg: &mut String, line: &str) {
    svg.push_str(line);
    svg.push('\n');
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, class: &str, words: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    );
}

/// A round number at or above `most`: 1, 2, 4 or 8 times a power of ten, so that quarters are round too.
fn nice(most: f64) -> f64 {
    if most <= 0.0 || !most.is_finite() {
        return 4.0;
    }
    let power = 10f64.powf(most.log10().floor());
    let round = [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|n| n * power).find(|n| *n >= most);
    round.unwrap_or(most)
}

fn short(name: &str) -> String {
    let shown: String = name.chars().take(24).collect();
    if shown.len() < name.len() { shown + "…" } else { shown }
}

/// Text from outside, so that it is nothing but text.
fn escaped(words: &str) -> String {
    let mut out = String::new();
    for c in words.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if is_harmful(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_round_numbers() {
        for (most, top) in
            [(0.0, 4.0), (0.3, 0.4), (1.0, 1.0), (7.0, 8.0), (9.0, 10.0), (13.0, 20.0)]
        {
            assert!((nice(most) - top).abs() < 1e-9, "{most}");
        }
        assert_eq!((number(3.0), number(0.25)), ("3".to_owned(), "0.2".to_owned()));
    }

    #[test]
    fn what_is_not_known_has_no_scale_and_the_unit_stands_clear_of_the_title() {
        let (by_year, points) = (Vec::new(), Vec::new());
        let nothing =
            Figure { unit: "days".into(), known: 0, unknown: 3, spread: None, by_year, points };
        let svg = timeline("Holds", &nothing);
        assert!(svg.contains("not known") && !svg.contains("class=\"grid\""), "{svg}");
        let point = |date: &str, value: f64| super::super::figure::Point {
            push: date.parse().expect("a date"),
            value,
        };
        let points = vec![point("2026.11.19", 7.0), point("2026.11.26", 9.0)];
        let spread = super::super::figure::Spread::of(vec![7.0, 9.0]);
        let svg = timeline("Holds", &Figure { known: 2, spread, points, ..nothing });
        let place = |words: &str| -> f64 {
            let line = svg.lines().find(|line| line.ends_with(&format!(">{words}</text>")));
            let y = line.and_then(|line| line.split(" y=\"").nth(1)?.split('"').next());
            y.and_then(|y| y.parse().ok()).unwrap_or_else(|| panic!("{words} in {svg}"))
        };
        // The title is 16 pixels high, the unit 12.
        assert!(place("days") - place("Holds") >= 28.0, "{svg}");
        let at = |mark: &str| svg.find(mark).unwrap_or_else(|| panic!("{mark} in {svg}"));
        assert!(at("class=\"median\"") < at("<circle"), "the marks lie over the median");
    }

    #[test]
    fn text_from_outside_stays_text() {
        let svg = bars("Turns", "pushes", &[("<script>\u{1b}[31m&\"".to_owned(), 2.0)]);
        assert!(svg.contains("&lt;script&gt;\u{fffd}[31m&amp;&quot;"), "{svg}");
        assert!(!svg.contains("<script"));
    }
}
