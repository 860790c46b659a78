//! The table, for people and for programs.

use serde::Serialize;

use super::rows::{Measured, Row};

#[derive(Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    must: f64,
    aim: f64,
    /// Whether the value is what it must be.
    held: bool,
}

/// One JSON array.
pub fn json(rows: &mut [Row]) {
    let figures: Vec<Figure> = rows.iter_mut().map(figure).collect();
    println!("{}", serde_json::to_string_pretty(&figures).unwrap());
}

/// A table in Markdown, with the times behind each ratio.
pub fn table(rows: &mut [Row]) {
    println!("| lower is better | must | aim | measured | holds | median ns |");
    println!("|:--|--:|--:|--:|:--|--:|");
    for row in rows {
        let times = times(&row.measured);
        let figure = figure(row);
        println!(
            "| {} | {} | {} | {} | {} | {times} |",
            figure.name,
            short(figure.must),
            short(figure.aim),
            short(figure.value),
            figure.holds()
        );
    }
}

impl Figure {
    fn holds(&self) -> &'static str {
        match self.value {
            value if value <= self.aim => "aim",
            value if value <= self.must => "must",
            _ => "no",
        }
    }
}

/// Two digits that count, or more in front of the point.
fn short(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 0.01 => format!("1/{:.0}", 1.0 / value),
        value if value < 0.1 => format!("{value:.3}"),
        value => format!("{value:.2}"),
    }
}

fn figure(row: &mut Row) -> Figure {
    let (value, unit) = match &mut row.measured {
        Measured::Ratio { own, other } => (own.against(other), "ratio"),
        Measured::Allocations(count) => (count(), "allocations"),
    };
    Figure {
        name: row.name,
        value,
        unit,
        must: row.must,
        aim: row.aim,
        held: value <= row.must,
    }
}

fn times(measured: &Measured) -> String {
    match measured {
        Measured::Ratio { own, other } => format!("{:.0} / {:.0}", own.median(), other.median()),
        Measured::Allocations(_) => String::new(),
    }
}
