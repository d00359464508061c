"""The code behind the Rosetta page: the same call for both libraries, runnable as it stands."""

from __future__ import annotations

import numpy as np

from anchorlab.catalogue.libraries import LIBRARIES
from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison, pair
from anchorlab.session.library_answers import Unanswered
from anchorlab.session.snippets import INSTALL, array, call, literal, number, settings


def snippet(compared: Comparison) -> str:
    """A script that prints for each of the two libraries what the page shows."""
    body = {"anchors": _anchors, "labels": _labels, "coder": _coder, "nms": _nms}[compared.kind](compared)
    imports = []
    if "engine." in body:
        imports.append("from anchorlab import engine")
    if "as_library." in body:
        imports.append("from anchorlab.catalogue.libraries import as_library")
    if "PyramidSpec(" in body:
        imports.append("from anchorlab.settings import LevelSpec, PyramidSpec")
    if "AnchorSpec(" in body:
        imports.append("from anchorlab.settings import AnchorSpec")
    blocks = [INSTALL, "import numpy as np" if "np." in body else "", "\n".join(imports), body]
    return "\n\n".join(filter(None, blocks))


def _names(compared: Comparison) -> list[str]:
    """A and B, as far as they answer such a question."""
    return [
        name
        for name, library in dict(zip(compared.names, compared.libraries, strict=True)).items()
        if compared.kind in library.kinds
    ]


def _listed(names: list[str]) -> str:
    return f"[{', '.join(map(literal, names))}]"


def _size(compared: Comparison) -> str:
    height, width = compared.size
    return f"height, width = {number(height)}, {number(width)}"


def _anchors(compared: Comparison) -> str:
    lines = [_size(compared)]
    for name in dict.fromkeys(compared.names):
        try:
            compared.generated(name)
        except Unanswered as why:
            lines.append(f"# {name}: {why}")
            continue
        asked = library_answers.settings(name, compared.spec)
        arguments = [literal(name), "height", "width", *map(_nested, asked)]
        lines.append(
            call("as_library.generate_as", arguments, "anchors = ")
            + f'\nprint("{name}:", len(anchors.xyxy), "anchors, the first", anchors.xyxy[0])'
        )
    return "\n\n".join(lines) + "\n"


def _nested(values) -> str:
    if isinstance(values, tuple) and all(isinstance(v, int | float) for v in values):
        return literal(values)
    if isinstance(values, list | tuple):
        inner = ", ".join(map(_nested, values))
        return f"[{inner}]" if isinstance(values, list) else f"({inner},)"
    return literal(values)


def _boxes(compared: Comparison) -> str:
    return array(
        compared.here.boxes, [f"object {k + 1}" for k in range(len(compared.here.boxes))], "boxes = "
    )


def _labels(compared: Comparison) -> str:
    if compared.demo:
        height, width = compared.size
        lines = [f"height, width = {int(height)}, {int(width)}", _boxes(compared)]
        lines.append(array(np.asarray(compared.demo.anchors, np.float32), start="anchors = "))
        more = ""
    else:
        spec = compared.spec
        lines = [_size(compared), _boxes(compared), f"spec = AnchorSpec({', '.join(settings(spec))})"]
        lines.append("anchors = engine.generate_anchors(spec, height, width).xyxy")
        more = ", **more"
        level = "LevelSpec(spec.stride, spec.widths_heights)"
        lines.append(f"pyramid = PyramidSpec(({level},), center=spec.center)")
    names = [name for name in _names(compared) if not (compared.demo and LIBRARIES[name].rule == "shape")]
    loop = [f"for library in {_listed(names)}:"]
    if more:
        loop.append('    more = {"pyramid": pyramid} if library == "yolo" else {}')
    loop.append(f"    found = as_library.match_as(library, anchors, boxes, image=(height, width){more})")
    loop.append("    positive, ignored, negative = ((found.label == k).sum() for k in (1, -1, 0))")
    loop.append('    print(f"{library}: positive {positive}, ignored {ignored}, negative {negative}")')
    if compared.demo:
        lines.append("# Of each anchor: its object, -1 negative, -2 ignored.")
        loop.append("    print(np.select([found.label == 1, found.label == 0], [found.gt_index, -1], -2))")
    return "\n".join(lines) + "\n\n" + "\n".join(loop) + "\n"


def _coder(compared: Comparison) -> str:
    chosen = pair(compared)
    if chosen is None:
        return 'print("nothing to encode")\n'
    anchor, box, _, _ = chosen
    given = compared.demo.offsets if compared.demo else None
    lines = [
        array(anchor[None], start="anchor = "),
        f"stride = {number(compared.stride)}  # read by YOLO only",
    ]
    names = _names(compared)
    if not names:
        return 'print("neither has a coder here")\n'
    if given is None:
        lines.append(array(box[None], start="box = "))
        writer = literal(compared.a if compared.a in names else names[0])
        lines.append(f"said = as_library.encode_as({writer}, anchor, box, stride=stride)")
    else:
        lines.append(array(np.asarray([given], np.float32), start="said = "))
    loop = [f"for library in {_listed(names)}:"]
    if given is None:
        loop.append(
            '    print(library, "writes", as_library.encode_as(library, anchor, box, stride=stride)[0])'
        )
    loop.append("    read = as_library.decode_as(library, anchor, said, stride=stride)[0]")
    loop.append('    print(library, "reads the first numbers as", read)')
    return "\n".join(lines) + "\n\n" + "\n".join(loop) + "\n"


def _nms(compared: Comparison) -> str:
    xyxy, scores, class_ids = compared.predictions
    lines = [
        array(xyxy, start="boxes = "),
        f"scores = np.array({_short(scores)}, np.float32)",
        f"class_ids = np.array({_short(class_ids)}, np.int32)",
        "limits = {" + ", ".join(f'"{k}": {literal(v)}' for k, v in compared.limits.items()) + "}",
    ]
    names = _names(compared)
    if not names:
        return 'print("neither suppresses here")\n'
    loop = [f"for library in {_listed(names)}:"]
    loop.append("    found = as_library.suppress_as(library, boxes, scores, class_ids, **limits)")
    loop.append('    print(library, "keeps", found.keep)')
    return "\n".join(lines) + "\n\n" + "\n".join(loop) + "\n"


def _short(values) -> str:
    return "[" + ", ".join(number(v) if isinstance(v, np.floating) else str(int(v)) for v in values) + "]"
