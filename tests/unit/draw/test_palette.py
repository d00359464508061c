"""The palette: readable by the WCAG's formulas, distinct by line and symbol, one with the theme."""

import json
import re
import tomllib

import pytest

from anchorlab.draw import palette
from anchorlab.draw.palette import CASING, MUTED, STATES
from tests.places import ROOT

THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
THEMES = ("light", "dark")
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    """Relative luminance of '#RRGGBB'."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    r, g, b = (linear(int(colour[k : k + 2], 16) / 255) for k in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def over(colour: str, opacity: float, below: str) -> str:
    """`colour` drawn at an opacity over another."""
    mixed = (
        round(opacity * int(colour[k : k + 2], 16) + (1 - opacity) * int(below[k : k + 2], 16))
        for k in (1, 3, 5)
    )
    return "#" + "".join(f"{c:02X}" for c in mixed)


def backgrounds(theme: str) -> list[str]:
    return [THEME[theme]["backgroundColor"], THEME[theme]["secondaryBackgroundColor"]]


def test_the_formula():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert over("#FFFFFF", 0.5, "#000000") == "#808080"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", STATES)
def test_inks_are_text_on_both_backgrounds(state, theme):
    for background in backgrounds(theme):
        assert contrast(getattr(STATES[state], theme), background) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_muted_and_level_inks_are_text_on_both_backgrounds(theme):
    levels = palette.LEVEL_INKS_LIGHT if theme == "light" else palette.LEVEL_INKS_DARK
    for background in backgrounds(theme):
        for ink in (MUTED[theme], *levels):
            assert contrast(ink, background) >= TEXT, f"{ink} on {background}"


@pytest.mark.parametrize("state", STATES)
def test_cores_stand_out_from_their_casing_over_any_photo(state):
    for photo in ("#000000", "#808080", "#FFFFFF"):
        assert contrast(STATES[state].core, over(CASING, 0.9, photo)) >= GRAPHIC


def test_objects_levels_and_the_outside():
    for colour in (*palette.OBJECT_COLOURS, *palette.LEVEL_COLOURS):
        assert contrast(colour, CASING) >= GRAPHIC, colour
    for mark in STATES.values():
        assert contrast(mark.core, palette.OUTSIDE) >= GRAPHIC


@pytest.mark.parametrize(
    "states",
    [("positive", "ignored", "negative"), ("kept", "waiting", "suppressed")],
    ids=["matching", "nms"],
)
def test_states_of_one_picture_differ_without_colour(states):
    marks = [STATES[name] for name in states]
    assert len({mark.symbol for mark in marks}) == len(marks)
    assert len({mark.dash for mark in marks}) == len(marks)


def test_every_state_has_its_symbol():
    assert len({mark.symbol for mark in STATES.values()}) == len(STATES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("state", "colour"),
    [
        ("object", "textColor"),
        ("positive", "blueColor"),
        ("ignored", "yellowColor"),
        ("negative", "grayColor"),
        ("kept", "greenColor"),
        ("suppressed", "redColor"),
        ("selected", "violetColor"),
    ],
)
def test_coloured_words_have_the_ink_of_their_state(state, colour, theme):
    # Markdown such as :blue[43] in a page means the positives: the theme's blue must be their ink.
    colours = THEME[theme]
    texts = {colours[colour], colours.get(colour.replace("Color", "TextColor"), colours[colour])}
    assert texts == {getattr(STATES[state], theme)}


@pytest.mark.parametrize("theme", THEMES)
def test_the_themes_own_texts_are_readable(theme):
    colours = THEME[theme]
    for background in backgrounds(theme):
        for name in ("textColor", "linkColor", "codeTextColor", "orangeColor"):
            assert contrast(colours[name], background) >= TEXT, name
        assert contrast(colours["primaryColor"], background) >= GRAPHIC


def test_the_canvas_gets_plain_data():
    data = palette.as_json()
    assert json.loads(json.dumps(data))["states"]["positive"]["core"] == "#7FB6FF"
    assert len(data["levelInks"]["light"]) == len(data["levelInks"]["dark"]) == len(data["levels"])


def test_the_style_sheet_has_each_ink_in_both_themes():
    sheet = palette.as_css()
    for name in ("muted", *(f"ink-{state}" for state in STATES)):
        assert len(re.findall(rf"--{name}:#[0-9A-F]{{6}};", sheet)) == 2, name
