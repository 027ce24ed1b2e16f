"""Rounding of tracked time for reports and invoices. Sessions themselves keep their exact seconds."""

from dataclasses import dataclass
from typing import Literal, get_args

RoundingUnit = Literal["session", "day", "project"]  # the duration of each such unit is rounded
RoundingDirection = Literal["up", "nearest", "down"]

ROUNDING_MINUTES = (0, 1, 5, 6, 10, 15, 30)  # 0 rounds nothing
ROUNDING_UNITS: tuple[RoundingUnit, ...] = get_args(RoundingUnit)
ROUNDING_DIRECTIONS: tuple[RoundingDirection, ...] = get_args(RoundingDirection)


@dataclass(frozen=True, slots=True)
class Rounding:
    """A rule of rounding: the duration of each `unit` to multiples of `minutes`. Falsy when it rounds nothing.

    Raises ValueError for values outside ROUNDING_MINUTES, ROUNDING_DIRECTIONS and ROUNDING_UNITS.
    """

    minutes: int = 0
    direction: RoundingDirection = "nearest"
    unit: RoundingUnit = "project"

    def __post_init__(self) -> None:
        if self.minutes not in ROUNDING_MINUTES:
            raise ValueError(f"Time is rounded to {', '.join(map(str, ROUNDING_MINUTES))} minutes, not {self.minutes}.")
        if self.direction not in ROUNDING_DIRECTIONS:
            raise ValueError(f"Time is rounded {', '.join(ROUNDING_DIRECTIONS)}, not {self.direction}.")
        if self.unit not in ROUNDING_UNITS:
            raise ValueError(f"Time is rounded per {', '.join(ROUNDING_UNITS)}, not {self.unit}.")

    def __bool__(self) -> bool:
        return self.minutes > 0

    def apply(self, seconds: int) -> int:
        """Returns `seconds` (0 or more) rounded to a multiple, in seconds; "nearest" rounds half a multiple up.

        Multiples, including 0, are unchanged in every direction.
        """
        if not self:
            return seconds
        step = 60 * self.minutes
        match self.direction:
            case "up":
                return -(-seconds // step) * step
            case "nearest":
                return (2 * seconds + step) // (2 * step) * step
            case "down":
                return seconds // step * step
