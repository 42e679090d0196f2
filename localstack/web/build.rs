//! Takes the built web UI (`ui/dist`) into the program, as far as it is there: a clone without Node builds, too.
//!
//! What comes compressed is kept compressed only; who wants it plain gets it inflated. The files are copied first, so that a UI that is built
//! at the same moment never breaks this build.

use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// Endings → what browsers are told that it is. Other files are not served.
const MEDIA: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("woff2", "font/woff2"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../ui/dist");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // A folder that is not there would count as changed with every build. Where it cannot be made, that is so.
    let _watched_in_vain = fs::create_dir_all(&dist);
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");

    let mut files = BTreeSet::new();
    if dist.join("index.html").exists() {
        found(&dist, "", &mut files)?;
    }
    let mut table = String::from("&[\n");
    for path in &files {
        entry(&dist, &out, path, &mut table)?;
    }
    table.push(']');
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// The addresses of all files below `folder`, which begin with `/`.
fn found(folder: &Path, address: &str, files: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let address = format!("{address}/{name}");
        if entry.file_type()?.is_dir() {
            found(&entry.path(), &address, files)?;
        } else if media(&name).is_some() {
            files.insert(address);
        }
    }
    Ok(())
}

fn media(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    MEDIA.iter().find(|(known, _)| *known == ending).map(|(_, media)| *media)
}

/// One entry of the table: `File { … }`.
fn entry(dist: &Path, out: &Path, path: &str, table: &mut String) -> Result<(), Box<dyn Error>> {
    let source = dist.join(path.trim_start_matches('/'));
    let plain = fs::read(&source)?;
    let mut hasher = DefaultHasher::new();
    plain.hash(&mut hasher);
    let tag = format!("{:016x}", hasher.finish());
    let keep = |ending: &str| -> Result<Option<String>, Box<dyn Error>> {
        let Ok(bytes) = fs::read(format!("{}{ending}", source.display())) else { return Ok(None) };
        let kept = out.join(format!("{}{ending}", path.replace('/', "_")));
        fs::write(&kept, bytes)?;
        Ok(Some(format!("include_bytes!({:?})", kept.display().to_string())))
    };
    let stored = match (keep(".gz")?, keep(".br")?) {
        (Some(gzip), brotli) => {
            let brotli = brotli.map_or_else(|| "None".to_owned(), |brotli| format!("Some({brotli})"));
            format!("Stored::Packed {{ gzip: {gzip}, brotli: {brotli} }}")
        }
        (None, _) => format!("Stored::Plain({})", keep("")?.ok_or("the file went away")?),
    };
    let media = media(path).ok_or("no media type")?;
    writeln!(table, "    File {{ path: {path:?}, media: {media:?}, tag: {tag:?}, stored: {stored} }},")?;
    Ok(())
}
