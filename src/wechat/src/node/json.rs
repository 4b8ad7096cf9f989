//! JSON to tree.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{DEPTH_MAX, NODES_MAX, Node, Unreadable};
use crate::text::strip_forbidden;

pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return Err(Unreadable::NotOneObject);
    }
    let budget = Budget {
        nodes: Cell::new(0),
        broken: Cell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Values {
        budget: &budget,
        depth: 0,
    }
    .deserialize(&mut reader)
    .and_then(|values| {
        reader.end()?;
        Ok(values)
    });
    match read {
        Ok(values) => values.into_iter().next().ok_or(Unreadable::NotOneObject),
        Err(fault) => Err(budget.broken.take().unwrap_or(Unreadable::Malformed {
            at: position(text, &fault),
        })),
    }
}

/// The byte at which serde_json stopped; it counts lines and columns.
fn position(text: &str, fault: &serde_json::Error) -> u64 {
    let before: usize = text
        .split_inclusive('\n')
        .take(fault.line().saturating_sub(1))
        .map(str::len)
        .sum();
    u64::try_from(before + fault.column()).unwrap_or(u64::MAX)
}

/// What may still be read.
struct Budget {
    nodes: Cell<usize>,
    broken: Cell<Option<Unreadable>>,
}

/// Reads a value as a list of nodes: a list is its elements, everything else is one.
#[derive(Clone, Copy)]
struct Values<'a> {
    budget: &'a Budget,
    depth: usize,
}

impl Values<'_> {
    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    fn check<E: serde::de::Error>(self) -> Result<(), E> {
        let nodes = self.budget.nodes.get() + 1;
        self.budget.nodes.set(nodes);
        let broken = if self.depth > DEPTH_MAX {
            Unreadable::TooDeep
        } else if nodes > NODES_MAX {
            Unreadable::TooMany
        } else {
            return Ok(());
        };
        let fault = E::custom(&broken);
        self.budget.broken.set(Some(broken));
        Err(fault)
    }
}

fn leaf(text: &str) -> Vec<Node> {
    vec![Node {
        text: strip_forbidden(text).into_owned(),
        children: Vec::new(),
    }]
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = Vec<Node>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<Node>, D::Error> {
        self.check()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = Vec<Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Node>, A::Error> {
        let mut children = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let values = map.next_value_seed(self.deeper())?;
            children.extend(values.into_iter().map(|node| (name.clone(), node)));
        }
        Ok(vec![Node {
            text: String::new(),
            children,
        }])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Node>, A::Error> {
        if self.depth == 0 {
            return Err(A::Error::custom("a list is not a push"));
        }
        let mut nodes = Vec::new();
        while let Some(values) = list.next_element_seed(self.deeper())? {
            nodes.extend(values);
        }
        Ok(nodes)
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<Node>, E> {
        Ok(leaf(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Vec<Node>, E> {
        Ok(leaf(if value { "true" } else { "false" }))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Vec<Node>, E> {
        Ok(leaf(&number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Vec<Node>, E> {
        Ok(leaf(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Vec<Node>, E> {
        Ok(leaf(&number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Vec<Node>, E> {
        Ok(leaf(""))
    }
}
