"""What stands under the Rosetta page's picture: every library's answers, and files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html import escape

import streamlit as st

from anchorlab.canvas.views.rosetta.rows import Row, other_results, results
from anchorlab.canvas.views.rosetta.table import columns, heading
from anchorlab.catalogue.glossary import linked
from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES
from anchorlab.session import fragments, store
from anchorlab.session.app_state import put
from anchorlab.session.comparison import Comparison, adopted, left_out
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


def table(compared: Comparison) -> None:
    """Every library's answers; ≠ where one is not A's, ° where it is documented and not computed."""
    rows, names = results(compared), columns(compared.a, compared.b)
    fragments.follow()  # it follows every change, as an open detail does
    st.html(_STYLE)
    st.html(answers_html(rows, names, compared.a, compared.b))
    notes = ["≠ is not A’s answer."]
    if any(any(row.documented) for row in rows):
        notes.append(f"° is documented, not computed here: {compared.demo.why_documented}.")
    if compared.kind == "anchors":
        notes.append(_SSD)
    if compared.kind == "labels" and not compared.demo:
        notes.append(_LABELS)
    prose.caption(" ".join(notes))


def further(compared: Comparison) -> None:
    """The answers to the other kinds of questions, once somebody asks for them."""
    if compared.demo:
        return
    with layout.expander("The other answers on this picture", "rosetta_further") as e:
        if e.open:
            st.html(
                answers_html(other_results(compared), columns(compared.a, compared.b), compared.a, compared.b)
            )
            prose.caption(_LABELS if compared.kind == "anchors" else f"{_LABELS} {_SSD}")


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


def adopt(compared: Comparison) -> None:
    """A button that gives all pages A's conventions in one step of undo; and what of them they cannot say."""
    library = compared.a if compared.a in LIBRARIES else None

    def take() -> None:
        store.new_step()
        store.change("adopt", **adopted(store.app(), library))
        fragments.redraw(fragments.PICTURE, fragments.CONTROLS, fragments.DETAILS)

    name = ALL[compared.a].title
    st.button(
        f"Use {name}’s conventions on all pages",
        key="rosetta_adopt",
        on_click=take,
        disabled=library is None,
    )
    if library is None:
        return
    missing = left_out(library)
    but = f" They cannot say: {', '.join(missing)}." if missing else ""
    app = store.app()
    taken = adopted(app, library)
    done = "In use. Undo (Ctrl+Z) takes them back." if put(app, **taken) == app else "One step of undo."
    prose.caption(
        f"What a ratio means, the centre, the rule of matching, the coder, suppression. {done}{but}"
    )


def download_buttons(compared: Callable[[], Comparison]) -> None:
    """The two tables as files; `compared` looks up what is compared when somebody wants one."""
    with st.container(horizontal=True, gap="small"):
        for label, name, make in (
            ("Conventions (CSV)", "conventions", conventions_csv),
            ("Answers (CSV)", "answers", lambda: answers_csv(compared())),
        ):
            downloads.button(label, make, f"anchorlab-{name}.csv", "text/csv", key=f"download_{name}")


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def conventions_csv() -> bytes:
    """A row a convention: group, name, question, and every library's answer in words."""
    head = ["group", "convention", "question", *(ALL[name].title for name in LIBRARIES)]
    return _csv(
        [head]
        + [
            [
                field.group.lower(),
                name,
                field.question,
                *(library.means(name) for library in LIBRARIES.values()),
            ]
            for name, field in FIELDS.items()
        ]
    )


def answers_csv(compared: Comparison) -> bytes:
    """A row a quantity: its name, every library's answer; ° where it is documented."""
    names = columns(compared.a, compared.b)
    rows = [
        [
            row.name,
            *(text + ("°" if known else "") for text, known in zip(row.cells, row.documented, strict=True)),
        ]
        for row in (*results(compared), *other_results(compared))
    ]
    return _csv([["quantity", *(ALL[name].title for name in names)], *rows])
