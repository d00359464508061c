"""What the Pyramid page's canvas shows, and the page's controls."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from anchorlab.canvas.views.anchors import LAYOUT as LAYOUT_OF_GRID
from anchorlab.catalogue.controls import ALL, Choice, Numbers, Slider, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.presets import PRESETS
from anchorlab.session import anchor_source, link, store
from anchorlab.session import pyramid_choices as choices
from anchorlab.session.app_state import AppState, Resize
from anchorlab.session.pyramid_choices import YOURS, Levels
from anchorlab.session.scene import Scene


def _resize(app: AppState) -> Resize:
    """What the picture is resized to: smaller than asked for where that would be too many anchors."""
    width, height = store.size_of(app)
    return anchor_source.pyramid_of(app, height, width).resize


def _choose(app: AppState, name: str) -> dict[str, Any]:
    if name == YOURS:
        return {}
    spec = PRESETS[name].spec
    # Nothing is compared with itself: what was here is the rival then.
    rival = app.rival
    if name == choices.rival_of(app):
        rival = choices.preset_of(app.pyramid.levels) or next(
            other for other in choices.shown() if other != name
        )
    return {"pyramid": spec, "resize": choices.resize_for(spec.levels, app.resize), "rival": rival}


def _settings_of(name: str) -> dict[str, Any]:
    """What choosing a preset says of the page's other controls."""
    spec = PRESETS[name].spec
    shapes = choices.regular(spec.levels)
    return {
        "pyramid.center": spec.center,
        "pyramid.uneven": spec.uneven,
        "pyramid.border": spec.border,
        "pyramid.sizes": shapes and shapes.sizes,
        "pyramid.ratios": shapes and shapes.ratios,
    }


def _usual(index: int) -> Switch:
    """Of the sizes that the preset is usually shown at the one at `index`; some presets have two."""

    def size(app: AppState) -> tuple[int, int] | None:
        known = choices.usual(app.pyramid.levels)
        return known[index] if index < len(known) else None

    return Switch(
        f"pyramid.usual.{index}",
        "Squeezed to its well-known size",
        help="Whatever the picture's own proportions. SSD squeezes every picture so; RetinaNet, FPN and Faster R-CNN "
        "keep the proportions, and YOLO pads what is missing: squeezed, their objects are distorted.",
        concerns=ALL,
        reads=lambda app: _resize(app) == size(app),
        changes=lambda app, on: {"resize": size(app) if on else 1.0},
    )


def _list(name: str, low: float, high: float) -> Numbers:
    """The sizes, in strides, or the ratios that make the shapes of every level; None where they do not."""

    def reads(app: AppState) -> tuple[float, ...] | None:
        shapes = choices.regular(app.pyramid.levels)
        return shapes and getattr(shapes, name)

    def changes(app: AppState, values: tuple[float, ...]) -> dict[str, Any]:
        shapes = choices.regular(app.pyramid.levels)
        if shapes is None:
            return {}
        changed = shapes._replace(**{name: values})
        if len(changed.sizes) * len(changed.ratios) > link.MAX_SHAPES:
            return {}
        return {"pyramid.levels": choices.snapped(choices.with_shapes(app.pyramid.levels, changed))}

    return Numbers(
        f"pyramid.{name}", name, low, high, link.MAX_LIST, concerns=("more",), reads=reads, changes=changes
    )


PRESET = Choice(
    "pyramid.preset",
    "Preset",
    tuple(choices.shown().items()),
    also={name: _settings_of(name) for name in choices.shown()},
    other=lambda _: "yours",
    concerns=ALL,
    reads=lambda app: choices.preset_of(app.pyramid.levels),
    changes=_choose,
)
RESIZE = Slider(
    "resize",
    "Image resized by",
    anchor_source.RESIZE_LEAST,
    anchor_source.RESIZE_MOST,
    anchor_source.RESIZE_STEP,
    help="A detector generates its anchors over the resized picture: the same anchors then meet other objects.",
    concerns=("more",),
    reads=_resize,
)
USUAL = (_usual(0), _usual(1))
SIZES = _list("sizes", 0.5, 64)
RATIOS = _list("ratios", *link.RATIO_RANGE)
CENTER = Choice(
    "pyramid.center",
    "Centre of a cell",
    ((0.5, "½"), (0.0, "0")),
    help=explained("cell", "Where in its cell an anchor is centred, in strides: ½ the middle, 0 the corner."),
)
UNEVEN = Choice(
    "pyramid.uneven",
    "Where the grid does not divide the image",
    (("keep", "the stride stays"), ("floor", "⌊side / cells⌋"), ("exact", "side / cells")),
    help="Between centres: the stride (detectron2, mmdetection, Keras), the side divided by the cells cut down to "
    "whole pixels (torchvision), or not cut (SSD).",
)
BORDER = Choice("pyramid.border", "At the border", (("keep", "keep"), ("clip", "clip"), ("ignore", "ignore")))
LAYOUT = Choice(
    "layout",
    LAYOUT_OF_GRID.label,
    (("grid", "one grid"), ("pyramid", "this pyramid")),
    help="Matching, Offsets, NMS and Home then use these anchors; the page Anchors keeps showing the one grid.",
)
RIVAL = Choice(
    "rival",
    "Compare with",
    tuple(choices.shown().items()),
    look="list",
    reads=choices.rival_of,
)
CONTROLS = (PRESET, RESIZE, *USUAL, SIZES, RATIOS, CENTER, UNEVEN, BORDER, LAYOUT, RIVAL)


def presets_data() -> list[dict[str, Any]]:
    """Every preset on offer as the browser takes it."""
    return [
        {
            "name": name,
            "label": label,
            "pyramid": anchor_source.spec_data(PRESETS[name].spec),
            "fixed": choices.fixed(PRESETS[name].spec.levels),
            "usual": choices.usual(PRESETS[name].spec.levels),
            "regular": _regular_data(PRESETS[name].spec.levels),
        }
        for name, label in choices.shown().items()
    ]


@lru_cache(maxsize=64)
def _regular_data(levels: Levels) -> dict[str, Any] | None:
    """The sizes and ratios as the browser takes them."""
    shapes = choices.regular(levels)
    return shapes._asdict() if shapes else None


def page_data(here: Scene, app: AppState) -> dict[str, Any]:
    """What the browser needs to generate the pyramid by itself, and those it may be switched to."""
    source = anchor_source.pyramid_of(app, here.height, here.width)
    height, width = source.frame(here.height, here.width)
    return {
        "pyramid": anchor_source.spec_data(source.spec),
        "frame": [width, height],
        "regular": _regular_data(source.spec.levels),
        "most_shapes": link.MAX_SHAPES,
        "presets": presets_data(),
        "most": anchor_source.MAX_ANCHORS,
        "high": app.match.high,
    }
