//! How a push is laid out: one element per line without indent when plain, four spaces of indent in an envelope, and
//! a flat JSON object for mini-programs.

use std::fmt::Write;

/// What stands in one element of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A string: CDATA in XML, a string in JSON.
    Text(String),
    /// A number, as the platform spells it: bare in both formats.
    Number(String),
    /// Nested elements. A name may occur more than once: an array in JSON.
    Group(Vec<Field>),
}

/// One element of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Value,
}

impl Field {
    pub(crate) fn text(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: Value::Text(value.into()),
        }
    }

    pub(crate) fn number(name: &str, value: impl ToString) -> Self {
        Self {
            name: name.to_owned(),
            value: Value::Number(value.to_string()),
        }
    }

    pub(crate) fn group(name: &str, fields: Vec<Field>) -> Self {
        Self {
            name: name.to_owned(),
            value: Value::Group(fields),
        }
    }
}

/// Deviations from the usual layout that the platform has shown here and there; switched on by quirks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Blanks around CDATA, as in some official samples.
    pub(crate) blanks: bool,
    /// Numbers as strings, as some JSON pushes have them.
    pub(crate) number_strings: bool,
    /// A list of one as an object instead of an array (JSON).
    pub(crate) single_object: bool,
}

/// The plain layout: `<xml><A>…</A>` then one element a line, no newline at the end.
///
/// Text is put into CDATA as it is, `]]>` included: the platform does not split it.
pub(crate) fn plain_xml(fields: &[Field], style: Style) -> String {
    let mut out = String::from("<xml>");
    lines(&mut out, fields, style);
    out.push_str("</xml>");
    out
}

fn lines(out: &mut String, fields: &[Field], style: Style) {
    for field in fields {
        element(out, field, style, &mut |out, inner| {
            lines(out, inner, style)
        });
        out.push('\n');
    }
}

/// The layout of an envelope: four spaces before every element and a newline at the end.
pub(crate) fn indented_xml(fields: &[Field], style: Style) -> String {
    let mut out = String::from("<xml>\n");
    indented(&mut out, fields, style, 1);
    out.push_str("</xml>\n");
    out
}

fn indented(out: &mut String, fields: &[Field], style: Style, depth: usize) {
    for field in fields {
        out.push_str(&"    ".repeat(depth));
        element(out, field, style, &mut |out, inner| {
            out.push('\n');
            indented(out, inner, style, depth + 1);
            out.push_str(&"    ".repeat(depth));
        });
        out.push('\n');
    }
}

fn element(
    out: &mut String,
    field: &Field,
    style: Style,
    nested: &mut dyn FnMut(&mut String, &[Field]),
) {
    let blank = if style.blanks { " " } else { "" };
    let name = &field.name;
    // Writing to a String cannot fail.
    let _infallible = match &field.value {
        Value::Text(text) => write!(out, "<{name}>{blank}<![CDATA[{text}]]>{blank}</{name}>"),
        Value::Number(number) => write!(out, "<{name}>{number}</{name}>"),
        Value::Group(inner) => {
            out.push_str(&format!("<{name}>"));
            nested(out, inner);
            write!(out, "</{name}>")
        }
    };
}

/// A flat JSON object in the order of the fields, without blanks.
pub(crate) fn json(fields: &[Field], style: Style) -> String {
    let mut names: Vec<&str> = Vec::new();
    for field in fields {
        if !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    let members: Vec<String> = names
        .into_iter()
        .map(|name| {
            let same: Vec<&Field> = fields.iter().filter(|field| field.name == name).collect();
            let listed = name == "List" || name == "item" || same.len() > 1;
            let values: Vec<String> = same
                .iter()
                .map(|field| json_value(&field.value, style))
                .collect();
            let value = if listed && !(style.single_object && values.len() == 1) {
                format!("[{}]", values.join(","))
            } else {
                values.join(",")
            };
            format!("{}:{value}", quoted(name))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

fn json_value(value: &Value, style: Style) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Number(number) if style.number_strings => quoted(number),
        Value::Number(number) => number.clone(),
        Value::Group(fields) => json(fields, style),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> Vec<Field> {
        vec![
            Field::text("ToUserName", "gh_1"),
            Field::number("CreateTime", 1_670_338_473),
            Field::group(
                "SendPicsInfo",
                vec![
                    Field::number("Count", 1),
                    Field::group(
                        "PicList",
                        vec![Field::group("item", vec![Field::text("PicMd5Sum", "c4eb")])],
                    ),
                ],
            ),
        ]
    }

    #[test]
    fn a_plain_body_has_one_element_a_line_and_no_newline_at_its_end() {
        assert_eq!(
            plain_xml(&pictures(), Style::default()),
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<CreateTime>1670338473</CreateTime>\n<SendPicsInfo>\
             <Count>1</Count>\n<PicList><item><PicMd5Sum><![CDATA[c4eb]]></PicMd5Sum>\n</item>\n</PicList>\n\
             </SendPicsInfo>\n</xml>"
        );
    }

    #[test]
    fn an_envelope_is_indented_by_four_and_ends_with_a_newline() {
        let fields = [
            Field::text("ToUserName", "gh_1"),
            Field::text("Encrypt", "abc="),
        ];
        assert_eq!(
            indented_xml(&fields, Style::default()),
            "<xml>\n    <ToUserName><![CDATA[gh_1]]></ToUserName>\n    <Encrypt><![CDATA[abc=]]></Encrypt>\n</xml>\n"
        );
    }

    #[test]
    fn json_keeps_the_order_and_lists_what_repeats() {
        let fields = [
            Field::number("CreateTime", 5),
            Field::text("Content", "说\"好\""),
            Field::group("List", vec![Field::text("TemplateId", "a")]),
        ];
        assert_eq!(
            json(&fields, Style::default()),
            "{\"CreateTime\":5,\"Content\":\"说\\\"好\\\"\",\"List\":[{\"TemplateId\":\"a\"}]}"
        );
        let odd = Style {
            number_strings: true,
            single_object: true,
            blanks: false,
        };
        assert_eq!(
            json(&fields, odd),
            "{\"CreateTime\":\"5\",\"Content\":\"说\\\"好\\\"\",\"List\":{\"TemplateId\":\"a\"}}"
        );
    }
}
