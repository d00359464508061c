"""What a change was, in words: said when it is undone or made again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.suppression import METHODS
from anchorlab.scenes import catalogue
from anchorlab.session import app_state as app_states
from anchorlab.session import link
from anchorlab.session.app_state import AppState, Box

# A setting by its path, or by a path that it lies below.
SETTINGS = {
    "anchors.sizes": "sizes of the anchors",
    "anchors.aspect_ratios": "aspect ratios of the anchors",
    "anchors.stride": "stride of the grid",
    "anchors.ratio_means": "meaning of the ratio",
    "anchors.combine": "combination of sizes and ratios",
    "anchors.center": "centre of a cell",
    "anchors.border": "anchors at the border",
    "show": "what the picture shows",
    "compare": "comparison of anchors",
    "layout": "one grid or a pyramid",
    "pyramid.levels": "levels of the pyramid",
    "pyramid.center": "centre of a cell of the pyramid",
    "pyramid.uneven": "uneven maps of the pyramid",
    "pyramid.border": "anchors of the pyramid at the border",
    "resize": "resized picture",
    "rival": "pyramid to compare with",
    "matching.rule": "matching rule",
    **{
        f"matching.{rule.name}.{setting}".rstrip("."): words
        for rule in RULES.values()
        for setting, words in rule.changes.items()
    },
    "coder": "convention of the coder",
    "offsets": "the four offsets",
    "suppression.iou_threshold": "IoU threshold",
    "suppression.score_threshold": "score threshold",
    "suppression.per_class": "which classes suppress each other",
    "suppression.top_k": "how many predictions take part",
    "suppression.method": "method",
    **{setting.path: setting.words for method in METHODS.values() for setting in method.settings},
    "suppression": "convention of the suppression",
    "covered_from": "IoU from which an object is covered",
    "source": "source of the predictions",
    "example": "ready example",
    "simulate.seed": "seed of the detector",
    "simulate.localisation_noise": "noise of the boxes",
    "simulate.score_noise": "noise of the scores",
    "simulate.false_alarms": "false alarms",
    "simulate.per_object": "predictions for each object",
    "code": "library of the code",
    "rosetta": "question to the libraries",
}


def _words(path: str) -> str:
    """A setting's name; that of the nearest group around it, where it has none of its own."""
    while path and path not in SETTINGS:
        path = path.rpartition(".")[0]
    return SETTINGS[path]


def _objects(of: AppState) -> list[tuple[Box, str]]:
    """Corners and class name of every object."""
    if of.objects is not None:
        classes = of.objects.classes
        return [
            (tuple(box), classes[k]) for box, k in zip(of.objects.boxes, of.objects.class_ids, strict=True)
        ]
    if of.scene == app_states.UPLOAD:
        return []
    own = catalogue.load_scene(of.scene)
    return [(tuple(map(float, box)), own.classes[k]) for box, k in zip(own.boxes, own.class_ids, strict=True)]


def _of_objects(before: list[tuple[Box, str]], after: list[tuple[Box, str]]) -> str:
    """What happened to the objects; empty if nothing did."""
    if len(before) == len(after):
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        if len(changed) == 1:
            [((old, name), (new, now))] = changed
            if name != now:
                return f"renamed {name} to {now}"
            size = [np.subtract(box[2:], box[:2]) for box in (old, new)]
            return f"{'moved' if np.allclose(*size, atol=0.25) else 'resized'} {name}"
        return f"changed {len(changed)} objects" if changed else ""
    fewer, more = sorted((before, after), key=len)
    verb = "added" if more is after else "deleted"
    odd = Counter(more) - Counter(fewer)
    if len(more) - len(fewer) == 1 == odd.total():
        return f"{verb} {next(iter(odd))[1]}"
    return f"{verb} {len(more)} objects" if not fewer else "replaced the objects"


def _value(value: Any) -> str:
    return link.number_text(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def describe(before: AppState, after: AppState, *, now: AppState) -> str:
    """The change from one lab to another, as in 'moved cup' or 'IoU threshold, now 0.5'.

    Args:
      now: the one of the two that is shown; its value is said where one number was changed.
    """
    if (before.scene, before.upload_id) != (after.scene, after.upload_id):
        opened = "own picture" if after.scene == app_states.UPLOAD else catalogue.SCENES[after.scene].title
        return f"opened {opened}"
    said = [_of_objects(_objects(before), _objects(after))]
    paths = [
        f.path for f in link.FIELDS if not f.path.startswith(("selection.", "scene", "upload", "objects"))
    ]
    paths = [path for path in paths if app_states.get(before, path) != app_states.get(after, path)]
    said += dict.fromkeys(map(_words, paths))
    said = list(filter(None, said))
    if len(said) > 3:
        return f"{len(said)} changes at once"
    if len(said) == 1 and len(paths) == 1 and (value := _value(app_states.get(now, paths[0]))):
        said[0] += f", now {value}"
    return ", ".join(said) or "selection"
