"""The three themes can be read: contrast is computed from the style sheet's own tokens.

OKLCH to sRGB after Björn Ottosson, "A perceptual color space for image processing" (2020); contrast after WCAG 2.2.
"""

import math
import re
from itertools import pairwise
from pathlib import Path

import pytest

THEMES_CSS = Path(__file__).parents[3] / "frontend" / "css" / "themes.css"
GROUNDS = ("base-100", "base-200", "raised")
TEXTS = ("good", "caution", "danger", "slate", "ember")


def themes() -> dict[str, dict[str, tuple[float, float, float]]]:
    found = {}
    for block in THEMES_CSS.read_text().split("@plugin")[1:]:
        name = re.search(r'name: "([\w-]+)"', block)
        assert name is not None
        tokens = re.findall(r"--(?:color-)?([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", block)
        found[name[1]] = {key: (float(light) / 100, float(c), float(h)) for key, light, c, h in tokens}
    return found


def linear_rgb(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return tuple(min(1.0, max(0.0, part)) for part in rgb)  # type: ignore[return-value]


def luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = linear_rgb(*colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)


def test_there_are_three_themes_with_the_same_tokens() -> None:
    found = themes()
    assert list(found) == ["hearth", "hearth-dark", "hearth-contrast"]
    assert len({frozenset(tokens) for tokens in found.values()}) == 1


@pytest.mark.parametrize("theme", themes())
def test_body_text_has_seven_to_one_on_every_ground(theme: str) -> None:
    tokens = themes()[theme]
    low = {g: round(contrast(tokens["base-content"], tokens[g]), 2) for g in (*GROUNDS, "base-300", "tint")}
    assert {ground: ratio for ground, ratio in low.items() if ratio < 7} == {}


@pytest.mark.parametrize("theme", themes())
def test_quiet_text_links_and_states_have_four_and_a_half_to_one(theme: str) -> None:
    tokens = themes()[theme]
    pairs = {(text, ground): contrast(tokens[text], tokens[ground]) for text in ("muted", *TEXTS) for ground in GROUNDS}
    pairs[("muted", "base-300")] = contrast(tokens["muted"], tokens["base-300"])
    pairs[("muted", "tint")] = contrast(tokens["muted"], tokens["tint"])
    pairs[("ember", "tint")] = contrast(tokens["ember"], tokens["tint"])
    assert {pair: round(ratio, 2) for pair, ratio in pairs.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", themes())
def test_filled_controls_have_four_and_a_half_to_one(theme: str) -> None:
    tokens = themes()[theme]
    filled = ("primary", "secondary", "accent", "neutral", "info", "success", "warning", "error")
    ratios = {name: round(contrast(tokens[name], tokens[f"{name}-content"]), 2) for name in filled}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", themes())
def test_the_borders_of_controls_have_three_to_one(theme: str) -> None:
    tokens = themes()[theme]
    assert {g: contrast(tokens["control"], tokens[g]) >= 3 for g in GROUNDS} == dict.fromkeys(GROUNDS, True)


@pytest.mark.parametrize("theme", themes())
def test_neighbours_on_the_heat_scale_can_be_told_apart(theme: str) -> None:
    tokens = themes()[theme]
    steps = [tokens[f"heat-{n}"] for n in range(7)]
    lab = [(light, c * math.cos(math.radians(h)), c * math.sin(math.radians(h))) for light, c, h in steps]
    assert min(math.dist(one, other) for one, other in pairwise(lab)) > 0.05
