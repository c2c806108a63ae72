//! A category table as a page to read.

use core::fmt::Write;

use crate::spec::{Category, Field, Item, Kind, Limits, Presence, Shape, Slot};

/// The table as Markdown: one section per item with its clause, then a row per field with width,
/// weight of the last bit, unit and texts.
#[must_use]
pub fn markdown(category: &Category) -> String {
    let Category { number, edition, also, title, document, required, twin, .. } = category;
    let mut page = format!("# CAT{number:03} {title}, edition {edition} ({document})\n");
    if let Some(twin) = twin {
        line(&mut page, format_args!("\nThe layout of a {}; the other is that of a {}.", twin.name, twin.other_name()));
    }
    if !also.is_empty() {
        line(&mut page, format_args!("\nEditions {} are read in the same way.", also.join(", ")));
    }
    if !required.is_empty() {
        line(&mut page, format_args!("\nEvery record has items {}.", required.join(", ")));
    }
    for (slot, entry) in category.uap.iter().enumerate() {
        if let Slot::Item(item) = entry {
            let frn = slot + 1;
            let Item { name, clause, title, shape, .. } = item;
            line(&mut page, format_args!("\n## {name} {title}\n\nClause {clause}, FRN {frn}.\n"));
            write_shape(&mut page, shape, "");
        }
    }
    page
}

fn line(page: &mut String, text: core::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = page.write_fmt(text);
    page.push('\n');
}

fn write_shape(page: &mut String, shape: &Shape, prefix: &str) {
    match shape {
        Shape::Fixed(fields) => write_fields(page, fields, prefix),
        Shape::Extended(parts) => {
            for (number, part) in parts.iter().enumerate() {
                line(page, format_args!("Part {}, then FX:\n", number + 1));
                write_fields(page, part, prefix);
            }
        }
        Shape::Repetitive(fields) => {
            line(page, format_args!("A count in one octet, then repetitions of:\n"));
            write_fields(page, fields, prefix);
        }
        Shape::RepetitiveFx(fields) => {
            line(page, format_args!("Repetitions, each followed by FX, of:\n"));
            write_fields(page, fields, prefix);
        }
        Shape::Compound(presence, slots) => write_slots(page, *presence, slots),
        Shape::Explicit(contents) => {
            line(page, format_args!("A length in one octet (counting itself), then the contents."));
            if let Some(contents) = contents {
                write_shape(page, contents, prefix);
            }
        }
    }
}

fn write_slots(page: &mut String, presence: Presence, slots: &[Slot]) {
    let how = match presence {
        Presence::Chained => "seven to an octet, then FX",
        Presence::Octets(_) => "eight to an octet",
    };
    line(page, format_args!("Presence bits ({how}), then the sub-items announced:"));
    for (position, slot) in slots.iter().enumerate() {
        if let Slot::Item(sub) = slot {
            line(page, format_args!("\n**{} {}** (bit {})\n", sub.name, sub.title, position + 1));
            write_shape(page, &sub.shape, "");
        }
    }
}

fn write_fields(page: &mut String, fields: &[Field], prefix: &str) {
    if prefix.is_empty() {
        line(page, format_args!("| field | bits | meaning |\n| --- | --- | --- |"));
    }
    for field in fields {
        let Field { name, title, bits, kind, limits } = field;
        match kind {
            Kind::Group(inner) => write_fields(page, inner, &format!("{prefix}{name}/")),
            kind => {
                let (meaning, limits) = (meaning(kind), limits.map_or_else(String::new, between));
                line(page, format_args!("| {prefix}{name} | {bits} | {title}{meaning}{limits} |"));
            }
        }
    }
    if prefix.is_empty() {
        page.push('\n');
    }
}

fn between(limits: Limits) -> String {
    let Limits { low, high, absolute } = limits;
    if absolute { format!(", cannot be beyond {low} to {high}") } else { format!(", from {low} to {high}") }
}

fn meaning(kind: &Kind) -> String {
    match kind {
        Kind::Quantity { signed, lsb, unit } => {
            let sign = if *signed { "signed, " } else { "" };
            format!(" ({sign}last bit {lsb} {unit})")
        }
        Kind::Flag(clear, set) => format!(" (0: {clear}; 1: {set})"),
        Kind::Choice(texts) => {
            let all: Vec<_> = texts.iter().map(|(value, text)| format!("{value}: {text}")).collect();
            format!(" ({})", all.join("; "))
        }
        Kind::Octal => " (octal digits)".to_owned(),
        Kind::Icao => " (six-bit characters)".to_owned(),
        Kind::Ascii => " (ASCII characters)".to_owned(),
        Kind::Either([first, second]) => {
            format!(" (by the bit before: 0:{}; 1:{})", meaning(&first.kind), meaning(&second.kind))
        }
        Kind::Integer => " (count)".to_owned(),
        Kind::Spare | Kind::Raw | Kind::Group(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CAT021, CAT048, TABLES, cat001};

    #[test]
    fn every_item_of_the_uap_has_its_section_and_clause() {
        for category in TABLES {
            let page = markdown(category);
            for slot in category.uap {
                let Slot::Item(item) = slot else { continue };
                assert!(page.contains(&format!("## {} {}", item.name, item.title)));
            }
        }
        let page = markdown(&CAT048);
        assert!(page.contains("Clause 5.2.4, FRN 4."));
        assert!(page.contains("| RHO | 16 | Slant range (last bit 0.00390625 NM) |"));
        assert!(
            markdown(&CAT021)
                .contains("(by the bit before: 0: (last bit 0.00006103515625 NM/s); 1: (last bit 0.001 Mach))")
        );
        assert!(markdown(&CAT021).contains(", cannot be beyond -90 to 90 |"));
        assert!(markdown(&cat001::CAT001_TRACK).contains("The layout of a track; the other is that of a plot."));
    }
}
