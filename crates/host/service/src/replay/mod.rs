//! Recordings as the page shows them again: any instant, what was known then, and what became true.
//!
//! What people saw was made from the engine's outputs by [`tables`](crate::tables) and [`picture_view`](crate::picture_view); the outputs
//! stand in the recording, so the same code makes the same pictures from them ([`projector`]). A recording is looked through once, a
//! piece at a time ([`tape`]), and what is found on the way is kept: places to go on from, what happened when ([`story`]). From the
//! nearest of those places any ten seconds are shown within moments, as one whole picture and what changed since ([`delta`]).
//!
//! Nothing here is on the way of an alarm: it reads files, in threads of its own, of which few run at once ([`desk`]); what it holds is
//! bounded.

mod delta;
mod desk;
mod projector;
mod routes;
mod shelf;
mod story;
mod tape;
mod viewer;

pub(crate) use desk::Desk;
pub(crate) use routes::{Present, routes};
pub(crate) use shelf::Shelf;
pub use viewer::Viewer;

#[cfg(test)]
mod tests;
