//! Where settings come from: the real environment, then the file `.env`.

use std::collections::HashMap;

use super::Faults;

const FILE: &str = ".env";

/// Looks keys up; the real environment wins.
///
/// # Errors
/// When there is a `.env` that cannot be read.
pub(super) fn lookup() -> Result<impl Fn(&str) -> Option<String>, Faults> {
    let file = match dotenvy::from_filename_iter(FILE) {
        Ok(lines) => read(lines)?,
        Err(e) if e.not_found() => HashMap::new(),
        Err(e) => return Err(unreadable(&e, None)),
    };
    Ok(move |key: &str| real(key).or_else(|| file.get(key).cloned()))
}

fn read(
    lines: impl Iterator<Item = dotenvy::Result<(String, String)>>,
) -> Result<HashMap<String, String>, Faults> {
    let mut settings = HashMap::new();
    let mut last = None;
    for line in lines {
        let (key, value) = line.map_err(|e| unreadable(&e, last.as_deref()))?;
        settings.insert(key.clone(), value);
        last = Some(key);
    }
    Ok(settings)
}

/// Says where the line stands, never what it says: it may hold a secret.
fn unreadable(error: &dotenvy::Error, last: Option<&str>) -> Faults {
    let text = match (error, last) {
        (dotenvy::Error::LineParse(..), None) => "its first setting cannot be read".to_owned(),
        (dotenvy::Error::LineParse(..), Some(key)) => {
            format!("the setting after {key} cannot be read")
        }
        (other, _) => return Faults(vec![format!("{FILE}: cannot be read ({other})")]),
    };
    Faults(vec![format!(
        "{FILE}: {text}; each line is KEY=value, with quotes around a value that has blanks"
    )])
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn real(key: &str) -> Option<String> {
    std::env::var(key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<HashMap<String, String>, Faults> {
        read(dotenvy::Iter::new(text.as_bytes()))
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_by_its_place_without_its_value() {
        for (text, place) in [
            ("A=1\nSECRET=top secret\n", "after A"),
            ("SECRET=top secret", "first"),
            ("A=1\ntopsecret", "after A"),
        ] {
            let faults = read_text(text).unwrap_err().to_string();
            assert!(faults.contains(place), "{faults}");
            assert!(!faults.contains("top"), "{faults}");
        }
    }

    #[test]
    fn a_remark_may_stand_behind_a_value() {
        let settings = read_text("# settings\nKEY=abc=        # what openssl prints\n").unwrap();
        assert_eq!(settings.get("KEY").map(String::as_str), Some("abc="));
    }
}
