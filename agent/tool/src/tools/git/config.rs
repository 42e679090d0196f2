//! Git configuration for one step, in a file that git includes: works with every version of git and shows no value in a process list.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What every step gets. The workspace may belong to another user than the one in a container; nothing may run on after the step;
/// advice is for people at a keyboard.
const ALWAYS: &[(&str, &str)] = &[
    ("safe.directory", "*"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("advice.detachedHead", "false"),
    ("init.defaultBranch", "main"),
];

/// Writes the file into `folder`. What the user wants comes last and wins.
pub(super) fn write(folder: &Path, own: Vec<(String, String)>, users: &BTreeMap<String, String>) -> Result<PathBuf, Failure> {
    let mut text = String::new();
    for (key, value) in ALWAYS {
        add(&mut text, key, value)?;
    }
    for (key, value) in own.iter().map(|(key, value)| (key, value)).chain(users) {
        add(&mut text, key, value)?;
    }
    let absolute = std::path::absolute(folder.join("gitconfig"));
    let path = absolute.map_err(|error| Failure::executor(format!("cannot name {}: {error}", folder.display())))?;
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::executor(format!("cannot write {}: {error}", path.display())))?;
    Ok(path)
}

/// One entry in the syntax of git-config(1).
fn add(text: &mut String, key: &str, value: &str) -> Result<(), Failure> {
    let parts = key.split_once('.').and_then(|(section, rest)| Some((section, rest.rsplit_once('.'), rest.rsplit('.').next()?)));
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let Some((section, subsection, name)) = parts.filter(|(section, _, name)| plain(section) && plain(name) && !key.contains('\n')) else {
        return Err(Failure::step(format!("git_cfg: {key:?} is not a configuration key such as `http.sslVerify`")));
    };
    let header = match subsection {
        Some((subsection, _)) => format!("[{section} \"{}\"]", subsection.replace('\\', "\\\\").replace('"', "\\\"")),
        None => format!("[{section}]"),
    };
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    // Writing to a text cannot fail.
    let _written = writeln!(text, "{header}\n\t{name} = \"{value}\"");
    Ok(())
}

#[cfg(test)]
mod tests;
