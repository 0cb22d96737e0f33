//! Channels: what is put into a stream is brought to an object store.
//!
//! A channel reads all shards of its stream, and what it reads stays in the stream until it is brought away: the worker only
//! remembers how much there is and how old. When that is enough, or old enough, an object is made of it and put, and then the
//! positions up to which it goes are made durable. So a record is there at least once whatever happens in between, nothing is
//! held in memory while a store is away, and how many objects are made at one time is bounded for all channels together.
//!
//! Source: [How Amazon S3 delivery works](https://docs.aws.amazon.com/streams/latest/dev/data-delivery-s3-about.html).

mod backlog;
mod batch;
mod compressor;
mod figures;
mod positions;
mod supervisor;
mod template;
mod worker;

pub use figures::ChannelFigures;
pub(crate) use positions::Positions;
pub use supervisor::ChannelDelivery;
pub(crate) use supervisor::{Channels, channel_arn};
pub(crate) use template::{DEFAULT_TEMPLATE, KeyTemplate, Names, is_path};
