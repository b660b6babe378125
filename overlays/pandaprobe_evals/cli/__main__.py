"""`python -m pandaprobe_evals.cli`."""

from . import main

main()
