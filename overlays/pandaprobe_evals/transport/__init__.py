"""Sends one request of the contract safely: paced, in time, again where that is safe, its answer held to the contract."""

from .call import CallState, current_call, recorder
from .exchange import SENDING, Exchange
from .failures import answer_error, may_exist
from .senders import AsyncPolicyTransport, PolicyTransport

__all__ = [
    "SENDING",
    "AsyncPolicyTransport",
    "CallState",
    "Exchange",
    "PolicyTransport",
    "answer_error",
    "current_call",
    "may_exist",
    "recorder",
]
