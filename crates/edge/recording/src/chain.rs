//! What ties a recording together: a hash over everything that came before, signed at the end of each group, from segment to
//! segment. The form of the records is described in `docs/recording.md`, so that others can verify it without this program.

use core::fmt;
use std::collections::BTreeMap;

use mcap::records::{Metadata, op};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::key::{Public, Secret, hex, unhex, word};

/// Name of the metadata record that a segment begins with.
pub(crate) const CHAIN: &str = "parapet.chain";
/// Name of the metadata record that ends each group.
pub(crate) const SEAL: &str = "parapet.seal";

/// A SHA-256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hash(pub(crate) [u8; 32]);

impl Hash {
    /// Of these octets and of what came before them.
    pub(crate) fn after(self, octets: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        octets.iter().for_each(|octets| hasher.update(octets));
        Hash(hasher.finalize().into())
    }

    fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A run of the program, by 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RunId(pub [u8; 16]);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

impl From<RunId> for String {
    fn from(run: RunId) -> Self {
        run.to_string()
    }
}

impl TryFrom<String> for RunId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        unhex(&text).map(RunId).ok_or_else(|| format!("{text:?} is not 32 hexadecimal digits"))
    }
}

/// Where a segment goes on: so many octets of another one count, and this is the hash over all of them and what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) segment: u32,
    pub(crate) octets: u64,
    pub(crate) hash: Hash,
}

/// What a segment says of itself first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainStart {
    pub(crate) run: RunId,
    /// 1 for the first.
    pub(crate) segment: u32,
    pub(crate) key: Public,
    pub(crate) after: Option<After>,
}

impl ChainStart {
    pub(crate) fn to_metadata(self) -> Metadata {
        let mut pairs =
            vec![("run", self.run.to_string()), ("segment", self.segment.to_string()), ("key", self.key.to_string())];
        if let Some(After { segment, octets, hash }) = self.after {
            pairs.extend([
                ("after_segment", segment.to_string()),
                ("after_octets", octets.to_string()),
                ("after_hash", hash.to_string()),
            ]);
        }
        metadata(CHAIN, pairs)
    }

    pub(crate) fn parse(found: &Metadata) -> Option<Self> {
        let text = |key: &str| found.metadata.get(key).map(String::as_str);
        let after = match text("after_segment") {
            None => None,
            Some(segment) => Some(After {
                segment: segment.parse().ok()?,
                octets: text("after_octets")?.parse().ok()?,
                hash: Hash::parse(text("after_hash")?)?,
            }),
        };
        let start = ChainStart {
            run: unhex(text("run")?).map(RunId)?,
            segment: text("segment")?.parse().ok()?,
            key: Public::parse(text("key")?).ok()?,
            after,
        };
        (start.to_metadata() == *found).then_some(start)
    }
}

/// The end of a group: the hash over everything before it, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    /// 0 for the header's, counted up.
    pub(crate) group: u64,
    /// Where it stands in its segment.
    pub(crate) offset: u64,
    pub(crate) hash: Hash,
    pub(crate) signature: [u8; 64],
}

impl Seal {
    pub(crate) fn sign(secret: &Secret, start: &ChainStart, group: u64, offset: u64, hash: Hash) -> Self {
        let signature = secret.sign(&signed(start, group, offset, hash));
        Seal { group, offset, hash, signature }
    }

    pub(crate) fn holds(&self, start: &ChainStart) -> bool {
        start.key.holds(&signed(start, self.group, self.offset, self.hash), &self.signature)
    }

    pub(crate) fn to_metadata(self) -> Metadata {
        let pairs = vec![
            ("group", self.group.to_string()),
            ("offset", self.offset.to_string()),
            ("hash", self.hash.to_string()),
            ("signature", hex(&self.signature)),
        ];
        metadata(SEAL, pairs)
    }

    /// Reads a seal, in its one canonical form.
    pub(crate) fn parse(found: &Metadata, octets: &[u8]) -> Option<Self> {
        let text = |key: &str| found.metadata.get(key).map(String::as_str);
        let seal = Seal {
            group: text("group")?.parse().ok()?,
            offset: text("offset")?.parse().ok()?,
            hash: Hash::parse(text("hash")?)?,
            signature: unhex(text("signature")?)?,
        };
        (record(&seal.to_metadata()) == octets).then_some(seal)
    }
}

/// What is signed: all that a seal says, and of which segment of which run in which world.
fn signed(start: &ChainStart, group: u64, offset: u64, hash: Hash) -> String {
    let ChainStart { run, segment, key, .. } = start;
    format!("parapet-recording/1 {} {run} {segment} {group} {offset} {hash}", word(key.mode()))
}

fn metadata(name: &str, pairs: Vec<(&str, String)>) -> Metadata {
    let metadata: BTreeMap<String, String> = pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Metadata { name: name.to_owned(), metadata }
}

/// A metadata record as it stands in a file: kind, length, name, and the pairs in the order of their keys.
pub(crate) fn record(metadata: &Metadata) -> Vec<u8> {
    fn put(into: &mut Vec<u8>, text: &str) {
        into.extend((text.len() as u32).to_le_bytes());
        into.extend(text.as_bytes());
    }
    let mut pairs = Vec::new();
    for (key, value) in &metadata.metadata {
        put(&mut pairs, key);
        put(&mut pairs, value);
    }
    let mut body = Vec::new();
    put(&mut body, &metadata.name);
    body.extend((pairs.len() as u32).to_le_bytes());
    body.extend(pairs);
    let mut whole = vec![op::METADATA];
    whole.extend((body.len() as u64).to_le_bytes());
    whole.extend(body);
    whole
}
