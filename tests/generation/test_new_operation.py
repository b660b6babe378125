"""A new operation is its page of openapi.yaml: both clients have it, without a line by hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import generate

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
"""
SCHEMAS = """
    Note:
      type: object
      description: A note.
      required: [id, text]
      additionalProperties: true
      properties:
        id: { type: string, format: uuid, description: Its id. }
        text: { type: string, description: What it says. }
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
import asyncio, inspect, uuid
import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, InvalidArgument, PandaProbe

ids = [str(uuid.UUID(int=number)) for number in range(3)]
seen = []

def serve(request):
    seen.append((request.method, str(request.url.copy_with(query=None)), dict(request.url.params)))
    if request.method == "DELETE":
        return httpx.Response(204)
    if request.url.path.endswith("/notes"):
        skip = int(request.url.params.get("offset", 0))
        page = [{"id": each, "text": "hello"} for each in ids][skip:][:2]
        return httpx.Response(200, json={"items": page, "total": 3})
    return httpx.Response(200, json={"id": ids[0], "text": "hello"})

options = dict(auth=ApiKey("sk_pp_x", project="p"), base_url="http://localhost", transport=httpx.MockTransport(serve))

with PandaProbe(**options) as panda:
    note = panda.notes.get(ids[0], colour="red", deadline=5)
    assert note.text == "hello" and type(note).__name__ == "Note"
    assert [str(each.id) for each in panda.notes.list(page_size=2)] == ids
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

async def main():
    async with AsyncPandaProbe(**options) as panda:
        note = await panda.notes.get(ids[0])
        await panda.notes.delete(note)
        assert [str(each.id) async for each in panda.notes.list()] == ids

blocking, seen[:] = list(seen), []
asyncio.run(main())
notes = "http://localhost/evaluations/notes"
assert blocking == [
    ("GET", f"{notes}/{ids[0]}", {"colour": "red"}),
    ("GET", notes, {"limit": "2"}),
    ("GET", notes, {"limit": "2", "offset": "2"}),
    ("DELETE", f"{notes}/{ids[0]}", {}),
], blocking
assert [method for method, _, _ in seen] == ["GET", "DELETE", "GET", "GET"], seen
"""


@pytest.mark.slow
@pytest.mark.once
def test_both_clients_have_a_new_operation_from_its_page_alone(tmp_path: Path) -> None:
    text = generate.DOCUMENT.read_text(encoding="utf-8")
    text = text.replace("\ncomponents:\n", f"{PAGE}\ncomponents:\n", 1)
    text = text.replace("\n  schemas:\n", f"\n  schemas:{SCHEMAS}\n", 1)
    text = text.replace("\npaths:\n", "  - name: notes\n    description: Notes.\n\npaths:\n", 1)
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    generate.generate(tmp_path / "openapi.yaml", tmp_path / generate.PACKAGE.name)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
