"""What there is to say of a rule of matching: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from anchorlab.catalogue.controls import Control, Range
from anchorlab.wording import Sentence


class Part(NamedTuple):
    """What stands for a rule in a library's configuration.

    Attributes:
      name: of the class there; "" if the library has none, which the notes then say.
      arguments: (name, value); the name is "" where it goes by its place.
      notes: what the library does otherwise, in sentences.
    """

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Convention:
    """A question that libraries answer differently, asked under the picture.

    Attributes:
      name: of its button.
      column: which of the two it stands in.
      intro: said above it, in Markdown.
      control: the choice; None where it is another rule that answers otherwise.
      heading: the question, where no control has it for a label.
      caption: who answers how, in Markdown.
      other_rule: the rule that answers otherwise.
      scene: what an app state needs for the answers to part, by paths with '__'; `boxes`: its objects. None: none is offered.
    """

    name: str
    column: Literal["left", "right"] = "left"
    intro: str = ""
    control: Control | None = None
    heading: str = ""
    caption: str = ""
    other_rule: str = ""
    scene: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Rule:
    """A rule of matching.

    Attributes:
      name: in links and in code.
      title: as people choose it.
      settings: its record of `anchorlab.settings.matching`, whose fields are arguments of `match`.
      match: the core's function. Of a rule that reads the IoU alone match(iou, **settings, masks), `iou` being
        `core.matching.blocks.Overlaps` or a matrix; of one that reads levels
        match(anchors, gt_boxes, levels, shape_level, **settings, masks); both answer `Matches`, or `Matches` and
        what else the rule has to say, whose method `real` takes off the padding.
      reads: what of the anchors decides: their IoU with the objects, or the levels and cells they lie in.
      sentences: what the browser says of it; `answer` is the page's question answered, and `answer_levels` the same
        where there are several levels, if that is another sentence.
      used_by: how it goes and who uses it, in Markdown.
      changes: what undo calls a change of a setting; "" for any other.
      controls: what stands beside the choice of the rule.
      thresholds: what stands under the histogram, on its axis.
      conventions: what libraries do differently.
      missing: said where a {library} has no such rule.
      exports: the rule in a library's configuration, by the library.
      snippet_note: a comment above the call, in the code behind the page.
      prints: lines of that code which print what came of it.
    """

    name: str
    title: str
    settings: type
    match: Callable
    reads: Literal["iou", "levels"]
    sentences: Mapping[str, Sentence]
    used_by: str
    changes: Mapping[str, str]
    controls: tuple[Control, ...] = ()
    thresholds: Range | None = None
    conventions: tuple[Convention, ...] = ()
    missing: str = ""
    exports: Mapping[str, Callable[[Any], Part]] = field(default_factory=dict)
    snippet_note: str = ""
    prints: tuple[str, ...] = (
        "for k, (anchor, iou) in enumerate(zip(matches.best_anchor, matches.best_anchor_iou)):",
        '    print(f"object {k}: best anchor {anchor}, IoU {iou:.4f}")',
    )

    @property
    def all_controls(self) -> tuple[Control, ...]:
        """Everything that changes one of its settings."""
        asked = [convention.control for convention in self.conventions]
        return tuple(control for control in (*self.controls, self.thresholds, *asked) if control)

    def export(self, library: str, title: str, spec: Any) -> Part:
        """The rule with these settings in a library's configuration; `title` is the library's name in sentences."""
        if library in self.exports:
            return self.exports[library](spec)
        return Part("", notes=(self.missing.format(library=title),))
