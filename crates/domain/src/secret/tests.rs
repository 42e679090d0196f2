#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn names_are_words_that_mean_nothing_else() {
    for good in ["token", "MY-Token_2", "0", "-", &"a".repeat(SECRET_NAME_MAX)] {
        assert_eq!(check_secret_name(good, ["flow"]), Ok(()), "{good}");
    }
    for (bad, why) in [
        ("", "the name has 0 characters: expected 1 to 100"),
        ("a b", "the name \"a b\" has the character ' ': expected letters from a to z, digits, '_' and '-'"),
        ("a.b", "the name \"a.b\" has the character '.': expected letters from a to z, digits, '_' and '-'"),
        ("schlüssel", "the name \"schlüssel\" has the character 'ü': expected letters from a to z, digits, '_' and '-'"),
        ("flow", "the name \"flow\" means something else in the texts of stages: choose another one"),
    ] {
        assert_eq!(check_secret_name(bad, ["flow"]).unwrap_err().to_string(), why);
    }
    assert_eq!(check_secret_name(&"a".repeat(101), []), Err(InvalidSecretName::Length(101)));
}

#[test]
fn a_secret_belongs_to_one_place() {
    let (project, branch) = (ProjectId::new(1, 2), BranchId::new(1, 2));
    let places = [
        SecretOwner::Project(project).place("a"),
        SecretOwner::Project(project).place("b"),
        SecretOwner::Project(ProjectId::new(1, 3)).place("a"),
        SecretOwner::Branch(branch).place("a"),
    ];
    let distinct: std::collections::BTreeSet<_> = places.iter().collect();
    assert_eq!(distinct.len(), places.len());
}
