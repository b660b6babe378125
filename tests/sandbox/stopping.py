"""Sandboxes in processes of their own that are told to stop, at any moment and again and again."""

import random
import signal
import subprocess
import sys
import time

COMMAND = [sys.executable, "-m", "pandaprobe_evals", "sandbox", "--port", "0"]
PATIENCE = 20.0


AT_A_LINE = """
import os, signal, sys
from pandaprobe_sandbox import run

left = int(sys.argv[1])

def trace(frame, event, argument):
    global left
    if event == "line" and sys.stdout.told:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGTERM)
    return trace

class Told:
    told = False
    write = sys.__stdout__.write

    def flush(self):
        Told.told = True

sys.stdout = Told()
sys.settrace(trace)
sys.exit(run(port=0))
"""
"""Serves, and tells itself to stop at the n-th line that its main thread runs from then on."""


def stopped_at_line(number):
    """Whether a sandbox ends that gets a signal between two certain lines of its waiting."""
    command = [sys.executable, "-c", AT_A_LINE, str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        return ends(process)


def start():
    return subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ends(process, patience=PATIENCE):
    """Whether a process ends; one that does not is killed."""
    try:
        process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return False
    return True


def stopped_once(after, number):
    """Whether a sandbox ends that gets one signal so many seconds after its start."""
    with start() as process:
        time.sleep(after)
        process.send_signal(number)
        return ends(process)


def stormed(signals=300):
    """Whether a sandbox ends that gets one signal upon another while it waits: each may meet the handler of the last."""
    with start() as process:
        process.stdout.readline()
        for number in range(signals):
            process.send_signal(signal.SIGTERM if number % 2 else signal.SIGINT)
            if process.poll() is not None:
                break
        return ends(process)


def deaf(processes, *, seed, longest=1.5):
    """How many of so many sandboxes do not end, each told once, at a moment of its own."""
    chance = random.Random(seed)
    told = [(chance.uniform(0, longest), chance.choice((signal.SIGINT, signal.SIGTERM))) for _ in range(processes)]
    return sum(not stopped_once(after, number) for after, number in told)
