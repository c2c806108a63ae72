//! The one step that chains plots, tracks, threats and alarms.
