"""Lays out the modules of Rust: one for each API, and those that have all of them."""

import re

from definitions import EMBEDDED
from rust import Renderer, names_of, snake

HEAD = "// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.\n"
NEWLINE = "\n"
DECODE = "pub fn decode(api_key: ApiKey, reader: &mut Reader, version: i16) -> Result<Self, DecodeError>"
ENCODE = "pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError>"
# What a module may use, in the order in which it is written.
USES = {
    "std::ops": ["RangeInclusive"], "bytes": ["Bytes"], "bytestring": ["ByteString"],
    "crate::error": ["DecodeError", "EncodeError", "expect_encodable", "expect_version"],
    "crate::reader": ["Reader"], "crate::records": ["Records"], "crate::uuid": ["Uuid"], "crate::writer": ["TaggedFields", "Writer"],
}


def api_of(message):
    return message.name.removesuffix("Request").removesuffix("Response")


def module_of(message):
    return snake(api_of(message))


def module(messages):
    body = []
    for message, names in zip(messages, names_of(messages), strict=True):
        body += Renderer(message, names).render()
    text = "\n".join(body)
    what = " and ".join(f"`{message.name}`" for message in messages)
    about = f"//! {what}."
    if messages[0].api_key is not None:
        about = f"//! {what}: the API with the key {messages[0].api_key}."
    return "\n".join([HEAD, about, "", *uses(text), "", text])


def uses(text):
    """What the text needs of other modules: the standard library's, other crates', ours."""
    code = re.sub(r'///.*|"[^"]*"', "", text)
    lines, before = [], None
    for path, names in USES.items():
        needed = [name for name in names if re.search(rf"\b{name}\b", code)]
        group = path.split("::")[0] if path.startswith(("std", "crate")) else "others"
        if needed:
            lines += ([""] if before not in (None, group) else []) + [f"use {path}::{{{', '.join(needed)}}};"]
            before = group
    return lines


def api_key(pairs):
    variants = [f"/// Versions {r.versions.low} to {r.versions.high}.\n{api_of(r)} = {key},"
                for key, (r, _) in pairs.items()]
    names = [api_of(request) for request, _ in pairs.values()]
    codes = [f"{key} => ApiKey::{api_of(r)}," for key, (r, _) in pairs.items()]
    versions = [f"ApiKey::{api_of(r)} => {r.versions.low}..={r.versions.high}," for r, _ in pairs.values()]
    flexible = [f"ApiKey::{api_of(r)} => {'None' if r.flexible.is_empty() else f'Some({r.flexible.low})'},"
                for r, _ in pairs.values()]
    unstable = " | ".join(f"ApiKey::{api_of(r)}" for r, _ in pairs.values() if r.latest_unstable)
    texts = [f'ApiKey::{name} => "{name}",' for name in names]
    return f"""{HEAD}
//! The APIs by their keys, and the versions of each.

use std::ops::RangeInclusive;

/// An API that a client may call, by the code that begins every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum ApiKey {{ {NEWLINE.join(variants)} }}

impl ApiKey {{
    /// Every API, in the order of the codes.
    pub const ALL: [ApiKey; {len(names)}] = [{", ".join(f"ApiKey::{name}" for name in names)}];

    /// The API that has the code.
    pub fn from_code(code: i16) -> Option<Self> {{
        Some(match code {{ {" ".join(codes)} _ => return None }})
    }}

    /// What Kafka calls the API.
    pub fn name(self) -> &'static str {{
        match self {{ {" ".join(texts)} }}
    }}

    /// The versions of its messages, both ends included.
    pub fn versions(self) -> RangeInclusive<i16> {{
        match self {{ {" ".join(versions)} }}
    }}

    /// The first version in the flexible encoding of KIP-482; none if there is no such version.
    pub fn flexible_since(self) -> Option<i16> {{
        match self {{ {" ".join(flexible)} }}
    }}

    /// Whether the latest version may still change, so that Kafka's brokers don't offer it by default.
    pub fn is_latest_unstable(self) -> bool {{
        matches!(self, {unstable})
    }}
}}
"""


