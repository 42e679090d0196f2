#![allow(clippy::unwrap_used)]

use super::*;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct Place {
    folder: tempfile::TempDir,
    destination: PathBuf,
}

fn a_place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".kraken/inbox/1")).unwrap();
    fs::write(folder.path().join(".kraken/inbox/1/f"), "abc").unwrap();
    let destination = folder.path().join("out");
    fs::create_dir(&destination).unwrap();
    let destination = destination.canonicalize().unwrap();
    Place { folder, destination }
}

impl Place {
    fn try_place(&self, name: &str, size: u64, sha256: &str) -> Result<(), Failure> {
        let file = FileEntry { path: ".kraken/inbox/1/f".into(), name: name.into(), size, sha256: sha256.into(), mode: 0o100_755 };
        place(self.folder.path(), &self.destination, &file)
    }
}

#[test]
fn a_file_gets_its_name_and_mode() {
    let place = a_place();
    place.try_place("a/b/c.sh", 3, ABC).unwrap();
    let target = place.destination.join("a/b/c.sh");
    assert_eq!(fs::read(&target).unwrap(), b"abc");
    assert_eq!(fs::metadata(target).unwrap().permissions().mode() & 0o7777, 0o755);
}

#[test]
fn a_name_that_leaves_the_destination_is_refused() {
    let place = a_place();
    for name in ["../x", "/etc/x", "a/../../x", "", ".", "a/./../b"] {
        let message = place.try_place(name, 3, ABC).unwrap_err().to_string();
        assert!(message.contains("would leave the destination"), "{name}: {message}");
    }
    std::os::unix::fs::symlink(place.folder.path(), place.destination.join("link")).unwrap();
    let message = place.try_place("link/x", 3, ABC).unwrap_err().to_string();
    assert!(message.contains("leads out of the destination"), "{message}");
    assert!(!place.folder.path().join("x").exists());
}

#[test]
fn a_link_in_place_of_the_file_is_replaced_and_not_written_through() {
    let place = a_place();
    let outside = place.folder.path().join("precious");
    fs::write(&outside, "precious").unwrap();
    std::os::unix::fs::symlink(&outside, place.destination.join("f")).unwrap();
    place.try_place("f", 3, ABC).unwrap();
    assert_eq!(fs::read(outside).unwrap(), b"precious");
    assert_eq!(fs::read(place.destination.join("f")).unwrap(), b"abc");
}

#[test]
fn a_damaged_file_is_refused() {
    let place = a_place();
    for (size, sha256) in [(4, ABC), (3, &ABC.replace('b', "c"))] {
        let message = place.try_place("f", size, sha256).unwrap_err().to_string();
        assert!(message.contains("is damaged"), "{message}");
    }
}
