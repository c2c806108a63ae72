//! How things fly: atmosphere, drag, gravity, trajectories to the ground.
