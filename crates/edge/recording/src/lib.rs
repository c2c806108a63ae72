//! The recording: what came in, what went out, in MCAP.
