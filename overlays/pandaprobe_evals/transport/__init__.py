"""Sends one request of the contract safely: paced, in time, again where that is safe, its answer held to the contract."""

from .exchange import SENDING, AsyncPolicyTransport, CallState, Exchange, PolicyTransport, current_call

__all__ = ["SENDING", "AsyncPolicyTransport", "CallState", "Exchange", "PolicyTransport", "current_call"]
