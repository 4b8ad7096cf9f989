//! Files as pages show them.

use daogou_schema::media;

use super::copies;
use crate::context::Context;
use crate::error::Result;

/// What a kept file is: told by its name, which is ours, never by what somebody says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What a browser calls it.
    pub mime: &'static str,
    /// How a page shows it.
    pub way: Way,
}

/// How a page shows a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A picture.
    Picture,
    /// Something to listen to.
    Sound,
    /// Something to watch.
    Film,
    /// No browser plays it: it is saved.
    File,
}

impl Way {
    /// Its word for templates.
    pub fn word(self) -> &'static str {
        match self {
            Self::Picture => "image",
            Self::Sound => "voice",
            Self::Film => "video",
            Self::File => "file",
        }
    }
}

/// What our copy of a file is; none while there is none.
pub fn shape(row: &media::Model) -> Option<Shape> {
    let (_, ending) = row.file.as_deref()?.rsplit_once('.')?;
    let (mime, way) = match ending {
        "jpg" => ("image/jpeg", Way::Picture),
        "png" => ("image/png", Way::Picture),
        "gif" => ("image/gif", Way::Picture),
        "mp3" => ("audio/mpeg", Way::Sound),
        "mp4" => ("video/mp4", Way::Film),
        "amr" => ("audio/amr", Way::File),
        _ => ("application/octet-stream", Way::File),
    };
    Some(Shape { mime, way })
}

/// Our copy of a file; none when there is none.
///
/// # Errors
/// When the disk fails.
pub async fn read(ctx: &Context, row: &media::Model) -> Result<Option<Vec<u8>>> {
    let Some(name) = row.file.as_deref() else {
        return Ok(None);
    };
    copies::read(ctx, name).await
}
