//! Where much is called from deep within something else: what it needs is on the heap, so that no thread's stack has to be large.

use std::pin::Pin;

/// Makes a future and puts it on the heap.
///
/// It is made in here, so that its room on the stack is given back before it is waited for. With `Box::pin` alone the caller's frame would hold
/// that room all the time, once for each call that it has.
pub fn on_heap<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::pin(make())
}
