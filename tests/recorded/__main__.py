"""Hold a deployment against the recorded answers of the real service, or record a deployment's.

    make recorded URL=http://localhost:8000 KEY=sk_pp_... [PROJECT=NAME] [ONLY=runs|plane]
    make record URL=http://localhost:8000 KEY=sk_pp_... [PROJECT=NAME] [ONLY=runs|plane]

The first prints what differs; exit code 0: nothing does, 1: something, 2: it could not be asked. The second writes
tests/recorded/NAME.recorded.jsonl anew. Both make traces, runs and scores in a new project, and runs are billed.
"""

import argparse
import http.client
import json
import os
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from .asking import FOLDER, SCENARIOS, Deployment, ask_all, compare, questions


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.recorded", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["compare", "record"])
    parser.add_argument("--url", default=os.environ.get("URL", ""), help="the deployment; also $URL")
    parser.add_argument("--project", default=os.environ.get("PROJECT", ""), help="its project; a new one by default")
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), help="one of the scenarios: runs or plane")
    given = parser.parse_args(arguments)
    key = os.environ.get("KEY", "")
    address = urlsplit(given.url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        parser.error("URL: give the deployment's address, such as URL=http://localhost:8000")
    if not key:
        parser.error("KEY: give an API key of the deployment, such as KEY=sk_pp_...")
    if given.only not in {"", *SCENARIOS}:
        parser.error(f"ONLY: {given.only!r} is not one of {', '.join(SCENARIOS)}")
    scenarios = [given.only] if given.only else list(SCENARIOS)
    try:
        of = Deployment(given.url, key, given.project) if given.project else Deployment(given.url, key)
        return _record(scenarios, of) if given.verb == "record" else _compare(scenarios, of)
    except (OSError, http.client.HTTPException) as error:
        print(f"{given.url} cannot be asked: {error or type(error).__name__}", file=sys.stderr)
        return 2


def _compare(scenarios: list[str], of: Deployment) -> int:
    differ = 0
    for scenario in scenarios:
        asked = agree = 0
        for finding in compare(scenario, of):
            asked += 1
            agree += not finding.differs
            if finding.differs:
                print(f"{scenario} {finding.question.id} differs")
                print(*(f"    {difference}" for difference in finding.differs), sep="\n", flush=True)
        print(f"{scenario}: {agree} of {asked} answers agree", flush=True)
        differ += asked - agree
    return int(differ > 0)


def _record(scenarios: list[str], of: Deployment) -> int:
    for scenario in scenarios:
        lines = [json.dumps(answer, ensure_ascii=False) for answer in ask_all(questions(scenario), of)]
        path = FOLDER / f"{scenario}.recorded.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        print(f"{scenario}: {len(lines)} answers recorded in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
