use super::*;

#[test]
fn systems_are_named_in_one_word() {
    assert_eq!(system("NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n"), "debian-12");
    assert_eq!(system("ID=ubuntu\nVERSION_ID='22.04'\n"), "ubuntu-22.04");
    assert_eq!(system("ID=arch\nBUILD_ID=rolling\n"), "arch");
    assert_eq!(system(""), "linux");
}

#[test]
fn a_host_knows_its_size() {
    assert_eq!(memory_bytes("MemTotal:       24689764 kB\nMemFree: 1 kB\n"), 24_689_764 * 1024);
    let executors = BTreeMap::from([(Executor::Local, "1".to_owned())]);
    let facts = Host::look(Path::new("/"), executors, BTreeMap::new()).facts();
    assert!(facts.cpus > 0 && facts.memory_bytes > 0 && facts.disk_free_bytes > 0 && !facts.host.is_empty(), "{facts:?}");
    assert!(facts.executors.contains_key(&Executor::Local));
}
