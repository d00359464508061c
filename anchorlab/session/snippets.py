"""The code behind a page: its numbers as a short script that runs by itself, with the present settings and boxes.

A script is put together from blocks, one for each thing a page computes; only settings that differ from the
defaults of `anchorlab.settings` are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.losses import LOSSES
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.catalogue.suppression.method import Names
from anchorlab.engine import Anchors, Matches
from anchorlab.export.writing import COLUMNS, call, literal, number, tuple_of
from anchorlab.scenes.catalogue import IDS
from anchorlab.session import anchor_source, deploying, evaluating, highlights, link, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Scene
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec

# The first line of every script.
INSTALL = "# To make anchorlab importable from anywhere: pip install .  (in AnchorLab's folder)"
# From here on boxes fill their lines: one each would push the calls out of sight.
BOXES_ON_THEIR_OWN = 12
# What scripts call predictions that a detector or a file gives, and those that are listed.
FOUND = Names("found.xyxy", "found.scores", "found.class_ids")
LISTED = Names("boxes", "scores", "class_ids")


@dataclass
class Script:
    """Imports and blocks of lines, gathered until the whole is known."""

    app: AppState
    scene: Scene
    own: Own = NOTHING
    imports: dict[str, set[str]] = field(default_factory=lambda: {"anchorlab": {"engine"}})
    blocks: list[list[str]] = field(default_factory=list)

    def use(self, module: str, name: str) -> None:
        self.imports.setdefault(module, set()).add(name)

    def add(self, *lines: str) -> None:
        """A new block, set off by an empty line."""
        self.blocks.append(list(lines))

    def extend(self, *lines: str) -> None:
        self.blocks[-1] += lines

    def text(self) -> str:
        ours = sorted(module for module in self.imports if module.startswith("anchorlab"))
        code = "\n\n".join("\n".join(lines) for lines in self.blocks)
        standard = sorted(module for module in self.imports if not module.startswith("anchorlab"))
        head = ["\n".join(_import(module, self.imports[module]) for module in standard)] if standard else []
        head += ["import numpy as np"] if "np." in code else []
        head += ["\n".join(_import(module, self.imports[module]) for module in ours)]
        return "\n\n".join([INSTALL, *head, code]) + "\n"


# ---- Python written by Python


def settings(spec: Any) -> list[str]:
    """`name=value` of every field of a frozen record that is not at its default."""
    return [
        f"{f.name}={literal(value)}" for f in fields(spec) if (value := getattr(spec, f.name)) != f.default
    ]


def array(rows: np.ndarray, notes: Iterable[str] = (), start: str = "") -> str:
    """`start np.array(...)` of (N, 4) float32 boxes, exact to the last bit."""
    if not len(rows):
        return f"{start}np.zeros((0, 4), np.float32)"
    texts = ["[" + ", ".join(number(v) for v in row) + "]" for row in np.asarray(rows, np.float32)]
    if len(texts) <= BOXES_ON_THEIR_OWN:
        lines = [f"{text}," for text in texts]
        for k, note in enumerate(notes):
            lines[k] += f"  # {_comment(note)}"
        inner = "\n".join(f"        {line}" for line in lines)
        return f"{start}np.array(\n    [\n{inner}\n    ],\n    np.float32,\n)"
    inner = "\n".join(_filled(texts))
    return f"{start}np.array([\n{inner}\n], np.float32)"


def _filled(texts: list[str]) -> list[str]:
    lines, line = [], "   "
    for text in texts:
        if len(line) + len(text) + 2 > COLUMNS:
            lines.append(line)
            line = "   "
        line += f" {text},"
    return [*lines, line]


def _comment(text: str) -> str:
    """A name as it may stand in a comment: one line, nothing that changes how the line reads."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _import(module: str, names: set[str]) -> str:
    listed = sorted(names, key=lambda name: (not name[0].isupper(), name))
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= COLUMNS:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in listed) + ")"


