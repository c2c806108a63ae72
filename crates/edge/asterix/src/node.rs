//! The values of an item as a tree that is read where it lies.

use crate::bits;
use crate::element::Element;
use crate::error::Fault;
use crate::spec::{Field, Kind, Presence, Shape, Slot, bits_of};
use crate::walk;

/// A value inside an item.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// One element.
    Element(Element),
    /// Named members.
    Group(Members<'a>),
    /// Repetitions, all of one structure.
    List(Repetitions<'a>),
    /// Octets without a table: an explicit item without its length octet.
    Bytes(&'a [u8]),
    /// The contents of an explicit item that do not follow their table, as octets, and why.
    Unreadable(&'a [u8], Fault),
}

impl<'a> Node<'a> {
    /// The element, where the node is one.
    #[must_use]
    pub fn element(self) -> Option<Element> {
        match self {
            Self::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The node at a path of member names parted by `/`; the empty path is the node itself.
    /// Repetitions are entered by their number: `"1/MBDATA"` is in the second.
    #[must_use]
    pub fn find(self, path: &str) -> Option<Node<'a>> {
        if path.is_empty() {
            return Some(self);
        }
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        match self {
            Self::Group(mut members) => members.find(|member| member.name == name && !name.is_empty())?.node.find(rest),
            Self::List(mut list) => list.nth(name.parse().ok()?)?.find(rest),
            _ => None,
        }
    }
}

/// A named node.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Name of the field or sub-item; empty for spare bits.
    pub name: &'static str,
    /// Position of the first bit in the octets that hold it, counted from the group's first octet.
    pub first_bit: usize,
    /// The value.
    pub node: Node<'a>,
}

/// Iterator over the members of a group: fields in order (spare bits among them, nameless), or the
/// sub-items that are present.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    bytes: &'a [u8],
    inner: Inner,
}

#[derive(Debug, Clone, Copy)]
enum Inner {
    /// Fields from a bit on; then the parts of an extended item, each after its FX bit.
    Fields { fields: &'static [Field], bit: usize, parts: &'static [&'static [Field]] },
    /// Sub-items from a position on; the next one's octets start at `start`.
    Subitems { presence: Presence, slots: &'static [Slot], position: usize, start: usize },
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        match self.inner {
            Inner::Fields { fields, bit, parts } => self.next_field(fields, bit, parts),
            Inner::Subitems { presence, slots, position, start } => self.next_subitem(presence, slots, position, start),
        }
    }
}

impl<'a> Members<'a> {
    fn next_field(
        &mut self,
        fields: &'static [Field],
        bit: usize,
        parts: &'static [&'static [Field]],
    ) -> Option<Member<'a>> {
        let Some((field, rest)) = fields.split_first() else {
            let (part, later) = parts.split_first()?;
            let extended = bits::extract(self.bytes, bit, 1)? == 1;
            if !extended {
                return None;
            }
            self.inner = Inner::Fields { fields: part, bit: bit + 1, parts: later };
            return self.next();
        };
        let node = read_field(field, self.bytes, bit)?;
        let next_bit = bit + usize::from(field.bits);
        self.inner = Inner::Fields { fields: rest, bit: next_bit, parts };
        Some(Member { name: field.name, first_bit: bit, node })
    }

    fn next_subitem(
        &mut self,
        presence: Presence,
        slots: &'static [Slot],
        mut position: usize,
        start: usize,
    ) -> Option<Member<'a>> {
        while position < slots.len() && !walk::announced(presence, self.bytes, position) {
            position += 1;
        }
        let Some(Slot::Item(sub)) = slots.get(position) else {
            return None;
        };
        let rest = self.bytes.get(start..)?;
        let length = walk::item(sub, rest).ok()?;
        self.inner = Inner::Subitems { presence, slots, position: position + 1, start: start + length };
        let node = read(&sub.shape, &rest[..length]);
        Some(Member { name: sub.name, first_bit: start * 8, node })
    }
}

/// Iterator over repetitions.
#[derive(Debug, Clone, Copy)]
pub struct Repetitions<'a> {
    bytes: &'a [u8],
    fields: &'static [Field],
    /// Octets from one repetition to the next.
    stride: usize,
}

impl<'a> Iterator for Repetitions<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.bytes.len() < self.stride || self.stride == 0 {
            return None;
        }
        let (one, rest) = self.bytes.split_at(self.stride);
        self.bytes = rest;
        Some(read_fields(self.fields, one))
    }
}

/// The values of an item whose octets were found by walking.
pub(crate) fn read<'a>(shape: &'static Shape, bytes: &'a [u8]) -> Node<'a> {
    match *shape {
        Shape::Fixed(fields) => read_fields(fields, bytes),
        Shape::Extended(parts) => {
            Node::Group(Members { bytes, inner: Inner::Fields { fields: parts[0], bit: 0, parts: &parts[1..] } })
        }
        Shape::Repetitive(fields) => list(fields, bytes.get(1..).unwrap_or_default(), bits_of(fields) / 8),
        Shape::RepetitiveFx(fields) => list(fields, bytes, bits_of(fields).div_ceil(8)),
        Shape::Compound(presence, slots) => subitems(presence, slots, bytes),
        Shape::Explicit(contents) => explicit(contents, bytes.get(1..).unwrap_or_default()),
    }
}

fn list<'a>(fields: &'static [Field], bytes: &'a [u8], stride: usize) -> Node<'a> {
    Node::List(Repetitions { bytes, fields, stride })
}

fn subitems<'a>(presence: Presence, slots: &'static [Slot], bytes: &'a [u8]) -> Node<'a> {
    let start = walk::presence_end(presence, bytes);
    Node::Group(Members { bytes, inner: Inner::Subitems { presence, slots, position: 0, start } })
}

fn explicit<'a>(contents: Option<&'static Shape>, bytes: &'a [u8]) -> Node<'a> {
    let Some(shape) = contents else {
        return Node::Bytes(bytes);
    };
    match walk::exactly(shape, bytes) {
        Ok(()) => read(shape, bytes),
        Err(e) => Node::Unreadable(bytes, e.fault),
    }
}

/// Fields from the first bit on; one nameless field is the value itself.
fn read_fields<'a>(fields: &'static [Field], bytes: &'a [u8]) -> Node<'a> {
    match fields {
        [only] if only.name.is_empty() => read_field(only, bytes, 0).unwrap_or(Node::Bytes(bytes)),
        _ => Node::Group(Members { bytes, inner: Inner::Fields { fields, bit: 0, parts: &[] } }),
    }
}

fn read_field<'a>(field: &'static Field, bytes: &'a [u8], bit: usize) -> Option<Node<'a>> {
    match field.kind {
        Kind::Group(fields) => {
            return Some(Node::Group(Members { bytes, inner: Inner::Fields { fields, bit, parts: &[] } }));
        }
        Kind::Either(both) => {
            let which = bits::extract(bytes, bit.checked_sub(1)?, 1)?;
            return read_field(&both[which as usize], bytes, bit);
        }
        _ => {}
    }
    let raw = bits::extract(bytes, bit, usize::from(field.bits))?;
    Some(Node::Element(Element { field, raw }))
}
