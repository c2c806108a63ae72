//! Who sent a record.

use core::fmt;

use crate::record::Record;

/// Data source identifier (I048/010, I034/010): which radar a record is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Source {
    /// System area code.
    pub sac: u8,
    /// System identification code.
    pub sic: u8,
}

impl Source {
    /// The source that a record names in its item 010.
    pub(crate) fn of(record: &Record<'_>) -> Option<Self> {
        Some(Self { sac: record.raw("010/SAC")? as u8, sic: record.raw("010/SIC")? as u8 })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}/{:03}", self.sac, self.sic)
    }
}