# ---- what scripts are made of


def _spec(script: Script, spec: Any, start: str = "", module: str = "anchorlab.settings") -> str:
    name = type(spec).__name__
    script.use(module, name)
    return call(name, settings(spec), start)


def _picture(script: Script) -> None:
    script.add(f"height, width = {script.scene.height}, {script.scene.width}")


def _objects(script: Script, *, class_ids: bool = False) -> None:
    scene = script.scene
    names = [scene.classes[c] for c in scene.class_ids]
    notes = [f"{k}: {name}" for k, name in enumerate(names)]
    script.extend(array(scene.boxes, notes, "boxes = "))
    if class_ids:
        script.extend(_listed("class_ids", [str(int(c)) for c in scene.class_ids]))
        script.extend(f"num_classes = {max(1, len(scene.classes))}")


def _listed(name: str, values: list[str]) -> str:
    line = f"{name} = [{', '.join(values)}]"
    if len(line) <= COLUMNS:
        return line
    inner = "\n".join(_filled(values))
    return f"{name} = [\n{inner}\n]"


def _level(level: LevelSpec) -> str:
    parts = [number(level.stride), literal(level.widths_heights)]
    if level.map_size or level.name:
        parts.append(literal(level.map_size))
    if level.name:
        parts.append(literal(level.name))
    return f"LevelSpec({', '.join(parts)})"


def _pyramid_spec(script: Script, spec: PyramidSpec, start: str) -> list[str]:
    """Lines that make a pyramid: a preset's, or a preset's with other conventions, or level by level."""
    for name, preset in PRESETS.items():
        known = preset.spec
        if known.levels == spec.levels:
            script.use("anchorlab.catalogue.presets", "PRESETS")
            changed = [
                f"{f}={literal(getattr(spec, f))}"
                for f in ("center", "uneven", "border")
                if getattr(spec, f) != getattr(known, f)
            ]
            if not changed:
                return [f'{start}PRESETS["{name}"].spec']
            script.use("dataclasses", "replace")
            return [call("replace", [f'PRESETS["{name}"].spec', *changed], start)]
    script.use("anchorlab.settings", "LevelSpec")
    script.use("anchorlab.settings", "PyramidSpec")
    levels = "".join(f"    {_level(level)},\n" for level in spec.levels)
    others = [f"{f}={literal(getattr(spec, f))}" for f in ("center", "uneven", "border")]
    return [f"levels = (\n{levels})", f"{start}PyramidSpec(levels, {', '.join(others)})"]


def _generated(script: Script, layout: str = "") -> None:
    """The anchors that pages use, or those of the 'grid' or the 'pyramid', in pixels of the picture."""
    source = _source(script, layout)
    grid = (layout or script.app.layout) == "grid"
    script.add(
        *(
            [_spec(script, script.app.anchors, "spec = ")]
            if grid
            else _pyramid_spec(script, source.spec, "spec = ")
        )
    )
    if _resized(script, source):
        height, width = source.frame(script.scene.height, script.scene.width)
        script.extend(
            "# Generated over the resized picture, and scaled back: that changes no IoU.",
            f"resized = {height}, {width}  # height, width",
            "own = engine.generate_anchors(spec, *resized)",
            "scale = height / resized[0], width / resized[1]",
            "anchors = own.scaled(*scale)",
        )
    else:
        script.extend("anchors = engine.generate_anchors(spec, height, width)")
    script.extend('print(f"{len(anchors.xyxy)} anchors")')


def _resized(script: Script, source: AnchorSource) -> bool:
    """Whether anchors are generated over a picture of another size."""
    size = (script.scene.height, script.scene.width)
    return source.frame(*size) != size


