//! Set-up: the site's own files, changed from the page as a person could have typed them.
//!
//! A draft is a list of [`edits`] over the files of the site folder; what comes out of it is judged by the reader that the program
//! starts with. One supervisor proposes it, another confirms exactly what was proposed, and only then it is written, beside a copy of
//! what it replaces. The running program changes nothing: the files take effect at its next start, and nothing here starts it.

mod changes;
mod drafts;
mod drill;
mod edits;
mod features_text;
mod folder;
mod import;
mod model;
mod room;
mod routes;
#[cfg(test)]
mod tests;
mod toml_text;
mod verdict;

pub use drill::drill_text;
pub(crate) use room::Setup;
pub(crate) use routes::routes;
