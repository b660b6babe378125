"""How each operation of openapi.yaml is called on a client, and with what: derived from the document, for new ones too."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from .document import OPERATIONS, resolve

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
word = text.filter(str.strip) | st.sampled_from([" a", "b "])  # as they are: white space counts
queried = text.filter(bool)  # openapi-core takes an empty query parameter for one without a value
FIRST, LAST = datetime(1900, 1, 2), datetime(2099, 12, 30)  # noqa: DTZ001 -- the zones are drawn
times = st.datetimes(FIRST, LAST, timezones=st.timezones() | st.just(UTC))
finite = (
    st.sampled_from([0.5, -1.25]) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)
)
anything = st.recursive(  # any JSON; null alone means absent to an argument
    text | st.booleans() | finite,
    lambda part: st.lists(part | st.none(), max_size=2) | st.dictionaries(text, part | st.none(), max_size=2),
    max_leaves=4,
)


def parameters_of(operation):
    """The operation's parameters, those of its path included."""
    _, _, node = OPERATIONS[operation]
    return [resolve(each) for each in node["parameters"]]


def body_of(operation):
    """The schema of the operation's body, None where it has none."""
    body = OPERATIONS[operation][2].get("requestBody")
    return resolve(body["content"]["application/json"]["schema"]) if body else None


def is_paged(operation):
    return "x-paging" in OPERATIONS[operation][2]


def called(operation):
    """The client's method for an operation, as `resource.method`."""
    node = OPERATIONS[operation][2]
    return f"{node['tags'][0]}.{node.get('x-method', operation)}"


def will_do(operation):
    """Arguments that the method needs and that are all right, from the document's examples."""
    found = {_name(operation, each): each["example"] for each in parameters_of(operation) if each.get("required")}
    body = OPERATIONS[operation][2].get("requestBody")
    if body:
        example = next(iter(body["content"]["application/json"]["examples"].values()))["value"]
        whole = _whole(body_of(operation))
        found |= {body_of(operation)["x-name"]: example} if whole else _flat(operation, example)
    for name in _written(body_of(operation)):
        found[name] = float(found[name])
    return found


def _flat(operation, example):
    """A body as arguments."""
    found = {}
    for name, value in example.items():
        inner = resolve(body_of(operation)["properties"][name])
        if inner.get("x-flatten"):
            found |= {inner["properties"][each].get("x-name", each): part for each, part in value.items()}
        else:
            found[name] = value
    return found


def arguments(operation):
    """All that the method can be asked for, as a strategy."""
    required, optional = {}, {}
    for each in parameters_of(operation):
        if not (is_paged(operation) and each["name"] == OPERATIONS[operation][2]["x-paging"]["skip"]):
            strategy = _values(each["schema"], queried if each["in"] == "query" else word)
            (required if each.get("required") else optional)[_name(operation, each)] = strategy
    schema = body_of(operation)
    if _whole(schema):
        required[schema["x-name"]] = _values(schema, text)
    for name, inner in _fields(schema).items():
        if resolve(inner).get("x-flatten"):
            fields = resolve(inner)["properties"]
            optional |= {part.get("x-name", each): _values(part, text) for each, part in fields.items()}
        else:
            (required if _is_given(name, inner, schema) else optional)[name] = _values(inner, text)
    written = _written(schema)
    needs = _needs(schema)
    some = st.fixed_dictionaries(optional) | st.fixed_dictionaries({}, optional=optional)  # all as often as any
    found = st.builds(
        lambda more, must: _fitting(_typed({**more, **must}, written), needs), some, st.fixed_dictionaries(required)
    )
    if OPERATIONS[operation][0] != "PATCH":
        return found
    names = _names(schema)  # a change of nothing is refused
    return found.filter(lambda given: any(given.get(name) is not None for name in names))


def _names(schema):
    """The arguments that go into the body."""
    return {
        part.get("x-name", each)
        for name, inner in _fields(schema).items()
        for each, part in (resolve(inner)["properties"].items() if resolve(inner).get("x-flatten") else [(name, inner)])
    }


def _needs(schema):
    """The arguments that another argument has to be something for, each with what."""
    found = {}
    for name, inner in _fields(schema).items():
        flat = resolve(inner).get("x-flatten")
        for each, part in resolve(inner)["properties"].items() if flat else [(name, inner)]:
            if "x-needs" in part:
                found[part.get("x-name", each)] = part["x-needs"]
    return found


def _fitting(given, needs):
    """Without what does not go with the rest."""
    return {
        name: value
        for name, value in given.items()
        if all(given.get(other, needed) == needed for other, needed in needs.get(name, {}).items())
    }


def _written(schema):
    """The fields of a body that are given as a number, True or False, or text, each with the field that says which."""
    return {name: inner["x-written"].get("by") for name, inner in _fields(schema).items() if "x-written" in inner}


def _whole(schema):
    """Whether one argument is all of the body."""
    return schema is not None and schema["type"] == "array"


