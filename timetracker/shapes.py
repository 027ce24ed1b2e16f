"""Shapes: the answers of the API. A struct is the one source of an answer's JSON and of its schema in OpenAPI.

Attributes are named as in the code and become camelCase keys; those of a shape that is `kw_only` come after those of
the shapes that extend it. An attribute that is UNSET is left out of the JSON.
"""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Self

import msgspec
from django.utils.functional import Promise
from msgspec import Meta


class Shape(msgspec.Struct, rename="camel", gc=False):
    """Base of all shapes. Python's collector of cycles leaves them alone (`gc`): they are trees, and soon gone."""

    @classmethod
    def of(cls, source: Any, /, **more: Any) -> Self:
        """Returns the shape of an object: its attributes of the same names, but for those given."""
        return cls(**{name: more[name] if name in more else getattr(source, name) for name in cls.__struct_fields__})


Instant = Annotated[datetime, Meta(tz=True, description="UTC, whole seconds.")]
Seconds = Annotated[int, Meta(examples=[5400])]
Count = Annotated[int, Meta(examples=[1])]
Version = Annotated[int, Meta(examples=[1])]
ServerTime = Annotated[Instant, Meta(examples=["2026-03-02T10:00:00Z"])]
TimeZone = Annotated[str, Meta(examples=["Europe/Berlin"])]
Money = Annotated[str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2,}$", examples=["80.00"])]
Currency = Annotated[str, Meta(examples=["EUR"])]
NextPage = Annotated[str, Meta(examples=["https://time.example/v1/users/me/sessions?cursor=MTc3"])]


def whole_second(value: datetime) -> datetime:
    """Returns a UTC instant without its fraction of a second, for columns that have one."""
    return value.replace(microsecond=0)


@lru_cache(maxsize=1024)
def money_text(value: Decimal) -> str:
    """Returns an amount as text for JSON: exact, with at least two decimals."""
    decimals = len(f"{value:f}".partition(".")[2].rstrip("0"))
    return f"{value:.{max(2, decimals)}f}"


def one_of(*values: str | int) -> Meta:
    """Returns an annotation that lists the possible values in OpenAPI."""
    return Meta(extra_json_schema={"enum": list(values)})


def keys_of(shape: type[Shape]) -> tuple[str, ...]:
    """Returns the keys of a shape in JSON."""
    return tuple(field.encode_name for field in msgspec.structs.fields(shape))


def encode_json(value: Any) -> bytes:
    """Returns a shape, or a container of shapes, as JSON in UTF-8. Instants must be in UTC."""
    return _encoder.encode(value)


def _encode_text(value: object) -> str:
    """Encodes lazy translations, and subclasses of str such as REST framework's ErrorDetail."""
    if isinstance(value, Promise | str):
        return str(value)
    raise NotImplementedError


_encoder = msgspec.json.Encoder(enc_hook=_encode_text)
