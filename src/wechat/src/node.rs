//! A push as a tree, whichever way it was written: named values with text and children, lists as repeated names.
//!
//! XML's CDATA and blanks, JSON's numbers, strings and one-element lists all end up the same, so that the typed reader
//! knows one shape. Depth and number of nodes are bounded; no DTD is processed and no entity known but XML's own five.

mod json;
mod xml;

use crate::kinds::Format;

/// How deep a push may nest; the deepest documented one has five levels.
pub(crate) const DEPTH_MAX: usize = 32;
/// How many elements or values a push may have; the largest documented ones have some hundred.
pub(crate) const NODES_MAX: usize = 10_000;

/// Authentic, but not to be read. The body is worth keeping, and the platform wants its answer all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not well-formed: WeChat itself sends such bodies when people write `]]>`.
    #[error("not well-formed near byte {at}")]
    Malformed {
        /// Where reading stopped.
        at: u64,
    },
    /// A DTD, or an entity that only a DTD could define.
    #[error("it contains a DTD or an entity that would need one")]
    Doctype,
    /// Nested deeper than any push.
    #[error("it is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// More elements than any push.
    #[error("it has more than {NODES_MAX} elements")]
    TooMany,
    /// Neither an XML element nor a JSON object.
    #[error("it is neither one XML element nor one JSON object")]
    NotOneObject,
    /// An element that says who, when or what occurs twice: somebody's text has broken out of its CDATA section.
    #[error("the element {0} occurs more than once")]
    Repeated(&'static str),
}

/// One element or value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    text: String,
    children: Vec<(String, Node)>,
}

impl Node {
    /// Reads a whole push.
    ///
    /// # Errors
    /// When the text is not well-formed or larger than any push.
    pub fn read(format: Format, text: &str) -> Result<Self, Unreadable> {
        match format {
            Format::Xml => Self::from_xml(text),
            Format::Json => Self::from_json(text),
        }
    }

    /// Reads one XML element, whatever its name.
    ///
    /// # Errors
    /// See [`Node::read`].
    pub fn from_xml(text: &str) -> Result<Self, Unreadable> {
        xml::read(text)
    }

    /// Reads one JSON object. Numbers and booleans become text, lists become repeated children.
    ///
    /// # Errors
    /// See [`Node::read`].
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        json::read(text)
    }

    /// The text of this element as it stands.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All children in the order of the push.
    pub fn children(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.children
            .iter()
            .map(|(name, node)| (name.as_str(), node))
    }

    /// The first child of that name. Names are case-sensitive, as the platform's are (and it is not consistent).
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children
            .iter()
            .find(|(child, _)| child == name)
            .map(|(_, node)| node)
    }

    /// All children of that name: a list, also when it has one element or none.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children
            .iter()
            .filter(move |(child, _)| child == name)
            .map(|(_, node)| node)
    }

    /// The text of a child without blanks round it; `None` when it is absent or empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name)
            .map(|node| node.text.trim())
            .filter(|text| !text.is_empty())
    }

    /// The text of the first of these children that has one: the platform spells `OpenID` and `openid`.
    pub fn first_of(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text_of(name))
    }

    /// The text of a child exactly as a person wrote it.
    pub fn verbatim(&self, name: &str) -> Option<&str> {
        self.child(name).map(|node| node.text.as_str())
    }

    /// The whole number that a child holds.
    pub fn number_of(&self, name: &str) -> Option<i64> {
        self.text_of(name)?.parse().ok()
    }

    /// A child whose text is a JSON object, as the platform writes some details into XML elements.
    pub fn json_of(&self, name: &str) -> Option<Node> {
        Self::from_json(self.text_of(name)?).ok()
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.text_of(name).map(str::to_owned)
    }

    pub(crate) fn string(&self, name: &str) -> String {
        self.owned(name).unwrap_or_default()
    }
}
