//! A file is believed only when every byte is there and is what was written.

use serde_json::json;

use super::*;
use crate::backup::queries;

fn header() -> Header {
    Header {
        daogou_backup: FORMAT,
        program: "0.0.0".into(),
        made_at: 1,
        database: "sqlite".into(),
        schema: vec!["m1".into()],
        key: "00".into(),
    }
}

/// Two rows of one table.
fn write(place: &Path) {
    let mut writer = Writer::create(place, false, &header()).unwrap();
    let lane = queries::tables()
        .into_iter()
        .find(|t| t.table == "lane")
        .unwrap();
    writer.table(&lane).unwrap();
    let row = |openid: &str| {
        [
            json!(1),
            json!(openid),
            json!("in"),
            json!(null),
            json!(i64::MAX),
            json!(-1),
        ]
    };
    writer.row(&row("oA\n\u{1f338}")).unwrap();
    writer.row(&row("oa")).unwrap();
    writer
        .table_end(TableEnd {
            rows: 2,
            last_id: 7,
        })
        .unwrap();
    writer.finish().unwrap();
}

fn read(place: &Path) -> Result<Vec<Part>> {
    let (mut reader, _header) = Reader::open(place)?;
    let mut parts = Vec::new();
    loop {
        match reader.next_part()? {
            Part::End => return Ok(parts),
            part => parts.push(part),
        }
    }
}

#[test]
fn what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("b");
    write(&place);
    let parts = read(&place).unwrap();
    assert_eq!(parts.len(), 4);
    let Part::Row(row) = &parts[1] else {
        panic!("no row")
    };
    assert_eq!(row[1], "oA\n\u{1f338}");
    assert_eq!(row[4], i64::MAX);
    assert!(matches!(
        parts[3],
        Part::TableEnd(TableEnd {
            rows: 2,
            last_id: 7
        })
    ));
}

#[test]
fn a_file_that_is_cut_off_or_changed_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("b");
    write(&place);
    let whole = std::fs::read(&place).unwrap();
    let hurt = folder.path().join("hurt");
    for length in 0..whole.len() {
        std::fs::write(&hurt, &whole[..length]).unwrap();
        assert!(read(&hurt).is_err(), "cut off at {length}");
    }
    let intact = format!("{:?}", read(&place).unwrap());
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        std::fs::write(&hurt, changed).unwrap();
        // gzip's head has a time and a system's name, and its last byte bits that mean nothing.
        let seen = read(&hurt).map_or(intact.clone(), |parts| format!("{parts:?}"));
        assert_eq!(seen, intact, "byte {at} changed");
    }
    let twice = [&whole[..], &whole[..]].concat();
    std::fs::write(&hurt, twice).unwrap();
    assert!(read(&hurt).is_err(), "something behind its end");
}

/// Rewrites the lines, with gzip's own checks right again.
fn forge(place: &Path, change: impl Fn(&str) -> String) {
    let mut text = String::new();
    let file = BufReader::new(File::open(place).unwrap());
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut out = GzEncoder::new(File::create(place).unwrap(), Compression::fast());
    out.write_all(change(&text).as_bytes()).unwrap();
    out.finish().unwrap();
}

#[test]
fn rows_that_were_changed_added_or_taken_away_are_noticed_behind_a_right_compression() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 4] = [
        ("checksum", |text| text.replace("\"oa\"", "\"ob\"")),
        ("as many rows", |text| {
            let mut lines: Vec<_> = text.lines().collect();
            lines.remove(3);
            lines.join("\n") + "\n"
        }),
        ("as many values", |text| text.replace(",-1]", "]")),
        ("end is missing", |text| {
            let lines: Vec<_> = text.lines().collect();
            lines[..lines.len() - 1].join("\n") + "\n"
        }),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (at, (why, change)) in changes.into_iter().enumerate() {
        let place = folder.path().join(at.to_string());
        write(&place);
        forge(&place, change);
        let error = read(&place).unwrap_err().to_string();
        assert!(error.contains("damaged") && error.contains(why), "{error}");
    }
}

#[test]
fn another_form_and_another_kind_of_file_are_told_apart_from_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("b");
    write(&place);
    forge(&place, |text| {
        text.replace("\"daogou_backup\":1", "\"daogou_backup\":2")
    });
    let error = read(&place).unwrap_err().to_string();
    assert!(error.contains("newer"), "{error}");
    std::fs::write(&place, "hello").unwrap();
    let error = read(&place).unwrap_err().to_string();
    assert!(error.contains("not a backup"), "{error}");
}

#[test]
fn a_file_is_replaced_only_when_asked_and_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("b");
    write(&place);
    let mode = std::fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(Writer::create(&place, false, &header()).is_err());
    Writer::create(&place, true, &header())
        .unwrap()
        .finish()
        .unwrap();
    assert!(read(&place).unwrap().is_empty());
    // Of one that is given up nothing stays.
    drop(Writer::create(&place, true, &header()).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
