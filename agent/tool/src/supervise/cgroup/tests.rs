use super::*;

#[test]
fn the_own_group_is_found_beside_version_one() {
    let mounts =
        "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
    assert_eq!(own_folder(mounts, "1:cpu:/\n0::/\n"), Some("/sys/fs/cgroup/unified".into()));
    assert_eq!(own_folder(mounts, "0::/system.slice/a.service\n"), Some("/sys/fs/cgroup/unified/system.slice/a.service".into()));
    assert_eq!(own_folder(mounts, "0::/../outside\n"), None);
    assert_eq!(own_folder("cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n", "0::/\n"), None);
}
