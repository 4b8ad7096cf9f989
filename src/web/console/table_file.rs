//! Tables as files that a browser saves.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};

use super::stop::{Page, Stop};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::sheets::{self, Xlsx};

/// As what a table is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text with the mark by which spreadsheets know UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// The format with this ending.
    pub(super) fn of(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Its ending.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The head of an answer that is saved as `name`.
pub(super) fn saved(format: Format, name: &str) -> actix_web::HttpResponseBuilder {
    let plain = format!("attachment; filename=\"table.{}\"", format.ending());
    let named = format!(
        "{plain}; filename*=UTF-8''{}.{}",
        escaped(name),
        format.ending()
    );
    let named = HeaderValue::from_str(&named);
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(format.content_type())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            CONTENT_DISPOSITION,
            named.unwrap_or(HeaderValue::from_static("attachment")),
        ));
    answer
}

/// A name as a header carries it.
fn escaped(name: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    name.bytes().map(sign).collect()
}

/// A table that is small enough to be made at once.
pub(super) fn small(
    ctx: &Context,
    format: Format,
    name: &str,
    head: Vec<String>,
    rows: &[Vec<String>],
) -> Page {
    let bytes = match format {
        Format::Csv => {
            let mut bytes = sheets::csv(&[head], true)?;
            bytes.extend(sheets::csv(rows, false)?);
            bytes
        }
        Format::Xlsx => workbook(ctx, head, rows)?,
    };
    Ok::<_, Stop>(saved(format, name).body(bytes))
}

fn workbook(ctx: &Context, head: Vec<String>, rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let now = ctx.clock.now().with_timezone(&ctx.config.timezone);
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let mut file = Xlsx::new(&now, head, count)?;
    for row in rows {
        file.row(row)?;
    }
    file.finish()?;
    Ok(file.take())
}