def _matches(script: Script, *, print_counts: bool = True) -> None:
    app = script.app
    notes, usable = [], []
    if _source(script).border == "ignore":
        usable = ["usable=anchors.inside"]
        notes.append("# Anchors that leave the image take no part.")
    spec = app.matching.spec
    rule = rule_of(spec)
    if rule.snippet_note and print_counts:
        notes.append(rule.snippet_note)
    arguments = ["anchors", "boxes"]
    if rule.reads == "levels" and _resized(script, _source(script)):
        notes.append("# The rule asks for levels and cells, which lie in the resized picture.")
        arguments = ["own", "(boxes / (*scale[::-1], *scale[::-1])).astype(np.float32)"]
    script.add(
        *notes,
        call(
            "engine.match",
            [*arguments, _spec(script, spec, module="anchorlab.settings.matching"), *usable],
            "matches = ",
        ),
    )
    if print_counts:
        script.extend(
            "positive, ignored, negative = ((matches.label == k).sum() for k in (1, -1, 0))",
            'print(f"positive {positive}, ignored {ignored}, negative {negative}")',
        )


def _best_anchors(script: Script) -> None:
    script.add(
        "for k, (anchor, iou) in enumerate(zip(matches.best_anchor, matches.best_anchor_iou)):",
        '    print(f"object {k}: best anchor {anchor}, IoU {iou:.4f}")',
    )


def _simulated(script: Script) -> None:
    arguments = [
        "anchors",
        "matches",
        "boxes",
        "class_ids",
        "num_classes",
        _spec(script, script.app.simulate),
        _spec(script, script.app.coder),
    ]
    script.add(call("engine.simulate_detections", arguments, "found = "))


def _image(script: Script) -> str:
    """The line that reads the picture."""
    if script.scene.id in IDS:
        script.use("anchorlab.scenes.catalogue", "load_scene")
        return f"image = load_scene({literal(script.scene.id)}).image"
    script.use("PIL", "Image")
    return 'image = np.asarray(Image.open("photo.jpg").convert("RGB"))  # put your picture\'s name here'


def _detector(script: Script) -> list[str]:
    """The lines that read the trained detector."""
    script.use("anchorlab.detector", "predict")
    if results.brought(script.app, script.own):
        script.use("anchorlab.detector", "weights")
        return [
            f'with open("{results.WEIGHTS}", "rb") as file:  # downloaded on the Training page',
            "    detector = weights.from_bytes(file.read())",
        ]
    script.use("anchorlab.detector", "shipped")
    return ["detector = shipped.detector()"]


def _detected(script: Script) -> None:
    """What the trained detector says of the picture."""
    script.add(
        _image(script),
        *_detector(script),
        "classes = detector.spec.classes",
        "found = predict.predictions(detector, image)",
    )


def _suppress(script: Script, method: str, names: Names = FOUND) -> None:
    """What a method of suppression makes of predictions."""
    chosen = script.app.suppression
    script.extend(*METHODS[method].script(chosen, partial(_spec, script), names))


# ---- pages


def _pair(script: Script) -> tuple[int, int] | None:
    """(anchor, object) whose offsets the Offsets page shows."""
    app, scene = script.app, script.scene
    pair = highlights.pair(*_results(script), scene.boxes, app)
    return None if pair is None else (pair.anchor, pair.gt)


def _best_pair(script: Script) -> tuple[int, int] | None:
    """(anchor, object) of the story on the first page: the selected or the last object and its best anchor."""
    boxes, chosen = script.scene.boxes, script.app.selection.object
    if not len(boxes):
        return None
    anchors, found = _results(script)
    gt = chosen if 0 <= chosen < len(boxes) else len(boxes) - 1
    anchor = int(found.best_anchor[gt])
    has_area = anchor >= 0 and (anchors.xyxy[anchor, :2] < anchors.xyxy[anchor, 2:]).all()
    return (anchor, gt) if has_area else None


def _source(script: Script, layout: str = "") -> AnchorSource:
    """Where the anchors come from that pages use, or those of the 'grid' or the 'pyramid'."""
    app = replace(script.app, layout=layout or script.app.layout)
    return anchor_source.of(app, script.scene.height, script.scene.width)