def _fields(schema):
    return {} if schema is None or _whole(schema) else schema["properties"]


def _is_given(name, inner, schema):
    """What has to be given, and ids that the client would make up else."""
    return name in schema.get("required", ()) or "x-own-id" in inner


def _typed(given, written):
    """Values of the type that is said, where a made up one is a number."""
    for name, by in written.items():
        if name in given:
            kind = given.get(by, "NUMERIC") if by else "NUMERIC"
            number = given[name]
            given[name] = number > 0.5 if kind == "BOOLEAN" else f"c{number}" if kind == "CATEGORICAL" else number
    return given


def meant(operation, given):
    """The values in the path, the query and the body that these arguments mean."""
    given = {name: _in_whole_minutes(value) for name, value in given.items()}
    places, query = {}, {}
    for each in parameters_of(operation):
        if (name := _name(operation, each)) in given:
            (places if each["in"] == "path" else query)[each["name"]] = given.pop(name)
    schema = body_of(operation)
    if schema is None:
        return places, query, None
    if _whole(schema):
        return places, query, _sent(given[schema["x-name"]], schema)
    body = {}
    for name, inner in schema["properties"].items():
        if resolve(inner).get("x-flatten"):
            called = {each: (part.get("x-name", each), part) for each, part in resolve(inner)["properties"].items()}
            body[name] = {each: _sent(given[as_], part) for each, (as_, part) in called.items() if as_ in given}
        elif name in given:
            body[name] = _sent(given[name], inner)
    fields = schema["properties"]
    changes = OPERATIONS[operation][0] == "PATCH"

    def says(name, value):
        return value != {} or _is_any(fields[name]) or (changes and "x-flatten" not in resolve(fields[name]))

    return places, query, {name: value for name, value in body.items() if says(name, value)}


def _name(operation, parameter):
    size = is_paged(operation) and parameter["name"] == OPERATIONS[operation][2]["x-paging"]["size"]
    return "page_size" if size else parameter.get("x-name", parameter["name"])


def _sent(value, schema):
    if resolve(schema).get("x-each-once"):
        return [str(each) for each in dict.fromkeys(value)]
    if "x-written" in schema and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return value if _is_any(schema) else [_sent(each, resolve(schema)["items"]) for each in value]
    if isinstance(value, dict) and "properties" in resolve(schema):
        return {name: _sent(each, resolve(schema)["properties"][name]) for name, each in value.items()}
    return _in_whole_minutes(value).isoformat() if isinstance(value, datetime) else value


def _is_any(schema):
    """Whether it is any JSON."""
    return resolve(schema).keys().isdisjoint(("type", "anyOf"))


def _in_whole_minutes(value):
    """A time whose offset from UTC has seconds, as in 1900, cannot be written in openapi.yaml's form."""
    odd = isinstance(value, datetime) and value.utcoffset() % timedelta(minutes=1)
    return value.astimezone(UTC) if odd else value


def _values(schema, texts):
    """Values that a schema lets through, as a strategy."""
    if "x-written" in schema:
        return st.floats(0, 1)
    schema = resolve(schema)
    if _is_any(schema):
        return anything
    for branch in schema.get("anyOf", ()):
        if not branch.get("x-coerced") and resolve(branch).get("type") != "null":
            return _values(
                {**resolve(branch), **{key: value for key, value in schema.items() if key != "anyOf"}}, texts
            )
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    [kind] = [each for each in kinds if each != "null"]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") == "uuid":
        return st.uuids()
    if schema.get("format") == "date-time":
        return times
    match kind:
        case "string":
            return texts.filter(lambda value: len(value) >= schema.get("minLength", 0))
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema.get("minimum", 0), min(schema.get("maximum", 999_999_999), 999_999_999))
        case "number":
            return st.floats(schema["minimum"], schema["maximum"]) if "minimum" in schema else finite
        case "array":
            least = schema.get("minItems", int(schema.get("x-each-once", False)))
            return st.lists(_values(schema["items"], word), min_size=least, max_size=5)
        case "object" if "properties" in schema:
            parts = {name: _values(part, texts) for name, part in schema["properties"].items()}
            given = {name for name, part in schema["properties"].items() if _is_given(name, part, schema)}
            return st.fixed_dictionaries(
                {name: part for name, part in parts.items() if name in given},
                optional={name: part for name, part in parts.items() if name not in given},
            )
        case "object":
            more = schema["additionalProperties"]
            return st.dictionaries(text, text if more is True else _values(more, text), max_size=3)


def as_generated(operation, name, value):
    """A parameter as the generated function takes it."""
    [schema] = [resolve(each["schema"]) for each in parameters_of(operation) if each["name"] == name]
    kinds = {resolve(each).get("format") for each in (schema, *schema.get("anyOf", ()))}
    if "date-time" in kinds:
        return datetime.fromisoformat(value)
    return UUID(str(value)) if "uuid" in kinds else value
