"""How often tests try what they make up: in full by `pytest --hypothesis-profile thorough`, else a part of it."""

from hypothesis import settings


def tries(number: int) -> int:
    """So many; in the profile `quick` a fifth of them."""
    return max(number * settings.default.max_examples // 100, 3)


def examples(number: int) -> settings:
    """Has Hypothesis try that many examples."""
    return settings(max_examples=tries(number))
