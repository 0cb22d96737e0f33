"""Writes messages as Rust: one module for a request and its response."""

import itertools
import re
import textwrap

from definitions import FIXED_SIZES, element_size

RUST_TYPES = {
    "bool": "bool", "int8": "i8", "int16": "i16", "uint16": "u16", "int32": "i32", "int64": "i64", "float64": "f64",
    "uuid": "Uuid", "string": "ByteString", "bytes": "Bytes", "records": "Bytes",
}
METHODS = {"bool": "boolean", "records": "bytes"}
# Whose records may be in files when they are sent.
SENT_FROM_FILES = {"FetchResponse"}
KEYWORDS = {"match", "type"}


def snake(name):
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return f"r#{name}" if name in KEYWORDS else name


def documentation(text, indent=""):
    """The definition's own words, as a comment that rustdoc takes for text."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"https?://\S+", lambda found: f"<{found[0].rstrip('.')}>", text)
    text = re.sub(r"([\[\]*_])", r"\\\1", text)
    text = re.sub(r"<(?!http)", r"\\<", text)
    return [f"{indent}/// {line}" for line in textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False)]


def condition(versions, within):
    """When a version of `within` is in `versions`: None for always, False for never, or an expression."""
    found = versions.both(within)
    if found.is_empty():
        return False
    if found == within:
        return None
    if found.high == within.high:
        return f"version >= {found.low}"
    if found.low == within.low:
        return f"version <= {found.high}"
    if found.low == found.high:
        return f"version == {found.low}"
    return f"({found.low}..={found.high}).contains(&version)"


def negated(when):
    """The condition that is true when another one is not."""
    plain = re.fullmatch(r"version (>=|<=|==) (\d+)", when)
    if plain is None:
        return f"!{when}"
    return f"version {({'>=': '<', '<=': '>', '==': '!='})[plain[1]]} {plain[2]}"


def uses(name, lines):
    return any(re.search(rf"\b{name}\b", line) for line in lines)


def guarded(parts):
    """Statements behind their conditions; neighbours with the same condition share it."""
    lines = []
    for when, group in itertools.groupby(parts, key=lambda part: part[0]):
        body = [line for _, statements in group for line in statements]
        lines += body if when is None else [f"if {when} {{", *body, "}"]
    return lines


class Renderer:
    """Writes one message; `names` says what its structs are called in Rust."""

    def __init__(self, message, names):
        self.message = message
        self.names = names

    def structs(self):
        return [self.message.root, *self.message.structs]

    def render(self):
        lines = []
        for struct in self.structs():
            lines += self.definition(struct)
            lines += self.default(struct)
            lines += ["", f"impl {self.names[struct.name]} {{"]
            lines += self.decode(struct)
            lines += self.encode(struct)
            lines += ["}", ""]
        return lines

    def is_root(self, struct):
        return struct is self.message.root

    # Types

    def is_sent_from_files(self, each):
        return each.kind == "records" and self.message.name in SENT_FROM_FILES

    def element_type(self, each):
        if self.is_sent_from_files(each):
            return "Records"
        return RUST_TYPES.get(each.kind) or self.names[each.kind]

    def method(self, each):
        """What reads and writes a field."""
        return "records" if self.is_sent_from_files(each) else METHODS.get(each.kind, each.kind)

    def rust_type(self, each):
        inner = self.element_type(each)
        if each.is_array:
            inner = f"Vec<{inner}>"
        return f"Option<{inner}>" if each.is_nullable() else inner

    def definition(self, struct):
        derived = "Clone, Debug, Default, PartialEq" if self.has_plain_defaults(struct) else "Clone, Debug, PartialEq"
        about = struct.about or f"{struct.name}, versions {struct.versions.low} to {struct.versions.high}."
        lines = [*documentation(about), f"#[derive({derived})]"]
        lines.append(f"pub struct {self.names[struct.name]} {{")
        for each in struct.fields:
            lines += documentation(each.about or each.name, "    ")
            lines.append(f"    pub {snake(each.name)}: {self.rust_type(each)},")
        return [*lines, "}", ""]

    # Defaults

    def default_value(self, each):
        default = each.default
        if each.is_nullable() and default == "null":
            return "None"
        if each.is_array:
            value = "Vec::new()"
        elif each.kind == "string":
            value = "ByteString::new()" if not default else f'ByteString::from_static("{default}")'
        elif each.kind == "records":
            return "None"
        elif each.kind == "bytes":
            value = "Bytes::new()"
        elif each.kind == "bool":
            value = str(default or False).lower()
        elif each.kind == "uuid":
            value = "Uuid::ZERO"
        elif each.kind == "float64":
            value = repr(float(default or 0))
        elif each.is_struct():
            value = f"{self.names[each.kind]}::default()"
        else:
            value = integer(default)
        return f"Some({value})" if each.is_nullable() else value

    def is_plain_default(self, each):
        plain = {"None", "false", "0", "0.0", "Vec::new()", "ByteString::new()", "Bytes::new()", "Uuid::ZERO"}
        value = self.default_value(each)
        return value in plain or (each.is_struct() and not value.startswith("Some"))

    def has_plain_defaults(self, struct):
        return all(self.is_plain_default(each) for each in struct.fields)

    def default(self, struct):
        if self.has_plain_defaults(struct):
            return []
        name = self.names[struct.name]
        lines = [f"impl Default for {name} {{", "    fn default() -> Self {", f"        {name} {{"]
        lines += [f"            {snake(each.name)}: {self.default_value(each)}," for each in struct.fields]
        return [*lines, "        }", "    }", "}", ""]

    def differs_from_default(self, each):
        """An expression that is true when the field has another value than its default."""
        place, value = f"self.{snake(each.name)}", self.default_value(each)
        if value == "None":
            return f"{place}.is_some()"
        if each.is_nullable():
            return f"{place} != {value}"
        if each.is_array or (each.kind in ("string", "bytes") and "new()" in value):
            return f"!{place}.is_empty()"
        if value in ("true", "false"):
            return place if value == "false" else f"!{place}"
        return f"{place} != {value}"

    # Decoding

    def gate(self, decoding):
        """Servers decode requests and encode responses; the rest is for clients."""
        serves = self.message.kind == "data" or decoding == (self.message.kind == "request")
        return [] if serves else ['    #[cfg(feature = "client")]']

    def flexible(self, struct):
        """How the body of a struct says whether its version is flexible: an expression, and what defines it."""
        found = condition(self.message.flexible, struct.versions)
        if found is None:
            return "true", []
        if found is False:
            return "false", []
        return "flexible", [f"        let flexible = {found};"]

    def decode(self, struct):
        flexible, prelude = self.flexible(struct)
        parts = [self.decode_field(struct, each, flexible) for each in struct.fields if each.tag is None]
        body = [*guarded(parts), *self.decode_tagged(struct, flexible)]
        uses_version = uses("version", [*prelude, *body])
        lines = self.gate(True)
        if self.is_root(struct):
            lines.insert(0, f"    /// Reads a {self.message.name} of a version from where the reader stands.")
            prelude = [f'        expect_version("{self.message.name}", Self::VERSIONS, version)?;', *prelude]
            uses_version = True
        visible = "pub " if self.is_root(struct) else ""
        version = "version" if uses_version else "_version"
        lines.append(f"    {visible}fn decode(reader: &mut Reader, {version}: i16) -> Result<Self, DecodeError> {{")
        lines += prelude
        changes = uses("value", body)
        lines.append(f"        let {'mut ' if changes else ''}value = Self::default();")
        lines += body
        return [*self.versions_constant(struct), *lines, "        Ok(value)", "    }"]

    def versions_constant(self, struct):
        if not self.is_root(struct):
            return []
        versions = self.message.versions
        return [
            "    /// The versions that can be read and written.",
            f"    pub const VERSIONS: RangeInclusive<i16> = {versions.low}..={versions.high};",
            "",
        ]

    def decode_field(self, struct, each, flexible):
        when = condition(each.versions, struct.versions)
        if when is False:
            return None, []
        within = each.versions.both(struct.versions)
        nullable = condition(each.nullable, within) if each.is_nullable() else False
        place = f"value.{snake(each.name)}"
        if nullable is None:
            body = [f"{place} = {self.read(each, flexible, True)};"]
        elif nullable is False:
            plain = self.read(each, flexible, False)
            body = [f"{place} = {f'Some({plain})' if each.is_nullable() else plain};"]
        else:
            body = [
                f"{place} = if {nullable} {{ {self.read(each, flexible, True)} }}",
                f"else {{ Some({self.read(each, flexible, False)}) }};",
            ]
        return when, body

    def read(self, each, flexible, nullable):
        prefix = "nullable_" if nullable else ""
        if each.is_array:
            return (f"reader.{prefix}array({flexible}, {element_size(self.message, each)}, "
                    f"|reader| {self.read_element(each, flexible)})?")
        if each.is_struct():
            name = self.names[each.kind]
            if nullable:
                return f"reader.nullable_struct(|reader| {name}::decode(reader, version))?"
            return f"{name}::decode(reader, version)?"
        if each.kind in FIXED_SIZES:
            return f"reader.{self.method(each)}()?"
        return f"reader.{prefix}{self.method(each)}({flexible})?"

    def read_element(self, each, flexible):
        if each.is_struct():
            return f"{self.names[each.kind]}::decode(reader, version)"
        if each.kind == "string":
            return f"reader.string({flexible})"
        return f"reader.{self.method(each)}()"

    def tagged_fields(self, struct):
        tagged = [each for each in struct.fields if each.tag is not None]
        within = struct.versions.both(self.message.flexible)
        return sorted((e for e in tagged if condition(e.tagged, within) is not False), key=lambda each: each.tag)

    def decode_tagged(self, struct, flexible):
        if flexible == "false":
            return []
        within = struct.versions.both(self.message.flexible)
        arms = []
        for each in self.tagged_fields(struct):
            when = condition(each.tagged, within)
            guard = "" if when is None else f" if {when}"
            value = self.read(each, "true", each.is_nullable())
            arms.append(f"{each.tag}{guard} => value.{snake(each.name)} = {value},")
        if arms:
            body = ["reader.tagged_fields(|reader, tag| {", "match tag {", *arms, "_ => return Ok(false),", "}",
                    "Ok(true)", "})?;"]
        else:
            body = ["reader.skip_tagged_fields()?;"]
        return body if flexible == "true" else ["if flexible {", *body, "}"]

    # Encoding

    def encode(self, struct):
        flexible, prelude = self.flexible(struct)
        parts = [part for each in struct.fields for part in self.encode_field(struct, each, flexible)]
        body = [*guarded(parts), *self.encode_tagged(struct, flexible)]
        lines = ["", *self.gate(False)]
        uses_version = uses("version", [*prelude, *body])
        if self.is_root(struct):
            lines.insert(1, f"    /// Writes the {self.message.name} as its fields stand in a version.")
            prelude = [f'        expect_encodable("{self.message.name}", Self::VERSIONS, version)?;', *prelude]
            uses_version = True
        visible = "pub " if self.is_root(struct) else ""
        version = "version" if uses_version else "_version"
        writer = "writer" if uses("writer", body) else "_writer"
        lines.append(f"    {visible}fn encode(&self, {writer}: &mut Writer, {version}: i16) "
                     "-> Result<(), EncodeError> {")
        return [*lines, *prelude, *body, "        Ok(())", "    }"]

    def label(self, struct, each):
        return f'"{self.names[struct.name]}.{each.name}"'

    def encode_field(self, struct, each, flexible):
        """Conditions, each with the statements that it guards: writing the field where it is, refusing it where not."""
        when = condition(each.versions, struct.versions)
        parts = []
        if when is not False and each.tag is None:
            within = each.versions.both(struct.versions)
            write = self.write(each, f"self.{snake(each.name)}", flexible)
            parts.append((when, [*self.refuse_null(struct, each, within), write]))
        if when is not None and not each.ignorable:
            differs = self.differs_from_default(each)
            refused = differs if when is False else f"{negated(when)} && {differs}"
            parts.append((refused, [f"return Err(EncodeError::not_in_version({self.label(struct, each)}, version));"]))
        return parts

    def refuse_null(self, struct, each, within):
        if not each.is_nullable():
            return []
        nullable = condition(each.nullable, within)
        if nullable is None:
            return []
        is_null = f"self.{snake(each.name)}.is_none()"
        if nullable is not False:
            is_null = f"{negated(nullable)} && {is_null}"
        return [f"if {is_null} {{", f"return Err(EncodeError::null({self.label(struct, each)}, version));", "}"]

    def write(self, each, place, flexible):
        """A statement that writes a field, after what it may not be was refused."""
        prefix = "nullable_" if each.is_nullable() else ""
        if each.is_array:
            given = f"{place}.as_deref()" if each.is_nullable() else f"&{place}"
            return f"writer.{prefix}array({flexible}, {given}, |writer, each| {self.write_element(each, flexible)})?;"
        if each.is_struct():
            if each.is_nullable():
                return f"writer.nullable_struct({place}.as_ref(), |writer, each| each.encode(writer, version))?;"
            return f"{place}.encode(writer, version)?;"
        if each.kind in FIXED_SIZES:
            return f"writer.{self.method(each)}({place});"
        given = f"{place}.as_ref()" if each.is_nullable() else f"&{place}"
        return f"writer.{prefix}{self.method(each)}({flexible}, {given})?;"

    def write_element(self, each, flexible):
        if each.is_struct():
            return "each.encode(writer, version)"
        if each.kind == "string":
            return f"writer.string({flexible}, each)"
        return f"{{ writer.{self.method(each)}(*each); Ok(()) }}"

    def encode_tagged(self, struct, flexible):
        if flexible == "false":
            return []
        within = struct.versions.both(self.message.flexible)
        fields = self.tagged_fields(struct)
        if fields:
            body = ["let mut tagged = TaggedFields::default();"]
            for each in fields:
                when = condition(each.tagged, within)
                differs = self.differs_from_default(each)
                body.append(f"if {differs if when is None else f'{when} && {differs}'} {{")
                write = self.write(each, f"self.{snake(each.name)}", "true")
                value = write.removesuffix("?;") if write.endswith("?;") else f"{{ {write} Ok(()) }}"
                body += [f"tagged.field({each.tag}, |writer| {value})?;", "}"]
            body.append("writer.tagged_fields(tagged)?;")
        else:
            body = ["writer.no_tagged_fields();"]
        return body if flexible == "true" else ["if flexible {", *body, "}"]


def integer(default):
    """A number of the definitions as Rust writes it."""
    value = int(str(default or 0), 0)
    text = f"{abs(value):_}" if abs(value) >= 100_000 else str(abs(value))
    if value == 0x7FFFFFFF:
        return "i32::MAX"
    if value == -0x80000000:
        return "i32::MIN"
    if value == 0x7FFFFFFFFFFFFFFF:
        return "i64::MAX"
    return f"-{text}" if value < 0 else text


def names_of(messages):
    """What the structs of messages that share a module are called: both have some of the same name."""
    found = [struct.name for message in messages for struct in message.structs]
    named = []
    for message in messages:
        side = message.kind.capitalize()
        names = {s.name: side + s.name if found.count(s.name) > 1 else s.name for s in message.structs}
        named.append({message.root.name: message.root.name, **names})
    return named
