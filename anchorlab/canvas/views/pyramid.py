"""What the Pyramid page's canvas shows, and the page's controls."""

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Annotated, Any, TypedDict

import numpy as np

from anchorlab import engine
from anchorlab.canvas import message
from anchorlab.canvas.views.anchors import LAYOUT as LAYOUT_OF_GRID
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice, Numbers, Slider, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.presets import PRESETS
from anchorlab.engine.buckets import buckets
from anchorlab.session import anchor_source, link, results, snippets, store
from anchorlab.session import pyramid_choices as choices
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState, Resize
from anchorlab.session.pyramid_choices import YOURS, Levels
from anchorlab.session.scene import Scene
from anchorlab.settings.anchors import RATIO_RANGE
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "one_grid": {
        "one": "One grid, {count} shape in every cell: no level to choose, so the <b>shapes</b> alone must cover every size.",
        "other": "One grid, {count} shapes in every cell: no level to choose, so the <b>shapes</b> alone must cover every "
        "size.",
    },
    "grids": {
        "one": "{grids} grids, each with {count} shape of its own scale: the object’s <b>size</b> chooses the level.",
        "other": "{grids} grids, each with {count} shapes of its own scale: the object’s <b>size</b> chooses the level.",
    },
    "grids_differ": "{grids} grids, each with {low} to {high} shapes of its own scale: the object’s <b>size</b> chooses the "
    "level.",
    "number_2": "Two",
    "number_3": "Three",
    "number_4": "Four",
    "number_5": "Five",
    "number_6": "Six",
    "number_7": "Seven",
    "number_8": "Eight",
    "label": "{alt} {anchors} on {levels}. {landed}.",
    "landed": "{object} on {level}",
    "none": "none",
    "finds": "Level {level} finds it best, at IoU {iou}.",
    "finds_none": "No level finds it.",
    # the levels
    "levels": "Level, its grid, its anchors",
    "levels_hint": "click one to see it alone",
    "levels_label": "Levels",
    "level": "{name} · stride {stride}",
    "best": "best IoU {ious}",
    "fits": "fits <b>{won} of {objects}</b> best: {names}",
    "fits_none": "fits none of the {objects} objects best",
    "all": "All levels.",
    "alone": {
        "one": "Level {name} alone, stride {stride}: {rows} by {columns} cells of {count} shape.",
        "other": "Level {name} alone, stride {stride}: {rows} by {columns} cells of {count} shapes.",
    },
    # what the lines mean
    "means_best": "best anchor, on {level}",
    "means_other": "best anchor of {level}; another level fits better",
    "means_centre": "centre of a cell of {level}",
    # why
    "which": "Which level?",
    "which_why": "Draw a box, and the level that fits it lights up.",
    "nowhere": "Why does the {noun} land nowhere?",
    "lands": "Why does the {noun} land on {level}?",
    "fit": "How well does one grid fit the {noun}?",
    "size": "Its {width}×{height} px make √({width} · {height}) = <b>{size}</b>.",
    "size_resized": "Resized, its {width}×{height} px make √({width} · {height}) = <b>{size}</b>.",
    "untouched": "No anchor touches it.",
    "reaches": "The best of {sides} reaches IoU <b>{iou}</b>.",
    "tries": "{level} tries {sides}.",
    "tries_but": "{level} tries {sides}, but shape and place count too: <b>{iou}</b> on {own}, {there} there.",
    "sides": "sides of {low}",
    "sides_range": "sides of {low} to {high}",
    "ruler": "Sizes of the levels’ anchors from {low} to {high} pixels; the object’s is {size}",
    # a question to predict
    "predict_draw": "<b>Draw</b> a box around something: which level lights up?",
    "predict_half": "<b>Predict:</b> half as wide and half as tall, where does {name} land? Then drag a corner.",
    "predict_double": "<b>Predict:</b> twice as wide and twice as tall, where does {name} land? Then drag a corner.",
    "predict_half_reach": "<b>Predict:</b> half as wide and half as tall, does an anchor of {name} reach IoU {high}? Then "
    "drag a corner.",
    "predict_double_reach": "<b>Predict:</b> twice as wide and twice as tall, does an anchor of {name} reach IoU {high}? "
    "Then drag a corner.",
    "on_none": "On none: no anchor would touch it.",
    "would_reach": "<b>Yes</b>: its best anchor would reach IoU <b>{iou}</b>.",
    "would_not_reach": "<b>No</b>: its best anchor would reach IoU <b>{iou}</b>.",
    "still_on": "Still on <b>{level}</b>, at IoU {iou}: its anchors still overlap it most.",
    "then_on": "On <b>{level}</b>, at IoU {iou}.",
    "finer": {
        "one": "On <b>{level}</b>, at IoU {iou}: {count} level finer than {before}.",
        "other": "On <b>{level}</b>, at IoU {iou}: {count} levels finer than {before}.",
    },
    "coarser": {
        "one": "On <b>{level}</b>, at IoU {iou}: {count} level coarser than {before}.",
        "other": "On <b>{level}</b>, at IoU {iou}: {count} levels coarser than {before}.",
    },
    # the strip
    "times": "times",
    "squared": "squared",
    "count_spoken": "{product} is {anchors}",
    "count_alone_spoken": "{level}: {rows} times {columns} times {shapes} is {anchors}",
    "factors": "rows · columns · shapes",
    "share": "{share}% of them live on {level}.",
    "share_small": "{share}% of them live on {level}, for the smallest objects.",
    "share_alone": {
        "one": "{share}% of all {all}. Click a cell to see its {count} shape; Esc shows all levels.",
        "other": "{share}% of all {all}. Click a cell to see its {count} shapes; Esc shows all levels.",
    },
    "usual": "{preset} on {width} × {height} px: {sum} = <b>{anchors}</b>.",
    # what the head puts out
    "heads": "Outputs of the head on every level",
    "heads_level": "level",
    "heads_cells": "cells",
    "heads_offsets": "offsets",
    "heads_objectness": "objectness",
    "heads_classes": {"one": "{count} class", "other": "{count} classes"},
    "heads_all": "in all",
    "heads_why": "Each cell says four offsets for every shape, and a score: one (is there anything?) or one for each class.",
    # three ways to many scales
    "costs": "Three ways to many scales",
    "costs_way": "way",
    "costs_takes": "what it takes on this picture",
    "costs_against": "against the pyramid",
    "pictures": "pyramid of pictures",
    "pictures_take": {"one": "{count} run over {pixels} px", "other": "{count} runs over {pixels} px"},
    "times_pixels": "{times} × the pixels",
    "dense": "one dense map",
    "dense_takes": "{anchors} at stride {stride}",
    "times_anchors": "{times} × the anchors",
    "pyramid": "pyramid of anchors",
    "pyramid_takes": "one run over {pixels} px, {anchors}",
    "as_shown": "as shown",
    "costs_pictures": "Pictures: the shapes of {level} alone, on the picture.",
    "costs_shrunk": "Pictures: the shapes of {level} alone, on the picture and shrunk to {factors}.",
    "costs_dense": {
        "one": "Dense map: all {count} shape in every cell of {level}.",
        "other": "Dense map: all {count} shapes in every cell of {level}.",
    },
    # two pyramids
    "rivals": "Two pyramids compared",
    "rivals_none": "Draw an object and both are compared.",
    "rivals_object": "object",
    "rivals_level": "{pyramid}: level",
    "rivals_iou": "best IoU",
    "this": "this pyramid",
    "only_here": "only here",
    "only_there": "only there",
    "here_better": "here better",
    "there_better": "there better",
    "reached": "reached at IoU {high}",
    "reached_by": "<b>{reached} of {objects}</b>",
    "spent": "anchors spent",
    "spent_each": "{anchors}, {each} for each",
    "over": "generated over",
    # the lists
    "list_sizes": "Sizes, in strides of the level",
    "list_ratios": "Aspect ratios (height / width)",
    "too_many_shapes": "A level takes at most {most} shapes.",
    "too_many": "That would be {count} anchors, more than the {most} this page can draw. Take fewer levels or shapes, or "
    "resize the picture.",
    # keys
    "key_level": "a level alone; again, or Esc: all levels",
    "key_next": "without a selected object: the next level alone",
}


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
RATIOS = _list("ratios", *RATIO_RANGE)
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


