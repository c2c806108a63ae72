//! The words of the page for people: `GET /api/words`.

use parapet_cap::words::{Language, page};
use parapet_engine::Mode;
use serde_json::{Value, json};

/// Every language that there are words in, the site's own first; only the words of the site's world.
pub(crate) fn json(mode: Mode, of_site: &[Language]) -> Value {
    let others = Language::ALL.into_iter().filter(|language| !of_site.contains(language));
    let languages = of_site.iter().copied().chain(others).map(|language| {
        json!({
            "code": language.code(),
            "right_to_left": language.is_right_to_left(),
            "words": page::table(language, mode),
        })
    });
    json!({ "mode": super::site::mode(mode), "languages": languages.collect::<Vec<_>>() })
}
