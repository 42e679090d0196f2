//! What runs the steps of a job.
