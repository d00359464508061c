"""The colours and line styles of every state: one source for the canvas, the page, Pillow and Plotly.

A state is never told by colour alone: each has a line style and a symbol of its own. "Core" colours are
drawn on the (dimmed) picture inside a dark casing and serve both themes; "ink" colours are for text and
charts on the page, one per theme, each with at least 4.5 : 1 contrast on both page backgrounds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Mark:
    """How one state is drawn: `core` on the picture, `light` / `dark` ink on the page, line and symbol."""

    core: str
    light: str
    dark: str
    width: float
    dash: tuple[float, ...] = ()
    cap: str = "butt"
    symbol: str = ""


STATES: dict[str, Mark] = {
    "object": Mark("#FFFFFF", "#1B1F27", "#E8EAEF", 3.0, symbol="①"),
    "positive": Mark("#7FB6FF", "#1C66D9", "#A6C8FF", 2.5, symbol="●"),
    "ignored": Mark("#FFBF1F", "#8F5600", "#FFC22B", 2.5, (7, 5), symbol="○"),
    "negative": Mark("#7C8190", "#5E5E65", "#8E96A6", 1.5, (0, 5), "round", symbol="·"),
    "kept": Mark("#6CF5A2", "#007A56", "#80FAB4", 3.0, symbol="✓"),
    "waiting": Mark("#B9AEBB", "#5A5D74", "#AEB4CA", 1.4, (7, 5), symbol="…"),
    "suppressed": Mark("#EE5248", "#BC1206", "#FF675C", 2.2, (0, 5), "round", symbol="×"),
    "joined": Mark("#6CF5A2", "#007A56", "#80FAB4", 1.6, (2, 4), symbol="+"),
    "selected": Mark("#9A5CF0", "#4F0E8F", "#A87AFF", 2.5, symbol="◎"),
}

CASING = "#0B0D12"
OUTSIDE = "#0E1116"
HATCH = "#2A303B"

# Objects are numbered first and coloured second; sizes and levels run from small to large.
OBJECT_COLOURS = ("#FFB6E1", "#3CA094", "#F7F145", "#616EB1", "#E06800", "#9BD595")
LEVEL_COLOURS = ("#FFFC76", "#AFF2C0", "#56BBB2", "#808CD8", "#DF4980")
# The same five hues as page ink, where the picture's light tints would vanish on white.
LEVEL_INKS_LIGHT = ("#7A6200", "#2F7A45", "#0B6B6B", "#4450A8", "#B0265E")
LEVEL_INKS_DARK = ("#FFFC76", "#AFF2C0", "#56BBB2", "#A5AEEA", "#F07AA4")

MUTED = {"light": "#5B6270", "dark": "#9AA3B2"}


def as_json() -> dict:
    """The palette as plain data for the canvas."""
    return {
        "states": {name: asdict(mark) for name, mark in STATES.items()},
        "casing": CASING,
        "outside": OUTSIDE,
        "hatch": HATCH,
        "objects": OBJECT_COLOURS,
        "levels": LEVEL_COLOURS,
        "levelInks": {"light": LEVEL_INKS_LIGHT, "dark": LEVEL_INKS_DARK},
    }


def as_css() -> str:
    """The inks as custom properties, `--ink-positive`, `--muted`, ..., for the light and the dark theme; and a class for each
    state, of its ink."""

    def block(selector: str, theme: str) -> str:
        inks = "".join(f"--ink-{name}:{getattr(mark, theme)};" for name, mark in STATES.items())
        return f"{selector}{{{inks}--muted:{MUTED[theme]};}}"

    states = "".join(f".{name}{{color:var(--ink-{name})}}" for name in STATES)
    return block(":host,.anchorlab", "light") + block(".dark", "dark") + states
