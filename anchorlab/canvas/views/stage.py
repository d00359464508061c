"""What the canvas says on every page: its tools and keys, what is done to an object, and the small things around it."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "picture": "Picture",
    "tools": "Picture tools",
    "formula": "Formula",
    "empty": "Draw a box around something",
    "class": "Class",
    "delete": "Delete",
    "help": "Brackets select an object, arrow keys move it, Shift moves by ten, Alt resizes, N adds a box, Delete removes "
    "it, Control Z undoes. Press question mark for all keys.",
    "keyboard": "Keyboard",
    "close": "Close",
    "unnamed": "object",
    # tools
    "tool_select": "Select and move (V)",
    "tool_draw": "Draw a box (B)",
    "tool_undo": "Undo (Ctrl+Z)",
    "tool_redo": "Redo (Ctrl+Shift+Z)",
    "tool_zoomIn": "Zoom in (+)",
    "tool_zoomOut": "Zoom out (−)",
    "tool_fit": "Whole picture (0)",
    "drawing": "Draw: drag on the picture, or press Enter to add a box.",
    # the player
    "play": "Play",
    "pause": "Pause",
    "play_key": "Play (Space)",
    "pause_key": "Pause (Space)",
    # keys
    "key_cycle": "select the previous / next object",
    "key_move": "move the selected object; Shift: by 10 pixels; Alt: resize",
    "key_add": "add an object",
    "key_name": "name its class",
    "key_remove": "remove it",
    "key_tools": "select tool, draw tool",
    "key_cancel": "cancel a drag, leave the draw tool, let go of the object",
    "key_history": "undo, redo (boxes and settings)",
    "key_zoom": "zoom in, out, whole picture; Ctrl + wheel zooms, dragging pans",
    "key_list": "this list",
    # what is done to an object, as it is heard
    "box_placed": "{object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "box_selected": "Selected {object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "box_drawn": "Drawn {object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "box_moved": "Moved {object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "box_resized": "Resized {object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "box_added": "Added {object}, object {number} of {objects}: left {left}, top {top}, width {width}, height {height}.",
    "deleted": {
        "one": "Deleted {object}. {count} object left.",
        "other": "Deleted {object}. {count} objects left.",
    },
    "too_small": "Too small to be a box; nothing changed.",
    "renamed": "Object {number} is now {name}.",
    # beside and below the picture
    "save": "The picture (PNG)",
    "save_how": "as it is seen, with what its lines mean, for slides",
    "link": "Link to exactly this",
    "copy": "Copy link",
    "copied": "Copied.",
    "copy_by_hand": "Press Ctrl+C to copy.",
    "keyboard_button": "Keyboard (?)",
    "kept": "This tab keeps your picture: a reload brings it back.",
    "not_kept": "Your browser has no room to keep your picture: a reload will lose it.",
    # what lines of the picture mean
    "means_object": "object (ground truth)",
    "means_centre": "centre of a cell",
    "means_positive": "positive anchor: learns class and box",
    "means_ignored": "ignored anchor: adds nothing to the loss",
    "means_negative": "negative anchor: learns “background”",
    # a question to predict
    "try": "Try this",
    "answer": "Answer",
    "hide": "Hide the answer",
}
