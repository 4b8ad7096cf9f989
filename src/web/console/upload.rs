//! A form with a file.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;

use super::gate::{Behind, Desk, Fields, Sent, checked, gate, is_own};
use super::stop::Stop;
use crate::sheets::BYTES_MAX;

/// The longest value of a field.
const VALUE_BYTES_MAX: usize = 4 * 1024;
/// How many fields a form has at the most.
const FIELDS_MAX: usize = 400;
/// A file that is too large is read to its end, so that its sender gets an answer; but not for ever.
const PATIENCE_BYTES: usize = 200 * 1024 * 1024;

/// The file of a form.
#[derive(Default)]
pub(super) struct File {
    /// What its sender calls it.
    pub name: String,
    /// What is in it; one byte more than is ever read shows that there was more.
    pub bytes: Vec<u8>,
}

/// A form of whoever is signed in, at an account, with its file; what is wrong with the form is for the handler to say, once it
/// has looked whether she may.
pub(super) struct Brought(pub Desk, pub Result<(Fields, File), Stop>);

impl FromRequest for Brought {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Multipart::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let desk = desk(&request).await?;
            let form = brought(&desk, form).await;
            Ok(Self(desk, form))
        })
    }
}

async fn desk(request: &HttpRequest) -> Result<Desk, Stop> {
    let gate = gate(request).await?;
    match is_own(request) {
        true => Desk::load(request.clone(), gate).await,
        false => Err(Stop::Foreign),
    }
}

async fn brought(
    desk: &Desk,
    form: impl Future<Output = Result<Multipart, actix_web::Error>>,
) -> Result<(Fields, File), Stop> {
    let form = form.await.map_err(|_unreadable| Stop::Unreadable)?;
    let (fields, file) = read(form).await?;
    Ok((checked(&desk.gate, Sent(fields))?, file))
}

/// A form of somebody at headquarters, with its file: nobody else's is read.
pub(super) struct Upload(pub Desk, pub Fields, pub File);

impl FromRequest for Upload {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Multipart::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let desk = desk(&request).await?;
            desk.for_headquarters()?;
            let (fields, file) = brought(&desk, form).await?;
            Ok(Self(desk, fields, file))
        })
    }
}

async fn read(mut form: Multipart) -> Result<(Fields, File), Stop> {
    let (mut fields, mut file) = (Vec::new(), File::default());
    while let Some(part) = form.next().await {
        let mut part = part.map_err(|_broken| Stop::Unreadable)?;
        let name = part.name().unwrap_or_default().to_owned();
        let named = part.content_disposition().and_then(|it| it.get_filename());
        match named.map(str::to_owned) {
            Some(named) => {
                file = File {
                    name: named,
                    bytes: bytes(&mut part, BYTES_MAX).await?,
                };
            }
            None => {
                let value = bytes(&mut part, VALUE_BYTES_MAX).await?;
                let value = String::from_utf8(value).map_err(|_garbage| Stop::Unreadable)?;
                fields.push((name, value));
            }
        }
        if fields.len() > FIELDS_MAX {
            return Err(Stop::Unreadable);
        }
    }
    Ok((fields.into_iter().collect(), file))
}

/// What is in a part; of one that is longer than `most` one byte more.
async fn bytes(part: &mut Field, most: usize) -> Result<Vec<u8>, Stop> {
    let (mut all, mut seen) = (Vec::new(), 0);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_broken| Stop::Unreadable)?;
        seen += chunk.len();
        if seen > PATIENCE_BYTES {
            return Err(Stop::Unreadable);
        }
        let room = (most + 1).saturating_sub(all.len());
        all.extend(chunk.iter().take(room));
    }
    Ok(all)
}
