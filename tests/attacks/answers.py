"""Hostile answers to creates, and to the look for one whose answer is lost: what is made is one run, and the right one."""

import asyncio
import contextlib
import gzip
import json
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from pandaprobe_evals import ApiKey, AsyncPandaProbe, ContractViolation, OutcomeUnknown, PandaProbeError

from .attack import Attack, Result
from .once import KEY, METRICS, QUICK, Service, _Handler, client

OTHER = str(uuid.uuid4())
JSON = "application/json"
Answer = Callable[[dict], tuple[int, dict, bytes]]
"""From a run or a page, as it is, to what is answered: the status, headers and the body."""


def said(value):
    return json.dumps(value).encode()


def body(write=said, status=202, **headers) -> Answer:
    return lambda value: (
        status,
        {"Content-Type": JSON, **{name.replace("_", "-"): text for name, text in headers.items()}},
        write(value),
    )


def edited(**fields):
    return body(lambda value: said({**value, **fields}))


def more(text, **options):
    return body(lambda value: said(value)[:-1] + text + b"}", **options)


def packed(pack):
    return body(lambda value: pack(said(value)), Content_Encoding="gzip")


def put(name, text):
    """A field's value as raw text of JSON."""
    return body(lambda value: said({**value, name: "@"}).replace(b'"@"', text))


CREATES = {
    "two ids": more(b', "id": "%s"' % OTHER.encode()),
    "two ids, the other first": body(lambda run: b'{"id": "%s", ' % OTHER.encode() + said(run)[1:]),
    "two filters": more(b', "filters": {"session_ids": ["x"]}'),
    "two names within": put("filters", b'{"session_ids": ["x"], "session_ids": ["s"]}'),
    "UTF-16": body(lambda run: json.dumps(run).encode("utf-16"), Content_Type=f"{JSON}; charset=utf-16"),
    "UTF-32 without a word": body(lambda run: json.dumps(run).encode("utf-32")),
    "Latin-1": body(
        lambda run: said(run)[:-1] + ', "x": "é"}'.encode("latin-1"), Content_Type=f"{JSON}; charset=latin-1"
    ),
    "called Latin-1": body(Content_Type=f"{JSON}; charset=latin-1"),
    "deep": body(lambda _: b"[" * 100_000 + b"]" * 100_000),
    "deep in a new field": more(b', "x": ' + b"[" * 50_000 + b"]" * 50_000),
    "deep filters": put("filters", b'{"a":' * 900 + b"1" + b"}" * 900),
    "an integer of 5000 digits": put("evaluated_count", b"9" * 5000),
    "an integer of 400 digits": put("evaluated_count", b"9" * 400),
    "1e400": put("evaluated_count", b"1e400"),
    "NaN": put("sampling_rate", b"NaN"),
    "a field of 20 MB": body(lambda run: said({**run, "x": "x" * 20_000_000})),
    "300,000 fields": body(lambda run: said({**run, **{f"x{number}": 1 for number in range(300_000)}})),
    "300 MB packed": packed(lambda text: gzip.compress(text + b" " * 300_000_000, 1)),
    "packed, cut": packed(lambda text: gzip.compress(text)[:-20]),
    "packed in two members": packed(lambda text: gzip.compress(text[:100]) + gzip.compress(text[100:])),
    "packed, another sum": packed(lambda text: gzip.compress(text)[:-8] + b"12345678"),
    "packed, it says": packed(bytes),
    "packed in a way not asked for": body(Content_Encoding="br"),
    "HTML by its type": body(Content_Type="text/html"),
    "no type": body(Content_Type=""),
    "two types": body(Content_Type=f"{JSON}, text/html"),
    **{f"{status}": body(status=status) for status in (200, 201, 206, 299, 500, 999)},
    "somebody else's run": edited(id=OTHER, filters={"session_ids": ["other"]}),
    "somebody else's run as a 200": body(
        lambda run: said({**run, "id": OTHER, "filters": {"session_ids": ["other"]}}), status=200
    ),
    "an id that is none": edited(id="5"),
    "an id in braces": body(lambda run: said({**run, "id": f"{{{run['id']}}}"})),
    "a time that is none": edited(created_at="2026-12-31T23:59:60+00:00"),
    "a time of no calendar": edited(created_at="9999-12-31T23:59:59.999999-23:59"),
    "a list": body(lambda run: said([run])),
    "null": body(lambda _: b"null"),
    "nothing": body(lambda _: b""),
    "two runs": body(lambda run: said(run) * 2),
    "a shorter length": body(Content_Length="20"),
    "a longer length": body(Content_Length="2000000"),
}
LISTS = {
    "items twice": more(b', "items": []', status=200),
    "empty beside its total": body(lambda page: said({**page, "items": []}), 200),
    "another offset": body(lambda page: said({**page, "offset": page["offset"] + 7}), 200),
    "the oldest first": body(lambda page: said({**page, "items": page["items"][::-1]}), 200),
    "a total below 0": body(lambda page: said({**page, "total": -1}), 200),
    "a total of 30 digits": body(lambda page: said({**page, "total": 10**30}), 200),
    "no times": body(lambda page: said({**page, "items": [{**run, "created_at": None} for run in page["items"]]}), 200),
    "each run twice": body(lambda page: said({**page, "items": [run for run in page["items"] for _ in "12"]}), 200),
    **{
        f"{status}": body(lambda _: b"<html>", status, Content_Type="text/html") for status in (206, 302, 403, 404, 503)
    },
}


