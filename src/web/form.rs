//! Forms as they arrive, whoever sends them.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::web::Form;
use actix_web::{FromRequest, error};

/// What a form says.
#[derive(Default)]
pub(super) struct Fields(HashMap<String, String>);

impl<const N: usize> From<[(&str, String); N]> for Fields {
    fn from(fields: [(&str, String); N]) -> Self {
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        Self(fields.into())
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl Fields {
    /// Reads the form of a request.
    pub(super) fn read(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, error::Error>> + use<> {
        let form = Form::<HashMap<String, String>>::from_request(request, payload);
        async move { form.await.map(|fields| Self(fields.into_inner())) }
    }

    /// The value of a field, without blank ends; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// The names of the fields that are there and begin with `start`, without it.
    pub(super) fn named<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .keys()
            .filter_map(move |name| name.strip_prefix(start))
    }

    /// The same, as it was typed.
    pub(super) fn exactly(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Whether no other site's page sent it. A browser says where a form comes from; what is no browser has no cookie either.
pub(super) fn is_own(request: &HttpRequest) -> bool {
    let header = |name| {
        request
            .headers()
            .get(name)
            .map(|value| value.as_bytes().to_vec())
    };
    let Some(origin) = header(&ORIGIN) else {
        return true;
    };
    let host = header(&HOST).unwrap_or_default();
    origin == [b"http://", host.as_slice()].concat()
        || origin == [b"https://", host.as_slice()].concat()
}
