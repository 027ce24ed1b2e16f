"""The colours of static/css/tokens.css: complete in both schemes, contrasts as asked, none named elsewhere."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "css"
SURFACES = ("bg", "surface", "surface-2")

# foreground, backgrounds, least contrast in light and in dark
CONTRASTS = [
    ("text", SURFACES, 14.4, 12.2),
    ("text-2", SURFACES, 6.4, 7.3),
    ("line-strong", SURFACES, 3.6, 4.1),
    ("accent", SURFACES, 6.1, 6.2),
    ("on-accent", ("accent",), 7.3, 7.8),
    ("run-text", ("run-bg",), 9.9, 9.8),
    ("warn-text", ("warn-bg",), 7.5, 8.5),
    ("danger", SURFACES, 6.0, 6.0),
    ("on-danger", ("danger",), 6.0, 6.7),
    ("ok", SURFACES, 6.0, 6.7),
    ("focus", SURFACES, 5.6, 5.9),
    ("text", ("heat-1", "heat-2", "heat-3"), 4.6, 4.6),
    ("on-heat", ("heat-4", "heat-5"), 4.6, 4.6),
]


def colours() -> dict[str, dict[str, str]]:
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", (CSS / "tokens.css").read_text())
    return {
        "light": {name: light for name, light, _dark in pairs},
        "dark": {name: dark for name, _light, dark in pairs},
    }


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_theme_selects_the_scheme():
    tokens = (CSS / "tokens.css").read_text()

    assert "color-scheme: light dark;" in tokens
    for theme in ("light", "dark"):
        assert f':root[data-theme="{theme}"] {{ color-scheme: {theme}; }}' in tokens


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("foreground", "backgrounds", "light", "dark"), CONTRASTS)
def test_contrast_is_enough(scheme, foreground, backgrounds, light, dark):
    palette = colours()[scheme]
    for background in backgrounds:
        found = contrast(palette[foreground], palette[background])
        assert round(found, 1) >= {"light": light, "dark": dark}[scheme], f"{foreground} on {background}: {found:.2f}"


def test_no_colour_stands_outside_the_tokens():
    others = {path.name: path.read_text() for path in CSS.glob("*.css") if path.name != "tokens.css"}

    assert others.keys() >= {"base.css", "components.css", "pages.css"}
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", "".join(others.values()))
