#![allow(clippy::unwrap_used)]

use super::*;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\nci:x:1000:1000:,,,:/home/ci:/bin/sh\n";
const GROUP: &str = "root:x:0:\nci:x:1000:\ndocker:x:999:other,ci\naudio:x:29:cinderella\n";

#[test]
fn a_user_comes_with_all_groups() {
    let user = User::find_in("ci", PASSWD, GROUP).unwrap();
    assert_eq!((user.uid.as_raw(), user.home.as_str()), (1000, "/home/ci"));
    assert_eq!(user.groups, [Gid::from_raw(1000), Gid::from_raw(999)]);
    assert_eq!(User::find_in("1000", PASSWD, GROUP), Some(user));
    assert_eq!(User::find_in("nobody", PASSWD, GROUP), None);
}
