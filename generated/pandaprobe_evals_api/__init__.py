# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""A client library for accessing PandaProbe session evaluations"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
