//! Changes of TOML that keep what people wrote around them: comments, order, blank lines.

use serde_json::{Map, Value as Json};
use toml_edit::{
    Array, ArrayOfTables, Decor, DocumentMut, InlineTable, Item, Table, TableLike, Value, value as item_of,
};

/// Keys and what they become; `null` takes a key away.
pub(crate) type Keys = Map<String, Json>;

/// The order in which a person would write the keys of a new table; others follow by name.
const ORDER: [&str; 38] = [
    "id",
    "name",
    "kind",
    "people",
    "lat_deg",
    "lon_deg",
    "height_m",
    "radius_m",
    "position",
    "circle",
    "corners",
    "alarm_probability",
    "cost_false",
    "cost_miss",
    "shelter_s",
    "asterix",
    "sac",
    "sic",
    "sapient",
    "node",
    "lines",
    "links",
    "feed",
    "format",
    "senders",
    "scan",
    "scan_period_s",
    "range_m",
    "sector_deg",
    "blanked_deg",
    "elevation_deg",
    "detection_probability",
    "clutter_per_scan",
    "group",
    "accuracy",
    "azimuth_deg",
    "range_rate_mps",
    "sigma_time_s",
];

/// Keys in the order in which a person would write them.
pub(crate) fn ordered(keys: &Keys) -> Vec<(&String, &Json)> {
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut found: Vec<(&String, &Json)> = keys.iter().collect();
    found.sort_by_key(|(key, _)| (place(key), (*key).clone()));
    found
}

/// Changes keys of a table at the root, which is made where there is none.
///
/// # Errors
/// When something of another kind stands there, or a value has no form in TOML.
pub(crate) fn set(document: &mut DocumentMut, table: &str, keys: &Keys) -> Result<(), String> {
    if !document.contains_key(table) {
        let mut made = Table::new();
        made.decor_mut().set_prefix("\n");
        document.insert(table, Item::Table(made));
    }
    let found = document.get_mut(table).and_then(Item::as_table_like_mut);
    merge(found.ok_or_else(|| format!("`{table}` is no table"))?, keys)
}

/// Changes keys of the table with this id in a list of tables; it is added at the end where there is none.
///
/// # Errors
/// As [`set`].
pub(crate) fn put(document: &mut DocumentMut, list: &str, id: &str, keys: &Keys) -> Result<(), String> {
    if let Some(found) = find(document, list, id)? {
        return merge(found, keys);
    }
    let mut made = Table::new();
    made.decor_mut().set_prefix("\n");
    made.insert("id", item_of(id));
    merge(&mut made, keys)?;
    tables(document, list)?.push(made);
    Ok(())
}

/// Whether a list of tables has one with this id.
pub(crate) fn has(document: &mut DocumentMut, list: &str, id: &str) -> bool {
    find(document, list, id).is_ok_and(|found| found.is_some())
}

/// Takes the table with this id out of a list of tables.
///
/// # Errors
/// When there is none.
pub(crate) fn remove(document: &mut DocumentMut, list: &str, id: &str) -> Result<(), String> {
    let tables = tables(document, list)?;
    let place = tables.iter().position(|table| is_called(table, id)).ok_or_else(|| absent(list, id))?;
    // What stands above the first table of a list speaks of the list.
    let heading = (place == 0).then(|| prefix(tables.get(0).map(Table::decor)));
    tables.remove(place);
    let is_empty = tables.is_empty();
    if let (Some(heading), Some(first)) = (heading, tables.get_mut(0))
        && !heading.trim().is_empty()
    {
        let own = prefix(Some(first.decor()));
        first.decor_mut().set_prefix(heading + own.trim_start_matches('\n'));
    }
    if is_empty {
        match list.split_once('.') {
            Some((outer, inner)) => {
                document.get_mut(outer).and_then(Item::as_table_like_mut).map(|outer| outer.remove(inner));
            }
            None => drop(document.remove(list)),
        }
    }
    Ok(())
}

fn prefix(decor: Option<&Decor>) -> String {
    decor.and_then(Decor::prefix).and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned()
}

