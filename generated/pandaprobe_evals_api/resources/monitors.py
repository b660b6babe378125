# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Runs by filters that are stored, and made again and again; look after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    from uuid import UUID

    from .. import models
    from .protocol import AsyncSender, CallOptions, Sender


class Monitors:
    """Runs by filters that are stored, and made again and again; look after them.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "monitors"

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        status: models.MonitorStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[models.Monitor, models.MonitorPage]:
        """List monitors, newest first.

        One page of the project's monitors. A monitor is a run by filters that is
        stored, and made again and again; each time it evaluates EVERYTHING that
        matches, from the beginning of time, and is billed for it.

        Args:
            status: Only monitors in this state.
            page_size: Monitors on the page, 1 to 200. The service uses 50 where
                none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_monitors", {"status": status, "limit": page_size}, call
        )
        return Paged(pages)

    def get(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Read one monitor.

        The monitor as it stands. Whether it works is not said: a run that was skipped,
        filters that match nothing or that cannot be read, and a used-up quota look the
        same. `next_run_at` moves on, and `last_run_at` does not. So hold `last_run_at`
        against `cadence`, which tells something where `only_if_changed` is false.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "get_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def delete(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a monitor.

        Deletes the monitor. Its runs stay, with `monitor_id` null; one that is under
        way goes on.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send("delete_monitor", {"monitor_id": monitor_id}, call)

    def pause(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Pause a monitor.

        The monitor makes no runs by itself until it is resumed. Twice is as good as
        once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "pause_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def resume(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Let a paused monitor run again.

        The next run is one cadence from now; what was missed is not caught up. Twice is
        as good as once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "resume_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def runs(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[models.EvalRun, models.EvalRunPage]:
        """List the runs of one monitor, newest first.

        One page of the runs that the monitor has made, by itself or because it was
        triggered. They are runs over sessions or over traces, by the monitor's
        `target_type`, and can be waited for as such.

        Args:
            monitor_id: The monitor's id.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        pages = self._sender.pages(
            "list_monitor_runs", {"monitor_id": monitor_id, "limit": page_size}, call
        )
        return Paged(pages)


class AsyncMonitors:
    """Runs by filters that are stored, and made again and again; look after them.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "monitors"

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        status: models.MonitorStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[models.Monitor, models.MonitorPage]:
        """List monitors, newest first.

        One page of the project's monitors. A monitor is a run by filters that is
        stored, and made again and again; each time it evaluates EVERYTHING that
        matches, from the beginning of time, and is billed for it.

        Args:
            status: Only monitors in this state.
            page_size: Monitors on the page, 1 to 200. The service uses 50 where
                none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_monitors", {"status": status, "limit": page_size}, call
        )
        return AsyncPaged(pages)

    async def get(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Read one monitor.

        The monitor as it stands. Whether it works is not said: a run that was skipped,
        filters that match nothing or that cannot be read, and a used-up quota look the
        same. `next_run_at` moves on, and `last_run_at` does not. So hold `last_run_at`
        against `cadence`, which tells something where `only_if_changed` is false.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "get_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    async def delete(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a monitor.

        Deletes the monitor. Its runs stay, with `monitor_id` null; one that is under
        way goes on.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send("delete_monitor", {"monitor_id": monitor_id}, call)

    async def pause(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Pause a monitor.

        The monitor makes no runs by itself until it is resumed. Twice is as good as
        once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "pause_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    async def resume(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Let a paused monitor run again.

        The next run is one cadence from now; what was missed is not caught up. Twice is
        as good as once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "resume_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def runs(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[models.EvalRun, models.EvalRunPage]:
        """List the runs of one monitor, newest first.

        One page of the runs that the monitor has made, by itself or because it was
        triggered. They are runs over sessions or over traces, by the monitor's
        `target_type`, and can be waited for as such.

        Args:
            monitor_id: The monitor's id.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        pages = self._sender.pages(
            "list_monitor_runs", {"monitor_id": monitor_id, "limit": page_size}, call
        )
        return AsyncPaged(pages)
