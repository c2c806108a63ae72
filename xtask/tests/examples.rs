//! Configurations that the documents show are configurations.

use std::path::Path;

use parapet_site::Site;

/// What stands between "```toml" and "```".
fn examples(text: &str) -> Vec<&str> {
    text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn sites_in_documents_are_sites() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the document is there");
    let wholes = examples(&readme);
    assert_eq!(wholes.len(), 1, "the README shows one site");
    for document in ["README.md", "docs/operating.md", "docs/coverage.md"] {
        let text = std::fs::read_to_string(root.join(document)).expect("the document is there");
        for example in examples(&text) {
            // What shows a table alone must fit into the site of the README.
            let is_whole = example.contains("[site]");
            let example = if is_whole { example.to_owned() } else { format!("{}\n{example}", wholes[0]) };
            let site =
                Site::parse(document, &example, &mut |file| Err(format!("{file}: the example names no other file")));
            let site = site.unwrap_or_else(|error| panic!("the example in {document} is refused:\n{error}"));
            assert!(!site.config.sensors.is_empty() && !site.config.zones.is_empty(), "{document} shows a whole site");
        }
    }
}
