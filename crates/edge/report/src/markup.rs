//! Writing HTML and SVG. What comes from outside can only enter as text or as the value of an attribute, and both are escaped:
//! tags and names of attributes are words of this program by their types.

use core::fmt::{Display, Write};

/// Tags that have no end.
const VOID: [&str; 3] = ["meta", "link", "br"];

/// A page as it grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Markup {
    text: String,
    open: Vec<&'static str>,
}

/// Attributes: names of ours, values of anybody's.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

impl Markup {
    /// The document's first line.
    pub(crate) fn document() -> Self {
        Markup { text: "<!doctype html>\n".to_owned(), open: Vec::new() }
    }

    /// Begins an element.
    pub(crate) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
        if !VOID.contains(&tag) {
            self.open.push(tag);
        }
    }

    /// Ends the element that was begun last.
    pub(crate) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.text.push_str("</");
            self.text.push_str(tag);
            self.text.push('>');
            if matches!(tag, "tr" | "p" | "section" | "table" | "svg" | "li" | "div" | "h2" | "figure") {
                self.text.push('\n');
            }
        }
    }

    /// Words.
    pub(crate) fn text(&mut self, words: impl Display) {
        self.escaped(&words);
    }

    /// An element that holds words only.
    pub(crate) fn element(&mut self, tag: &'static str, attributes: Attributes<'_>, words: impl Display) {
        self.open(tag, attributes);
        self.text(words);
        self.close();
    }

    /// An element with a class that holds words only.
    pub(crate) fn classed(&mut self, tag: &'static str, class: &'static str, words: impl Display) {
        self.element(tag, &[("class", &class)], words);
    }

    /// A style sheet of ours.
    pub(crate) fn style(&mut self, css: &'static str) {
        self.open("style", &[]);
        self.text.push_str(css);
        self.close();
    }

    /// Everything, with what was begun ended.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn escaped(&mut self, words: &dyn Display) {
        // Writing into text cannot fail.
        let mut escaping = Escaping { into: &mut self.text, apart: 0 };
        let _ = write!(escaping, "{words}");
        // What begins to run apart in a text ends in it.
        for _ in 0..escaping.apart {
            self.text.push('\u{2069}');
        }
    }
}

struct Escaping<'a> {
    into: &'a mut String,
    /// Words that are held apart from the direction of others and have not ended.
    apart: u32,
}

impl Write for Escaping<'_> {
    fn write_str(&mut self, words: &str) -> core::fmt::Result {
        for letter in words.chars() {
            match letter {
                '&' => self.into.push_str("&amp;"),
                '<' => self.into.push_str("&lt;"),
                '>' => self.into.push_str("&gt;"),
                '"' => self.into.push_str("&quot;"),
                '\'' => self.into.push_str("&#39;"),
                // What is no character of a page.
                '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' => self.into.push('\u{fffd}'),
                // What turns the direction of the words that follow, and ends that were not begun.
                '\u{202a}'..='\u{202e}' => {}
                '\u{2069}' if self.apart == 0 => {}
                '\u{2069}' => {
                    self.apart -= 1;
                    self.into.push(letter);
                }
                '\u{2066}'..='\u{2068}' => {
                    self.apart += 1;
                    self.into.push(letter);
                }
                letter => self.into.push(letter),
            }
        }
        Ok(())
    }
}

/// A number of pixels, to a tenth.
pub(crate) struct Px(pub(crate) f64);

impl Display for Px {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let tenths = (self.0 * 10.0).round();
        if !tenths.is_finite() {
            return f.write_str("0");
        }
        write!(f, "{}", (tenths / 10.0) + 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let mut page = Markup::default();
        let hostile = "</td><script>alert('x')</script>\u{202e}\"&\u{0}";
        page.open("td", &[("title", &hostile)]);
        page.text(hostile);
        let html = page.finish();
        let safe = "&lt;/td&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\u{fffd}";
        assert_eq!(html, format!("<td title=\"{safe}\">{safe}</td>"));
    }

    #[test]
    fn a_name_turns_no_words_around_but_its_own() {
        let mut page = Markup::default();
        page.text("\u{2069}a\u{2067}b\u{202e}");
        assert_eq!(page.finish(), "a\u{2067}b\u{2069}");
    }

    #[test]
    fn what_was_begun_is_ended() {
        let mut page = Markup::default();
        page.open("g", &[]);
        page.open("path", &[("d", &Px(-0.04)), ("x", &Px(f64::NAN)), ("y", &Px(12.345))]);
        assert_eq!(page.finish(), "<g><path d=\"0\" x=\"0\" y=\"12.3\"></path></g>");
    }
}
