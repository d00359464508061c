"""Plotly charts of results: numbers in, figure out. They compute nothing but the heights of bars.

All share one look: transparent, a grid across the values only, no legend and no title (the page's caption says what it
is), every series named where it is in its own ink, texts of 12 px at least. Show them with `config=CONFIG`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from anchorlab.draw.palette import MUTED, STATES
from anchorlab.wording import circled

Theme = Literal["light", "dark"]

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}

BORDER = {"light": "#DAD6CE", "dark": "#333B48"}
PAGE = {"light": "#FBFAF8", "dark": "#12161D"}
TICK = 12
LABEL = 14
BINS = 24
# Beyond this many objects the bars are thin and only numbered.
NAMED_OBJECTS = 24
OFFSETS = ("x", "y", "w", "h")


def _ink(state: str, theme: Theme) -> str:
    return getattr(STATES[state], theme)


def _axis(theme: Theme, title: str = "", **more: Any) -> dict[str, Any]:
    quiet = {"color": MUTED[theme], "size": TICK}
    return {
        "title": {"text": title, "font": quiet, "standoff": 6},
        "tickfont": quiet,
        "gridcolor": BORDER[theme],
        "linecolor": BORDER[theme],
        "zeroline": False,
        "fixedrange": True,
        **more,
    }


def _figure(data: list[dict[str, Any]], theme: Theme, *, height: int, **layout: Any) -> go.Figure:
    text = _ink("object", theme)
    return go.Figure(
        data,
        {
            "template": "none",
            "height": height,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 40, "r": 16, "t": 24, "b": 40},
            "font": {"family": '"Source Sans", sans-serif', "size": LABEL, "color": text},
            "showlegend": False,
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": PAGE[theme],
                "bordercolor": BORDER[theme],
                "font": {"color": text, "size": LABEL},
            },
            **layout,
        },
    )


def _note(text: str, colour: str, x: float | str, y: float, **more: Any) -> dict[str, Any]:
    return {"text": text, "font": {"color": colour}, "x": x, "y": y, "showarrow": False, **more}


def _line(colour: str, dash: str, width: float = 2, **place: Any) -> dict[str, Any]:
    return {"type": "line", "line": {"color": colour, "dash": dash, "width": width}, **place}


# ---- offsets


def _bins(offsets: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Edges around 0 that hold both sets and the unit band, equally wide."""
    reach = max(1.0, float(np.abs(offsets).max(initial=0)), float(np.abs(raw).max(initial=0)))
    return np.linspace(-reach, reach, BINS + 2)  # an odd number of bins: one is centred on 0


def _spread(values: np.ndarray) -> str:
    return f"spread {values.std():.2f}" if len(values) else ""


def offsets_histogram(offsets: np.ndarray, stds: Sequence[float], *, theme: Theme = "light") -> go.Figure:
    """tx, ty, tw, th of all positives: above as they are measured, below divided by the stds, on one axis.

    The shaded band is one to either side of 0: numbers that spread about that far are what a network learns
    best. With stds of 1 both rows are the same.

    Args:
      offsets: (P, 4), as encoded with `stds`; P may be 0.
      stds: four.
      theme: of the page.
    """
    offsets = np.asarray(offsets, np.float64).reshape(-1, 4)
    raw = offsets * np.asarray(stds, np.float64)
    edges = _bins(offsets, raw)
    centres = (edges[1:] + edges[:-1]) / 2
    rows = (("without stds", raw, _ink("negative", theme)), ("with stds", offsets, _ink("positive", theme)))
    data, axes, notes, bands = [], {}, [], []
    for row, (label, values, ink) in enumerate(rows):
        counts = [np.histogram(values[:, k], edges)[0] for k in range(4)]
        # One vertical axis a row: the four may be compared, and only the first needs its numbers.
        top = max(1, *(int(c.max(initial=0)) for c in counts)) * 1.3
        bottom = 0 if row else 0.56
        for k, name in enumerate(OFFSETS):
            cell = 2 * k + row + 1
            suffix = "" if cell == 1 else str(cell)
            data.append(
                {
                    "type": "bar",
                    "x": centres.round(4).tolist(),
                    "y": counts[k].tolist(),
                    "xaxis": f"x{suffix}",
                    "yaxis": f"y{suffix}",
                    "marker": {"color": ink, "line": {"width": 0}},
                    "hovertemplate": f"t{name} %{{x:+.2f}}: %{{y}} anchors<extra>{label}</extra>",
                }
            )
            axes[f"xaxis{suffix}"] = _axis(
                theme,
                f"<i>t<sub>{name}</sub></i>" if row else "",
                domain=[k / 4 + (0.01 if k else 0), (k + 1) / 4 - (0.01 if k < 3 else 0)],
                anchor=f"y{suffix}",
                range=[edges[0], edges[-1]],
                nticks=5,
                showgrid=False,
                showticklabels=bool(row),
            )
            axes[f"yaxis{suffix}"] = _axis(
                theme,
                domain=[bottom, bottom + 0.44],
                anchor=f"x{suffix}",
                range=[0, top],
                nticks=3,
                showticklabels=not k,
            )
            place = {"xref": f"x{suffix} domain", "yref": f"y{suffix} domain"}
            small = {"color": ink, "size": TICK}
            notes.append(
                _note(_spread(values[:, k]), ink, 1, 1, **place, xanchor="right", yanchor="top", font=small)
            )
            if k == 0:
                notes.append(_note(label, ink, 0, 1.02, **place, xanchor="left", yanchor="bottom"))
            bands.append(
                {
                    "type": "rect",
                    "xref": f"x{suffix}",
                    "yref": f"y{suffix} domain",
                    "x0": -1,
                    "x1": 1,
                    "y0": 0,
                    "y1": 1,
                    "layer": "below",
                    "line": {"width": 0},
                    "fillcolor": BORDER[theme],
                    "opacity": 0.45,
                }
            )
    return _figure(data, theme, height=320, bargap=0.08, annotations=notes, shapes=bands, **axes)


