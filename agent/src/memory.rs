//! Keeps the agent small: it shares its host with the jobs.
//!
//! glibc gives every thread that allocates an arena of its own, and keeps what was freed for later. An agent waits nearly all of its life, so
//! it gives memory back when it has nothing to do.

/// Has all threads share one arena. Call it before there is a second thread.
#[cfg(target_env = "gnu")]
pub fn keep_small() {
    // SAFETY: mallopt only sets a parameter of the allocator; it may be called at any time, and takes its own lock.
    #[allow(unsafe_code)]
    let _unchanged_if_refused = unsafe { nix::libc::mallopt(nix::libc::M_ARENA_MAX, 1) };
}

/// Gives freed memory back to the system. Takes about a millisecond.
#[cfg(target_env = "gnu")]
pub fn give_back() {
    // SAFETY: malloc_trim touches only free memory, under the allocator's own lock.
    #[allow(unsafe_code)]
    let _whether_any = unsafe { nix::libc::malloc_trim(0) };
}

/// Other allocators look after themselves.
#[cfg(not(target_env = "gnu"))]
pub fn keep_small() {}

/// Other allocators look after themselves.
#[cfg(not(target_env = "gnu"))]
pub fn give_back() {}
