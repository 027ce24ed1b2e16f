"""The headers of trusted proxies in front of the server."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The headers with the client's scheme, and their value for HTTPS. The first that a request has is used.
HTTPS_VALUES = {"X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "ssl", "X-Forwarded-Ssl": "on"}


def believe_scheme(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Returns middleware that sets the scheme that the client used, as a trusted proxy reports it.

    Gunicorn reads these headers, too, but takes `HTTPS` and `https,http` for HTTP. Of a list, the first value is from
    the proxy next to the client.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        told = next((header for header in HTTPS_VALUES if header in request.headers), None)
        if told and is_trusted(request.META.get("REMOTE_ADDR", "")):
            value = request.headers[told].partition(",")[0].strip().lower()
            request.META["wsgi.url_scheme"] = "https" if value == HTTPS_VALUES[told] else "http"
        return get_response(request)

    return middleware


def is_trusted(address: str) -> bool:
    """Returns whether headers of this peer are trusted. The address is "" for a Unix socket."""
    if not address:
        return True
    try:
        read = read_address(address)
    except ValueError:
        return False
    return any(read in network for network in settings.TRUSTED_PROXIES)


def client_of(meta: Mapping[str, Any]) -> str:
    """Returns the `client_network` of a request (given as `request.META`) by which throttles count it.

    The client is the peer, or the address that a trusted proxy reports.
    """
    address: str = meta.get("REMOTE_ADDR", "")
    if is_trusted(address):
        address = _read_forwarded(meta.get("HTTP_X_FORWARDED_FOR", "")) or address
    return client_network(address)


def _read_forwarded(header: str) -> str:
    """Returns the last address of X-Forwarded-For without its port, which differs in each request; "" if invalid."""
    address = header.rpartition(",")[2].strip()
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        read_address(address)
    except ValueError:
        return ""
    return address


def client_network(address: str) -> str:
    """Returns the network by which a client's requests are counted: its IPv4 address, or the /64 of its IPv6 address.

    A provider gives a client at least a /64 (RFC 6177), so that it could use a new address for each request. An IPv4
    address mapped into IPv6 counts as that IPv4 address; text that is no address is returned as it is.
    """
    try:
        read = read_address(address)
    except ValueError:
        return address
    return str(IPv6Network((int(read), 64), strict=False)) if isinstance(read, IPv6Address) else str(read)


def read_address(text: str) -> IPv4Address | IPv6Address:
    """Returns a parsed address; the IPv4 address for one mapped into IPv6. Raises ValueError."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
