"""Sends one request of the contract safely: paced, in time, again where that is safe, its answer held to the contract."""

from .call import CallState, current_call, recorder
from .exchange import SENDING, Exchange
from .failures import answer_error, may_exist
from .reading import Answered
from .senders import AsyncPolicyTransport, PolicyTransport

__all__ = [
    "SENDING",
    "Answered",
    "AsyncPolicyTransport",
    "CallState",
    "Exchange",
    "PolicyTransport",
    "answer_error",
    "current_call",
    "may_exist",
    "recorder",
]
