"""What every route needs: the service, who asks, and the forms of a query's values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from .auth import Caller, authenticate
from .clock import Clock
from .database import Breakdown
from .ingestion import seconds
from .limits import FixedWindow
from .store import Store
from .worker import Timing
from .writing import TotalField

__all__ = ["Limit", "Offset", "Service", "The", "Who", "caller", "query_seconds"]


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes need."""

    store: Store
    clock: Clock
    timing: Timing
    total_field: TotalField
    creates: FixedWindow | None
    others: FixedWindow | None


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


The = Annotated[Service, Depends(_service)]


async def caller(request: Request, service: The) -> Caller:
    """Say who asks, by the request's headers."""
    return authenticate(request.headers, service.store)


Who = Annotated[Caller, Depends(caller)]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0)]


def query_seconds(moment: datetime | None) -> float | None:
    """Read a query's time, which the service breaks on where it is beyond all calendars."""
    try:
        return None if moment is None else seconds(moment)
    except OverflowError as error:
        raise Breakdown(str(error)) from None
