"""The charts: the right numbers in the right ink, readable in both themes, quick and small."""

import json
import time

import numpy as np
import pytest

from anchorlab.draw import charts
from anchorlab.draw.palette import MUTED, STATES
from tests.unit.draw.test_palette import TEXT, THEME, backgrounds, contrast

THEMES = ("light", "dark")
STDS = (0.1, 0.1, 0.2, 0.2)
OFFSETS = np.random.default_rng(0).normal(size=(43, 4)).astype(np.float32)
THRESHOLDS = np.round(np.arange(0, 1.001, 0.02), 2)
KEPT = (3 + (THRESHOLDS > 0.6) * 10 * THRESHOLDS).astype(int)


def figures(theme: str) -> dict:
    none = np.zeros((0, 4), np.float32)
    return {
        "offsets": charts.offsets_histogram(OFFSETS, STDS, theme=theme),
        "one offset": charts.offsets_histogram(OFFSETS[:1], STDS, theme=theme),
        "no offsets": charts.offsets_histogram(none, STDS, theme=theme),
        "kept": charts.kept_curve(THRESHOLDS, KEPT, 0.5, theme=theme),
        "nothing kept": charts.kept_curve(THRESHOLDS, KEPT * 0, 1.0, theme=theme),
        "best": charts.best_iou_per_object([0.51, 0.45, 0.1], ["a", "b", "c"], 0.5, 0.4, theme=theme),
        "no objects": charts.best_iou_per_object([], [], 0.5, 0.4, theme=theme),
        "many objects": charts.best_iou_per_object([0.5] * 300, ["x"] * 300, 0.5, 0.4, theme=theme),
    }


