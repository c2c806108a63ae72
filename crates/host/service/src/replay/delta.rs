//! What changed from one picture to the next.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The keys by which the items of a picture's lists are known.
const NAMES: [&str; 2] = ["id", "track"];

/// What has to be done to `before` so that it becomes `after`: `set` gives the value of a key, `lists` gives for a list of named items
/// those that are new or other (`put`) and the names of those that are gone (`gone`).
///
/// A list is taken item by item where every item has an `id` or a `track`; whatever else a picture may hold some day is sent whole when
/// it is another.
pub(crate) fn delta(before: &Value, after: &Value) -> Value {
    let nothing = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&nothing), after.as_object().unwrap_or(&nothing));
    let (mut set, mut lists) = (Map::new(), Map::new());
    for (key, new) in after {
        let old = before.get(key);
        if old == Some(new) {
            continue;
        }
        match old.and_then(by_name).zip(by_name(new)) {
            Some((old, new)) => drop(lists.insert(key.clone(), items(&old, &new))),
            None => drop(set.insert(key.clone(), new.clone())),
        }
    }
    let dropped: Vec<&String> = before.keys().filter(|key| !after.contains_key(*key)).collect();
    let mut change = json!({ "set": set, "lists": lists });
    if !dropped.is_empty() {
        change["drop"] = json!(dropped);
    }
    change
}

fn items(old: &BTreeMap<Name, &Value>, new: &BTreeMap<Name, &Value>) -> Value {
    let put: Vec<&Value> =
        new.iter().filter(|(name, item)| old.get(name) != Some(item)).map(|(_, item)| *item).collect();
    let gone: Vec<Value> = old.keys().filter(|name| !new.contains_key(name)).map(Name::value).collect();
    json!({ "put": put, "gone": gone })
}

/// What an item is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Number(u64),
    Text(String),
}

impl Name {
    fn of(item: &Value) -> Option<Name> {
        let name = NAMES.iter().find_map(|key| item.get(key))?;
        name.as_u64().map(Name::Number).or_else(|| name.as_str().map(|text| Name::Text(text.to_owned())))
    }

    fn value(&self) -> Value {
        match self {
            Name::Number(number) => json!(number),
            Name::Text(text) => json!(text),
        }
    }
}

/// The items of a list by their names; `None` where one has no name, or two have the same.
fn by_name(list: &Value) -> Option<BTreeMap<Name, &Value>> {
    let list = list.as_array()?;
    let named = list.iter().map(|item| Some((Name::of(item)?, item))).collect::<Option<BTreeMap<_, _>>>()?;
    (named.len() == list.len()).then_some(named)
}

/// The page does this; here it is for tests: the items of a list come in the order of their names.
#[cfg(test)]
pub(crate) fn apply(before: &Value, change: &Value) -> Value {
    let mut picture = before.as_object().cloned().unwrap_or_default();
    for key in change["drop"].as_array().into_iter().flatten() {
        picture.remove(key.as_str().unwrap());
    }
    for (key, value) in change["set"].as_object().unwrap() {
        picture.insert(key.clone(), value.clone());
    }
    for (key, items) in change["lists"].as_object().unwrap() {
        let mut named: BTreeMap<Name, Value> =
            by_name(&picture[key]).unwrap().into_iter().map(|(n, v)| (n, v.clone())).collect();
        for gone in items["gone"].as_array().unwrap() {
            named.retain(|name, _| name.value() != *gone);
        }
        for item in items["put"].as_array().unwrap() {
            named.insert(Name::of(item).unwrap(), item.clone());
        }
        picture.insert(key.clone(), named.into_values().collect());
    }
    Value::Object(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Value, after: Value, change: Value) {
        assert_eq!(delta(&before, &after), change);
        assert_eq!(apply(&before, &change), after);
    }

    #[test]
    fn only_what_changed_is_sent() {
        check(
            json!({"now_ms": 1, "tracks": [{"id": 1, "x": 1}, {"id": 2, "x": 1}, {"id": 10, "x": 1}], "threats": []}),
            json!({"now_ms": 2, "tracks": [{"id": 2, "x": 2}, {"id": 3, "x": 1}, {"id": 10, "x": 1}], "threats": []}),
            json!({"set": {"now_ms": 2}, "lists": {"tracks": {"put": [{"id": 2, "x": 2}, {"id": 3, "x": 1}], "gone": [1]}}}),
        );
    }

    #[test]
    fn what_has_no_name_is_sent_whole_and_what_went_is_dropped() {
        check(
            json!({"words": ["a"], "old": 1, "threats": [{"track": 4}]}),
            json!({"words": ["a", "b"], "threats": []}),
            json!({"set": {"words": ["a", "b"]}, "lists": {"threats": {"put": [], "gone": [4]}}, "drop": ["old"]}),
        );
        let twins = json!({"tracks": [{"id": 1}, {"id": 1}]});
        assert_eq!(delta(&json!({"tracks": []}), &twins), json!({"set": twins, "lists": {}}));
    }
}
