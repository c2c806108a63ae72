//! Which edition of a category a source sends.
//!
//! A data block says its category, never its edition, and editions of one category may share no layout at all. So the
//! edition is agreed upon per source, chosen here, and held against what comes ([`crate::doubts`]).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::spec::Category;
use crate::{
    CAT001, CAT002, CAT015, CAT016, CAT021, CAT034, CAT048, CAT062, CAT065, CAT129, Source, cat001, cat021, cat062,
};

/// The tables that read a category where no other edition is chosen: the latest of each.
pub const CATEGORIES: &[&Category] =
    &[&CAT001, &CAT002, &CAT015, &CAT016, &CAT021, &CAT034, &CAT048, &CAT062, &CAT065, &CAT129];

/// Every table: each edition of each category, and both UAPs of category 001.
pub const TABLES: &[&Category] = &[
    &CAT001,
    &cat001::CAT001_TRACK,
    &CAT002,
    &CAT015,
    &CAT016,
    &CAT021,
    &cat021::CAT021_2_6,
    &cat021::CAT021_2_5,
    &cat021::CAT021_2_2,
    &cat021::CAT021_2_1,
    &cat021::CAT021_0_26,
    &cat021::CAT021_0_23,
    &CAT034,
    &CAT048,
    &CAT062,
    &cat062::CAT062_1_20,
    &cat062::CAT062_1_19,
    &cat062::CAT062_1_17,
    &CAT065,
    &CAT129,
];

/// One edition of one category. As text: the number of the category and the edition, `"021 0.26"`.
///
/// ```
/// use parapet_asterix::Edition;
/// let old: Edition = "021 0.25".parse()?;
/// assert_eq!(old.table().edition, "0.26", "0.25 is laid out as 0.26");
/// let refusal = "048 1.1".parse::<Edition>().unwrap_err();
/// assert_eq!(refusal.to_string(), "there is no table for edition 1.1 of category 048; there are 1.32");
/// # Ok::<(), parapet_asterix::EditionError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Edition(&'static Category);

/// An edition that there is no table for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// Not a category and an edition.
    #[error("{0:?} is no category with an edition, such as \"021 0.26\"")]
    Malformed(String),
    /// A category without any table.
    #[error("there is no table for category {0:03}")]
    Category(u8),
    /// A category whose tables are of other editions.
    #[error("there is no table for edition {edition} of category {category:03}; there are {known}")]
    Edition {
        /// The category.
        category: u8,
        /// The edition asked for.
        edition: String,
        /// Those that there are.
        known: String,
    },
}

impl Edition {
    /// The table of an edition.
    ///
    /// # Errors
    /// None for this category or this edition.
    pub fn of(category: u8, edition: &str) -> Result<Self, EditionError> {
        let tables = || TABLES.iter().filter(|table| table.number == category);
        if let Some(table) = tables().find(|table| table.is_edition(edition)) {
            return Ok(Self(table));
        }
        let mut known: Vec<&str> = tables().flat_map(|table| [&[table.edition], table.also].concat()).collect();
        known.dedup();
        match known.is_empty() {
            true => Err(EditionError::Category(category)),
            false => Err(EditionError::Edition { category, edition: edition.into(), known: known.join(", ") }),
        }
    }

    /// The table.
    #[must_use]
    pub fn table(self) -> &'static Category {
        self.0
    }
}

impl FromStr for Edition {
    type Err = EditionError;

    fn from_str(text: &str) -> Result<Self, EditionError> {
        let malformed = || EditionError::Malformed(text.to_owned());
        let (category, edition) = text.split_once(' ').ok_or_else(malformed)?;
        Self::of(category.parse().map_err(|_| malformed())?, edition.trim())
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {}", self.0.number, self.0.edition)
    }
}

impl fmt::Debug for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Edition {
    fn eq(&self, other: &Self) -> bool {
        (self.0.number, self.0.edition) == (other.0.number, other.0.edition)
    }
}

impl Serialize for Edition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The editions that sources send; the latest of each category where nothing is chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Editions(Vec<Choice>);

#[derive(Debug, Clone, PartialEq)]
struct Choice {
    /// `None` for every source that has no choice of its own.
    source: Option<Source>,
    edition: Edition,
}

/// The latest of each category.
pub(crate) static LATEST: Editions = Editions(Vec::new());

impl Editions {
    /// Reads a category by this edition, from one source or (`None`) from all that have no choice of their own. A
    /// choice made before for the same source and category is replaced.
    pub fn choose(&mut self, source: Option<Source>, edition: Edition) {
        let number = edition.0.number;
        self.0.retain(|choice| (choice.source, choice.edition.0.number) != (source, number));
        self.0.push(Choice { source, edition });
        // Named sources first, so that the first that fits is the one.
        self.0.sort_by_key(|choice| choice.source.is_none());
    }

    /// The table that reads a category where the source is not known, or has no choice of its own.
    pub(crate) fn usual(&self, category: u8) -> Option<&'static Category> {
        self.table(category, None)
    }

    /// The table that reads a source's records of a category.
    pub(crate) fn table(&self, category: u8, source: Option<Source>) -> Option<&'static Category> {
        let fits = |choice: &&Choice| {
            choice.edition.0.number == category && (choice.source.is_none() || choice.source == source)
        };
        let chosen = self.0.iter().find(fits).map(|choice| choice.edition.0);
        chosen.or_else(|| CATEGORIES.iter().find(|table| table.number == category).copied())
    }

    /// Whether some source has a choice of its own.
    pub(crate) fn is_by_source(&self) -> bool {
        self.0.first().is_some_and(|choice| choice.source.is_some())
    }
}

/// The source that a record names, where its first item is one: in all our categories FRN 1 is the data source
/// identifier.
pub(crate) fn source_of(record: &[u8]) -> Option<Source> {
    let first = *record.first()?;
    if first & 0x80 == 0 {
        return None;
    }
    let octets = record.iter().take_while(|octet| *octet & 1 == 1).count() + 1;
    match *record.get(octets..octets + 2)? {
        [sac, sic] => Some(Source { sac, sic }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_its_own_edition() {
        let (old, new) = (Source { sac: 0, sic: 1 }, Source { sac: 0, sic: 2 });
        let mut editions = Editions::default();
        let edition = |text: &str| text.parse::<Edition>().unwrap();
        editions.choose(None, edition("021 2.5"));
        editions.choose(Some(old), edition("021 0.23"));
        let read = |source| editions.table(21, source).unwrap().edition;
        assert_eq!((read(Some(old)), read(Some(new)), read(None)), ("0.23", "2.5", "2.5"));
        assert_eq!(editions.table(48, Some(old)).unwrap().edition, "1.32");
        assert_eq!(editions.table(99, None).map(|table| table.number), None);
        editions.choose(Some(old), edition("021 2.1"));
        assert_eq!(editions.table(21, Some(old)).unwrap().edition, "2.1");
    }

    #[test]
    fn every_table_is_found_by_its_edition() {
        for table in TABLES {
            let text = format!("{:03} {}", table.number, table.edition);
            let found: Edition = text.parse().unwrap();
            assert_eq!(found.to_string(), text);
        }
        assert_eq!("099 1".parse::<Edition>(), Err(EditionError::Category(99)));
        assert!(matches!("21".parse::<Edition>(), Err(EditionError::Malformed(_))));
    }
}