class Shapes(TypedDict):
    sizes: list[float]
    ratios: list[float]
    order: str


class Preset(TypedDict):
    """`fixed`: the only size its maps fit; `usual`: those on which its anchors are counted."""

    name: str
    label: str
    pyramid: message.Pyramid
    fixed: list[int] | None
    usual: list[list[int]]
    regular: Shapes | None


def presets() -> list[Preset]:
    """Every preset on offer; the browser gets them with the library, once."""
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


class Message(message.Common):
    """Each object's best anchor of every level, (level, object); `high`: the IoU that reaches it."""

    level_iou: message.Boxes
    level_anchor: Annotated[np.ndarray, message.Array("int32", 2)]
    pyramid: message.Pyramid
    frame: list[int]
    regular: Shapes | None
    most_shapes: int
    most: int
    high: float


def shown(here: Scene, app: AppState, own: object) -> dict[str, Any]:
    """What the canvas shows: what it needs to generate the pyramid by itself, and those it may be switched to."""
    size = (here.height, here.width)
    source = anchor_source.pyramid_of(app, *size)
    height, width = source.frame(*size)
    found = results.level_fit(source, *size, here.objects)
    return {
        "answer": "",
        "level_iou": found.iou,
        "level_anchor": found.anchor,
        "pyramid": anchor_source.spec_data(source.spec),
        "frame": [width, height],
        "regular": _regular_data(source.spec.levels),
        "most_shapes": link.MAX_SHAPES,
        "most": anchor_source.MAX_ANCHORS,
        "high": getattr(app.matching.spec, "high", app.matching.threshold.high),
    }


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every preset."""
    size = (here.height, here.width)
    for preset in PRESETS.values():
        source = AnchorSource(preset.spec, app.resize).fitted(*size)
        yield ("pyramid", *buckets(source.count(*size), len(here.boxes))), partial(_load, source, here)


def _load(source: AnchorSource, here: Scene) -> None:
    engine.pairwise_iou(source.generate(here.height, here.width).xyxy, here.boxes)


PAGE = Page(
    name="pyramid",
    title="Pyramid",
    question="Which level of the pyramid finds which object?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    step="level",
    resets=("pyramid", "layout", "resize", "rival"),
    script=snippets.pyramid,
    layout="pyramid",
    needs=needs,
)
