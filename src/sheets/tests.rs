//! Files as people and enemies send them.

use chrono::DateTime;

use super::*;

fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let sheet = read(bytes).expect("a table");
    let mut rows = vec![sheet.headings];
    rows.extend(sheet.rows.into_iter().map(|row| row.cells));
    rows
}

fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let (head, rows) = rows.split_first().expect("headings");
    let head = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut file = Xlsx::new(&DateTime::UNIX_EPOCH, head, 9).expect("a file");
    for row in rows {
        file.row(row).expect("room");
    }
    file.finish().expect("room");
    file.take()
}

#[test]
fn csv_is_read_in_every_coding_that_spreadsheets_write() {
    let text = "姓名,手机号\r\n王女士,13812341234\r\n";
    let (gb, ..) = encoding_rs::GB18030.encode(text);
    let marked = format!("\u{feff}{text}");
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.replace(',', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let wanted = [["姓名", "手机号"], ["王女士", "13812341234"]];
    for bytes in [text.as_bytes(), marked.as_bytes(), &gb, &utf16] {
        assert_eq!(table(bytes), wanted);
    }
    assert_eq!(table(text.replace(',', ";").as_bytes()), wanted);
}

#[test]
fn rows_have_the_numbers_that_a_spreadsheet_shows() {
    let sheet = read("a,b\n\"1\n2\",x\n\n3,y\n".as_bytes()).expect("a table");
    let lines: Vec<_> = sheet.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 4]);
}

#[test]
fn what_is_written_is_read_as_it_was_and_is_no_formula() {
    let rows = [
        ["姓名", "备注"],
        ["王<&>女士", "=1+2"],
        ["", "+852 6123 4567"],
    ];
    let text = csv(&rows.map(|row| row.to_vec()), true).expect("a table");
    let shown = String::from_utf8(text.clone()).expect("UTF-8");
    assert!(
        shown.contains("'=1+2") && shown.starts_with('\u{feff}'),
        "{shown}"
    );
    assert_eq!(table(&text), rows);
    let [head, first, second] = &rows;
    assert_eq!(table(&xlsx(&[head, first, second])), rows);
}

#[test]
fn what_is_no_table_is_told_apart() {
    for (bytes, fault) in [
        (&b""[..], Fault::Empty),
        (b"a,b\n", Fault::Empty),
        (b"\n\n", Fault::Empty),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Fault::NoTable),
        (b"a,b\n\xff\xff,1\n", Fault::Coding),
        (b"a,b\n\0,1\n", Fault::NoTable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", Fault::OldExcel),
        (b"PK\x03\x04 and nothing else", Fault::Broken),
    ] {
        assert_eq!(
            read(bytes),
            Err(fault),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    assert_eq!(read(&vec![b'a'; BYTES_MAX + 1]), Err(Fault::TooLarge));
    assert_eq!(read(",".repeat(5_000_000).as_bytes()), Err(Fault::TooWide));
    assert_eq!(read("a,".repeat(101).as_bytes()), Err(Fault::TooWide));
    assert_eq!(
        read("a\n".repeat(ROWS_MAX + 2).as_bytes()),
        Err(Fault::TooLong)
    );
    assert!(read("a\n".repeat(ROWS_MAX + 1).as_bytes()).is_ok());
}

/// An archive with these parts.
fn packed(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = crate::archive::Archive::new(&DateTime::UNIX_EPOCH);
    for (name, content) in parts {
        archive.begin(name).expect("room");
        archive.write(content).expect("room");
    }
    archive.finish().expect("room");
    archive.take()
}

#[test]
fn a_bomb_does_not_go_off() {
    // Some hundred kilobytes that unpack to 100 MB.
    let bomb = packed(&[("xl/sharedStrings.xml", vec![b' '; 100 << 20])]);
    assert!(bomb.len() < BYTES_MAX / 4);
    assert_eq!(read(&bomb), Err(Fault::Broken));
    // Beside the table it is passed over.
    let mut parts = vec![("xl/media/image1.png", vec![b' '; 100 << 20])];
    parts.push(("xl/worksheets/sheet1.xml", b"<worksheet/>".to_vec()));
    assert_eq!(read(&packed(&parts)), Err(Fault::Broken));
}

#[test]
fn one_cell_in_the_last_corner_fills_no_memory() {
    let file = xlsx(&[&["a"], &["1"]]);
    let far = |cell: &str| {
        let sheet = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="{cell}"><v>7</v></c></row></sheetData></worksheet>"#
        );
        with_sheet(&file, sheet.as_bytes())
    };
    assert_eq!(read(&far("XFD1048576")), Err(Fault::TooWide));
    let sheet = read(&far("B1048576")).expect("two rows");
    let last = sheet.rows.last().expect("a row");
    assert_eq!(
        (last.line, last.cells.join("|").as_str()),
        (1_048_576, "|7")
    );
}

/// The file with another sheet.
fn with_sheet(file: &[u8], sheet: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut parts = Vec::new();
    let mut at = 0;
    // As our own archives are: sizes stand behind the part, so the next one is looked for.
    let begins = |from: usize| {
        let found = file
            .windows(4)
            .skip(from)
            .position(|four| four == b"PK\x03\x04");
        found.map(|place| from + place)
    };
    while let Some(begin) = begins(at) {
        let length = usize::from(u16::from_le_bytes([file[begin + 26], file[begin + 27]]));
        let name =
            String::from_utf8(file[begin + 30..begin + 30 + length].to_vec()).expect("a name");
        let mut content = Vec::new();
        let mut source = flate2::read::DeflateDecoder::new(&file[begin + 30 + length..]);
        source.read_to_end(&mut content).expect("a part");
        if name == "xl/worksheets/sheet1.xml" {
            content = sheet.to_vec();
        }
        parts.push((name, content));
        at = begin + 30 + length;
    }
    let named: Vec<_> = parts
        .iter()
        .map(|(name, part)| (name.as_str(), part.clone()))
        .collect();
    packed(&named)
}

#[test]
fn numbers_and_dates_read_as_people_write_them() {
    let file = xlsx(&[&["a"], &["1"]]);
    let sheet = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c r="A2"><f>1+2</f><v>13812341234</v></c><c r="B2" t="b"><v>1</v></c><c r="C2"><v>1.5</v></c></row></sheetData></worksheet>"#;
    let sheet = read(&with_sheet(&file, sheet)).expect("a table");
    assert_eq!(sheet.rows[0].cells, ["13812341234", "是", "1.5"]);
}
