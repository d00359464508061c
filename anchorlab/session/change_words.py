"""What a change was, in words: said when it is undone or made again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from anchorlab.scenes import catalogue
from anchorlab.session import app_state as app_states
from anchorlab.session import link
from anchorlab.session.app_state import AppState, Box
from anchorlab.wording import say

CHANGES = {
    "opened": "opened {scene}",
    "opened_own": "opened own picture",
    "added": "added {object}",
    "deleted": "deleted {object}",
    "moved": "moved {object}",
    "resized": "resized {object}",
    "renamed": "renamed {object} to {name}",
    "added_all": "added {count} objects",
    "deleted_all": "deleted {count} objects",
    "changed": "changed {count} objects",
    "replaced": "replaced the objects",
    "several": "{count} changes at once",
    "setting": "{setting}, now {value}",
    "selection": "selection",
}


def _said(key: str, **values: str | int) -> str:
    return say(CHANGES[key], **values)


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
                return _said("renamed", object=name, name=now)
            size = [np.subtract(box[2:], box[:2]) for box in (old, new)]
            return _said("moved" if np.allclose(*size, atol=0.25) else "resized", object=name)
        return _said("changed", count=len(changed)) if changed else ""
    fewer, more = sorted((before, after), key=len)
    what = "added" if more is after else "deleted"
    odd = Counter(more) - Counter(fewer)
    if len(more) - len(fewer) == 1 == odd.total():
        return _said(what, object=next(iter(odd))[1])
    return _said("replaced") if fewer else _said(f"{what}_all", count=len(more))


def _value(value: Any) -> str:
    return link.number_text(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def describe(before: AppState, after: AppState, *, now: AppState) -> str:
    """The change from one lab to another, as in 'moved cup' or 'IoU threshold, now 0.5'.

    Args:
      now: the one of the two that is shown; its value is said where one number was changed.
    """
    if (before.scene, before.upload_id) != (after.scene, after.upload_id):
        if after.scene == app_states.UPLOAD:
            return _said("opened_own")
        return _said("opened", scene=catalogue.SCENES[after.scene].title)
    said = [_of_objects(_objects(before), _objects(after))]
    moved = [
        f for f in link.FIELDS if f.words and app_states.get(before, f.path) != app_states.get(after, f.path)
    ]
    said += dict.fromkeys(f.words for f in moved)
    said = list(filter(None, said))
    if len(said) > 3:
        return _said("several", count=len(said))
    if len(said) == len(moved) == 1 and (value := _value(app_states.get(now, moved[0].path))):
        return _said("setting", setting=said[0], value=value)
    return ", ".join(said) or _said("selection")
