//! The log store: what is acknowledged stays, and a search finds it.