def fonts(node) -> list[dict]:
    """Every `font` and `tickfont` anywhere in a figure."""
    if isinstance(node, list):
        return [font for child in node for font in fonts(child)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("font", "tickfont", "textfont") if isinstance(node.get(key), dict)]
    return own + [font for child in node.values() for font in fonts(child)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", figures("light"))
class TestEveryFigure:
    def test_is_transparent_and_bare(self, name, theme):
        layout = figures(theme)[name].to_plotly_json()["layout"]
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert layout["showlegend"] is False
        assert "title" not in layout
        assert max(layout["margin"].values()) <= 40
        assert layout["height"] <= 1000

    def test_has_readable_texts(self, name, theme):
        layout = figures(theme)[name].to_plotly_json()["layout"]
        for font in fonts(layout):
            assert font.get("size", 12) >= 12
            if "color" in font:
                assert all(contrast(font["color"], b) >= TEXT for b in backgrounds(theme)), font

    def test_does_not_zoom(self, name, theme):
        layout = figures(theme)[name].to_plotly_json()["layout"]
        axes = [axis for key, axis in layout.items() if key.startswith(("xaxis", "yaxis"))]
        assert axes
        assert all(axis["fixedrange"] for axis in axes)
        assert layout["dragmode"] is False

    def test_is_the_same_every_time(self, name, theme):
        assert figures(theme)[name].to_json() == figures(theme)[name].to_json()

    def test_is_plain_and_small(self, name, theme):
        text = figures(theme)[name].to_json()
        assert "NaN" not in text
        assert len(text) < 60_000
        json.loads(text)


def test_no_mode_bar():
    assert charts.CONFIG["displayModeBar"] is False


@pytest.mark.parametrize("theme", THEMES)
def test_the_greys_are_the_themes(theme):
    assert charts.BORDER[theme] == THEME[theme]["borderColor"]
    assert charts.PAGE[theme] == THEME[theme]["backgroundColor"]


def test_a_page_theme_that_is_unknown_is_a_mistake():
    with pytest.raises((KeyError, AttributeError)):
        charts.kept_curve(THRESHOLDS, KEPT, 0.5, theme="sepia")


# ---- offsets


def test_every_offset_is_counted_in_both_rows():
    figure = charts.offsets_histogram(OFFSETS, STDS)
    assert len(figure.data) == 8
    for bars in figure.data:
        assert sum(bars.y) == len(OFFSETS)
        assert bars.x == tuple(sorted(bars.x))
        assert 0 in np.round(bars.x, 6)


def test_the_rows_are_before_and_after_the_division():
    figure = charts.offsets_histogram(OFFSETS, STDS)
    spreads = [note.text for note in figure.layout.annotations if note.text.startswith("spread")]
    raw = [f"spread {s:.2f}" for s in (OFFSETS.astype(float) * STDS).std(axis=0)]
    divided = [f"spread {s:.2f}" for s in OFFSETS.astype(float).std(axis=0)]
    assert spreads == raw + divided


def test_the_rows_share_one_axis():
    figure = charts.offsets_histogram(OFFSETS * 3, STDS)
    layout = figure.to_plotly_json()["layout"]
    ranges = {tuple(axis["range"]) for key, axis in layout.items() if key.startswith("xaxis")}
    assert len(ranges) == 1
    (low, high), reach = ranges.pop(), float(np.abs(OFFSETS * 3).max())
    assert low == -high
    assert high == pytest.approx(reach)


def test_with_stds_of_one_both_rows_are_the_same():
    figure = charts.offsets_histogram(OFFSETS, (1, 1, 1, 1))
    above, below = figure.data[:4], figure.data[4:]
    assert [bars.y for bars in above] == [bars.y for bars in below]


# ---- suppression


def test_the_present_threshold_is_marked():
    figure = charts.kept_curve(THRESHOLDS, KEPT, 0.5)
    assert figure.data[1].x == (0.5,)
    assert figure.data[1].y == (3,)
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 0.5
    assert any(note.text == "<b>3 kept</b> at 0.50" for note in figure.layout.annotations)


def test_between_two_thresholds_the_curve_holds_its_value_unless_told():
    assert charts.kept_curve([0, 0.5, 1], [1, 4, 9], 0.7).data[1].y == (4,)
    assert charts.kept_curve([0, 0.5, 1], [1, 4, 9], 0.7, 5).data[1].y == (5,)
    assert charts.kept_curve([0, 0.5, 1], [1, 4, 9], 1.0).data[1].y == (9,)
    assert charts.kept_curve([0, 0.5, 1], [1, 4, 9], 0.0).data[1].y == (1,)


def test_floats_do_not_hide_a_threshold_from_itself():
    for k, threshold in enumerate(THRESHOLDS):
        assert charts.kept_curve(THRESHOLDS, np.arange(51), float(threshold)).data[1].y == (k,)


# ---- matching


@pytest.mark.parametrize("theme", THEMES)
def test_bars_have_the_ink_and_the_name_of_their_state(theme):
    figure = charts.best_iou_per_object([0.5, 0.4, 0.399], ["a", "b", "c"], 0.5, 0.4, theme=theme)
    inks = [getattr(STATES[s], theme) for s in ("positive", "ignored", "negative")]
    assert list(figure.data[0].marker.color) == inks
    texts = [note.text for note in figure.layout.annotations]
    assert texts[:3] == [
        "① a: <b>0.50</b> ● positive",
        "② b: <b>0.40</b> ○ ignored",
        "③ c: <b>0.40</b> · negative",
    ]


def test_a_low_quality_match_is_positive():
    figure = charts.best_iou_per_object([0.3], ["a"], 0.5, 0.4, states=["positive"])
    assert figure.data[0].marker.color == (STATES["positive"].light,)


def test_thresholds_are_lines_with_their_names():
    two = charts.best_iou_per_object([0.3], ["a"], 0.5, 0.4)
    assert [(s.x0, s.x1) for s in two.layout.shapes] == [(0.5, 0.5), (0.4, 0.4)]
    assert {"high 0.50", "low 0.40"} <= {note.text for note in two.layout.annotations}
    for low in (None, 0.5):
        one = charts.best_iou_per_object([0.3], ["a"], 0.5, low)
        assert len(one.layout.shapes) == 1
        assert one.layout.annotations[-1].text == "threshold 0.50"


def test_class_names_are_text_and_not_markup():
    figure = charts.best_iou_per_object([0.3], ["<a href='https://x.y'>&"], 0.5)
    assert "<a" not in figure.to_json().replace("\\u003c", "<")
    assert "&lt;a href" in figure.layout.annotations[0].text


def test_many_objects_are_only_numbered():
    figure = charts.best_iou_per_object([0.5] * 100, ["x"] * 100, 0.5, 0.4)
    assert len(figure.data[0].x) == 100
    assert len(figure.layout.annotations) == 2
    assert figure.layout.yaxis.showticklabels


def test_figures_are_made_quickly():
    figures("light")
    start = time.process_time()
    figures("light")
    # Eight figures, of the processor's time; measured 0.08 s.
    assert time.process_time() - start < 1


def test_quiet_ink_is_quiet():
    figure = charts.kept_curve(THRESHOLDS, KEPT, 0.5, theme="dark")
    assert figure.layout.xaxis.tickfont.color == MUTED["dark"]
