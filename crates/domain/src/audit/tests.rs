use super::*;

#[test]
fn long_paths_are_cut_between_characters() {
    assert_eq!(kept_path("/api/flows"), "/api/flows");
    let long = "é".repeat(PATH_MAX);
    assert_eq!(kept_path(&format!("/{long}")).len(), PATH_MAX - 1);
}
