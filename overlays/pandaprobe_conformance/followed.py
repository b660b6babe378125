"""The operations whose meaning the check knows, by their ids in openapi.yaml. Any other is only asked who may call it."""

from typing import Final

BATCH: Final = "create_batch_session_eval_run"
BY_FILTERS: Final = "create_session_eval_run"
LIST: Final = "list_session_eval_runs"
GET: Final = "get_session_eval_run"
DELETE: Final = "delete_session_eval_run"
RETRY: Final = "retry_session_eval_run"
SCORES: Final = "list_session_eval_run_scores"
METRICS: Final = "list_session_metrics"
ALL_SCORES: Final = "list_session_scores"
CREATES: Final = (BATCH, BY_FILTERS)
PAGED: Final = (LIST, ALL_SCORES)
OF_A_RUN: Final = (GET, DELETE, RETRY, SCORES)
FOLLOWED: Final = frozenset((*CREATES, *PAGED, *OF_A_RUN, METRICS))
