//! Tables in the documents of studies: rewritten by the program that makes them, between two marks.

use std::path::Path;

const BEGIN: &str = "<!-- tables: begin -->";
const END: &str = "<!-- tables: end -->";

/// Puts tables between the marks of a document, and changes nothing else in it.
///
/// # Errors
/// When the document cannot be read or written, or has no marks: what, where and what to do.
pub fn rewrite(document: &Path, tables: &str) -> Result<(), String> {
    let error = |what: &dyn core::fmt::Display| format!("{}: {what}", document.display());
    let before = std::fs::read_to_string(document).map_err(|e| error(&e))?;
    let after = between_marks(&before, tables)
        .ok_or_else(|| error(&format_args!("the tables belong between {BEGIN} and {END}, and those are not there")))?;
    std::fs::write(document, after).map_err(|e| error(&e))
}

fn between_marks(document: &str, tables: &str) -> Option<String> {
    let (head, rest) = document.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}\n{}\n{END}{tail}", tables.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_changes() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = between_marks(&document, "new\n").unwrap();
        assert_eq!(once, format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert_eq!(between_marks(&once, "new\n").unwrap(), once);
        assert!(between_marks("no marks", "new").is_none());
    }
}
