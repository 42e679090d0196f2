//! The saved dashboards are whole, and speak of fields that there are.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const SAVED: &str = include_str!("../dashboards.ndjson");

fn objects() -> Vec<Value> {
    assert!(SAVED.ends_with('\n'));
    SAVED.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field:?} is no text in {value}"))
}

/// What dashboards keep as JSON within JSON.
fn inner(value: &Value, field: &str) -> Value {
    serde_json::from_str(text(value, field)).unwrap_or_else(|error| panic!("{field}: {error}"))
}

fn search_source(object: &Value) -> Value {
    inner(&object["attributes"]["kibanaSavedObjectMeta"], "searchSourceJSON")
}

#[test]
fn there_is_one_of_each_and_all_that_they_refer_to() {
    let objects = objects();
    let known: BTreeSet<_> = objects.iter().map(|object| (text(object, "type"), text(object, "id"))).collect();
    assert_eq!(known.len(), objects.len(), "an id is there twice");
    let mut kinds = BTreeMap::new();
    for object in &objects {
        *kinds.entry(text(object, "type")).or_insert(0) += 1;
        let mut named = BTreeSet::new();
        for reference in object["references"].as_array().unwrap() {
            assert!(known.contains(&(text(reference, "type"), text(reference, "id"))), "{reference} leads nowhere");
            named.insert(text(reference, "name").to_owned());
        }
        assert_eq!(used(object), named, "{}", text(object, "id"));
    }
    assert_eq!(kinds, BTreeMap::from([("dashboard", 1), ("index-pattern", 1), ("search", 1), ("visualization", 3)]));
}

/// The names under which an object uses others.
fn used(object: &Value) -> BTreeSet<String> {
    match text(object, "type") {
        "index-pattern" => BTreeSet::new(),
        "dashboard" => {
            let panels = inner(&object["attributes"], "panelsJSON");
            panels.as_array().unwrap().iter().map(|panel| text(panel, "panelRefName").to_owned()).collect()
        }
        _ => BTreeSet::from([text(&search_source(object), "indexRefName").to_owned()]),
    }
}

#[test]
fn every_field_is_in_the_index_template() {
    let template = kraken_search::index_template("kraken-logs", false).unwrap();
    let fields = template["template"]["mappings"]["properties"].as_object().unwrap();
    let mut seen = BTreeSet::new();
    let mut check = |field: &str, of: &Value, grouped: bool| {
        let known = fields.get(field).unwrap_or_else(|| panic!("no field {field:?}, used by {}", text(of, "id")));
        assert!(!grouped || known["type"] != "text", "{field:?} is text: it can't be grouped by");
        seen.insert(field.to_owned());
    };
    for object in &objects() {
        let attributes = &object["attributes"];
        match text(object, "type") {
            "index-pattern" => {
                assert_eq!(text(attributes, "title"), "kraken-logs-*");
                assert_eq!(fields[text(attributes, "timeFieldName")]["type"], "date_nanos");
            }
            "search" => {
                attributes["columns"].as_array().unwrap().iter().for_each(|column| check(column.as_str().unwrap(), object, false));
                attributes["sort"].as_array().unwrap().iter().for_each(|sort| check(sort[0].as_str().unwrap(), object, true));
            }
            "visualization" => {
                let state = inner(attributes, "visState");
                assert_eq!(text(&state, "title"), text(attributes, "title"));
                let aggregations = state["aggs"].as_array().unwrap();
                assert!(aggregations.len() > 1);
                let over = aggregations.iter().filter_map(|aggregation| aggregation["params"]["field"].as_str());
                over.for_each(|field| check(field, object, true));
            }
            _ => {}
        }
        if text(object, "type") != "index-pattern" {
            let source = search_source(object);
            let query = text(&source["query"], "query");
            // FIELD : VALUE, with `and` between them.
            let parts = query.split(" and ").filter(|part| !part.is_empty());
            parts.for_each(|part| check(part.split_once(':').unwrap().0.trim(), object, true));
        }
    }
    for useful in ["service", "agent", "job", "level", "text", "time", "bytes"] {
        assert!(seen.contains(useful), "nothing shows {useful:?}");
    }
}

#[test]
fn panels_lie_beside_each_other() {
    let objects = objects();
    let dashboard = objects.iter().find(|object| object["type"] == "dashboard").unwrap();
    let mut taken = BTreeSet::new();
    for panel in inner(&dashboard["attributes"], "panelsJSON").as_array().unwrap() {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridData"][side].as_u64().unwrap());
        assert!(w > 0 && h > 0 && x + w <= 48, "{panel}");
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "{panel} lies on another");
        }
    }
}
