"""Every sentence that the browser says, under the dotted key it asks for: "home.offsets".

A sentence stands beside the idea it belongs to: in a page's module of `canvas.views`, or in an entry of a catalogue.
Here they are only brought together; `browser/model/sentences.js` says them.
"""

from __future__ import annotations

from collections.abc import Mapping

from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.views import lists, stage, things
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.losses import LOSSES
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.wording import Sentence

BY_SUBJECT: dict[str, Mapping[str, Sentence]] = {
    **{page.name: page.sentences for page in PAGES.values()},
    "lists": lists.SENTENCES,
    "stage": stage.SENTENCES,
    "things": things.SENTENCES,
    **{f"coders.{name}": coder.sentences for name, coder in CODERS.items()},
    **{f"loss.{name}": loss.sentences for name, loss in LOSSES.items()},
    **{f"samplers.{name}": sampler.sentences for name, sampler in SAMPLERS.items()},
    **{f"methods.{name}": method.sentences for name, method in METHODS.items()},
    **{f"rules.{name}": rule.sentences for name, rule in RULES.items()},
}


def collected() -> dict[str, Sentence]:
    """The sentences of all subjects, each under "<subject>.<its key there>"."""
    return {
        f"{subject}.{key}": sentence
        for subject, sentences in BY_SUBJECT.items()
        for key, sentence in sentences.items()
    }
