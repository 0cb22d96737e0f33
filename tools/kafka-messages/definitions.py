"""Kafka's message definitions, read from the kafka-clients jar: fields, types, and the versions they are in."""

import json
import re
import zipfile
from dataclasses import dataclass, field

# Every API that a client may call. Left out are those between brokers and controllers.
CLIENT_APIS = [
    *range(0, 4), *range(8, 52), 55, 57, 60, 61, 65, 66, 68, 69, 71, 72, 74, 75, *range(76, 80), *range(88, 93),
]
# What the classic consumer puts into the opaque fields of JoinGroup and SyncGroup.
EMBEDDED = ["ConsumerProtocolSubscription", "ConsumerProtocolAssignment"]

FIXED_SIZES = {"bool": 1, "int8": 1, "int16": 2, "uint16": 2, "int32": 4, "int64": 8, "float64": 8, "uuid": 16}
UNBOUNDED = 32767


@dataclass(frozen=True)
class Versions:
    """A range of versions, both ends included; empty when `low` is greater than `high`."""

    low: int
    high: int

    @staticmethod
    def parse(text):
        if text is None or text == "none":
            return Versions(0, -1)
        if text.endswith("+"):
            return Versions(int(text[:-1]), UNBOUNDED)
        low, _, high = text.partition("-")
        return Versions(int(low), int(high or low))

    def both(self, other):
        return Versions(max(self.low, other.low), min(self.high, other.high))

    def is_empty(self):
        return self.low > self.high

    def covers(self, other):
        return other.is_empty() or (self.low <= other.low and other.high <= self.high)

    def __iter__(self):
        return iter(range(self.low, self.high + 1))

    def __contains__(self, version):
        return self.low <= version <= self.high


@dataclass
class Field:
    name: str
    kind: str
    is_array: bool
    versions: Versions
    nullable: Versions
    tagged: Versions
    tag: int | None
    default: object
    ignorable: bool
    about: str

    def is_nullable(self):
        return not self.nullable.is_empty()

    def is_struct(self):
        return self.kind[0].isupper()


@dataclass
class Struct:
    name: str
    versions: Versions
    fields: list[Field]
    about: str = ""


@dataclass
class Message:
    """A request, a response, or data by itself; `structs` are those that it uses, innermost last."""

    name: str
    kind: str
    api_key: int | None
    versions: Versions
    flexible: Versions
    latest_unstable: bool
    root: Struct
    structs: list[Struct] = field(default_factory=list)


def read_messages(jar):
    """Every message of ours by its name."""
    messages = {}
    with zipfile.ZipFile(jar) as archive:
        for path in archive.namelist():
            if not re.fullmatch(r"common/message/\w+\.json", path):
                continue
            text = re.sub(r"^\s*//.*$", "", archive.read(path).decode(), flags=re.M)
            definition = json.loads(text)
            if is_ours(definition):
                messages[definition["name"]] = message_of(definition)
    return messages


def is_ours(definition):
    key = definition.get("apiKey")
    return definition["name"] in EMBEDDED or key in CLIENT_APIS


def message_of(definition):
    versions = Versions.parse(definition["validVersions"])
    root = Struct(definition["name"], versions, [])
    message = Message(
        name=definition["name"],
        kind=definition["type"],
        api_key=definition.get("apiKey"),
        versions=versions,
        flexible=Versions.parse(definition["flexibleVersions"]).both(versions),
        latest_unstable=definition.get("latestVersionUnstable", False),
        root=root,
    )
    for common in definition.get("commonStructs", []):
        within = Versions.parse(common["versions"]).both(versions)
        struct = Struct(common["name"], within, [], common.get("about", ""))
        message.structs.append(struct)
        struct.fields = fields_of(common["fields"], within, message)
    root.fields = fields_of(definition["fields"], versions, message)
    return message


def fields_of(definitions, within, message):
    return [field_of(definition, within, message) for definition in definitions]


def field_of(definition, within, message):
    kind = definition["type"]
    is_array = kind.startswith("[]")
    kind = kind.removeprefix("[]")
    versions = Versions.parse(definition["versions"])
    tagged = Versions.parse(definition.get("taggedVersions"))
    if not tagged.is_empty() and tagged != versions:
        raise ValueError(f"{message.name}.{definition['name']} is tagged in some of its versions only")
    if "fields" in definition:
        inner = versions.both(within)
        struct = Struct(kind, inner, [], definition.get("about", ""))
        message.structs.append(struct)
        struct.fields = fields_of(definition["fields"], inner, message)
    return Field(
        name=definition["name"],
        kind=kind,
        is_array=is_array,
        versions=versions,
        nullable=Versions.parse(definition.get("nullableVersions")),
        tagged=tagged,
        tag=definition.get("tag"),
        default=definition.get("default"),
        ignorable=definition.get("ignorable", False),
        about=definition.get("about", ""),
    )


def smallest_size(message, struct):
    """The fewest bytes that a value of the struct has on the wire, in any version."""
    return min(size_in(message, struct, version) for version in struct.versions)


def size_in(message, struct, version):
    flexible = version in message.flexible
    size = 1 if flexible else 0
    for each in struct.fields:
        if version in each.versions and version not in each.tagged:
            size += field_size(message, each, version, flexible)
    return size


def field_size(message, each, version, flexible):
    if each.is_array or each.kind in ("bytes", "records"):
        return 1 if flexible else 4
    if each.kind == "string":
        return 1 if flexible else 2
    if each.kind in FIXED_SIZES:
        return FIXED_SIZES[each.kind]
    if each.is_nullable():
        return 1
    return size_in(message, struct_named(message, each.kind), version)


def element_size(message, each):
    """The fewest bytes of one element of an array."""
    if each.kind == "string":
        return 1
    if each.kind in FIXED_SIZES:
        return FIXED_SIZES[each.kind]
    return smallest_size(message, struct_named(message, each.kind))


def struct_named(message, name):
    return next(struct for struct in message.structs if struct.name == name)
