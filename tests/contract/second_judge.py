"""openapi-core as a judge of requests: a validator that is not ours, and not the one that the client uses."""

from functools import cache
from urllib.parse import quote

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from . import recorder
from .document import DOCUMENT


@cache
def _api():
    """It reads the whole document, which takes most of a second."""
    return OpenAPI.from_dict(DOCUMENT)


_ENDS_A_PATH = str.maketrans({each: quote(each) for each in ";?#"})
"""To openapi-core, which parses the path that it is given decoded."""


class _Request:
    """A request of httpx as openapi-core wants to see it."""

    def __init__(self, request):
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode()}"
        self.path = request.url.path.translate(_ENDS_A_PATH)
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(request.headers.multi_items()),
            cookie=ImmutableMultiDict(),
        )


def find_fault(request):
    """Raises what openapi-core has to say against a request."""
    recorder.saw("figure", "requests judged")
    _api().validate_request(_Request(request))
