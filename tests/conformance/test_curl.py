"""A line that a violation prints repeats the request in a shell, with the secret as a variable."""

import os
import subprocess

import pytest
from pandaprobe_conformance.credentials import _altered, _other_ways
from pandaprobe_conformance.wire import Exchange, Pair
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN

from .conftest import MODES

VARIABLES = {
    "PANDAPROBE_API_KEY": API_KEY,
    "PANDAPROBE_PROJECT_NAME": PROJECT_NAME,
    "PANDAPROBE_TOKEN": TOKEN,
    "PANDAPROBE_PROJECT_ID": PROJECT_ID,
}


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("mode", MODES)
def test_every_header_reads_in_a_shell_as_it_was_sent(mode, shell):
    own = Pair.of(MODES[mode])
    headers = [own.secret, own.project, *(header for _, header in _altered(own.secret))]
    headers += [header for _, _, several in _other_ways(own.secret) for header in several]
    exchange = Exchange("GET", "http://localhost/x?y=$z", tuple(headers), None)
    line = exchange.curl()
    assert API_KEY not in line
    env = {**os.environ, **VARIABLES}
    said = subprocess.run(
        [shell, "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}; {line}"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[1:] == [
        *(part for one in headers for part in ("-H", f"{one.name}: {one.value.reveal()}")),
        "http://localhost/x?y=$z",
    ]