# ---- suppression


def kept_curve(
    thresholds: Sequence[float],
    kept: Sequence[int],
    current: float,
    current_kept: int | None = None,
    *,
    theme: Theme = "light",
) -> go.Figure:
    """How many boxes suppression keeps at every IoU threshold, the present one marked.

    Args:
      thresholds: rising, from 0 to 1.
      kept: at each of them.
      current: the threshold in use; current_kept: what it keeps, None: what the curve says to its left.
      theme: of the page.
    """
    ink, chosen, muted = _ink("kept", theme), _ink("selected", theme), MUTED[theme]
    thresholds, kept = np.asarray(thresholds, float), np.asarray(kept, int)
    if current_kept is None and len(kept):
        at = np.searchsorted(thresholds, current + 1e-9, side="right") - 1
        current_kept = int(kept[max(at, 0)])
    top = max(1, int(kept.max(initial=0)), current_kept or 0)
    count = current_kept or 0
    # Above and left of the point nothing is drawn: lower thresholds keep fewer boxes, as a rule.
    side = "right" if current > 0.35 else "left"
    notes = [
        _note("← suppresses more", muted, 0, 1, xref="paper", yref="paper", xanchor="left", yanchor="bottom"),
        _note("keeps more →", muted, 1, 1, xref="paper", yref="paper", xanchor="right", yanchor="bottom"),
        _note(
            f"<b>{count:,} kept</b> at {current:.2f}",
            chosen,
            current,
            count,
            xanchor=side,
            yanchor="bottom",
            xshift=-8 if side == "right" else 8,
            yshift=2,
            bgcolor=PAGE[theme],
            opacity=0.92,
        ),
    ]
    data = [
        {
            "type": "scatter",
            "x": thresholds.tolist(),
            "y": kept.tolist(),
            "mode": "lines",
            "line": {"color": ink, "width": 2.5, "shape": "hv"},
            "hovertemplate": "above IoU %{x:.2f} suppressed: %{y} kept<extra></extra>",
        },
        {
            "type": "scatter",
            "x": [current],
            "y": [count],
            "mode": "markers",
            "marker": {"color": ink, "size": 9, "line": {"color": chosen, "width": 2.5}},
            "hoverinfo": "skip",
        },
    ]
    return _figure(
        data,
        theme,
        height=260,
        annotations=notes,
        shapes=[_line(chosen, "dot", x0=current, x1=current, yref="paper", y0=0, y1=1)],
        xaxis=_axis(theme, "IoU threshold", range=[0, 1], dtick=0.1, tickformat=".1f", showgrid=False),
        yaxis=_axis(theme, "boxes kept", range=[0, top * 1.15], nticks=5, tickformat=",d"),
    )


# ---- evaluation


