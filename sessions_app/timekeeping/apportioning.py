"""Shares out whole numbers, seconds or minor units of a currency, so that the parts add up to the whole.

This is the largest remainder method: each part is first cut to a whole number, then the parts that lost most get one
more each, until the whole is used up.

Weights are whole numbers. Fractional weights are given as multiples of 1/ONE, because a report adds up one fraction for
each day, and exact fractions would grow longer with each addition. Shares are compared to 64 binary digits. This is
coarser than the error of these weights, so equal shares compare as equal, and finer than the smallest difference
between two shares of a year of seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

ONE = 1 << 128
"""The weight that stands for 1 where weights are fractions."""

_REST_BITS = 64

Order = Callable[[Any], Any]
"""A sort key for values with equal remainders: the value with the smaller key gets the extra unit."""

Key = TypeVar("Key")


def share_of(total: int, weight: int, whole: int) -> int:
    """Returns the share `total * weight / whole` as a multiple of 1/ONE; 0 when `whole` is 0."""
    return _divide(total * weight * ONE, whole) if whole else 0


def whole_number(parts: int) -> int:
    """Returns a sum of shares as the nearest whole number; the sum is whole except for the rounding of `share_of`."""
    return _divide(parts, ONE)


def apportion(total: int, weights: Mapping[Key, int], order: Callable[[Key], Any] | None = None) -> dict[Key, int]:
    """Returns whole parts of `total` (0 or more), in proportion to the weights of their keys.

    The parts add up to `total`, unless all weights are 0, when each part is 0. Each part is less than 1 away from its
    exact share. Without `order`, keys are ordered as in the mapping.
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
    """Returns whole parts of `total` for keys that are tuples, with one of `orders` for each position of the tuple.

    `total` is shared out among the first values of the keys, then the part of each first value among its second values,
    and so on. The parts at one level therefore do not depend on the levels after it.
    """
    return _apportion_from(0, total, weights, orders)


def _apportion_from(
    level: int, total: int, weights: Mapping[tuple[Any, ...], int], orders: Sequence[Order]
) -> dict[tuple[Any, ...], int]:
    if level == len(orders):
        return dict.fromkeys(weights, total)  # no key, or a single one, gets it all
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
