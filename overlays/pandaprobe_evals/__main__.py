"""`python -m pandaprobe_evals`: the command line."""

from .cli import main

main()
