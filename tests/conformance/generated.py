"""Violating deployments made from the document: each operation, wrong in each way that its kind can be.

`GENERATED` names them as `operation: what it does`; no operation is named here, so that a new one is tried as well.
"""

from pandaprobe_evals import contract

from tests.mutants.service import GOOD_PAIR, Mutant, answered, at

from .kinds import leaks
from .violations import shifted

ALL = contract.operations()
READS = {name: one for name, one in ALL.items() if one.effect == "reads"}
PAGED = {name: one for name, one in READS.items() if one.paging}
BY_ID = {name: one for name, one in READS.items() if "{" in one.path and not one.paging}
PLAIN = ("limit", "offset", "sort_by", "sort_order")


def without_query(operation, name):
    def before(it):
        if it.operation == operation:
            it.query.pop(name, None)

    return Mutant(before=before)


def further(operation, by):
    """A page that begins elsewhere, and does not say so."""

    def before(it):
        it.was = it.query.get("offset", "0") if it.operation == operation else ""
        if it.was.isdigit() and 0 < int(it.was) < 1000:
            it.query["offset"] = str(int(it.was) + by)

    def after(it):
        if it.was.isdigit() and 0 < int(it.was) < 1000 and it.status == 200:
            it.say(it.json() | {"offset": int(it.was)})

    return Mutant(before=before, after=after)


def page(operation, edit):
    return at((operation,), edit, (200,))


def _backwards(found):
    found["items"].reverse()


def _twice(found):
    found["items"] = (found["items"][:1] + found["items"])[: len(found["items"])]


def opened(operation):
    def before(it):
        if it.operation == operation:
            it.headers.update(GOOD_PAIR)

    return Mutant(before=before)


def another(operation):
    """A read by id answers with something that has another id."""

    def edit(one):
        name = next((name for name in one if name == "id" or name.endswith("_id")), None)
        if one.get(name):
            one[name] = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

    return edited(operation, edit)


def _required(operation):
    """The fields that an answer's objects must have, by the document."""
    content = ALL[operation].responses[ALL[operation].success].get("content", {})
    schema = contract.resolve(content.get("application/json", {}).get("schema", {}))
    listed = contract.resolve(schema.get("properties", {}).get("items", {}))
    schema = contract.resolve((listed or schema).get("items", listed or schema))
    return schema.get("required", [])


def _objects(value):
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return value["items"]
    return value if isinstance(value, list) else [value]


def edited(operation, edit):
    return at((operation,), lambda value: [edit(one) for one in _objects(value)] and None, (200,))


def _later(name):
    def edit(one):
        if isinstance(one.get(name), str):
            one[name] = shifted(one[name], hours=1)

    return edit


def _times(operation):
    return [name for name in _required(operation) if name.endswith("_at")]


def redirected(operation, status):
    """Answers every other read as if it had been asked under a condition, or elsewhere."""
    asked = []

    def after(it):
        if it.operation == operation and it.status == 200:
            asked.append(it)
            if len(asked) % 2:
                it.status, it.answer = status, b""
                it.answer_headers.pop("content-type", None)
                it.answer_headers["location"] = it.path + "/"

    return Mutant(after=after)


def of(operations, **ways):
    return {f"{name}: {way.replace('_', ' ')}": make(name) for name in operations for way, make in ways.items()}


def _total_past_the_start(it):
    it.update(total=it["total"] + (it["offset"] > 0))


NEVER_NOT_FOUND = ("get_session_score_history", "list_scores_of_session")
"""What answers 404 only where no such path is reached: an unknown id has an empty list."""

GENERATED = {
    **of(
        ALL,
        nobody_needs_credentials=opened,
        what_is_wrong_is_a_400=lambda name: answered(422, 400, (name,)),
        who_is_nobody_is_a_403=lambda name: answered(401, 403, (name,)),
    ),
    **of(
        READS,
        a_read_is_a_206=lambda name: answered(200, 206, (name,)),
        a_read_is_a_304=lambda name: redirected(name, 304),
        a_read_is_a_308=lambda name: redirected(name, 308),
    ),
    **of(
        PAGED,
        leaks_to_other_projects=leaks,
        pages_begin_one_further=lambda name: further(name, 1),
        a_total_counts_the_page=lambda name: page(name, lambda it: it.update(total=len(it["items"]))),
        the_total_is_one_more_past_the_start=lambda name: page(name, _total_past_the_start),
        a_page_says_another_limit=lambda name: page(name, lambda it: it.update(limit=it["limit"] + 1)),
        backwards=lambda name: page(name, _backwards),
        an_item_comes_twice=lambda name: page(name, _twice),
    ),
    **of(BY_ID, leaks_to_other_projects=leaks, one_of_another_id=another),
    **of(
        (name for name, one in ALL.items() if 404 in one.responses and name not in NEVER_NOT_FOUND),
        what_is_not_found_is_a_410=lambda name: answered(404, 410, (name,)),
    ),
    **{
        f"{name}: {parameter['name']} is ignored": without_query(name, parameter["name"])
        for name, one in READS.items()
        for parameter in one.parameters
        if parameter["in"] == "query" and not parameter.get("required")
    },
    **{
        f"{name}: {field} is left out": edited(name, lambda one, field=field: one.pop(field, None))
        for name in READS
        for field in _required(name)[::4]
    },
    **{f"{name}: {field} is an hour late": edited(name, _later(field)) for name in READS for field in _times(name)[:1]},
}
