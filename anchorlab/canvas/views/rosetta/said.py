"""What the browser says on the Rosetta page."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "and_labels": "{answer} {labels}",
    "labels_same": "<b>None</b> of {labels} differs.",
    "labels_differ": {
        "one": "<b>{count}</b> of {labels} differs.",
        "other": "<b>{count}</b> of {labels} differ.",
    },
    "labels_alone": {
        "one": "<b>{count}</b> of {labels} differs, {alone} because of this alone.",
        "other": "<b>{count}</b> of {labels} differ, {alone} because of this alone.",
    },
    "labels_not_alone": {
        "one": "<b>{count}</b> of {labels} differs, none because of this alone.",
        "other": "<b>{count}</b> of {labels} differ, none because of this alone.",
    },
}