def dispatch(pairs, side):
    """The enum of all requests or all responses."""
    is_request = side == "Request"
    names = [api_of(request) for request, _ in pairs.values()]
    uses = [f"use super::{snake(name)}::{name}{side};" for name in names]
    variants = [f"/// The {side.lower()} of {name}.\n{name}({name}{side})," for name in names]
    keys = [f"{side}::{name}(_) => ApiKey::{name}," for name in names]
    decode = [f"ApiKey::{name} => {side}::{name}({name}{side}::decode(reader, version)?)," for name in names]
    encode = [f"{side}::{name}(message) => message.encode(writer, version)," for name in names]
    gate = '#[cfg(feature = "client")]'
    conversions = [conversion(name, side) for name in names]
    more = "" if is_request else throttle_time(pairs)
    return f"""{HEAD}
//! Every {side.lower()} as one type.

{"" if is_request else gate} use crate::error::DecodeError;
{gate if is_request else ""} use crate::error::EncodeError;
use crate::messages::api_key::ApiKey;
{"" if is_request else gate} use crate::reader::Reader;
{gate if is_request else ""} use crate::writer::Writer;

{NEWLINE.join(uses)}

/// A {side.lower()} of any API.
#[derive(Clone, Debug, PartialEq)]
pub enum {side} {{ {NEWLINE.join(variants)} }}

impl {side} {{
    /// The API that it is of.
    pub fn api_key(&self) -> ApiKey {{
        match self {{ {" ".join(keys)} }}
    }}

    /// Reads the {side.lower()} of an API in a version, from behind its header.
    {"" if is_request else gate + NEWLINE}{DECODE} {{
        Ok(match api_key {{ {" ".join(decode)} }})
    }}

    /// Writes the {side.lower()} in a version, without its header.
    {gate + NEWLINE if is_request else ""}{ENCODE} {{
        match self {{ {" ".join(encode)} }}
    }}
{more}}}

{NEWLINE.join(conversions)}
"""


def throttle_time(pairs):
    """What every response that has a throttle time is told it by."""
    having = [api_of(response) for _, response in pairs.values()
              if any(each.name == "ThrottleTimeMs" for each in response.root.fields)]
    lacking = [api_of(response) for _, response in pairs.values() if api_of(response) not in having]
    arms = [f"Response::{name}(message) => &mut message.throttle_time_ms," for name in having]
    none = " | ".join(f"Response::{name}(_)" for name in lacking)
    return f"""
    /// How long the client has to wait because it has used too much, in milliseconds (KIP-219); none if the response can't say it.
    pub fn throttle_time_ms(&mut self) -> Option<&mut i32> {{
        Some(match self {{ {" ".join(arms)} {none} => return None }})
    }}
"""


def conversion(name, side):
    return f"""impl From<{name}{side}> for {side} {{
    fn from(message: {name}{side}) -> Self {{ {side}::{name}(message) }}
}}
"""


def index(pairs):
    """The root of the module."""
    modules = sorted([*(module_of(request) for request, _ in pairs.values()), *map(snake, EMBEDDED)])
    listed = "\n".join(f"pub mod {name};" for name in modules)
    return f"""{HEAD}
//! The messages of every client-facing API: one module for a request and its response.
//!
//! A structure has the fields of all versions of its message, with Kafka's defaults. Reading a version that lacks a
//! field leaves its default; writing one refuses a value that the version has no place for, unless the definition says
//! that it may be ignored. Lists of structures that Kafka keeps as sets are plain lists here. Unknown tagged fields
//! are skipped.
//!
//! Descriptions of fields are those of Kafka's definitions (Apache License 2.0).

#![allow(
    clippy::field_reassign_with_default,
    reason = "what a version lacks keeps its default, whether that are some fields or none"
)]

mod api_key;
mod request;
mod response;

{listed}

pub use api_key::ApiKey;
pub use request::Request;
pub use response::Response;
"""