def _results(script: Script) -> tuple[Anchors, Matches]:
    return results.matched(script.scene, script.app)


def _pair_offsets(script: Script, chosen: tuple[int, int] | None, *, decode: bool = True) -> None:
    """The offsets of one pair, and the box that comes back from them or from those set by hand."""
    app = script.app
    if chosen is None:
        script.add('print("nothing to encode")')
        return
    anchor, gt = chosen
    script.add(
        _spec(script, app.coder, "coder = "),
        f"anchor, box = anchors.xyxy[[{anchor}]], boxes[[{gt}]]",
        f"offsets = engine.encode(anchor, box, coder{_stride(script, f'[[{anchor}]]')})",
        'print("offsets {:.4f} {:.4f} {:.4f} {:.4f}".format(*offsets[0]))',
    )
    if not decode:
        return
    if app.offsets is not None:
        typed = ", ".join(number(np.float32(v)) for v in app.offsets)
        script.extend(f"offsets = np.array([[{typed}]], np.float32)  # as set by hand")
    script.extend(
        f"decoded = engine.decode(anchor, offsets, coder{_stride(script, f'[[{anchor}]]')})",
        'print("decoded {:.2f} {:.2f} {:.2f} {:.2f}".format(*decoded[0]))',
    )


def _stride(script: Script, rows: str) -> str:
    """The further argument of a coder that asks for the cell."""
    return f", stride=anchors.cell_sides{rows}" if coder_of(script.app.coder).takes("stride") else ""


def _all_offsets(script: Script) -> None:
    """The offsets of every positive anchor, and how far they spread."""
    script.add("positive = matches.label == 1")
    if _source(script).border == "clip":
        script.extend(
            "# Clipping may leave an anchor without area: it has no offsets.",
            "positive &= (anchors.xyxy[:, :2] < anchors.xyxy[:, 2:]).all(axis=1)",
        )
    script.extend(
        call(
            "engine.encode",
            [
                "anchors.xyxy[positive]",
                "boxes[matches.gt_index[positive]]",
                "coder" + _stride(script, "[positive]"),
            ],
            "targets = ",
        ),
        'print(f"{len(targets)} positive anchors have offsets")',
        'print("spread {:.4f} {:.4f} {:.4f} {:.4f}".format(*targets.std(axis=0)))',
    )


def home(script: Script) -> None:
    _picture(script)
    _objects(script, class_ids=True)
    _generated(script)
    _matches(script)
    _best_anchors(script)
    _pair_offsets(script, _best_pair(script), decode=False)
    _detected(script) if script.app.source == "detector" else _simulated(script)
    _suppress(script, "hard")


def anchors(script: Script) -> None:
    _picture(script)
    _generated(script, "grid")
    script.extend("(level,) = anchors.levels")
    script.extend(
        'print(f"{level.rows} x {level.cols} cells, {spec.shapes_per_cell} shapes each")',
        "for w, h in spec.widths_heights:",
        '    print(f"shape {w:.1f} x {h:.1f}")',
        'print(f"{(~anchors.inside).sum()} leave the image")',
        'print(f"{anchors.xyxy.nbytes} bytes")',
    )


def matching(script: Script) -> None:
    app = script.app
    _picture(script)
    _objects(script)
    _generated(script)
    _matches(script)
    script.add(*rule_of(app.matching.spec).prints)
    anchors, _ = _results(script)
    if 0 <= (anchor := app.selection.anchor) < len(anchors.xyxy):
        script.add(
            f"why, best_iou = engine.Reason(matches.reason[{anchor}]).name, matches.best_iou[{anchor}]",
            f'print(f"anchor {anchor}: {{why}}, best IoU {{best_iou:.4f}}")',
        )


