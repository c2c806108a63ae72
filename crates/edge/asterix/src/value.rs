//! Values that own their memory: what the encoder writes, and what decoding gives back to it.

use crate::element::Element;
use crate::node::Node;
use crate::spec::{Field, Kind, Shape, Slot};

/// The values of one item, in the structure of its table entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The raw bits of an element.
    Raw(u64),
    /// One entry per field (spare bits too) or per slot of a compound; `None` is zero for a field
    /// and absent for a sub-item. The parts of an extended item follow one another; a part is sent
    /// when it or a later one has an entry.
    Group(Vec<Option<Value>>),
    /// Repetitions.
    List(Vec<Value>),
    /// Octets of an explicit item, without the length octet.
    Bytes(Vec<u8>),
}

impl Value {
    /// The values of an item that was decoded. Spare bits that are zero come out as `None` only in
    /// place of a spare field, so that encoding the result gives the same octets.
    #[must_use]
    pub fn from_node(node: &Node<'_>, shape: &Shape) -> Self {
        match (*node, shape) {
            (Node::Bytes(bytes) | Node::Unreadable(bytes, _), _) => Self::Bytes(bytes.to_vec()),
            (Node::Element(Element { raw, .. }), _) => Self::Raw(raw),
            (Node::List(list), Shape::Repetitive(fields) | Shape::RepetitiveFx(fields)) => {
                Self::List(list.map(|node| of_fields(&node, fields)).collect())
            }
            (group, Shape::Explicit(Some(contents))) => Self::from_node(&group, contents),
            (group, Shape::Compound(_, slots)) => of_slots(&group, slots),
            (group, Shape::Fixed(fields)) => of_fields(&group, fields),
            (group, _) => of_members(&group),
        }
    }

    /// Whether nothing but zeros and absences is in it.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Raw(raw) => *raw == 0,
            Self::Group(entries) => entries.iter().flatten().all(Self::is_zero),
            Self::List(list) => list.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

fn of_fields(node: &Node<'_>, fields: &[Field]) -> Value {
    match *node {
        Node::Element(element) if fields.len() == 1 => Value::Raw(element.raw),
        _ => of_members(node),
    }
}

/// Members in order, each present: fields of a fixed item, of a group, or of the parts that were sent.
fn of_members(node: &Node<'_>) -> Value {
    let Node::Group(members) = *node else {
        return Value::Group(Vec::new());
    };
    let entry = |node: Node<'_>| match node {
        Node::Element(Element { field, raw }) if matches!(field.kind, Kind::Spare) && raw == 0 => None,
        Node::Element(Element { raw, .. }) => Some(Value::Raw(raw)),
        group => Some(of_members(&group)),
    };
    Value::Group(members.map(|member| entry(member.node)).collect())
}

fn of_slots(node: &Node<'_>, slots: &[Slot]) -> Value {
    let mut entries = vec![None; slots.len()];
    if let Node::Group(members) = *node {
        for member in members {
            let found = slots.iter().zip(&mut entries).find_map(|(slot, entry)| match slot {
                Slot::Item(sub) if sub.name == member.name => Some((sub, entry)),
                _ => None,
            });
            if let Some((sub, entry)) = found {
                *entry = Some(Value::from_node(&member.node, &sub.shape));
            }
        }
    }
    Value::Group(entries)
}
