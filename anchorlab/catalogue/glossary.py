"""The field's terms: what they mean, and how a page's own text carries that at a term's first use.

`TERMS` is the one place where a meaning is written. What the canvas writes is marked in the browser, which gets the
terms from here (`browser/streamlit/words.js`). In Streamlit's text `marked` makes links of them, of which the browser shows the
first on a page, and `explained` is the help of a control whose label is the first to use one.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import Any, NamedTuple


class Term(NamedTuple):
    """A term of the field.

    Attributes:
      name: as lists of terms have it.
      meaning: one or two sentences for somebody new to the field.
      forms: how texts write it; the first letter may be a capital everywhere.
    """

    name: str
    meaning: str
    forms: tuple[str, ...]


TERMS: dict[str, Term] = {
    "anchor": Term(
        "anchor",
        "A box of a fixed size and shape in a fixed place. A detector tries thousands of them, scores each, and "
        "corrects the good ones.",
        ("anchor", "anchors"),
    ),
    "aspect-ratio": Term(
        "aspect ratio",
        "One side of a box divided by the other: height by width, or width by height, as libraries differ. It changes "
        "an anchor’s shape, not its area.",
        ("aspect ratio", "aspect ratios"),
    ),
    "atss": Term(
        "ATSS",
        "Adaptive training sample selection: every object gets an IoU threshold of its own, from the anchors nearest "
        "to its centre.",
        ("ATSS",),
    ),
    "average-precision": Term(
        "average precision",
        "The area under the precision-recall curve of one class, from 0 to 1; AP for short. Papers give its mean over all "
        "classes, mAP.",
        ("average precision", "AP", "mAP"),
    ),
    "background": Term(
        "background",
        "What an anchor learns to say where there is no object. It is not one of the objects’ classes.",
        ("background",),
    ),
    "bpr": Term(
        "best possible recall",
        "BPR, the share of objects that some anchor reaches: before anything is trained, how many can be learned at all.",
        ("best possible recall", "BPR"),
    ),
    "cell": Term(
        "cell",
        "One square of the grid over the image, a stride wide. Its anchors are all centred on the same point.",
        ("cell", "cells"),
    ),
    "coder": Term(
        "coder",
        "The rule that writes a box as four numbers, seen from an anchor, and reads it back.",
        ("coder", "coders"),
    ),
    "confidence": Term("confidence", "Another word for the score of a prediction.", ("confidence",)),
    "cross-entropy": Term(
        "cross-entropy",
        "The logarithm of what a prediction left to the truth: nothing where it was certain of it, and without bound where "
        "it was certain of something else.",
        ("cross-entropy",),
    ),
    "d2l": Term(
        "d2l",
        "Dive into Deep Learning, an open textbook that builds anchors, matching and suppression step by step.",
        ("d2l", "Dive into Deep Learning"),
    ),
    "decode": Term(
        "decode",
        "To turn an anchor and its offsets back into a box.",
        ("decode", "decodes", "decoded", "decoding"),
    ),
    "detector": Term(
        "detector",
        "A network that finds objects in an image: for each a box, a class and a score.",
        ("detector", "detectors"),
    ),
    "diou": Term(
        "DIoU",
        "Distance IoU: the IoU, less how far apart the centres of the two boxes are.",
        ("DIoU", "DIoU-NMS"),
    ),
    "encode": Term(
        "encode", "To write a box as offsets from an anchor.", ("encode", "encodes", "encoded", "encoding")
    ),
    "false-alarm": Term(
        "false alarm", "A prediction where there is no object.", ("false alarm", "false alarms")
    ),
    "feature-map": Term(
        "feature map",
        "The grid of numbers that a network computes from an image. Each of its cells sees a patch of the image.",
        ("feature map", "feature maps"),
    ),
    "focal-loss": Term(
        "focal loss",
        "Cross-entropy that counts an anchor the less, the surer it is of the truth, so that thousands of easy ones do not "
        "drown the few hard ones.",
        ("focal loss",),
    ),
    "ground-truth": Term(
        "ground truth",
        "The boxes and classes that people drew by hand: what a detector should find.",
        ("ground truth", "ground-truth"),
    ),
    "head": Term(
        "head",
        "The last layers of a detector: for every anchor they put out offsets and scores.",
        ("head", "heads"),
    ),
    "ignored": Term(
        "ignored",
        "An anchor that is neither positive nor negative. It adds nothing to the loss.",
        ("ignored", "ignore", "ignores"),
    ),
    "iou": Term(
        "IoU",
        "Intersection over union: the area that two boxes share, divided by the area that they cover together. 0: they "
        "do not overlap; 1: they are equal.",
        ("IoU", "IoUs"),
    ),
    "level": Term(
        "level",
        "One feature map of a pyramid. Fine levels have many small anchors, coarse levels few large ones.",
        ("level", "levels"),
    ),
    "logit": Term(
        "logit",
        "The number whose sigmoid is a given number between 0 and 1: ln(p / (1 − p)).",
        ("logit", "logits"),
    ),
    "loss": Term(
        "loss",
        "How wrong the network’s answers are, as one number. Training makes it small.",
        ("loss",),
    ),
    "low-quality-match": Term(
        "low-quality match",
        "An anchor that overlaps an object too little to be positive, and is so all the same, as no other overlaps that "
        "object more.",
        ("low-quality match", "low-quality matches"),
    ),
    "matching": Term("matching", "To decide which anchors learn from which objects.", ("matching",)),
    "matrix-nms": Term(
        "Matrix NMS",
        "A way to lower the scores of overlapping boxes all at once, without rounds.",
        ("Matrix NMS",),
    ),
    "nan": Term(
        "NaN", "Not a number: what computers make of 0 / 0. No comparison with it is true.", ("NaN",)
    ),
    "negative": Term("negative", "An anchor that learns to say “background”.", ("negative", "negatives")),
    "nms": Term(
        "NMS",
        "Non-maximum suppression: the box with the best score stays, and boxes that overlap it too much are dropped. "
        "Then the next best has its turn.",
        ("NMS", "non-maximum suppression"),
    ),
    "objectness": Term(
        "objectness", "A score for “is there any object here?”, whatever its class.", ("objectness",)
    ),
    "octave": Term(
        "octave",
        "A doubling. Three sizes an octave grow by the cube root of 2, 1.26, each.",
        ("octave", "octaves"),
    ),
    "offsets": Term(
        "offsets",
        "The four numbers that turn an anchor into a box: how far to move it, and how much to grow it.",
        ("offset", "offsets"),
    ),
    "p3": Term(
        "P3",
        "The level of a feature pyramid whose cells are 2³ = 8 pixels wide. P4 has 16, P5 has 32, and so on.",
        ("P2", "P3", "P4", "P5", "P6", "P7"),
    ),
    "positive": Term(
        "positive", "An anchor that learns an object: its class and its box.", ("positive", "positives")
    ),
    "prediction": Term(
        "prediction",
        "A box that a detector puts out, with a class and a score.",
        ("prediction", "predictions"),
    ),
    "prior-box": Term(
        "prior box",
        "SSD’s name for an anchor; a default box is the same.",
        ("prior box", "prior boxes", "default box", "default boxes"),
    ),
    "pyramid": Term(
        "pyramid",
        "Several feature maps of one image, from fine to coarse, each with anchors of its own scale.",
        ("pyramid", "pyramids", "feature pyramid", "feature pyramids"),
    ),
    "recall": Term(
        "recall",
        "How many of the objects are found. Precision is how many of the detections are true.",
        ("recall",),
    ),
    "rpn": Term(
        "region proposal network",
        "The first half of Faster R-CNN: it says of each anchor whether there is any object, and where.",
        ("region proposal network",),
    ),
    "sampler": Term(
        "sampler",
        "What picks some positives and negatives for each step of training, as there are far more negatives.",
        ("sampler", "samplers"),
    ),
    "score": Term(
        "score",
        "How sure a detector is of a prediction, from 0 to 1.",
        ("score", "scores"),
    ),
    "sigmoid": Term(
        "sigmoid", "The S-shaped curve that squeezes any number into the range from 0 to 1.", ("sigmoid",)
    ),
    "smooth-l1": Term(
        "smooth L1",
        "A loss of offsets: a parabola for small errors, a straight line for large ones.",
        ("smooth L1",),
    ),
    "soft-nms": Term(
        "Soft-NMS",
        "Suppression that lowers the scores of overlapping boxes instead of dropping them.",
        ("Soft-NMS",),
    ),
    "stds": Term(
        "stds",
        "Standard deviations: what offsets are divided by, so that the numbers a network learns are mostly near 1.",
        ("stds", "standard deviations"),
    ),
    "stride": Term(
        "stride",
        "How many pixels neighbouring cells are apart. Half the stride makes about four times as many anchors.",
        ("stride", "strides"),
    ),
    "suppress": Term(
        "suppress",
        "To drop a box because a better one overlaps it too much: both probably show the same object.",
        ("suppress", "suppresses", "suppressed", "suppression"),
    ),
    "true-positive": Term(
        "true positive",
        "A detection that finds an object nobody better has found. All others are false positives.",
        ("true positive", "true positives"),
    ),
    "wbf": Term(
        "weighted boxes fusion",
        "A method that averages overlapping boxes, weighted by their scores, instead of dropping any.",
        ("weighted boxes fusion",),
    ),
}
"""By a name that stands in addresses: the link of a term is `#word-` and its name here."""

LINK = "word-"


def _either_case(form: str) -> str:
    first = form[0]
    start = f"[{first}{first.upper()}]" if first.islower() else re.escape(first)
    return start + re.escape(form[1:]).replace("\\ ", " ").replace("\\-", "-")


@functools.lru_cache(maxsize=1)
def pattern() -> str:
    """A regular expression, for Python and for JavaScript, that finds every form as a whole word, the longest first."""
    forms = sorted(
        (form for term in TERMS.values() for form in term.forms), key=lambda form: (-len(form), form)
    )
    return rf"(?<![\w-])(?:{'|'.join(map(_either_case, forms))})(?![\w-])"


@functools.lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {form.lower(): name for name, term in TERMS.items() for form in term.forms}


def used(text: str) -> list[tuple[int, int, str]]:
    """Where a text uses a term: (start, end, name), each term once, where it comes first."""
    seen: dict[str, tuple[int, int, str]] = {}
    for match in re.finditer(pattern(), text, re.ASCII):
        name = _names()[match[0].lower()]
        seen.setdefault(name, (match.start(), match.end(), name))
    return list(seen.values())


# Where Markdown shows no words of its own: code, mathematics, links.
_NOT_WORDS = re.compile(r"`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)")


def marked(text: str) -> str:
    """A Markdown text whose terms, each where it comes first, are links to their meaning."""
    masked = _NOT_WORDS.sub(lambda match: "\0" * len(match[0]), text)
    for start, end, name in sorted(used(masked), reverse=True):
        text = f"{text[:start]}[{text[start:end]}](#{LINK}{name}){text[end:]}"
    return text


def linked(text: str) -> str:
    """The same of a text without markup, as HTML."""
    parts, at = [], 0
    for start, end, name in sorted(used(text)):
        parts += [escape(text[at:start]), f'<a href="#{LINK}{name}">{escape(text[start:end])}</a>']
        at = end
    return "".join([*parts, escape(text[at:])])


def explained(label: str, also: str = "") -> str:
    """The help of a control: what else it says, and the meanings of the terms that its label uses."""
    meanings = [f"**{TERMS[name].name}**: {TERMS[name].meaning}" for *_, name in used(label)]
    return "\n\n".join([also, *meanings] if also else meanings)


def listed() -> str:
    """All terms with their meanings, by the alphabet, as Markdown."""
    terms = sorted(TERMS.values(), key=lambda term: term.name.lower())
    return "\n".join(f"- **{term.name}**: {term.meaning}" for term in terms)


def as_json() -> dict[str, Any]:
    """What the browser needs to find terms and to say what they mean."""
    return {
        "link": LINK,
        "pattern": pattern(),
        "names": _names(),
        "terms": {name: [term.name, term.meaning] for name, term in TERMS.items()},
    }
