"""Offsets: the four numbers that turn an anchor into an object, and back."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    # an anchor's offsets without stds
    "move_right": "Move {percent} right.",
    "move_left": "Move {percent} left.",
    "move_down": "Move {percent} down.",
    "move_up": "Move {percent} up.",
    "grow_wider": "Grow {percent} wider.",
    "grow_taller": "Grow {percent} taller.",
    "shrink_width": "Shrink {percent} in width.",
    "shrink_height": "Shrink {percent} in height.",
}
