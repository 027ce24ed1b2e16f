"""What is believed of the proxies in front of the server."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The headers that tell the scheme of the client, each with the value of HTTPS; the first that a request has counts.
HTTPS_VALUES = {"X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "ssl", "X-Forwarded-Ssl": "on"}


def believe_scheme(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Returns middleware that gives a request the scheme its client used, as a trusted proxy tells it.

    Gunicorn reads these headers, too, but takes `HTTPS` and `https,http` for HTTP. Of several proxies, the first stands
    next to the client.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        told = next((header for header in HTTPS_VALUES if header in request.headers), None)
        if told and is_trusted(request.META.get("REMOTE_ADDR", "")):
            value = request.headers[told].partition(",")[0].strip().lower()
            request.META["wsgi.url_scheme"] = "https" if value == HTTPS_VALUES[told] else "http"
        return get_response(request)

    return middleware


def is_trusted(address: str) -> bool:
    """Returns whether headers of this peer are believed. Over a socket of this machine there is no address."""
    if not address:
        return True
    try:
        read = read_address(address)
    except ValueError:
        return False
    return any(read in network for network in settings.TRUSTED_PROXIES)


def client_of(meta: Mapping[str, Any]) -> str:
    """Returns whom a request with these headers (`request.META`) is counted for, as `client_network` says.

    That is the peer, or the one whom a trusted proxy says that it answered.
    """
    address: str = meta.get("REMOTE_ADDR", "")
    if is_trusted(address):
        address = _read_forwarded(meta.get("HTTP_X_FORWARDED_FOR", "")) or address
    return client_network(address)


def _read_forwarded(header: str) -> str:
    """Returns the last address of X-Forwarded-For, without a port, of which a client has a new one each time.

    "" for what is no address.
    """
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
    """Returns what one client's requests are counted for: its IPv4 address, or the /64 of its IPv6 address.

    A provider gives a client at least a /64 (RFC 6177), of which it may take a new address for each request. An IPv4
    address mapped into IPv6 is that address; what is no address stands for itself.
    """
    try:
        read = read_address(address)
    except ValueError:
        return address
    return str(IPv6Network((int(read), 64), strict=False)) if isinstance(read, IPv6Address) else str(read)


def read_address(text: str) -> IPv4Address | IPv6Address:
    """Returns an address, that of IPv4 if it is mapped into IPv6. Raises ValueError for any other text."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
