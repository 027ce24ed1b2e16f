"""Reads the variables with addresses: where the server listens and is reached, and which proxies it trusts."""

import re
import socket
import unicodedata
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult

from django.core.exceptions import ImproperlyConfigured

from timetracker.environment.values import read_choice, read_text

EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_NAME_LENGTH = 253
_BASE_URL = re.compile(r"(https?)://(\[[^\[\]]+\]|[^\[\]/?#@:\\\s]+)(?::([0-9]*))?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_IGNORED_IN_NAMES = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


def read_host(name: str, default: str) -> str:
    """Returns the address or name to listen on, as sockets need it: in lower case, without brackets."""
    host = read_text(name, default).strip().lower().removeprefix("[").removesuffix("]")
    try:
        return ip_address(host).compressed
    except ValueError:
        return host


def format_host(host: str) -> str:
    """Returns a host for a URL, with brackets around an IPv6 address."""
    return f"[{host}]" if ":" in host else host


def read_debug(name: str, *, host: str) -> bool:
    """Returns whether DEBUG is on. Raises ImproperlyConfigured if it is, and other machines can connect."""
    is_on = read_choice(name, ("on", "off"), "off") == "on"
    if is_on and host not in LOOPBACK_HOSTS:
        raise ImproperlyConfigured(
            f"{name}=on shows code and data to everybody who can connect, and HOST={host} can be reached from other "
            f"machines. Use HOST=127.0.0.1, or {name}=off."
        )
    return is_on


def read_base_url(name: str, *, host: str, is_debug: bool = False) -> SplitResult | None:
    """Returns the public URL, split, or None when it is unset, which is allowed on a loopback `host` only.

    It has the form of a browser's Origin header: in lower case, without the default port. With `is_debug`, it must be
    an address of this machine, since there may be a proxy in front of any other.
    """
    value = read_text(name).strip().rstrip("/")
    if not value:
        if host not in LOOPBACK_HOSTS:
            raise ImproperlyConfigured(
                f"HOST={host} can be reached from other machines, so {name} must say at which address, "
                f"for example {name}=https://time.example.org. Without it, use HOST=127.0.0.1."
            )
        return None
    try:
        url = _parse_base_url(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value} is not an address. Give scheme and host, no path: {name}=https://time.example.org."
        ) from error
    if is_debug and url.hostname not in LOOPBACK_HOSTS:
        raise ImproperlyConfigured(
            f"DEBUG=on shows code and data to everybody who can connect, and {name}={value} can be reached from other "
            f"machines. Leave {name} unset, or use DEBUG=off."
        )
    return url


def trusted_origins(url: SplitResult) -> list[str]:
    """Returns the possible values of Origin for forms from `url`.

    A name may be typed with a final dot, which proxies remove from the Host header.
    """
    host, is_address = url.hostname or "", _is_address(url.hostname or "")
    port = f":{url.port}" if url.port else ""
    return [url.geturl()] if is_address else [url.geturl(), f"{url.scheme}://{host}.{port}"]


def read_origins(name: str) -> list[str]:
    """Returns the distinct origins in a list with commas, as browsers send them; none if the variable is unset."""
    origins = []
    for part in filter(None, map(str.strip, read_text(name).split(","))):
        if part == "*":
            raise ImproperlyConfigured(
                f"{name}=* is every website there is. Name those whose scripts may call the API: "
                f"{name}=https://a.example,https://b.example."
            )
        try:
            origins.append(_parse_base_url(part.removesuffix("/")).geturl())
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name}={part} is not an origin. Give scheme and host, no path, with commas between several: "
                f"{name}=https://a.example,https://b.example."
            ) from error
    return list(dict.fromkeys(origins))


def read_networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Returns the addresses and networks in a list with commas; `*` is every address."""
    value = read_text(name, default)
    parts = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return [ip_network(part) for each in parts for part in (EVERY_ADDRESS if each == "*" else (each,))]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value} is not understood: {error}. Give addresses or networks such as 10.0.0.5,10.1.0.0/16, or *."
        ) from error


def _parse_base_url(value: str) -> SplitResult:
    """Returns the URL, split. Raises ValueError unless it is scheme, host and port, and browsers accept it."""
    parts = _BASE_URL.fullmatch(value)
    if parts is None:
        raise ValueError(value)
    scheme, host, port = parts[1].lower(), parts[2], int(parts[3]) if parts[3] else None
    if port is not None and not 0 < port < 2**16:
        raise ValueError(value)
    written = _format_ipv6(host[1:-1]) if host.startswith("[") else _format_name(host)
    return SplitResult(scheme, written if port in {None, DEFAULT_PORTS[scheme]} else f"{written}:{port}", "", "", "")


def _format_ipv6(text: str) -> str:
    """Returns an IPv6 address in brackets, as short as it can be, in hexadecimal digits only."""
    address = IPv6Address(text)
    if address.scope_id is not None:
        raise ValueError(text)
    if address.ipv4_mapped:  # later versions of Python write its end with dots
        number = int(address.ipv4_mapped)
        return f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    return f"[{address.compressed}]"


def _format_name(text: str) -> str:
    """Returns a name in ASCII and lower case, without a dot at its end, or an IPv4 address with its four numbers."""
    # As UTS 46 has it for what names are made of: one character at a time, so that ß and a final ς stay.
    text = unicodedata.normalize("NFKC", text).translate(_IGNORED_IN_NAMES).replace("。", ".")
    text = unicodedata.normalize("NFKC", "".join(character.lower() for character in text))
    name = ".".join(_format_label(label) for label in text.removesuffix(".").split("."))
    if _is_address(name):
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError as error:
            raise ValueError(text) from error
    if len(name) > MAX_NAME_LENGTH or not _NAME.fullmatch(name):
        raise ValueError(text)
    return name


def _format_label(label: str) -> str:
    if label.isascii():
        return label
    if not all(each.isalnum() or each == "-" or unicodedata.category(each).startswith("M") for each in label):
        raise ValueError(label)
    return f"xn--{label.encode('punycode').decode()}"


def _is_address(host: str) -> bool:
    """Returns whether a host is an IPv6 address, or browsers take it for an IPv4 address, since it ends in a number."""
    return ":" in host or bool(_NUMBER.fullmatch(host.rpartition(".")[2]))