class _Hostile(_Handler):
    """Answers the first create, or the list after it, as it is told to."""

    def do_POST(self):  # noqa: N802  (the name is http.server's)
        service = self.server
        service.requests.append(("POST", self.path))
        run = service.create(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.close_connection = True
        if service.to_creates and service.count("POST") == 1:
            self.say(*service.to_creates(run))
        elif not service.to_lists or service.count("POST") > 1:
            self.answer(202, run)

    def do_GET(self):  # noqa: N802  (the name is http.server's)
        service, asked = self.server, parse_qs(urlsplit(self.path).query)
        if not service.to_lists or not service.count("POST") or service.direct or "limit" not in asked:
            return super().do_GET()
        page = service.page(int(asked["limit"][0]), int(asked.get("offset", ["0"])[0]))
        return self.say(*service.to_lists(page))

    def say(self, status, headers, content):
        self.send_response_only(status)
        for name, text in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        with contextlib.suppress(OSError):  # who has heard enough hangs up
            self.wfile.write(content)


def blocking(url, deadline):
    with client(url, "answers", deadline=deadline) as panda:
        return panda.session_runs.create_batch(session_ids=["s"], metrics=METRICS)


def on_asyncio(url, deadline):
    async def main():
        async with AsyncPandaProbe(
            ApiKey(KEY, "answers"), base_url=url, backoff=QUICK, timeout=5, deadline=deadline
        ) as panda:
            return await panda.session_runs.create_batch(session_ids=["s"], metrics=METRICS)

    return asyncio.run(main())


def attacked(creates: Answer | None, lists: Answer | None, create, deadline) -> str:
    """What is wrong with what came of one create; empty where nothing is."""
    service = Service()
    service.RequestHandlerClass = _Hostile
    service.to_creates, service.to_lists, service.direct = creates, lists, False
    older = service.create({"session_ids": ["older"], "metrics": METRICS})["id"]
    try:
        try:
            got = str(create(service.url, deadline).id)
        except OutcomeUnknown as error:
            service.direct = True
            with client(service.url, "answers") as panda:
                found = panda.session_runs.resolve(error)
                got = found and str(found.id)
        except ContractViolation as error:
            got = error.run_id
        except PandaProbeError as error:
            got = repr(error)
        except Exception as error:  # noqa: BLE001  (none is let through)
            got = f"raw {error!r}"
        made = [run_id for run_id in service.made() if run_id != older]
        return "" if made == [got] else f"{len(made)} runs, told of {got}"
    finally:
        service.shutdown()
        service.server_close()


def attack(answers, place, deadline):
    def run():
        wrong = []
        for name, answer in answers.items():
            for create in (blocking, on_asyncio):
                told = attacked(*((answer, None) if place == "creates" else (None, answer)), create, deadline)
                if told:
                    wrong.append(f"{name}, {create.__name__}: {told}")
        figure = f"{2 * len(answers)} creates, one run each and the right one but for {len(wrong)}"
        return Result(f"{figure}{f': {wrong}' if wrong else ''}", not wrong)

    return run


ATTACKS = [
    Attack("hostile answers to creates", "one run each, and its id told", attack(CREATES, "creates", 15)),
    Attack("a lost answer, and hostile lists", "one run each, found or unknown", attack(LISTS, "lists", 1)),
]
