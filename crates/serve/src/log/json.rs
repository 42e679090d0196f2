//! Log lines as flat JSON objects: the fields of an event beside those of the spans around it, so that one search for `run.id` finds every
//! line that was written while that run was looked at, whoever wrote it.

use std::{fmt, time::SystemTime};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime as Clock},
    },
    registry::LookupSpan,
};

/// One JSON object per line.
pub(crate) struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), now().into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        // From the outside to the inside: what is nearer to the event holds.
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>().map(|fields| fields.fields.as_str()).unwrap_or_default();
            if let Ok(fields) = serde_json::from_str::<Map<String, Value>>(fields) {
                line.extend(fields);
            }
            line.insert("span".to_owned(), span.name().into());
        }
        event.record(&mut Fields(&mut line));
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// The time as RFC 3339.
fn now() -> String {
    let mut text = String::new();
    match Clock.format_time(&mut Writer::new(&mut text)) {
        Ok(()) => text,
        Err(fmt::Error) => format!("{:?}", SystemTime::now()),
    }
}

/// Takes the fields of an event into a line.
struct Fields<'line>(&'line mut Map<String, Value>);

impl Fields<'_> {
    fn take(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
