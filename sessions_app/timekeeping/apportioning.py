"""Shares out whole numbers, seconds or minor units of a currency, so that the parts add up to the whole.

The largest remainder decides (design of the numbers, docs/decisions): each part is first cut to a whole number, then
those that lost most by it get one more each, until nothing is left.

Weights are whole numbers. Where one would be a fraction, all are counted in parts of ONE: exact fractions, of which a
report adds up one for each day, grow by digits with every day. Shares are compared to 64 binary digits, far above what
that leaves out and far below what tells two shares of a year of seconds apart, so that equal ones are seen as equal.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

ONE = 1 << 128
"""How many parts a weight of 1 has where weights are fractions."""

_REST_BITS = 64

Order = Callable[[Any], Any]
"""Returns what values are sorted by where they lost equally much: the smaller one gets the rest."""

Key = TypeVar("Key")


def share_of(total: int, weight: int, whole: int) -> int:
    """Returns what `weight` has of `total` when all weights make `whole`, in parts of ONE; 0 when they make none."""
    return _divide(total * weight * ONE, whole) if whole else 0


def whole_number(parts: int) -> int:
    """Returns what parts of ONE make that add up to a whole number but for what `share_of` left out."""
    return _divide(parts, ONE)


def apportion(total: int, weights: Mapping[Key, int], order: Callable[[Key], Any] | None = None) -> dict[Key, int]:
    """Returns whole parts of `total` (0 or more), in proportion to the weights of their keys.

    They add up to `total`, unless all weights are 0: then each part is. Each is less than 1 away from its exact share.
    Without `order` the earlier keys of the mapping are the smaller ones.
    """
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    if len(weights) == 1:
        return dict.fromkeys(weights, total)
    parts: dict[Key, int] = {}
    rests: list[tuple[int, Key]] = []
    for key, weight in weights.items():
        parts[key], rest = divmod(_divide(total * weight << _REST_BITS, whole), 1 << _REST_BITS)
        if rest:
            rests.append((rest, key))
    left = total - sum(parts.values())
    if left:
        if order is None:
            rests.sort(key=lambda each: -each[0])
        else:
            rests.sort(key=lambda each: (-each[0], order(each[1])))
        for _rest, key in rests[:left]:
            parts[key] += 1
    return parts


def apportion_by_level(
    total: int, weights: Mapping[tuple[Any, ...], int], orders: Sequence[Order]
) -> dict[tuple[Any, ...], int]:
    """Returns whole parts of `total` for keys of several levels, of which `orders` has one each.

    It is shared out among the first values of the keys, then the part of each among the second ones, and so on: what
    the values of one level get does not depend on the levels after it.
    """
    return _apportion_from(0, total, weights, orders)


def _apportion_from(
    level: int, total: int, weights: Mapping[tuple[Any, ...], int], orders: Sequence[Order]
) -> dict[tuple[Any, ...], int]:
    if level == len(orders):
        return dict.fromkeys(weights, total)  # a single one: all its values are the same
    if level == len(orders) - 1:
        return apportion(total, weights, lambda key: orders[level](key[level]))
    groups: dict[Any, dict[tuple[Any, ...], int]] = {}
    for key, weight in weights.items():
        groups.setdefault(key[level], {})[key] = weight
    parts = apportion(total, {value: sum(group.values()) for value, group in groups.items()}, orders[level])
    return {
        key: part
        for value, group in groups.items()
        for key, part in _apportion_from(level + 1, parts[value], group, orders).items()
    }


def _divide(number: int, divisor: int) -> int:
    """Returns the quotient, half up."""
    return (2 * number + divisor) // (2 * divisor)
