//! Threat per zone, the decision, and the life of an alarm.
