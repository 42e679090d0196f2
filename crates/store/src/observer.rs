//! Who is shown the measures of what was written.

use std::{fmt, sync::Arc};

use kraken_domain::news::Measure;

/// What is done with measures.
type Take = dyn Fn(&[Measure]) + Send + Sync;

/// Takes measures; nobody by default. Cheap to clone.
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<Take>>);

impl Observer {
    /// Shows each write's measures to `take`, which must not wait for anything.
    pub fn new(take: impl Fn(&[Measure]) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(take)))
    }

    /// Shows measures; none: nothing happens.
    pub fn note(&self, measures: &[Measure]) {
        if let Some(take) = &self.0
            && !measures.is_empty()
        {
            take(measures);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Observer" } else { "Observer(nobody)" })
    }
}
