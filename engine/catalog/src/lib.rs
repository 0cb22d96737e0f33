//! The catalog: what a door knows of its resources besides what engines keep, for everything that is looked up often
//! and changed rarely (topics, subscriptions, rules, ...).
//!
//! A [`Catalog`] holds the records of one kind by key, all of them in memory and in order. A change is durable before
//! anybody sees it. Changes of one record happen one after the other.

mod catalog;
mod error;
mod record;

pub use catalog::{Catalog, Change};
pub use error::CatalogError;
pub use ninefold_store::{Store, Table};
pub use record::Record;
