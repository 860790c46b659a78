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

/// A table with the times behind each ratio.
pub fn table(rows: &mut [Row]) {
    println!(
        "{:60} {:>9} {:>8} {:>8}  {:6} {:>21}",
        "lower is better", "measured", "must", "aim", "held", "median ns"
    );
    for row in rows {
        let times = times(&row.measured);
        let Figure {
            name,
            value,
            must,
            aim,
            ..
        } = figure(row);
        let held = if value <= aim {
            "aim"
        } else if value <= must {
            "must"
        } else {
            "no"
        };
        println!("{name:60} {value:9.4} {must:8.4} {aim:8.4}  {held:6} {times:>21}");
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
