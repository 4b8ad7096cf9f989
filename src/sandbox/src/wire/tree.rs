//! Reads an XML answer into a small tree, strictly: what the platform would refuse is refused here.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Deeper answers are refused: the deepest documented one (news) has four levels.
const DEPTH_MAX: usize = 8;

/// An element with its text and its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The trimmed text of the first child of that name; empty when there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }
}

/// The root element of `xml`, or `None` when it is not well-formed, has a DTD, or has something after its root.
pub(crate) fn parse(xml: &str) -> Option<Element> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if root.is_none() && open.len() < DEPTH_MAX => {
                open.push(Element {
                    name: start.name().as_ref().to_owned(),
                    ..Element::default()
                });
            }
            Event::Empty(start) => {
                let element = Element {
                    name: start.name().as_ref().to_owned(),
                    ..Element::default()
                };
                open.last_mut()?.children.push(element);
            }
            Event::End(_) => {
                let element = open.pop()?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => {
                let text = text.xml10_content();
                match open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return None,
                }
            }
            Event::CData(data) => open.last_mut()?.text.push_str(&data.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().ok()? {
                    Some(character) => character,
                    None => named(&reference)?,
                };
                open.last_mut()?.text.push(character);
            }
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Eof => return root.filter(|_| open.is_empty()),
            Event::Start(_) | Event::DocType(_) | Event::PI(_) => return None,
        }
    }
}

fn named(reference: &str) -> Option<char> {
    match reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_cdata_and_entities_are_one_text() {
        let xml = "<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A><B>&lt;1&#65;</B></xml>";
        let root = parse(xml).unwrap();
        assert_eq!(root.text_of("A"), "a]]>b");
        assert_eq!(root.text_of("B"), "<1A");
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for bad in [
            "",
            "success",
            "<xml><A></xml>",
            "<xml></xml><xml></xml>",
            "<xml></xml>rest",
            "debug<xml></xml>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><xml><A>&a;</A></xml>",
            "<xml><A>&a;</A></xml>",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
