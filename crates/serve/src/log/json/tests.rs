#![allow(clippy::unwrap_used)]
use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::{MakeWriter, format::JsonFields};

use super::*;

/// What was written, for the test to read.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Written {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

fn lines(log: impl FnOnce()) -> Vec<Value> {
    let written = Written::default();
    let builder = tracing_subscriber::fmt().with_writer(written.clone()).fmt_fields(JsonFields::new()).event_format(Lines);
    tracing::subscriber::with_default(builder.finish(), log);
    let written = written.0.lock().unwrap().clone();
    String::from_utf8(written).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_has_the_ids_of_everything_around_it() {
    let lines = lines(|| {
        let outer = tracing::info_span!("results", flow.id = "f", run.id = "f-1");
        let _outer = outer.enter();
        let inner = tracing::info_span!("job", job.id = tracing::field::Empty);
        let _inner = inner.enter();
        inner.record("job.id", "f-1-2");
        tracing::warn!(agent.id = "a", lost = true, tries = 3, "an agent was \"lost\"\nagain");
    });
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    for (name, value) in [("flow.id", "f"), ("run.id", "f-1"), ("job.id", "f-1-2"), ("agent.id", "a"), ("level", "WARN"), ("span", "job")] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!((&line["lost"], &line["tries"]), (&Value::from(true), &Value::from(3)));
    assert_eq!(line["message"], "an agent was \"lost\"\nagain");
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn what_the_line_says_itself_holds() {
    let lines = lines(|| tracing::info_span!("outer", run.id = "1").in_scope(|| tracing::info!(run.id = "2", "other")));
    assert_eq!(lines[0]["run.id"], "2");
}