def precision_recall(
    recall: Sequence[float], precision: Sequence[float], ap: float, *, theme: Theme = "light"
) -> go.Figure:
    """The precision-recall curve of one class, its envelope as a step line and the average precision in its area.

    Args:
      recall: (P,), not falling; P may be 0.
      precision: (P,), of the same detections.
      ap: of the curve; NaN where there is no object.
      theme: of the page.
    """
    ink, muted = _ink("kept", theme), MUTED[theme]
    recall, precision = np.asarray(recall, float), np.asarray(precision, float)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    x, y = [0.0, *recall.tolist()], [*best[:1].tolist(), *best.tolist()]
    data = [
        {
            "type": "scatter",
            "x": x,
            "y": y,
            "mode": "lines",
            "line": {"color": ink, "width": 2.5, "shape": "vh"},
            "fill": "tozeroy",
            "fillcolor": f"{ink}33",
            "hovertemplate": "recall %{x:.2f}: precision %{y:.2f} or better<extra></extra>",
        },
        {
            "type": "scatter",
            "x": recall.tolist(),
            "y": precision.tolist(),
            "mode": "lines",
            "line": {"color": muted, "width": 1},
            "hoverinfo": "skip",
        },
    ]
    said = "no object of this class" if np.isnan(ap) else f"<b>AP {ap:.2f}</b>"
    side = {"range": [0, 1.02], "dtick": 0.5, "tickformat": ".1f"}
    return _figure(
        data if len(recall) else [],
        theme,
        height=340,
        annotations=[_note(said, ink, 0.45, 0.3, bgcolor=PAGE[theme], opacity=0.92)],
        xaxis=_axis(theme, "recall", showgrid=False, constrain="domain", **side),
        yaxis=_axis(theme, "precision", scaleanchor="x", **side),
    )


# ---- matching


def _state(iou: float, high: float, low: float) -> str:
    return "positive" if iou >= high else "ignored" if iou >= low else "negative"


def best_iou_per_object(
    best_iou: Sequence[float],
    names: Sequence[str],
    high: float,
    low: float | None = None,
    *,
    states: Sequence[str] | None = None,
    theme: Theme = "light",
) -> go.Figure:
    """The IoU of every object's best anchor, one bar an object, and the thresholds as lines.

    Args:
      best_iou: (G,); G may be 0.
      names: (G,) class names.
      high, low: thresholds; low None or equal to high: only one line.
      states: (G,) "positive", "ignored" or "negative", of each best anchor; None: by the thresholds alone,
        which does not know of low-quality matches.
      theme: of the page.
    """
    values = [float(v) for v in best_iou]
    low = high if low is None else low
    states = states or [_state(v, high, low) for v in values]
    inks = [_ink(state, theme) for state in states]
    named = len(values) <= NAMED_OBJECTS
    pitch = 40 if named else max(3, min(16, 900 // len(values)))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": list(range(1, len(values) + 1)),
        "width": 0.3 if named else 0.8,
        "marker": {"color": inks, "line": {"width": 0}},
        "customdata": [[escape(name, quote=False), state] for name, state in zip(names, states, strict=True)],
        "hovertemplate": "%{y} %{customdata[0]}: best anchor IoU %{x:.2f}, %{customdata[1]}<extra></extra>",
    }
    notes, shapes = [], []
    for k, (name, value, state) in enumerate(zip(names, values, states, strict=True) if named else (), 1):
        # A line of text over each bar fits every width; names below upright bars would not.
        text = f"{circled(k - 1)} {_short(name)}: <b>{value:.2f}</b> {STATES[state].symbol} {state}"
        notes.append(_note(text, inks[k - 1], 0, k - 0.13, xanchor="left", yanchor="bottom", borderpad=0))
    lines = [("high", high, "positive", "solid")]
    if low != high:
        lines.append(("low", low, "ignored", "dash"))
    for name, value, state, dash in lines:
        ink = _ink(state, theme)
        label = f"{name if low != high else 'threshold'} {value:.2f}"
        shapes.append(_line(ink, dash, 1.5, x0=value, x1=value, yref="paper", y0=0, y1=1))
        # The two names lean away from each other.
        anchor = "left" if value < 0.12 or (name == "high" and value < 0.8) else "right"
        notes.append(_note(label, ink, value, 1, yref="paper", xanchor=anchor, yanchor="bottom"))
    return _figure(
        [bars],
        theme,
        height=64 + pitch * max(1, len(values)),
        annotations=notes,
        shapes=shapes,
        xaxis=_axis(theme, "IoU", range=[0, 1], dtick=0.2, tickformat=".1f"),
        yaxis=_axis(
            theme,
            range=[max(1, len(values)) + 0.4, 0.2 if named else 0.4],
            showgrid=False,
            showticklabels=not named,
            tickformat=",d",
        ),
    )


def _short(name: str, most: int = 24) -> str:
    """A name that fits a phone and that Plotly takes for text, not for markup."""
    return escape(name if len(name) <= most else name[: most - 1] + "…", quote=False)
