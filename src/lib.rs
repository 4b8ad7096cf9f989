//! Daogou 导购: the open backend with which a retail brand runs its WeChat service account and mini-program.
//!
//! The module list is in floor order: a module names only those above it in this list. The back ends (`daogou_schema`,
//! `daogou_wechat`, `daogou_session`, `daogou_sandbox`) and the ground (`daogou_ground`) are crates of their own, so
//! that the compiler keeps them from knowing us or each other.
//!
//! Invariants: calls go down, events go up; nothing talks to WeChat inside an open transaction; accepted means stored;
//! subjects contain no word of HTTP; queries live in `queries.rs` and take their scope first.

#![recursion_limit = "256"]

// ground
pub mod config;
mod telemetry;

// bench: tools every subject uses
mod archive;
mod context;
mod db;
mod error;
mod health;
mod lanes;
mod letters;
mod links;
mod nodes;
mod picture;
mod sheets;
mod signals;
mod texts;
mod vault;

// subjects: a stair
mod accounts;
mod audit;
mod backup;
mod bindings;
mod bulks;
mod care;
mod checkup;
mod conversations;
mod exports;
mod fans;
mod fields;
mod followers;
mod guides;
mod hand_overs;
mod imports;
mod insiders;
mod media;
mod members;
mod menus;
mod merges;
mod outbound;
mod pictures;
mod privacy;
mod reception;
mod registration;
mod scripts;
mod search;
mod sensitive;
mod staff;
mod tags;
mod visits;

// doors and hands
mod web;
mod workers;

// the house
pub mod app;
mod commands;

pub use commands::main;
