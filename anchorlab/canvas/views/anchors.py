"""Anchors: which boxes does every cell try?"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypedDict

from anchorlab import engine
from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice, Numbers
from anchorlab.catalogue.glossary import explained
from anchorlab.engine.buckets import buckets
from anchorlab.session import anchor_source, link, snippets, store
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.settings.anchors import RATIO_RANGE, SIZE_RANGE, AnchorSpec
from anchorlab.wording import Sentence, placeholders, say

SIZES = Numbers("anchors.sizes", "sizes", *SIZE_RANGE, link.MAX_LIST)
RATIOS = Numbers("anchors.aspect_ratios", "ratios", *RATIO_RANGE, link.MAX_LIST)
STRIDE = Choice(
    "anchors.stride",
    "Stride (px)",
    tuple((stride, f"{stride:g}") for stride in (8.0, 16.0, 32.0, 64.0)),
    help=explained("stride"),
    other=lambda stride: f"{stride:g}",
    ordered=True,
)
COMBINE = Choice(
    "anchors.combine",
    "Sizes × ratios",
    (("all", "all n · m"), ("first", "n + m − 1")),
    help="All pairs of n sizes and m ratios, or, as in Dive into Deep Learning, only those with the first "
    "size or the first ratio.",
)
RATIO_MEANS = Choice(
    "anchors.ratio_means",
    "A ratio means",
    (("h/w", "h / w"), ("w/h", "w / h")),
    help="torchvision, detectron2 and mmdetection: height / width. d2l, SSD and Keras: width / height.",
    concerns=ALL,
)
CENTER = Choice(
    "anchors.center",
    "Centre of a cell",
    ((0.5, "½"), (0.0, "0")),
    help="Where in its cell an anchor is centred, in strides: ½ the middle, 0 the corner (torchvision).",
)
BORDER = Choice("anchors.border", "At the border", (("keep", "keep"), ("clip", "clip"), ("ignore", "ignore")))
SHOW = Choice("show", "Show", (("cell", "one cell"), ("density", "all, as density")))
COMPARE = Choice(
    "compare", "Compare with", (("none", "nothing"), ("ratio", "the ratio turned"), ("d2l", "d2l's text"))
)
LAYOUT = Choice(
    "layout", "Other pages use", (("grid", "this grid"), ("pyramid", "the pyramid")), concerns=ALL
)
CONTROLS = (SIZES, RATIOS, STRIDE, COMBINE, RATIO_MEANS, CENTER, BORDER, SHOW, COMPARE, LAYOUT)

SENTENCES: dict[str, Sentence] = {
    "answer": {
        "one": "The one dot tries the same <b>{shapes}</b>: {pairs}. Click any dot; its cell lights up.",
        "other": "Each of the {count} dots tries the same <b>{shapes}</b>: {pairs}. Click any dot; its cell lights up.",
    },
    "all_pairs": "{sizes} × {ratios}",
    "first_pairs": "{sizes} + {ratios} − 1",
    "elsewhere": "Other pages use the <b>pyramid</b> now.",
    "label": {
        "one": "{alt} {anchors} on {rows} by {count} cell; one cell's shapes are outlined.",
        "other": "{alt} {anchors} on {rows} by {count} cells; one cell's shapes are outlined.",
    },
    "cell": "Cell in row {row}, column {column}, centre {x}, {y}.",
    # what the lines mean
    "means_cell": "one cell",
    "means_anchors": "its anchors",
    "means_size": "its anchors of size {size}",
    "means_rank": "its anchors, size {rank} of {sizes}",
    "means_density": "up to {most} anchors cover one spot; dark: few",
    # the table of shapes
    "shapes": {"one": "The one shape, to scale", "other": "The {count} shapes, to scale"},
    "shapes_left_out": {
        "one": "The one shape, to scale; {out} of {all} left out",
        "other": "The {count} shapes, to scale; {out} of {all} left out",
    },
    "shape_label": "size {size}, ratio {ratio}: {width} by {height} pixels",
    "shape_label_left_out": "size {size}, ratio {ratio}: {width} by {height} pixels, left out",
    # a shape that is picked or pointed at
    "shape": "{width}×{height} = {area} px²: size {size}, ratio {ratio}",
    "shape_short": "{width}×{height} = {area} px²",
    "shape_told": "Shape {width}×{height} = {area} px²: size {size}, ratio {ratio}.",
    # another reading of the ratios
    "becomes": "becomes {width}×{height}",
    "permuted": "the same boxes, in another order",
    "permuted_of": "{legend}: the same boxes, in another order",
    # why
    "same_area": "Why do {wide} and {tall} share a row?",
    "same_area_why": "The ratio turns, the area stays: {width} · {height} ≈ {tall_width} · {tall_height} ≈ {size} · {size} = "
    "<b>{area} px²</b>. Hence √ratio.",
    "size": "What is a size?",
    "size_why": "The side of the square with the same area: whatever the ratio, an anchor of size {size} covers "
    "<b>{area} px²</b>.",
    # a question to predict
    "predict_half": "<b>Predict:</b> stride {other} instead of {stride}: twice or four times as many anchors? Then switch.",
    "predict_double": "<b>Predict:</b> stride {other} instead of {stride}: half or a quarter as many anchors? Then switch.",
    "predict": "<b>Predict:</b> stride {other} instead of {stride}: how many times as many anchors? Then switch.",
    "predicted": "<b>{ratio} times</b> as many, <b>{after}</b> instead of {before}: {cells_before} cells become "
    "{cells_after}: the stride counts across and down.",
    # the strip
    "count_spoken": "{rows} times {columns} times {shapes} is {anchors}",
    "outside_keep": "rows × columns × shapes. <b>{share}%</b> of them stick out of the image; all together weigh {bytes}.",
    "outside_clip": "rows × columns × shapes. <b>{share}%</b> of them stuck out of the image and were cut; all together weigh "
    "{bytes}.",
    "outside_ignore": "rows × columns × shapes. <b>{share}%</b> of them stick out and are left out of training; all together "
    "weigh {bytes}.",
    "count_density": "Up to <b>{most}</b> cover one spot (yellow); the border is covered least.",
    # the lists
    "sizes": "Sizes (side of the square of the same area, px)",
    "ratios_tall": "Aspect ratios (height / width)",
    "ratios_wide": "Aspect ratios (width / height)",
    "too_many": "That would be {count} anchors, more than the {most} this page can draw. Take a larger stride, or fewer "
    "sizes and ratios.",
    # keys
    "key_cell": "without a selected object: the next cell",
    "key_shape": "the previous / next shape of the cell",
    "key_change": "the picked shape: its size, its ratio; Shift: by ten steps",
}


COMPARED = {
    "ratio": {
        "title": "What if a ratio meant {other}?",
        "legend": "solid: ratio = {means} · dashed: ratio = {other}",
        "text": "Every shape lies down that stood, and the other way round; only ratio 1 stays. With a symmetric list like "
        "½ 1 2 the same boxes come out in another order, so the mistake hides.",
    },
    "d2l": {
        "title": "Which width does d2l mean?",
        "legend": "solid: the book’s code · dashed: its text, width = w·s·√r",
        "text": "The book’s text measures the width in image widths: {width} × {size} for a square of {size}. Its code "
        "measures both sides in image heights, so a square stays square: {size} × {size}. On a square image nobody "
        "notices.",
    },
}


def compare_notes(spec: AnchorSpec, height: int, width: int) -> dict[str, dict[str, str]]:
    """What is said of the shapes under another reading of the settings: 'ratio' reads every ratio the other way round;
    'd2l' takes the width of the book's text, which is a fraction of the image's width (its code takes the height for both
    sides)."""
    means, other = ("h / w", "w / h") if spec.ratio_means == "h/w" else ("w / h", "h / w")
    size = max(spec.sizes)
    values = {
        "means": means,
        "other": other,
        "size": f"{size:.0f}",
        "width": f"{size * width / height:.0f}",
    }
    return {
        reading: {
            part: say(sentence, **{name: values[name] for name in placeholders(sentence)})
            for part, sentence in parts.items()
        }
        for reading, parts in COMPARED.items()
    }


class Note(TypedDict):
    title: str
    legend: str
    text: str


class Message(message.Common):
    """The grid is made of the settings; `most`: anchors that the page can draw."""

    compare_notes: dict[str, Note]
    most: int


def shown(here: Scene, app: AppState, own: object) -> dict[str, Any]:
    """What the canvas shows; the grid it generates of the settings by itself."""
    elsewhere = [("anchors.elsewhere", {})] if app.layout == "pyramid" else []
    return {
        "answer": [("anchors.answer", {}), *elsewhere],
        "compare_notes": compare_notes(app.anchors, here.height, here.width),
        "most": store.MAX_ANCHORS,
    }


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of the next strides: half as many anchors, or twice as many."""
    size, spec = (here.height, here.width), app.anchors
    count = anchor_source.grid_of(app).count(*size)
    for factor in (1, 2, 0.5):
        near = replace(spec, stride=spec.stride * factor**-0.5)
        if count * factor < engine.MAX_ANCHORS:
            length = buckets(int(count * factor), 0)[0]
            yield ("grid", length), partial(engine.generate_anchors, near, *size)


PAGE = Page(
    name="anchors",
    title="Anchors",
    question="Which boxes does every cell try?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    resets=("anchors", "show", "compare"),
    script=snippets.anchors,
    layout="grid",
    needs=needs,
)
