"""The same flows over the generated client, against the sandbox in process, with its clock held."""

import pytest
from pandaprobe_evals.errors import NotFound, WaitTimeout
from pandaprobe_evals.flow import AtOnce, Sleep
from pandaprobe_evals.outcomes import target_count
from pandaprobe_evals.runs import run_kinds
from pandaprobe_evals.waiting import Poller, WaitPolicy, wait_flow
from pandaprobe_evals_api import Client
from pandaprobe_evals_api.api.session_runs import create_batch_session_eval_run, delete_session_eval_run
from pandaprobe_evals_api.models import CreateBatchSessionEvalRunRequest
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, HeldClock, Sandbox


class Service:
    def __init__(self, **options):
        self.clock = HeldClock()
        self.sandbox = Sandbox(clock=self.clock, rate_limit=None, read_limit=None, **options)
        self.client = Client(
            base_url="http://sandbox",
            headers={"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME},
            httpx_args={"transport": self.sandbox.transport()},
        )
        self.watch = Poller(run_kinds()["session_runs"], wall=self.clock.now, uniform=lambda: 0.0)

    def create(self, *ids):
        body = CreateBatchSessionEvalRunRequest(session_ids=list(ids), metrics=["agent_reliability"])
        return create_batch_session_eval_run.sync(client=self.client, body=body)

    def wait(self, ids, **options):
        flow = wait_flow(self.watch, ids, clock=self.clock.now, policy=WaitPolicy(), **options)
        answer, error = None, None
        while True:
            try:
                step = flow.throw(error) if error else flow.send(answer)
            except StopIteration as stop:
                return stop.value
            answer, error = None, None
            if isinstance(step, Sleep):
                self.clock.advance(step.seconds)
                continue
            self.clock.advance(0.01)
            if isinstance(step, AtOnce):
                answer = [
                    call.operation.sync_detailed(client=self.client, **call.arguments).parsed for call in step.calls
                ]
                continue
            response = step.operation.sync_detailed(client=self.client, **step.arguments)
            answer = response.parsed
            if response.status_code == 404:
                error = NotFound("404")


@pytest.fixture
def service():
    service = Service()
    with service.sandbox:
        yield service


CASES = {
    "good": ("succeeded", True),
    "ghost-1": ("succeeded", False),
    "unjudged-1": ("succeeded", False),
    "fail-1": ("completed_with_failures", False),
    "crash-1": ("failed", False),
    "crash-once-1": ("succeeded", True),
    "stall-1": ("stalled", False),
    "pending-1": ("stalled", False),
}


def test_every_kind_of_run_is_told_for_what_it_is(service):
    runs = [service.create(id_, "filler") for id_ in CASES]
    outcomes = service.wait(run.id for run in runs)
    assert [(outcome.result, outcome.ok) for outcome in outcomes] == list(CASES.values())
    assert outcomes[1].without_score == ("ghost-1",)
    assert [score.session_id for score in outcomes[2].scores_without_evidence] == ["unjudged-1"]
    assert outcomes[3].failed_pairs == 1


def test_a_run_of_an_older_deployment_is_waited_for_as_well():
    service = Service(total_field="total_traces")
    [outcome] = service.wait([service.create("a", "b")])
    assert outcome.ok
    assert target_count(outcome.run) == 2


def test_a_deleted_run_is_told(service):
    run = service.create("pending-1")
    with pytest.raises(WaitTimeout):
        service.wait([run.id], timeout=1)
    delete_session_eval_run.sync_detailed(client=service.client, run_id=run.id)
    assert service.wait([run.id])[0].result == "deleted"


def test_sixty_runs_are_watched_by_pages_and_their_scores_read_by_pages(service):
    runs = [service.create(f"a-{n}", f"b-{n}") for n in range(60)]
    service.sandbox.requests.clear()
    before = len(service.sandbox.requests)
    outcomes = service.wait(runs)
    assert all(outcome.ok for outcome in outcomes)
    assert len(service.sandbox.requests) - before < 15
