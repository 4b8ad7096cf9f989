//! XML to tree.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::{DEPTH_MAX, NODES_MAX, Node, Unreadable};
use crate::text::{is_forbidden, strip_forbidden};

/// An element whose end has not come yet.
struct Open {
    name: String,
    plain: String,
    cdata: Option<String>,
    children: Vec<(String, Node)>,
}

impl Open {
    fn named(name: String) -> Self {
        Self {
            name,
            plain: String::new(),
            cdata: None,
            children: Vec::new(),
        }
    }

    fn push_plain(&mut self, text: &str) {
        match &mut self.cdata {
            // Text after a CDATA section belongs to it unless it is the blanks that some samples put round it.
            Some(cdata) if !text.chars().all(is_blank) => cdata.push_str(text),
            Some(_) => {}
            None => self.plain.push_str(text),
        }
    }

    fn push_cdata(&mut self, text: &str) {
        let before = if self.plain.chars().all(is_blank) {
            ""
        } else {
            self.plain.as_str()
        };
        self.cdata
            .get_or_insert_with(|| before.to_owned())
            .push_str(text);
    }

    fn close(self) -> (String, Node) {
        let text = match self.cdata {
            Some(cdata) => cdata,
            None if self.children.is_empty() => self.plain,
            None => self.plain.trim().to_owned(),
        };
        (
            self.name,
            Node {
                text: strip_forbidden(&text).into_owned(),
                children: self.children,
            },
        )
    }
}

pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut stack: Vec<Open> = Vec::new();
    let mut root: Option<Node> = None;
    let mut nodes = 0;
    loop {
        let malformed = Unreadable::Malformed {
            at: reader.buffer_position(),
        };
        let Ok(event) = reader.read_event() else {
            return Err(malformed);
        };
        match event {
            Event::Start(_) | Event::Empty(_) if root.is_some() => return Err(malformed),
            Event::Start(start) => {
                nodes = one_more(nodes)?;
                if stack.len() >= DEPTH_MAX {
                    return Err(Unreadable::TooDeep);
                }
                stack.push(Open::named(name_of(start.name().as_ref(), &malformed)?));
            }
            Event::Empty(start) => {
                nodes = one_more(nodes)?;
                let empty = Open::named(name_of(start.name().as_ref(), &malformed)?);
                attach(&mut stack, &mut root, empty.close());
            }
            Event::End(_) => {
                let open = stack.pop().ok_or(malformed)?;
                attach(&mut stack, &mut root, open.close());
            }
            Event::Text(piece) => {
                let piece = piece.into_inner();
                match stack.last_mut() {
                    // XML forbids `]]>` in text: what stands here has broken out of somebody's CDATA section.
                    Some(_) if piece.contains("]]>") => return Err(malformed),
                    Some(open) => open.push_plain(&piece),
                    None if piece.chars().all(is_blank) => {}
                    None => return Err(malformed),
                }
            }
            Event::CData(piece) => {
                let open = stack.last_mut().ok_or(malformed)?;
                open.push_cdata(&piece.into_inner());
            }
            Event::GeneralRef(reference) => {
                let character = resolve(&reference)?;
                let open = stack.last_mut().ok_or(malformed)?;
                if !is_forbidden(character) {
                    open.push_plain(character.encode_utf8(&mut [0; 4]));
                }
            }
            Event::DocType(_) => return Err(Unreadable::Doctype),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if stack.is_empty() => return root.ok_or(Unreadable::NotOneObject),
            Event::Eof => return Err(malformed),
        }
    }
}

fn one_more(nodes: usize) -> Result<usize, Unreadable> {
    if nodes >= NODES_MAX {
        Err(Unreadable::TooMany)
    } else {
        Ok(nodes + 1)
    }
}

fn name_of(name: &str, malformed: &Unreadable) -> Result<String, Unreadable> {
    if name.is_empty() {
        Err(malformed.clone())
    } else {
        Ok(name.to_owned())
    }
}

fn attach(stack: &mut [Open], root: &mut Option<Node>, (name, node): (String, Node)) {
    match stack.last_mut() {
        Some(parent) => parent.children.push((name, node)),
        None => *root = Some(node),
    }
}

/// A character reference or one of the five entities that XML knows by itself.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Unreadable> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Unreadable::Doctype),
    }
}

/// Blanks between elements, and the zero-width ones that the platform's samples carry there.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}
