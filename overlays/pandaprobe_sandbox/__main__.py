"""`python -m pandaprobe_sandbox`: the sandbox on a port."""

import sys

from .server import main

if __name__ == "__main__":
    sys.exit(main())
