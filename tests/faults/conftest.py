"""A sandbox on a port for each module, a project for each test, and every test for both clients."""

import pytest
from pandaprobe_sandbox import Sandbox

from .world import Face, Loop, new_project


@pytest.fixture(scope="session")
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(params=["sync", "async"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def served():
    """A sandbox without a rate limit, whose runs are over at once, and its address."""
    with Sandbox(rate_limit=None, read_limit=None, speed=1000) as sandbox, sandbox.serve() as url:
        yield sandbox, url


@pytest.fixture
def sandbox(served):
    """The module's sandbox, with nothing recorded and no fault queued."""
    sandbox, _ = served
    sandbox.requests.clear()
    yield sandbox
    sandbox.faults.clear()


@pytest.fixture
def face_of(kind, loop):
    """Makes faces of the client; closes them in the end."""
    faces = []

    def make(base_url, **options):
        faces.append(Face(kind, loop, base_url, **options))
        return faces[-1]

    yield make
    for face in faces:
        face.close()


@pytest.fixture
def face(face_of, served, sandbox):
    """A client of the module's sandbox, in a project of its own."""
    return face_of(served[1], project=new_project())
