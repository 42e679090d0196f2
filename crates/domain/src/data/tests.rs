#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn set(document: &Value, pointer: &str, value: Value) -> Result<Value, InvalidData> {
    DataChange::set(pointer, value)?.applied_to(document)
}

fn patched(document: &Value, patch: &Value) -> Result<Value, InvalidData> {
    DataChange::patch(patch)?.applied_to(document)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn scopes_are_the_words_of_stages() {
    for scope in DataScope::ALL {
        assert_eq!(scope.as_str().parse(), Ok(scope));
    }
    let refused = "stage".parse::<DataScope>().unwrap_err().to_string();
    assert!(refused.contains("\"stage\"") && refused.contains("branch-ci"), "{refused}");
}

#[test]
fn a_value_is_put_where_the_pointer_says_and_what_is_missing_on_the_way_is_made() {
    let document = set(&empty(), "/a/b/c", json!(1)).unwrap();
    assert_eq!(document, json!({"a": {"b": {"c": 1}}}));
    assert_eq!(set(&document, "/a/b", json!([1])).unwrap(), json!({"a": {"b": [1]}}));
    assert_eq!(set(&document, "", json!({"new": true})).unwrap(), json!({"new": true}));
    assert_eq!(set(&document, "/", json!({"new": true})).unwrap(), json!({"new": true}), "as stages write the whole document");
    assert_eq!(set(&json!({"x~y/z": 0}), "/x~0y~1z", json!(1)).unwrap(), json!({"x~y/z": 1}));
    assert_eq!(set(&json!({"a": null}), "/a/b", json!(1)).unwrap(), json!({"a": {"b": 1}}), "null is nothing");

    let list = json!({"l": [1, 2]});
    assert_eq!(set(&list, "/l/0", json!(5)).unwrap(), json!({"l": [5, 2]}));
    assert_eq!(set(&list, "/l/2", json!(3)).unwrap(), json!({"l": [1, 2, 3]}));
    assert_eq!(set(&list, "/l/-", json!(3)).unwrap(), json!({"l": [1, 2, 3]}));
    assert_eq!(set(&list, "/l/-/name", json!("x")).unwrap(), json!({"l": [1, 2, {"name": "x"}]}));
    for nowhere in ["/l/3", "/l/01", "/l/+1", "/l/x", "/l/0/deep"] {
        let refused = set(&list, nowhere, json!(3)).unwrap_err();
        assert!(matches!(refused, InvalidData::NoPlace { .. }), "{nowhere}: {refused}");
    }
    for wrong in ["a", "a/b", "/a~", "/a~2b", &"/a".repeat(DATA_DEPTH_MAX + 1)] {
        assert!(matches!(set(&list, wrong, json!(3)), Err(InvalidData::Pointer { .. })), "{wrong}");
    }
}

#[test]
fn places_are_found_as_they_were_set() {
    let document = json!({"a": {"b": [1, {"c~/": 2}]}, "": 3});
    assert_eq!(found_at(&document, "/a/b/1/c~0~1").unwrap(), Some(&json!(2)));
    assert_eq!(found_at(&document, "/").unwrap(), Some(&document));
    assert_eq!(found_at(&document, "").unwrap(), Some(&document));
    for nothing in ["/x", "/a/b/2", "/a/b/-", "/a/b/00", "/a/b/0/x"] {
        assert_eq!(found_at(&document, nothing).unwrap(), None, "{nothing}");
    }
    assert!(found_at(&document, "a").is_err());
}

#[test]
fn a_document_is_an_object_of_a_bounded_size() {
    for (value, what) in [(json!([1]), "a list"), (json!("x"), "a text"), (Value::Null, "null"), (json!(1), "a number")] {
        assert_eq!(set(&empty(), "/", value), Err(InvalidData::NotAnObject(what)));
    }
    let text = |bytes: usize| json!("x".repeat(bytes));
    // {"a":"…"}
    assert!(set(&empty(), "/a", text(DATA_BYTES_MAX - 8)).is_ok());
    assert_eq!(set(&empty(), "/a", text(DATA_BYTES_MAX - 7)), Err(InvalidData::TooLarge));
    assert_eq!(set(&empty(), "/a", text(5 << 20)), Err(InvalidData::TooLarge));
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert!(set(&empty(), "/a", nested(DATA_DEPTH_MAX - 1)).is_ok());
    assert_eq!(set(&empty(), "/a", nested(DATA_DEPTH_MAX)), Err(InvalidData::TooDeep));
}

#[test]
fn a_patch_is_done_as_a_whole_or_not_at_all() {
    let document = json!({"n": 1, "seen": ["a"]});
    let patch = json!([
        {"op": "test", "path": "/n", "value": 1},
        {"op": "replace", "path": "/n", "value": 2},
        {"op": "add", "path": "/seen/-", "value": "b"},
        {"op": "copy", "from": "/seen/0", "path": "/first"},
        {"op": "move", "from": "/seen", "path": "/all"},
        {"op": "remove", "path": "/all/0"},
    ]);
    assert_eq!(patched(&document, &patch).unwrap(), json!({"n": 2, "first": "a", "all": ["b"]}));
    assert_eq!(patched(&document, &json!([])).unwrap(), document);

    let late = json!([{"op": "replace", "path": "/n", "value": 9}, {"op": "test", "path": "/n", "value": 1}]);
    assert_eq!(patched(&document, &late), Err(InvalidData::TestFailed { index: 1, path: "/n".to_owned() }));
    let nowhere = json!([{"op": "add", "path": "/x/y", "value": 9}]);
    assert!(matches!(patched(&document, &nowhere), Err(InvalidData::Operation { index: 0, .. })));
    for wrong in [
        json!({"n": 2}),
        json!("x"),
        json!([1]),
        json!([{"op": "increment", "path": "/n"}]),
        json!([{"op": "add", "path": "/n"}]),
        json!([{"op": "add", "path": "n", "value": 1}]),
        Value::Array(vec![json!({"op": "remove", "path": "/n"}); PATCH_OPERATIONS_MAX + 1]),
    ] {
        assert!(matches!(patched(&document, &wrong), Err(InvalidData::NotAPatch(_))), "{wrong}");
    }
    let whole = patched(&document, &json!([{"op": "replace", "path": "", "value": [1]}]));
    assert_eq!(whole, Err(InvalidData::NotAnObject("a list")));
}

#[test]
fn a_patch_that_multiplies_what_is_there_is_stopped_on_its_way() {
    let document = json!({"a": "x".repeat(1000)});
    let doubling: Vec<Value> = (0..60).map(|n| json!({"op": "copy", "from": "", "path": format!("/c{n}")})).collect();
    assert_eq!(patched(&document, &Value::Array(doubling)), Err(InvalidData::TooLarge));
    // Each puts what is there one level deeper.
    let burying: Vec<Value> = (0..400)
        .flat_map(|_| {
            [
                json!({"op": "add", "path": "/b", "value": {}}),
                json!({"op": "move", "from": "/a", "path": "/b/a"}),
                json!({"op": "move", "from": "/b", "path": "/a"}),
            ]
        })
        .take(PATCH_OPERATIONS_MAX)
        .collect();
    assert_eq!(patched(&document, &Value::Array(burying)), Err(InvalidData::TooDeep));
}

#[test]
fn a_change_that_comes_again_is_done_once() {
    let add = DataChange::patch(&json!([{"op": "add", "path": "/l/-", "value": 1}])).unwrap();
    let owner = DataOwner::Flow(FlowId::new(1, 2));
    let document = DataDocument { value: json!({"l": []}), ..DataDocument::new(owner, at(0)) };
    let once = document.changed(&add, Some("first"), at(1)).unwrap().unwrap();
    assert_eq!((once.value.clone(), once.changed_at), (json!({"l": [1]}), at(1)));
    assert_eq!(once.changed(&add, Some("first"), at(2)), Ok(None));
    let twice = once.changed(&add, Some("second"), at(2)).unwrap().unwrap();
    assert_eq!(twice.value, json!({"l": [1, 1]}));
    assert_eq!(twice.changed(&add, None, at(2)).unwrap().unwrap().value, json!({"l": [1, 1, 1]}));
    let soon_after = (0..CHANGES_REMEMBERED - 2)
        .fold(twice.clone(), |document, n| document.changed(&add, Some(&format!("n{n}")), at(3)).unwrap().unwrap());
    assert!(soon_after.has_done("first"), "others may be many");
    let later = soon_after.changed(&add, None, at(2 + 15 * 60)).unwrap().unwrap();
    assert!(!later.has_done("first") && later.has_done("second") && later.has_done("n0"), "15 minutes");
    let long_after = (0..1000).fold(twice, |document, n| document.changed(&add, Some(&format!("n{n}")), at(3)).unwrap().unwrap());
    assert_eq!(long_after.changes.len(), CHANGES_REMEMBERED, "it does not grow with what was done");
    assert!(long_after.has_done("n999") && !long_after.has_done("first"));
    // What changes nothing needs no write, unless it may come again after somebody else changed it.
    let same = DataChange::set("/l/0", json!(1)).unwrap();
    assert_eq!(long_after.changed(&same, None, at(4)), Ok(None));
    let noted = long_after.changed(&same, Some("x"), at(4)).unwrap().unwrap();
    assert_eq!((&noted.value, noted.changed_at), (&long_after.value, long_after.changed_at));
    let others = noted.changed(&DataChange::set("/l/0", json!(2)).unwrap(), None, at(5)).unwrap().unwrap();
    assert_eq!(others.changed(&same, Some("x"), at(6)), Ok(None));
}

#[test]
fn names_kept_without_a_time_are_read_and_forgotten_in_time() {
    let stored = json!({"owner": {"flow": FlowId::new(1, 2)}, "value": {}, "changes": ["old"], "changed_at": at(100)});
    let document: DataDocument = serde_json::from_value(stored).unwrap();
    assert!(document.has_done("old"));
    let add = DataChange::set("/n", json!(1)).unwrap();
    assert!(document.changed(&add, Some("new"), at(100 + 900)).unwrap().unwrap().has_done("old"));
    assert!(!document.changed(&add, Some("new"), at(101 + 900)).unwrap().unwrap().has_done("old"));
}

#[test]
fn a_full_memory_of_names_has_room_beside_the_document() {
    let document = DataDocument::new(DataOwner::Flow(FlowId::new(1, 2)), at(0));
    let add = DataChange::set("/n", json!(1)).unwrap();
    let name = |n: usize| format!("{n:032}");
    let full = (0..400).fold(document, |document, n| document.changed(&add, Some(&name(n)), at(1_800_000_000)).unwrap().unwrap());
    assert!(serde_json::to_string(&full).unwrap().len() < 15 << 10);
}

#[test]
fn only_the_same_change_has_the_same_fingerprint() {
    let set = |pointer: &str, value: Value| DataChange::set(pointer, value).unwrap().fingerprint();
    let patch = |patch: Value| DataChange::patch(&patch).unwrap().fingerprint();
    let all = [
        set("", json!({"a": 1})),
        set("/a", json!(1)),
        set("/a", json!("1")),
        patch(json!([{"op": "add", "path": "/a", "value": 1}])),
        patch(json!([{"op": "replace", "path": "/a", "value": 1}])),
        patch(json!([])),
    ];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    assert_eq!(set("/a", json!(1)), all[1]);
}

#[test]
fn what_is_stored_comes_back() {
    let owner = DataOwner::BranchCi(BranchId::new(1, 2));
    let document = DataDocument { value: json!({"n": 1.5, "big": 18_446_744_073_709_551_615_u64}), ..DataDocument::new(owner, at(7)) };
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<DataDocument>(&text).unwrap(), document);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]", "[0-3]", Just("-".to_owned()), Just(String::new()), "~[01]", "\\PC{0,3}"]
}

