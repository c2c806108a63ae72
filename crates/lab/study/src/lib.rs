//! Scores and yard-sticks.