def offsets(script: Script) -> None:
    _picture(script)
    _objects(script)
    _generated(script)
    chosen = _pair(script)
    _pair_offsets(script, chosen)
    if chosen is not None:
        _matches(script, print_counts=False)
        _all_offsets(script)


def _loss_spec(script: Script, spec: LossSpec) -> str:
    """The losses: of their settings only those that are read."""
    script.use("anchorlab.settings", "LossSpec")
    own = []
    for f in fields(spec):
        value, usual = getattr(spec, f.name), getattr(LossSpec(), f.name)
        if value == usual or (is_dataclass(value) and f.name not in (spec.classification, spec.regression)):
            continue
        own.append(f"{f.name}={_spec(script, value) if is_dataclass(value) else literal(value)}")
    return call("LossSpec", own, "losses = ")


def losses(script: Script) -> None:
    app = script.app
    _picture(script)
    _objects(script)
    _generated(script)
    _matches(script)
    script.add(
        "# A pretended network: it knows how well each anchor fits.",
        _spec(script, app.coder, "coder = "),
        "targets = engine.encode_matches(anchors, matches, boxes, coder)",
        call(
            "engine.simulate_heads",
            ["matches.best_iou", "targets.offsets", _spec(script, app.heads)],
            "heads = ",
        ),
    )
    script.add(
        _loss_spec(script, app.losses),
        "classes = engine.classification_losses(heads.logits, matches.label, losses)",
        "own = np.zeros(len(classes), np.float32)",
    )
    predicted = ["heads.offsets", "targets.offsets"]
    if LOSSES[app.losses.regression].compares == "boxes":
        coder = "coder" + _stride(script, "[targets.anchor]")
        script.extend(f"predicted = engine.decode(anchors.xyxy[targets.anchor], heads.offsets, {coder})")
        predicted = ["predicted", "boxes[targets.gt_index]"]
    script.extend(
        f"own[targets.anchor] = engine.regression_losses({', '.join(predicted)}, losses)",
    )
    seed = [f"seed={app.sample_seed}"] if app.sampling.sampler == "random" and app.sample_seed else []
    hard = ["loss=classes"] if app.sampling.sampler == "hard" else []
    script.add(
        call(
            "engine.sample_anchors", ["matches.label", _spec(script, app.sampling), *seed, *hard], "sample = "
        ),
        'print(f"{len(sample.positives)} positives and {len(sample.negatives)} negatives count")',
        "label = np.where(sample.taken, matches.label, -1)",
        "locations = sum(level.rows * level.cols for level in anchors.levels)",
        "loss = engine.total_loss(label, classes, own, losses, locations=locations)",
        'print(f"classes {loss.classification:.4f}, boxes {loss.regression:.4f}, loss {loss.total:.4f}")',
    )


def nms(script: Script) -> None:
    _picture(script)
    if example := results.example_of(script.app):
        _ready(script, example)
    elif script.app.source == "simulated":
        _objects(script, class_ids=True)
        _generated(script)
        _matches(script, print_counts=False)
        _simulated(script)
    elif script.app.source == "detector":
        _detected(script)
    else:
        _read_file(script)
    _suppress(script, script.app.suppression.method, LISTED if example else FOUND)


def _ready(script: Script, example: results.Example) -> None:
    """Ready predictions."""
    script.add(
        f"# {example.note}.",
        array(np.asarray(example.boxes, np.float32), start="boxes = "),
        *(["boxes *= np.array([width, height, width, height], np.float32)"] if example.fractions else []),
        f"scores = np.array({literal(example.scores)}, np.float32)",
        f"class_ids = np.array({literal(example.class_ids)})  # {', '.join(example.classes)}",
    )


