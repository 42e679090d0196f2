use super::*;

fn project(n: u128) -> ProjectId {
    ProjectId::new(1, n)
}

#[test]
fn a_role_holds_in_its_project_only() {
    let grants = [Grant { project: Some(project(1)), role: Role::User }];
    assert!(allows(&grants, Some(project(1)), Role::Viewer));
    assert!(allows(&grants, Some(project(1)), Role::User));
    assert!(!allows(&grants, Some(project(1)), Role::Admin));
    assert!(!allows(&grants, Some(project(2)), Role::Viewer));
    assert!(!allows(&grants, None, Role::Viewer), "a project's role says nothing about the system");
}

#[test]
fn a_grant_without_project_holds_everywhere() {
    let grants = [Grant { project: None, role: Role::Admin }];
    assert!(allows(&grants, Some(project(1)), Role::Admin));
    assert!(allows(&grants, None, Role::Admin));
}

#[test]
fn no_grant_allows_nothing() {
    assert!(!allows(&[], Some(project(1)), Role::Viewer));
}