/// What to say of a table that is not there.
pub(crate) fn absent(list: &str, id: &str) -> String {
    format!("there is no {} {id:?}", list.replace('.', " "))
}

fn is_called(table: &dyn TableLike, id: &str) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id)
}

fn find<'a>(document: &'a mut DocumentMut, list: &str, id: &str) -> Result<Option<&'a mut Table>, String> {
    Ok(tables(document, list)?.iter_mut().find(|table| is_called(*table, id)))
}

/// A list of tables, `zone` or `acoustic.node`; an empty one where there is none.
fn tables<'a>(document: &'a mut DocumentMut, list: &str) -> Result<&'a mut ArrayOfTables, String> {
    let empty = || Item::ArrayOfTables(ArrayOfTables::new());
    let item = match list.split_once('.') {
        Some((outer, inner)) => {
            let mut table = Table::new();
            table.set_implicit(true);
            let outer_item = document.entry(outer).or_insert(Item::Table(table));
            let outer_table = outer_item.as_table_like_mut().ok_or_else(|| format!("`{outer}` is no table"))?;
            outer_table.entry(inner).or_insert(empty())
        }
        None => document.entry(list).or_insert(empty()),
    };
    item.as_array_of_tables_mut()
        .ok_or_else(|| format!("`{list}` is written as a list in one line; write it as tables headed `[[{list}]]`"))
}

fn merge(table: &mut dyn TableLike, keys: &Keys) -> Result<(), String> {
    for (key, json) in ordered(keys) {
        if json.is_null() {
            table.remove(key);
            continue;
        }
        if let (Json::Object(inner), Some(found)) = (json, table.get_mut(key).and_then(Item::as_table_like_mut)) {
            merge(found, inner)?;
            continue;
        }
        let made = value(key, json)?;
        match table.get_mut(key) {
            Some(item) => {
                let mut made = made;
                // A comment behind a value stays behind it.
                if let Some(old) = item.as_value() {
                    *made.decor_mut() = old.decor().clone();
                }
                *item = Item::Value(made);
            }
            None => drop(table.insert(key, Item::Value(made))),
        }
    }
    Ok(())
}

/// Whole numbers are written with a point where the key is a measure, as people write them.
fn is_measure(key: &str) -> bool {
    const UNITS: [&str; 6] = ["_m", "_s", "_deg", "_mps", "_c", "_hpa"];
    UNITS.iter().any(|unit| key.ends_with(unit)) || key.contains("probability") || key.starts_with("cost_")
}

fn value(key: &str, json: &Json) -> Result<Value, String> {
    Ok(match json {
        Json::Bool(flag) => (*flag).into(),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => match number.as_i64() {
            Some(whole) if !is_measure(key) => whole.into(),
            _ => number.as_f64().filter(|value| value.is_finite()).ok_or(format!("`{key}` is no number"))?.into(),
        },
        Json::Array(items) => Value::Array(array(key, items)?),
        Json::Object(keys) => {
            let mut table = InlineTable::new();
            merge(&mut table, keys)?;
            Value::InlineTable(table)
        }
        Json::Null => return Err(format!("`{key}` holds null, which TOML does not know")),
    })
}

/// A list of tables, such as corners, has a line for each.
fn array(key: &str, items: &[Json]) -> Result<Array, String> {
    let mut array = Array::new();
    let lines = items.iter().any(Json::is_object);
    for item in items {
        let mut made = value(key, item)?;
        if lines {
            made.decor_mut().set_prefix("\n  ");
        }
        array.push_formatted(made);
    }
    if lines {
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    } else {
        for place in 1..array.len() {
            if let Some(item) = array.get_mut(place) {
                item.decor_mut().set_prefix(" ");
            }
        }
    }
    Ok(array)
}

/// The value of a key as JSON; dates are texts.
pub(crate) fn json(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => json_value(value),
        Item::Table(table) => json_table(table),
        Item::ArrayOfTables(tables) => Json::Array(tables.iter().map(|table| json_table(table)).collect()),
    }
}

