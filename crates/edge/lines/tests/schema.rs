//! The published schema is the one that the types make, and says what the reader does: by an independent implementation.

use std::path::Path;

use parapet_lines::{Line, parse, schema};
use serde_json::Value;

const EXAMPLES: &str = include_str!("examples.jsonl");

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_published_schema_is_up_to_date() {
    let published: Value = serde_json::from_str(&repository("docs/lines.schema.json")).expect("JSON");
    let remedy = "run: cargo run -p parapet-lines --example schema > docs/lines.schema.json";
    assert_eq!(published, schema(), "{remedy}");
}

/// Every line of the examples and of the document, taken by both.
#[test]
fn examples_are_lines() {
    let judge = jsonschema::validator_for(&schema()).expect("a schema");
    let document = repository("docs/door.md");
    let in_document = document.lines().filter(|line| line.starts_with("{\"type\""));
    let mut count = 0;
    for line in EXAMPLES.lines().chain(in_document) {
        let value: Value = serde_json::from_str(line).expect(line);
        assert!(judge.is_valid(&value), "the schema refuses {line}: {:?}", judge.validate(&value).err());
        assert!(parse(line.as_bytes()).is_ok(), "the reader refuses {line}: {:?}", parse(line.as_bytes()));
        count += 1;
    }
    assert!(count >= 18, "{count} examples; the document has at least one of each type");
}

/// One step outside every limit that the schema states is refused by both, and so is every unknown key.
#[test]
fn reader_and_schema_agree_on_every_limit() {
    let (schema, mut tried) = (schema(), 0);
    let judge = jsonschema::validator_for(&schema).expect("a schema");
    for line in EXAMPLES.lines() {
        let whole: Value = serde_json::from_str(line).expect(line);
        let name = definition(&parse(line.as_bytes()).expect(line));
        let properties = schema["$defs"][name]["properties"].as_object().expect(name);
        for (key, property) in properties.iter().filter(|(key, _)| whole.get(key.as_str()).is_some()) {
            for (limit, beyond) in [("minimum", -1.0), ("maximum", 1.0)] {
                let Some(limit) = property[limit].as_f64() else { continue };
                for (value, is_fine) in [(limit, true), (limit + beyond, false)] {
                    let mut changed = whole.clone();
                    changed[key] = value.into();
                    let text = changed.to_string();
                    assert_eq!(judge.is_valid(&changed), is_fine, "schema: {text}");
                    let read = parse(text.as_bytes());
                    assert_eq!(read.is_ok(), is_fine, "reader: {text} {read:?}");
                    assert!(read.err().is_none_or(|why| why.key == *key), "{text}");
                    tried += 1;
                }
            }
        }
        let mut changed = whole.clone();
        changed["rnge_m"] = 1.0.into();
        assert!(!judge.is_valid(&changed) && parse(changed.to_string().as_bytes()).is_err(), "{changed}");
    }
    assert!(tried > 80, "{tried}");
}

fn definition(line: &Line) -> &'static str {
    match line {
        Line::Plot(_) => "PlotLine",
        Line::Place(_) => "PlaceLine",
        Line::Site(_) => "SiteLine",
        Line::Bearing(_) => "BearingLine",
        Line::Sound(_) => "SoundLine",
        Line::Alive(_) => "AliveLine",
        Line::Position(_) => "PositionLine",
    }
}
