//! Asking for objects (<https://git-scm.com/docs/protocol-v2#_fetch>).

use gix_hash::ObjectId;

use crate::{
    RepoError,
    lines::{Line, Lines, text},
    objects::Objects,
    pack::{Most, PackError, unpack},
    session::Session,
};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// These, and what belongs to them.
    pub(crate) want: Vec<ObjectId>,
    /// But not what belongs to these, too.
    pub(crate) have: Vec<ObjectId>,
    /// Commits behind each other, at most.
    pub(crate) depth: Option<u32>,
    /// Without the content of files, where the host can leave it out.
    pub(crate) without_files: bool,
}

/// Fetches objects. Gives what the host said where it has none of that name.
pub(crate) async fn fetch(session: &mut Session, objects: Objects, wish: &Wish) -> Result<(Objects, Result<(), String>), RepoError> {
    let mut message = session.command("fetch").line("ofs-delta").line("no-progress");
    if let Some(depth) = wish.depth.filter(|_| session.shallow()) {
        message = message.line(&format!("deepen {depth}"));
    }
    if wish.without_files && session.filters() {
        message = message.line("filter blob:none");
    }
    for id in &wish.want {
        message = message.line(&format!("want {}", id.to_hex()));
    }
    for id in &wish.have {
        message = message.line(&format!("have {}", id.to_hex()));
    }
    let answer = session.ask(message.line("done").flush()).await?;
    let pack = match demultiplexed(&answer) {
        Ok(pack) => pack,
        Err(Complaint::Host(said)) => return Ok((objects, Err(said))),
        Err(Complaint::Broken(detail)) => return Err(session.not_git(detail)),
    };
    drop(answer);
    let limits = session.limits();
    // Unpacking is work for a processor, not for who waits for the wire.
    let unpacked = session.work(move |until| {
        let mut objects = objects;
        unpack(&pack, &mut objects, Most { bytes: limits.unpacked_bytes, objects: limits.objects }, until).map(|()| objects)
    });
    match unpacked.await? {
        Ok(objects) => Ok((objects, Ok(()))),
        Err(PackError::TooLarge) => Err(session.too_large()),
        Err(PackError::TooMany) => Err(session.too_many()),
        Err(PackError::TimedOut) => Err(session.timed_out()),
        Err(PackError::Damaged(detail)) => Err(session.not_git(format!("what it sends cannot be unpacked: {detail}"))),
    }
}

enum Complaint {
    Host(String),
    Broken(String),
}

/// The pack in an answer: there is talk before, and beside it.
fn demultiplexed(answer: &[u8]) -> Result<Vec<u8>, Complaint> {
    let mut lines = Lines::of(answer);
    let (mut pack, mut inside) = (Vec::new(), false);
    while let Some(line) = lines.next().map_err(Complaint::Broken)? {
        let Line::Data(data) = line else { continue };
        if let Some(said) = data.strip_prefix(b"ERR ") {
            return Err(Complaint::Host(shortened(said)));
        }
        if !inside {
            inside = text(data) == "packfile";
            continue;
        }
        match data.split_first() {
            Some((1, bytes)) => pack.extend_from_slice(bytes),
            Some((3, said)) => return Err(Complaint::Host(shortened(said))),
            _ => {}
        }
    }
    if inside { Ok(pack) } else { Err(Complaint::Broken("its answer holds no pack".to_owned())) }
}

fn shortened(said: &[u8]) -> String {
    text(said).chars().take(200).collect()
}