/// A table as JSON.
pub(crate) fn json_table(table: &dyn TableLike) -> Json {
    Json::Object(table.iter().map(|(key, item)| (key.to_owned(), json(item))).collect())
}

fn json_value(value: &Value) -> Json {
    match value {
        Value::String(text) => text.value().as_str().into(),
        Value::Integer(number) => (*number.value()).into(),
        Value::Float(number) => (*number.value()).into(),
        Value::Boolean(flag) => (*flag.value()).into(),
        Value::Datetime(date) => date.value().to_string().into(),
        Value::Array(array) => Json::Array(array.iter().map(json_value).collect()),
        Value::InlineTable(table) => json_table(table),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "# The site\n[policy]\nalarm_probability = 0.1 # one in ten\n\n# Zones of the north\n[[zone]]\nid = \"a\"\n\
        people = 5 # at night\ncircle = { lat_deg = 1.0, lon_deg = 2.0, radius_m = 50.0 } # the hall\n\n# The depot\n[[zone]]\n\
        id = \"b\"\n\n[limits]\ngate = 20.0\n";

    fn keys(value: Json) -> Keys {
        value.as_object().cloned().unwrap_or_default()
    }

    fn changed(change: impl FnOnce(&mut DocumentMut)) -> String {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        change(&mut document);
        document.to_string()
    }

    #[test]
    fn what_is_not_changed_stays_as_it_was_written() {
        assert_eq!(changed(|_| {}), TEXT);
        let text = changed(|document| put(document, "zone", "a", &keys(json!({ "people": 7 }))).unwrap());
        assert_eq!(text, TEXT.replace("people = 5 # at night", "people = 7 # at night"));
        let moved = json!({ "circle": { "radius_m": 60 } });
        let text = changed(|document| put(document, "zone", "a", &keys(moved)).unwrap());
        assert_eq!(text, TEXT.replace("radius_m = 50.0 } # the hall", "radius_m = 60.0 } # the hall"));
        let text = changed(|document| set(document, "policy", &keys(json!({ "alarm_probability": 0.02 }))).unwrap());
        assert_eq!(text, TEXT.replace("0.1 # one", "0.02 # one"));
    }

    #[test]
    fn a_new_table_stands_behind_its_like_and_reads_as_if_typed() {
        let set = json!({ "people": 3, "name": "Depot", "corners": [{ "lon_deg": 2, "lat_deg": 1.5 }], "kind": null });
        let text = changed(|document| put(document, "zone", "c", &keys(set)).unwrap());
        let made = "\n[[zone]]\nid = \"c\"\nname = \"Depot\"\npeople = 3\ncorners = [\n  { lat_deg = 1.5, lon_deg = 2.0 },\n]\n";
        assert_eq!(text, TEXT.replace("id = \"b\"\n", &format!("id = \"b\"\n{made}")));
        let position = json!({ "position": { "lat_deg": 1, "lon_deg": 2 } });
        let text = changed(|document| put(document, "acoustic.node", "m1", &keys(position)).unwrap());
        assert!(
            text.ends_with("\n[[acoustic.node]]\nid = \"m1\"\nposition = { lat_deg = 1.0, lon_deg = 2.0 }\n"),
            "{text}"
        );
    }

    #[test]
    fn what_is_taken_away_leaves_the_rest() {
        let text = changed(|document| remove(document, "zone", "b").unwrap());
        assert_eq!(text, TEXT.replace("\n# The depot\n[[zone]]\nid = \"b\"\n", ""));
        let text = changed(|document| remove(document, "zone", "a").unwrap());
        assert!(text.contains("\n# Zones of the north\n# The depot\n[[zone]]\nid = \"b\"\n"), "{text}");
        let text = changed(|document| {
            remove(document, "zone", "a").unwrap();
            remove(document, "zone", "b").unwrap();
        });
        assert!(!text.contains("zone]]") && text.contains("gate = 20.0"), "{text}");
        let mut document: DocumentMut = TEXT.parse().unwrap();
        assert_eq!(remove(&mut document, "zone", "x"), Err("there is no zone \"x\"".to_owned()));
    }
}