def evaluation(script: Script) -> None:
    if script.app.evaluation.pictures == "all":
        _evaluate_all(script)
        return
    app, scene = script.app, script.scene
    example = results.example_of(app)
    _picture(script)
    if example:
        _ready(script, example)
        script.extend("found = engine.Detections(boxes, scores, class_ids, class_ids)")
        _objects(script, class_ids=True)
    else:
        _objects(script, class_ids=True)
        if app.source == "upload":
            _read_file(script)
        elif app.source == "detector":
            _detected(script)
        else:
            _generated(script)
            _matches(script, print_counts=False)
            _simulated(script)
            if app.evaluation.only_reached and len(scene.boxes):
                script.extend(
                    "# What no anchor reaches was never learned.",
                    f"reached = matches.best_anchor_iou >= np.float32({number(app.evaluation.reach)})",
                    "said = (found.source < 0) | reached[found.source]",
                    "found = engine.Detections(*(part[said] for part in found))",
                )
    script.use("anchorlab.catalogue.suppression", "play")
    script.add(
        call("play", ["found", _record(script, evaluating.suppression(app))], "played = "),
        "classes = found.class_ids[played.keep]",
    )
    _, own = results.predictions(scene, app, script.own)
    names = tuple(dict.fromkeys((*scene.classes, *own)))
    if own != names[: len(own)]:
        places = [names.index(name) for name in own]
        script.extend(f"classes = np.array({list(places)})[classes]  # {', '.join(own)}")
    script.use("dataclasses", "replace")
    spec = {"voc07": "VOC_2007", "voc": "VOC_2010", "coco": "EvalSpec()"}[app.evaluation.rule]
    script.use("anchorlab.settings.evaluation", spec.removesuffix("()"))
    mine, theirs = "", ""
    if 0 <= (category := app.evaluation.category) < max(1, len(names)):
        script.extend(f"mine, theirs = classes == {category}, np.array(class_ids, int) == {category}")
        mine, theirs = "[mine]", "[theirs]"
    script.add(
        "# Each class as an image of its own: all in one list, and each finds objects of its own class alone.",
        f"classes, objects = classes{mine}, np.array(class_ids, int){theirs}",
        f"scores, found = played.final_scores[played.keep]{mine}, played.boxes{mine}",
        "detections = engine.DetectionSet(classes, np.zeros_like(classes), scores, found)",
        f"truth = engine.GroundTruthSet(objects, np.zeros_like(objects), boxes{theirs})",
        f"asked = replace({spec}, iou_thresholds=({number(app.evaluation.iou_threshold)},))",
        "result = engine.evaluate(detections, truth, asked)",
        "print(f\"average precision {result.summary()['AP']:.4f}\")",
        "for row in result.order:",
        "    outcome, overlap = result.stories.outcome[0, row], result.stories.overlap[0, row]",
        "    name, score = engine.Outcome(outcome).name.lower(), detections.score[row]",
        '    print(f"{name}: score {score:.4f}, IoU {overlap:.4f}")',
    )


def _evaluate_all(script: Script) -> None:
    """Of all built-in pictures, which would each be a script: the app's own calls, with the settings of its link."""
    script.use("urllib.parse", "parse_qsl")
    for name in ("evaluating", "link", "scene"):
        script.use("anchorlab.session", name)
    script.add(
        "# The link holds the settings; the simulated detector speaks of every built-in picture.",
        f"app = link.from_query(dict(parse_qsl({literal(link.to_query(script.app))})))",
        f"here = scene.built_in({literal(script.scene.id if script.scene.id in IDS else IDS[0])}, app.objects)",
        "pictures = evaluating.pictures(here, app)",
        "found = evaluating.counted(pictures, app)",
        'print(f"average precision {found.ap:.4f}")',
        "for outcome, overlap, row in zip(found.outcome, found.overlap, found.index):",
        "    told, score = engine.Outcome(outcome).name.lower(), found.rows.score[row]",
        '    print(f"{told}: score {score:.4f}, IoU {overlap:.4f}")',
    )