fn pointer() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 0..5).prop_map(|names| names.iter().map(|name| format!("/{name}")).collect())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,5}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let op = prop::sample::select(vec!["add", "remove", "replace", "move", "copy", "test", "other"]);
    (op, pointer(), pointer(), value()).prop_map(|(op, path, from, value)| json!({"op": op, "path": path, "from": from, "value": value}))
}

proptest! {
    #[test]
    fn what_is_set_is_there(before in value(), pointer in pointer(), value in value()) {
        if let Ok(after) = set(&before, &pointer, value.clone()) {
            prop_assert!(check_document(&after).is_ok());
            if !pointer.split('/').any(|name| name == "-") {
                prop_assert_eq!(found_at(&after, &pointer), Ok(Some(&value)));
            }
        }
    }

    #[test]
    fn senseless_patches_are_refused_or_leave_a_document(before in value(), patch in prop::collection::vec(operation(), 0..12)) {
        if let Ok(after) = patched(&before, &Value::Array(patch)) {
            prop_assert!(check_document(&after).is_ok());
        }
    }

    #[test]
    fn senseless_pointers_are_refused(before in value(), pointer in "\\PC{0,20}") {
        let _found_or_refused = found_at(&before, &pointer);
        let _set_or_refused = set(&before, &pointer, Value::Null);
    }
}
