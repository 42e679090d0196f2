#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_scope_and_a_name_say_whose() {
    let flow = FlowId::new(1, 2);
    assert_eq!(format!("flow:{flow}").parse(), Ok(DataPlace::Flow(flow)));
    assert_eq!("branch:demo/main".parse(), Ok(DataPlace::Branch("demo/main".parse().unwrap(), None)));
    assert_eq!("branch-dev:demo/a/b".parse(), Ok(DataPlace::Branch("demo/a/b".parse().unwrap(), Some("dev"))));
    assert_eq!("project:a:b".parse(), Ok(DataPlace::Project("a:b".to_owned())));
    for wrong in ["", "demo", "flow:", "flow:x", "branch:demo", "stage:x", "project:", ":x"] {
        assert!(wrong.parse::<DataPlace>().is_err(), "{wrong}");
    }
}
