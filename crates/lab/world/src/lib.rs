//! The simulated world: truth, sensors, clutter.
