//! What the house promises about itself, held by tests: layers, generated documents.
