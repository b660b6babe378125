# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Whose models can judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    import builtins

    from .. import models
    from .protocol import CallOptions, Sender


class Providers:
    """Whose models can judge.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.Provider]:
        """List whose models can judge.

        Every provider of models that the service knows, and whether it has a key for
        it. No run checks its `model`: where the provider is not available the run makes
        failed scores, and is billed. Whether the key works, or the model exists, is not
        checked here either.

        Returns:
            The providers.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.Provider] = self._sender.send(
            "list_providers", {}, call
        )
        return answer


class AsyncProviders:
    """Whose models can judge.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.Provider]:
        """List whose models can judge.

        Every provider of models that the service knows, and whether it has a key for
        it. No run checks its `model`: where the provider is not available the run makes
        failed scores, and is billed. Whether the key works, or the model exists, is not
        checked here either.

        Returns:
            The providers.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.Provider] = await self._sender.send(
            "list_providers", {}, call
        )
        return answer
