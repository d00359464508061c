"""The code behind the Rosetta page: the same call for both libraries, runnable as it stands."""

from __future__ import annotations

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, limits, pair, predictions
from anchorlab.canvas.rosetta.libraries import Unanswered
from anchorlab.catalogue.cases import FURTHER
from anchorlab.session.snippets import INSTALL, array, call, literal, number


def snippet(asked: Asked) -> str:
    """A script that prints for each of the two libraries what the page shows."""
    body = {"anchors": _anchors, "labels": _labels, "coder": _coder, "nms": _nms}[asked.kind](asked)
    imports = ["from anchorlab import engine"]
    if "nms_spec(" in body:
        imports.append("from anchorlab.catalogue.conventions import FAST_RCNN, nms_spec")
    if "PyramidSpec(" in body:
        imports.append("from anchorlab.settings import LevelSpec, PyramidSpec")
    if "AnchorSpec(" in body:
        imports.append("from anchorlab.settings import AnchorSpec")
    arrays = "import numpy as np\n\n" if "np." in body else ""
    return INSTALL + "\n\n" + arrays + "\n".join(imports) + "\n\n" + body


def _pair(asked: Asked) -> list[str]:
    """A and B, as far as they are libraries."""
    return [name for name in dict.fromkeys((asked.a, asked.b)) if name not in FURTHER]


def _size(asked: Asked) -> str:
    height, width = asked.size
    return f"height, width = {number(height)}, {number(width)}"


def _anchors(asked: Asked) -> str:
    lines = [_size(asked)]
    height, width = asked.size
    for name in dict.fromkeys((asked.a, asked.b)):
        try:
            libraries.laid(name, asked.laying, height, width)
        except Unanswered as why:
            lines.append(f"# {name}: {why}")
            continue
        if name == "d2l-text":
            (size,), (ratio,) = asked.laying.sizes[:1], asked.laying.aspect_ratios[:1]
            lines.append(
                "# The book's text: a width is s w sqrt(r), a fraction of the image's width.\n"
                f"s, r = {number(size / height)}, {number(ratio)}\n"
                f'print(f"{name}: {{s * width * r**0.5:.2f}} x {{s * height / r**0.5:.2f}}")'
            )
            continue
        settings = libraries.settings(name, asked.laying)
        arguments = [literal(name), "height", "width", *(_nested(v) for v in settings)]
        lines.append(
            call("engine.lay_as", arguments, "anchors = ")
            + f'\nprint("{name}:", len(anchors.xyxy), "anchors, the first", anchors.xyxy[0])'
        )
    return "\n\n".join(lines) + "\n"


def _nested(values) -> str:
    if isinstance(values, list | tuple):
        inner = ", ".join(_nested(v) for v in values)
        return (
            f"[{inner}]" if isinstance(values, list) else literal(values) if _flat(values) else f"({inner},)"
        )
    return literal(values)


def _flat(values) -> bool:
    return all(isinstance(v, int | float) for v in values)


def _boxes(asked: Asked) -> str:
    return array(asked.here.boxes, [f"object {k + 1}" for k in range(len(asked.here.boxes))], "boxes = ")


def _labels(asked: Asked) -> str:
    if asked.case:
        height, width = asked.size
        lines = [f"height, width = {int(height)}, {int(width)}", _boxes(asked)]
        lines.append(array(np.asarray(asked.case.anchors, np.float32), start="anchors = "))
        more = ""
    else:
        spec = asked.anchors
        from_spec = ", ".join(f"{n}={literal(getattr(spec, n))}" for n in _spec_fields(spec))
        lines = [_size(asked), _boxes(asked), f"spec = AnchorSpec({from_spec})"]
        lines.append("anchors = engine.generate_anchors(spec, height, width).xyxy")
        more = ", **more"
        level = "LevelSpec(spec.stride, spec.widths_heights)"
        lines.append(f"pyramid = PyramidSpec(({level},), center=spec.center)")
    names = _pair(asked)
    if asked.case:
        names = [name for name in names if name != "yolo"]
    loop = [f"for library in [{', '.join(literal(name) for name in names)}]:"]
    if more:
        loop.append('    more = {"pyramid": pyramid} if library == "yolo" else {}')
    loop.append(f"    found = engine.match_as(library, anchors, boxes, image=(height, width){more})")
    loop.append("    positive, ignored, negative = ((found.label == k).sum() for k in (1, -1, 0))")
    loop.append('    print(f"{library}: positive {positive}, ignored {ignored}, negative {negative}")')
    if asked.case:
        loop.append("    print(np.where(found.label == 1, found.gt_index, found.label - 1))")
        lines.append("# Of each anchor: its object, -1 negative, -2 ignored.")
        loop[-1] = "    print(np.select([found.label == 1, found.label == 0], [found.gt_index, -1], -2))"
    return "\n".join(lines) + "\n\n" + "\n".join(loop) + "\n"


def _spec_fields(spec) -> list[str]:
    default = type(spec)()
    return [name for name in spec.__dataclass_fields__ if getattr(spec, name) != getattr(default, name)]


def _coder(asked: Asked) -> str:
    chosen = pair(asked)
    if chosen is None:
        return 'print("nothing to encode")\n'
    anchor, box, _, _ = chosen
    stride = asked.case.stride if asked.case else asked.app.anchors.stride
    given = asked.case.offsets if asked.case else None
    lines = [array(anchor[None], start="anchor = "), f"stride = {number(stride)}  # read by YOLO only"]
    names = _pair(asked)
    if not names:
        return 'print("neither has a coder here")\n'
    if given is None:
        lines.append(array(box[None], start="box = "))
        writer = literal(asked.a if asked.a in names else names[0])
        lines.append(f"said = engine.encode_as({writer}, anchor, box, stride=stride)")
    else:
        lines.append(array(np.asarray([given], np.float32), start="said = "))
    listed = "[" + ", ".join(literal(n) for n in names) + "]"
    loop = [f"for library in {listed}:"]
    if given is None:
        loop.append('    print(library, "writes", engine.encode_as(library, anchor, box, stride=stride)[0])')
    loop.append("    read = engine.decode_as(library, anchor, said, stride=stride)[0]")
    loop.append('    print(library, "reads the first numbers as", read)')
    return "\n".join(lines) + "\n\n" + "\n".join(loop) + "\n"


def _nms(asked: Asked) -> str:
    xyxy, scores, class_ids = predictions(asked)
    listed = [
        array(xyxy, start="boxes = "),
        f"scores = np.array({_short(scores)}, np.float32)",
        f"class_ids = np.array({_short(class_ids)}, np.int32)",
    ]
    bounds = limits(asked)
    lines = [*listed, "limits = {" + ", ".join(f'"{k}": {literal(v)}' for k, v in bounds.items()) + "}"]
    loop = []
    if names := _pair(asked):
        loop = [f"for library in [{', '.join(literal(n) for n in names)}]:"]
        loop.append("    found = engine.suppress_as(library, boxes, scores, class_ids, **limits)")
        loop.append('    print(library, "keeps", found.keep)')
    if "fast-rcnn" in (asked.a, asked.b):
        loop.append("found = engine.suppress(boxes, scores, class_ids, nms_spec(FAST_RCNN, **limits))")
        loop.append('print("fast-rcnn", "keeps", found.keep)')
    return "\n".join(lines) + "\n\n" + "\n".join(loop or ['print("neither suppresses here")']) + "\n"


def _short(values) -> str:
    return "[" + ", ".join(number(v) if isinstance(v, np.floating) else str(int(v)) for v in values) + "]"
