//! The API families: what each call sends and what it answers.

pub(crate) mod callback;
pub(crate) mod customer_service;
pub(crate) mod media;
pub(crate) mod menu;
pub(crate) mod oauth;
pub(crate) mod qr;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod user;

/// An answer in which nothing but the absence of an error matters.
#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}
