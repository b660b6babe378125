"""A new operation, create or kind of runs is its page of openapi.yaml: both clients and the command line have it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import generate
from tools.extensions import complaints
from tools.operations import Operations

PAGE = """
  /evaluations/notes/{note_id}:
    parameters:
      - name: note_id
        in: path
        required: true
        description: The note's id.
        schema: { type: string, format: uuid, x-model: Note }
        example: 3c90c3cc-0d44-4b50-8888-8dd25736052a
    get:
      tags: [notes]
      operationId: read_note
      x-method: get
      summary: Read a note
      description: The note as it stands.
      x-effect: reads
      parameters:
        - name: colour
          in: query
          description: Only where it has this colour.
          schema: { type: string, enum: [red, blue] }
          example: red
      responses:
        "200": &note
          description: The note.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Note" }
              examples:
                one: { summary: A note, value: { id: 3c90c3cc-0d44-4b50-8888-8dd25736052a, text: hello } }
        "404": { $ref: "#/components/responses/RunNotFound" }
    delete:
      tags: [notes]
      operationId: delete_note
      x-method: delete
      summary: Delete a note
      description: It is gone.
      x-effect: deletes
      responses:
        "204": { description: It is gone. }
        "404": { $ref: "#/components/responses/RunNotFound" }
  /evaluations/notes:
    get:
      tags: [notes]
      operationId: list_notes
      x-method: list
      summary: List the notes
      description: One page of them.
      x-effect: reads
      x-paging: { size: limit, skip: offset }
      parameters:
        - { name: limit, in: query, description: How many, schema: { type: integer, minimum: 1, maximum: 2 }, example: 2 }
        - { name: offset, in: query, description: From where, schema: { type: integer, minimum: 0 }, example: 0 }
      responses:
        "200":
          description: A page.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/NotePage" }
              examples:
                none: { summary: None, value: { items: [], total: 0 } }
    post:
      tags: [notes]
      operationId: write_note
      x-method: create
      summary: Write a note
      description: Another one each time.
      x-effect: creates
      x-lookup:
        list: list_notes
        get: read_note
        stamp: created_at
        item: { /text: $request.body#/text }
      requestBody:
        required: true
        description: What it says.
        content:
          application/json:
            schema: { $ref: "#/components/schemas/NewNote" }
            examples: { one: { summary: A note, value: { text: hello } } }
      responses: { "201": *note }
  /evaluations/labels:
    get:
      tags: [labels]
      operationId: find_labels
      x-method: find
      summary: Find labels
      description: Labels with these names.
      x-effect: reads
      parameters:
        - name: names
          in: query
          description: Any of these.
          style: form
          explode: true
          schema: { type: array, items: { type: string, enum: [a, b] }, minItems: 1 }
          example: [a]
        - name: since
          in: query
          description: Made no earlier.
          schema: { type: string, format: date }
          example: "2026-01-01"
        - name: seen
          in: query
          description: Seen at one of these times.
          style: form
          explode: true
          schema: { type: array, items: { type: string, format: date-time } }
          example: ["2026-01-01T00:00:00Z"]
      responses:
        "200":
          description: The labels.
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Label" } } } }
        "404": { $ref: "#/components/responses/RunNotFound" }
    put:
      tags: [labels]
      operationId: put_label
      x-method: put
      summary: Put a label
      description: Puts it in the place of another.
      x-effect: updates
      requestBody:
        required: true
        description: The label.
        content:
          application/json: { schema: { $ref: "#/components/schemas/NewLabel" } }
      responses:
        "200": &label
          description: The label.
          content: { application/json: { schema: { $ref: "#/components/schemas/Label" } } }
    post:
      tags: [labels]
      operationId: add_label
      x-method: add
      summary: Add a label
      description: Another one each time, and nothing lists them.
      x-effect: creates
      requestBody:
        required: true
        description: The label.
        content:
          application/json: { schema: { $ref: "#/components/schemas/NewLabel" } }
      responses: { "200": *label }
  /evaluations/labels/{label_id}:
    parameters:
      - name: label_id
        in: path
        required: true
        description: The label's number.
        schema: { type: integer, minimum: 1 }
        example: 7
    patch:
      tags: [labels]
      operationId: change_label
      x-method: change
      summary: Change a label
      description: Changes what is given.
      x-effect: updates
      requestBody:
        required: true
        description: What to change.
        content:
          application/json: { schema: { $ref: "#/components/schemas/LabelChange" } }
      responses: { "200": *label }
    delete:
      tags: [labels]
      operationId: remove_label
      x-method: remove
      summary: Remove a label
      description: Removes it, and says what it was.
      x-effect: deletes
      responses: { "200": *label }
  /evaluations/thread-runs:
    get:
      tags: [thread_runs]
      operationId: list_thread_runs
      x-method: list
      summary: List runs over threads
      description: One page of them.
      x-effect: reads
      x-paging: { size: limit, skip: offset }
      parameters:
        - { name: limit, in: query, description: How many, schema: { type: integer, minimum: 1, maximum: 2 }, example: 2 }
        - { name: offset, in: query, description: From where, schema: { type: integer, minimum: 0 }, example: 0 }
      responses:
        "200":
          description: A page.
          content: { application/json: { schema: { $ref: "#/components/schemas/EvalRunPage" } } }
  /evaluations/thread-runs/{run_id}:
    get:
      tags: [thread_runs]
      operationId: get_thread_run
      x-method: get
      summary: Read a run over threads
      description: As it stands.
      x-effect: reads
      parameters: [{ $ref: "#/components/parameters/RunId" }]
      responses:
        "200":
          description: The run.
          content: { application/json: { schema: { $ref: "#/components/schemas/EvalRun" } } }
  /evaluations/thread-runs/{run_id}/scores:
    get:
      tags: [thread_runs]
      operationId: list_thread_run_scores
      x-method: scores
      summary: Read the scores of a run over threads
      description: All of them.
      x-effect: reads
      parameters: [{ $ref: "#/components/parameters/RunId" }]
      responses:
        "200":
          description: The scores.
          content:
            application/json: { schema: { type: array, items: { $ref: "#/components/schemas/ThreadScore" } } }
"""
TAGS = """  - name: notes
    description: Notes.
  - name: labels
    description: Labels.
"""
KIND = """  - name: thread_runs
    description: Runs over threads.
    x-runs:
      target_type: THREAD
      targets: thread_ids
      target: thread_id
      get: get_thread_run
      list: list_thread_runs
      scores: list_thread_run_scores
"""
SCHEMAS = """
    Note:
      type: object
      description: A note.
      required: [id, text, created_at]
      additionalProperties: true
      properties:
        id: { type: string, format: uuid, description: Its id. }
        text: { type: string, description: What it says. }
        created_at: { type: string, format: date-time, description: When it was written. }
    NewNote:
      type: object
      description: A note to write.
      required: [text]
      properties: { text: { type: string, maxLength: 5, description: What it says. } }
    Label:
      type: object
      description: A label.
      required: [id, owner]
      additionalProperties: true
      properties:
        id: { type: integer, description: Its number. }
        owner: { anyOf: [{ $ref: "#/components/schemas/Owner" }, { type: "null" }], description: Whose it is. }
    Owner:
      type: object
      description: An owner.
      required: [name]
      additionalProperties: true
      properties:
        name: { type: string, description: The name. }
        role: { type: string, enum: [admin, user], description: The role. }
    NewLabel:
      type: object
      description: A label to put.
      required: [owner]
      properties:
        owner: { $ref: "#/components/schemas/Owner" }
        weights: { type: object, additionalProperties: { type: number, minimum: 0 }, description: Weights. }
        due: { type: string, format: date, description: Until when. }
    LabelChange:
      type: object
      description: What to change.
      properties:
        owner:
          description: Whose it is.
          x-clearable: true
          anyOf: [{ $ref: "#/components/schemas/Owner" }, { type: "null" }]
    ThreadScore:
      type: object
      description: The score of a thread.
      required: [id, thread_id, name, value, status, reason, metadata, created_at]
      additionalProperties: true
      properties:
        id: { type: string, format: uuid, description: Its id. }
        thread_id: { type: string, description: The thread. }
        name: { type: string, description: The metric. }
        value: { type: string, description: From 0 to 1. }
        status: { $ref: "#/components/schemas/ScoreStatus" }
        reason: { type: [string, "null"], description: Why. }
        metadata: { type: object, additionalProperties: true, description: More. }
        created_at: { type: string, format: date-time, description: When it was made. }
    NotePage:
      type: object
      description: A page of notes.
      required: [items, total]
      additionalProperties: true
      properties:
        items: { type: array, description: The notes., items: { $ref: "#/components/schemas/Note" } }
        total: { type: integer, minimum: 0, description: All of them. }
"""
PROGRAM = """
import asyncio, inspect, json, os, subprocess, sys, threading, uuid
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pandaprobe_evals import ApiKey, AsyncPandaProbe, InvalidArgument, PandaProbe

ids = [str(uuid.UUID(int=number)) for number in range(1, 4)]
START = datetime(2026, 11, 1, tzinfo=UTC)
notes = [{"id": each, "text": "hello", "created_at": START.isoformat()} for each in ids]
run = {"id": ids[0], "name": "nightly", "status": "COMPLETED", "target_type": "THREAD", "metric_names": ["calm"],
       "project_id": ids[0], "filters": {"thread_ids": ["t-1", "t-2"]}, "sampling_rate": 1, "model": None,
       "monitor_id": None, "evaluated_count": 2, "failed_count": 0, "total_targets": 2, "error_message": None,
       "created_at": START.isoformat(), "completed_at": START.isoformat()}
scores = [{"id": each, "thread_id": thread, "name": "calm", "value": "0.8", "status": "SUCCESS", "reason": None,
           "metadata": {}, "created_at": START.isoformat()} for each, thread in zip(ids, ["t-1", "t-2"])]
seen, lost = [], []

class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        path, _, query = self.path.partition("?")
        given = dict(pair.split("=") for pair in query.split("&") if pair)
        seen.append((self.command, path, given))
        page = slice(int(given.get("offset", 0)), int(given.get("offset", 0)) + int(given.get("limit", 2)))
        match self.command, path.removeprefix("/evaluations").split("/")[1:]:
            case "GET", ["notes"]:
                self.say(200, {"items": notes[page], "total": len(notes)})
            case "POST", ["notes"]:
                made = datetime.now(UTC).isoformat()
                notes.insert(0, {"id": str(uuid.uuid4()), "created_at": made, **json.loads(body)})
                if lost:  # it is made, and its answer does not arrive
                    lost.pop()
                    self.close_connection = True
                else:
                    self.say(201, notes[0])
            case "DELETE", ["notes", _]:
                self.say(204)
            case "GET", ["notes", _]:
                self.say(200, notes[-1])
            case verb, ["labels", *_]:
                asked = [verb, self.path.partition("labels")[2], json.loads(body or "null")]
                label = {"id": 7, "owner": None, "sent": asked}
                self.say(200, [label] if verb == "GET" else label)
            case "GET", ["thread-runs"]:
                self.say(200, {"items": [run][page], "total": 1, "limit": 2, "offset": 0})
            case "GET", ["thread-runs", _]:
                self.say(200, run)
            case "GET", ["thread-runs", _, "scores"]:
                self.say(200, scores)
            case _:
                self.say(404, {"detail": "Not Found"})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def say(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
options = dict(auth=ApiKey("sk_pp_x", project="p"), base_url=url, deadline=20)

with PandaProbe(**options) as panda:
    note = panda.notes.get(ids[0], colour="red", deadline=5)
    assert note.text == "hello" and type(note).__name__ == "Note"
    assert {str(each.id) for each in panda.notes.list(page_size=2)} == set(ids)
    panda.notes.delete(note)
    for wrong in ({"colour": "green"}, {"note_id": "nope"}):
        try:
            panda.notes.get(**{"note_id": ids[0], **wrong})
        except InvalidArgument as error:
            assert str(error).startswith(next(iter(wrong)) + ": "), error
        else:
            raise AssertionError(wrong)
    assert "Only where it has this colour." in inspect.getdoc(panda.notes.get)
    assert "NotFound: " in inspect.getdoc(panda.notes.get)
    assert seen[0] == ("GET", f"/evaluations/notes/{ids[0]}", {"colour": "red"}), seen

    [found] = panda.labels.find(names=["a", "b"], since="2026-01-01", seen=["2026-01-01"])
    asked = "?names=a&names=b&since=2026-01-01&seen=2026-01-01T00%3A00%3A00%2B00%3A00"
    assert found["sent"] == ["GET", asked, None], found
    label = {"owner": {"name": "Eve", "role": "admin"}, "weights": {"a": 1}, "due": date(2026, 1, 1)}
    assert panda.labels.put(**label)["sent"] == ["PUT", "", {**label, "due": "2026-01-01"}]
    assert panda.labels.add(**label)["sent"] == ["POST", "", {**label, "due": "2026-01-01"}]
    assert inspect.signature(panda.labels.add).return_annotation == "models.Label"
    assert type(panda.labels.add(**label)).__name__ == "Label"
    assert panda.labels.change(7, clear=["owner"])["sent"] == ["PATCH", "/7", {"owner": None}]
    assert panda.labels.remove(7)["sent"] == ["DELETE", "/7", None]
    for wrong in ({"since": "soon"}, {"names": []}, {"names": ["c"]}, {"seen": ["soon"]}):
        try:
            panda.labels.find(**wrong)
        except InvalidArgument as error:
            assert str(error).startswith(next(iter(wrong))), error
        else:
            raise AssertionError(wrong)
    for wrong, said in (
        ({"owner": {"role": "admin"}}, "owner: has no name"),
        ({"owner": {"name": "E", "role": "boss"}}, "owner['role']: 'boss' is not one of admin, user"),
        ({"owner": {"name": "E"}, "weights": {"a": -1}}, "weights['a']: must be at least 0, not -1"),
    ):
        try:
            panda.labels.put(**wrong)
        except InvalidArgument as error:
            assert str(error) == said, error
        else:
            raise AssertionError(wrong)

    lost.append(True)
    made = panda.notes.create(text="twice")
    assert made.reconciled and [each["text"] for each in notes].count("twice") == 1
    assert not panda.notes.create(text="once").reconciled
    assert callable(panda.notes.resolve)

    outcome = panda.thread_runs.wait(ids[0])
    assert (outcome.result, outcome.target, outcome.ok) == ("succeeded", "thread", True), outcome
    assert [row["thread_id"] for row in outcome.to_dicts()] == ["t-1", "t-2"]
    assert [each.result for each in panda.thread_runs.wait(panda.thread_runs.list())] == ["succeeded"]
    try:
        panda.session_runs.get(outcome.run)
    except InvalidArgument as error:
        assert "use thread_runs" in str(error)
    else:
        raise AssertionError("a run over threads was taken for one over sessions")

async def main():
    async with AsyncPandaProbe(**options) as panda:
        assert (await panda.labels.find(seen=[START]))[0]["sent"][2] is None
        assert (await panda.labels.change(7, owner={"name": "Eve"}))["sent"][2] == {"owner": {"name": "Eve"}}
        assert (await panda.labels.remove(7)).id == 7
        note = await panda.notes.get(ids[0])
        await panda.notes.delete(note)
        assert len([each async for each in panda.notes.list()]) == len(notes)
        lost.append(True)
        assert (await panda.notes.create(text="later")).reconciled
        assert (await panda.thread_runs.wait(ids[0])).ok
        assert [each.ok for each in await panda.thread_runs.wait([ids[0]])] == [True]

asyncio.run(main())

where = {**os.environ, "PANDAPROBE_API_KEY": "sk_pp_x", "PANDAPROBE_PROJECT_NAME": "p", "PANDAPROBE_ENDPOINT": url}

def typed(*words):
    done = subprocess.run([sys.executable, "-m", "pandaprobe_evals", *words], env=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]

assert typed("call", "notes.get", ids[0], "colour=red")[0]["text"] == "hello"
assert typed("call", "notes.create", "text=typed")[0]["id"] == notes[0]["id"]
assert len(typed("call", "notes.list", "--limit", "3")) == 3
typed("call", "notes.delete", ids[0], "--yes")
assert typed("call", "labels.change", "7", 'owner:={"name": "Eve"}')[0]["sent"][2] == {"owner": {"name": "Eve"}}
assert typed("call", "labels.find", 'names:=["a"]')[0]["sent"][1] == "?names=a"
assert typed("call", "labels.remove", "7", "--yes")[0]["sent"] == ["DELETE", "/7", None]
typed("call", "notes.delete", ids[0], "--yes")
assert seen[-1] == ("DELETE", f"/evaluations/notes/{ids[0]}", {}), seen[-1]
assert [each["id"] for each in typed("runs", "list", "--target", "thread")] == [ids[0]]
assert [each["value"] for each in typed("runs", "scores", ids[0], "--target", "thread")] == ["0.8", "0.8"]
assert [each["target"] for each in typed("watch", ids[0], "--target", "thread") if each["event"] == "outcome"] == ["thread"]
"""


@pytest.mark.slow
@pytest.mark.once
def test_both_clients_have_a_new_operation_from_its_page_alone(tmp_path: Path) -> None:
    text = generate.DOCUMENT.read_text(encoding="utf-8")
    text = text.replace("\ncomponents:\n", f"{PAGE}\ncomponents:\n", 1)
    text = text.replace("\n  schemas:\n", f"\n  schemas:{SCHEMAS}\n", 1)
    text = text.replace("\npaths:\n", f"{TAGS}{KIND}\npaths:\n", 1)
    filters = "    EvalRunFilters:\n"
    before, after = text.split(filters)
    named = "      properties:\n"
    ids = f"{named}        thread_ids: {{ type: array, description: The threads., items: {{ type: string }} }}\n"
    text = before + filters + after.replace(named, ids, 1)
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    document = generate.read_document(tmp_path / "openapi.yaml")
    assert [*complaints(document), *Operations(document).complaints()] == []
    generate.generate(tmp_path / "openapi.yaml", tmp_path / generate.PACKAGE.name)
    runs = (tmp_path / generate.PACKAGE.name / "resources" / "thread_runs.py").read_text(encoding="utf-8")
    assert runs.count(") -> Outcome[models.ThreadScore]:") == 2, "for type checkers, blocking and for asyncio"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
