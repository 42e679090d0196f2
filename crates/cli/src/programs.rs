//! The other programs of Kraken on this machine.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The program `name`: beside this one, else on the `PATH`.
pub fn find(name: &str) -> Outcome<PathBuf> {
    let here = std::env::current_exe().ok();
    let beside = here.as_deref().and_then(Path::parent).map(|folder| folder.join(name));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = beside.into_iter().chain(std::env::split_paths(&path).map(|folder| folder.join(name)));
    first_program(candidates).ok_or_else(|| {
        let beside = here.map(|here| format!(" beside {}", here.display())).unwrap_or_default();
        Failure::Other(format!("{name} is neither{beside} nor on the PATH; install it there, as it comes with this program"))
    })
}

fn first_program(candidates: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let is_program = |path: &PathBuf| path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
    candidates.into_iter().find(is_program)
}