def deploy(script: Script) -> None:
    script.imports.clear()  # the engine is not asked
    asked, number = script.app.deployment.weights, script.app.deployment.picture
    script.use("anchorlab.detector", "quantise")
    if number >= 0:
        script.use("anchorlab.scenes", "generated")
        image = f"image = generated.scene({number}, {deploying.SIDE}).images[0]"
    else:
        image = _image(script)
    script.add(
        image,
        *_detector(script),
        _spec(script, asked, "asked = ", "anchorlab.settings.deployment"),
        'print(f"{quantise.size(detector.network, asked)} bytes")',
        "for layer in quantise.layers(detector.network, asked):",
        '    print(f"{layer.name}: error {layer.error:.4f}")',
    )
    script.add(
        "small = quantise.quantised(detector, asked)",
        _spec(script, deploying.NMS, "spec = "),
        "found = predict.keep(predict.predictions(small, image), spec)",
        "for class_id, score, box in zip(found.class_ids, found.scores, found.xyxy):",
        "    name = detector.spec.classes[class_id]",
        '    print(f"{name} {score:.4f} {box.round(1).tolist()}")',
    )


def _record(script: Script, record: Any) -> str:
    """A record of settings with records in it, and the names that it needs."""
    name = type(record).__name__
    script.use(type(record).__module__, name)
    parts = []
    for of in fields(record):
        value = getattr(record, of.name)
        if is_dataclass(value):
            parts += [f"{of.name}={_record(script, value)}"] if value != type(value)() else []
        elif value != of.default:
            parts.append(f"{of.name}={literal(value)}")
    return call(name, parts)


def _read_file(script: Script) -> None:
    script.use("pathlib", "Path")
    script.use("anchorlab.scenes.predictions_io", "parse_predictions")
    names = [literal(name) for name in script.scene.classes]
    classes = f"classes = {tuple_of(names)}"
    if len(classes) > COLUMNS:
        classes = "classes = (\n" + "".join(f"    {name},\n" for name in names) + ")"
    script.add(
        'file = Path("predictions.json")  # put your file\'s name here: JSON or CSV',
        classes,
        call(
            "parse_predictions",
            ["file.read_bytes()", "file.name", "classes", "width", "height"],
            "found = ",
        ),
    )


def pyramid(script: Script) -> None:
    scene = script.scene
    source = _source(script, "pyramid")
    _picture(script)
    if len(scene.boxes):
        _objects(script)
    _generated(script, "pyramid")
    script.use("anchorlab.settings.pyramids", "head_shapes")
    if len(scene.boxes):
        script.add("iou = engine.pairwise_iou(anchors.xyxy, boxes)")
        if source.border == "ignore":
            script.extend("iou[~anchors.inside] = 0  # anchors that leave the image take no part")
        script.extend("best = np.stack([iou[level.span].max(axis=0) for level in anchors.levels])")
    size = "*resized" if _resized(script, source) else "height, width"
    classes = max(1, len(scene.classes))
    script.add(
        f"heads = head_shapes(spec, {size}, classes={classes})",
        "for k, (level, head) in enumerate(zip(anchors.levels, heads)):",
        '    print(f"level {k}: {level.rows} x {level.cols} cells, {level.count} anchors")',
        '    print(f"head {k}: offsets {head.offsets}, scores {head.scores}")',
    )
    if len(scene.boxes):
        script.add(
            "for k, (level, reached) in enumerate(zip(best.argmax(axis=0), best.max(axis=0))):",
            '    print(f"object {k}: level {level if reached else -1}, IoU {reached:.4f}")',
        )


def snippet(page: Callable[[Script], None], app: AppState, scene: Scene, own: Own = NOTHING) -> str:
    """A complete Python script that computes and prints the numbers a page shows.

    Args:
      page: what writes it, as `home`.
      app: the settings and what is selected.
      scene: the picture's size and the ground truth.
      own: what the visitor brought along.
    """
    script = Script(app, scene, own)
    page(script)
    return script.text()
