"""The numbers of generated examples: all with `pytest --hypothesis-profile thorough`, else a part."""

from hypothesis import settings


def tries(number: int) -> int:
    """Returns `number`, or a fifth of it in the profile `quick`."""
    return max(number * settings.default.max_examples // 100, 3)


def examples(number: int) -> settings:
    """Makes Hypothesis try this number of examples."""
    return settings(max_examples=tries(number))
