"""What stands under the Rosetta page's picture: every library's answers, code, files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html import escape

import streamlit as st

from anchorlab.canvas.rosetta import code as code_of
from anchorlab.canvas.rosetta.asked import Asked
from anchorlab.canvas.rosetta.libraries import TITLES
from anchorlab.canvas.rosetta.table import Row, other_results, results
from anchorlab.canvas.rosetta.words import adopted, columns, heading, meaning, not_adopted
from anchorlab.catalogue.conventions import FIELDS, LIBRARIES
from anchorlab.catalogue.glossary import linked
from anchorlab.session import fragments, store
from anchorlab.session.app_state import put
from anchorlab.ui import downloads, layout, prose

_STYLE = """<style>
.answers{overflow-x:auto}
.answers table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;width:100%}
.answers th,.answers td{text-align:left;padding:.25rem .5rem .25rem 0;vertical-align:top;line-height:1.35;
 border:0;border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}
.answers th{font-weight:600}
.answers th[scope=row]{max-width:11rem;font-weight:400}
.answers .pair{background:color-mix(in srgb,currentColor 5%,transparent);padding-left:.5rem}
.answers .differs{font-weight:650}
.answers i{font-style:normal}
@media (max-width:640px){.answers .further{display:none}}
</style>"""


_SSD = (
    "ssd.pytorch takes each size with the next one and adds the reciprocal of a ratio; YOLO is given the "
    "shapes that h / w makes."
)
_LABELS = "Labels are of the Anchors page’s boxes, by each library’s own thresholds."


def table(asked: Asked) -> None:
    """Every library's answers; ≠ where one is not A's, ° where it is documented and not computed."""
    rows, names = results(asked), columns(asked.a, asked.b)
    fragments.follow()  # it follows every change, as an open detail does
    st.html(_STYLE)
    st.html(answers_html(rows, names, asked.a, asked.b))
    notes = ["≠ is not A’s answer."]
    if any(any(row.documented) for row in rows):
        notes.append(f"° is documented, not computed here: {asked.case.why_documented}.")
    if asked.kind == "anchors":
        notes.append(_SSD)
    if asked.kind == "labels" and not asked.case:
        notes.append(_LABELS)
    prose.caption(" ".join(notes))


def further(asked: Asked) -> None:
    """The answers to the other kinds of questions, once somebody asks for them."""
    if asked.case:
        return
    with layout.expander("The other answers on this picture", "rosetta_further") as e:
        if e.open:
            st.html(answers_html(other_results(asked), columns(asked.a, asked.b), asked.a, asked.b))
            prose.caption(_LABELS if asked.kind == "anchors" else f"{_LABELS} {_SSD}")


def answers_html(rows: list[Row], names: list[str], a: str, b: str) -> str:
    """The table as HTML; on phones the columns of A and B only."""
    kind = ["pair" if name in (a, b) else "further" for name in names]
    letters = {a: "A ", b: "B "} if a != b else {a: "A, B "}
    head = "".join(
        f'<th scope="col" class="{k}">{letters.get(name, "")}{"<br>".join(map(linked, filter(None, heading(name))))}</th>'
        for k, name in zip(kind, names, strict=True)
    )
    body = []
    for row in rows:
        ours = row.cells[names.index(a)]
        cells = []
        for k, text, documented in zip(kind, row.cells, row.documented, strict=True):
            other = text not in (ours, "–")
            sign = "≠ " if other else ""
            css, mark = f"{k} differs" if other else k, "°" if documented else ""
            cells.append(f'<td class="{css}">{sign}{escape(text)}{mark}</td>')
        body.append(f'<tr><th scope="row">{linked(row.name)}</th>{"".join(cells)}</tr>')
    return (
        '<div class="answers" tabindex="0" role="group" aria-label="Every library’s answers"><table>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def adopt(asked: Asked) -> None:
    """A button that gives all pages A's conventions in one step of undo; and what of them they cannot say."""
    library = asked.a if asked.a in LIBRARIES else None

    def take() -> None:
        store.new_step()
        store.change("adopt", **adopted(store.app(), library))
        fragments.redraw(fragments.PICTURE, fragments.CONTROLS, fragments.DETAILS)

    name = TITLES[asked.a]
    st.button(
        f"Use {name}’s conventions on all pages",
        key="rosetta_adopt",
        on_click=take,
        disabled=library is None,
    )
    if library is None:
        return
    missing = not_adopted(library)
    left_out = f" They cannot say: {', '.join(missing)}." if missing else ""
    app = store.app()
    taken = adopted(app, library)
    done = "In use. Undo (Ctrl+Z) takes them back." if put(app, **taken) == app else "One step of undo."
    prose.caption(
        f"What a ratio means, the centre, the rule of matching, the coder, suppression. {done}{left_out}"
    )


def code(asked: Asked) -> None:
    """The library calls that give what the page shows, to copy and run."""
    with layout.expander("Show the code", "rosetta_code") as e:
        if e.open:
            st.code(code_of.snippet(asked), language="python")


def download_buttons(asked: Callable[[], Asked]) -> None:
    """The two tables as files; `asked` looks up what is asked when somebody wants one."""
    with st.container(horizontal=True, gap="small"):
        for label, name, make in (
            ("Conventions (CSV)", "conventions", conventions_csv),
            ("Answers (CSV)", "answers", lambda: answers_csv(asked())),
        ):
            downloads.button(label, make, f"anchorlab-{name}.csv", "text/csv", key=f"download_{name}")


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def conventions_csv() -> bytes:
    """A row a convention: group, name, question, and every library's answer in words."""
    head = ["group", "convention", "question", *(TITLES[name] for name in LIBRARIES)]
    return _csv(
        [head]
        + [
            [field.group, name, field.question, *(meaning(library, name) for library in LIBRARIES)]
            for name, field in FIELDS.items()
        ]
    )


def answers_csv(asked: Asked) -> bytes:
    """A row a quantity: its name, every library's answer; ° where it is documented."""
    names = columns(asked.a, asked.b)
    rows = [
        [
            row.name,
            *(text + ("°" if known else "") for text, known in zip(row.cells, row.documented, strict=True)),
        ]
        for row in (*results(asked), *other_results(asked))
    ]
    return _csv([["quantity", *(TITLES[name] for name in names)], *rows])
