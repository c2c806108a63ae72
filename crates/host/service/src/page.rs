//! The page, as it was built into the program.

/// (address, bytes), sorted by address; empty where the page was not built.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Shown in place of a page that was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Parapet</title>\
    <h1>The page has not been built</h1><p>Run <code>cargo xtask web</code> and start the program again. Everything else \
    works: <a href=\"api/live\">api/live</a>, <a href=\"api/alarms\">api/alarms</a>, <a href=\"metrics\">metrics</a>.</html>";

/// One file of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageFile {
    pub(crate) bytes: &'static [u8],
    pub(crate) content_type: &'static str,
    /// Whether its name changes with its content, so that it may be kept for ever.
    pub(crate) hashed: bool,
}

/// The file at an address; `None` where there is none.
pub(crate) fn file(address: &str) -> Option<PageFile> {
    let address = address.trim_start_matches('/');
    let address = if address.is_empty() { "index.html" } else { address };
    // `/me` is the page of `me.html`.
    let page = format!("{address}.html");
    let address = if address.contains('.') { address } else { &page };
    let found = FILES.binary_search_by_key(&address, |(name, _)| name).ok().map(|place| FILES[place].1);
    let bytes = match found {
        Some(bytes) => bytes,
        None if address == "index.html" => NOT_BUILT.as_bytes(),
        None => return None,
    };
    Some(PageFile { bytes, content_type: content_type(address), hashed: address.starts_with("assets/") })
}

fn content_type(address: &str) -> &'static str {
    match address.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "geojson" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_first_page() {
        assert_eq!(file("/").unwrap(), file("/index.html").unwrap());
        assert_eq!(file("/").unwrap().content_type, "text/html; charset=utf-8");
        assert!(file("/../Cargo.toml").is_none());
        assert!(FILES.is_sorted());
    }
}
