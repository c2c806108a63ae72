//! Where and when: frames, time, covariance and pinned mathematics.
