"""Reads the canvas's JavaScript as far as the tests of its sentences need: literals, and the calls of `say`.

No parser: one pass that knows comments, strings, template literals with what they interpolate, and regular expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

HOLE = "\0"
"""Stands in a template literal's text for an interpolated value."""


@dataclass(frozen=True)
class Token:
    """A piece of code: a "text" (a literal, `value` is what it holds), or "code" (a name, number or sign)."""

    kind: str
    value: str
    line: int


_PIECE = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<name>[\w$]+)"
    r"|(?P<sign>===|!==|=>|\?\?=?|\?\.|\.\.\.|\|\||&&|.)",
    re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = {"(", ",", "=", ":", "[", "!", "&&", "||", "?", "{", "}", ";", "=>", "return", "??"}


def tokens(source: str) -> list[Token]:
    """The pieces of a script without spaces and comments. A template literal comes as its text, with `HOLE` for each
    interpolated value, followed by the pieces of these, each value in parentheses."""
    return _read(source, 0, 1, None)[0]


def _read(source: str, at: int, line: int, until: str | None) -> tuple[list[Token], int]:
    found: list[Token] = []
    depth = 0
    while at < len(source):
        if source[at] == "`":
            start = line + source.count("\n", 0, at)
            text, inner, at = _template(source, at + 1, line)
            found += [Token("text", text, start), *inner]
            continue
        if source[at] == "/" and source[at : at + 2] not in ("//", "/*"):
            before = found[-1].value if found and found[-1].kind == "code" else None if found else "("
            regex = _REGEX.match(source, at) if before in _BEFORE_REGEX else None
            if regex:
                at = regex.end()
                found.append(Token("code", "/regex/", line + source.count("\n", 0, at)))
                continue
        piece = _PIECE.match(source, at)
        at = piece.end()
        if piece["space"]:
            continue
        here = line + source.count("\n", 0, piece.start())
        if piece["string"]:
            found.append(Token("text", _unescaped(piece["string"][1:-1]), here))
            continue
        value = piece[0]
        if value == "{":
            depth += 1
        elif value == "}":
            if until and not depth:
                return found, at
            depth -= 1
        found.append(Token("code", value, here))
    return found, at


def _template(source: str, at: int, line: int) -> tuple[str, list[Token], int]:
    text, inner = "", []
    while source[at] != "`":
        if source[at] == "\\":
            text += _unescaped(source[at : at + 2])
            at += 2
        elif source.startswith("${", at):
            held, at = _read(source, at + 2, line, "}")
            inner += [Token("code", "(", line), *held, Token("code", ")", line)]
            text += HOLE
        else:
            text += source[at]
            at += 1
    return text, inner, at + 1


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text)


@dataclass(frozen=True)
class Said:
    """A call `say(key, values)`, or `sayFrom(key, known)`.

    Attributes:
      keys: the literal keys that it may say; `HOLE` stands for an interpolated part.
      names: the values' names; None where they are not written down there.
      more: whether there may be more values than the sentence asks for, as `sayFrom` takes them.
    """

    keys: tuple[str, ...]
    names: frozenset[str] | None
    line: int
    more: bool = False


def said(source: str) -> list[Said]:
    """The calls of the functions `say` and `sayFrom` (not of methods of these names)."""
    all_tokens = tokens(source)
    found = []
    for k, token in enumerate(all_tokens[:-1]):
        if token.kind != "code" or token.value not in ("say", "sayFrom") or all_tokens[k + 1].value != "(":
            continue
        if k and all_tokens[k - 1].value in (".", "?.", "function"):
            continue
        call, end = _call(all_tokens, k + 2, token.line)
        if all_tokens[end + 1 : end + 2] != [
            Token("code", "{", all_tokens[end].line)
        ]:  # else a method of that name
            found.append(replace(call, more=token.value == "sayFrom"))
    return found


def _call(all_tokens: list[Token], at: int, line: int) -> tuple[Said, int]:
    first, second = [], []
    part, depth = first, 0
    for end, token in enumerate(all_tokens[at:], start=at):  # noqa: B007 (where the call ends)
        if token.kind == "code":
            if token.value in "([{":
                depth += 1
            elif token.value in ")]}":
                depth -= 1
                if depth < 0:
                    break
            elif token.value == "," and not depth and part is first:
                part = second
                continue
        part.append(token)
    keys, depth = [], 0
    for k, token in enumerate(first):
        if token.kind == "code":
            depth += (token.value in "([{") - (token.value in ")]}")
        compared = k and first[k - 1].value in ("===", "!==")
        if token.kind == "text" and not depth and not compared:
            keys.append(token.value)
    return Said(tuple(keys), _names(second), line), end


def _names(part: list[Token]) -> frozenset[str] | None:
    """The names of an object literal's members; of a choice between two such literals, if they are the same."""
    if not part or (len(part) == 1 and part[0].value == ","):
        return frozenset()
    if part[0].value != "{" or part[0].kind != "code":
        return None
    names, depth, fresh = set(), 0, True
    for token in part:
        sign = token.value if token.kind == "code" else ""
        if sign and sign in "([{":
            depth += 1
            continue
        if sign and sign in ")]}":
            depth -= 1
            continue
        if depth != 1:
            continue
        if sign == ",":
            fresh = True
        elif fresh:
            if sign == "...":
                return None
            names.add(token.value)
            fresh = False
    return frozenset(names)


# ---- prose

_READ_ATTRIBUTES = re.compile(r"\b(?:aria-label|title|alt|placeholder)=[\"']([^\"']*)")
_TAG = re.compile(r"<[!/a-zA-Z][^<>]*>?")
_ATTRIBUTE = re.compile(r"[\w-]+=(?:\"[^\"]*\"?|'[^']*'?)|^[^<>\"]*\"\s*/?>")
_WORD = r"[A-Za-z’]*[a-z’]{2,}[A-Za-z’]*"
_PROSE = re.compile(rf"(?:^|(?<=[\s(“‘>:;,])){_WORD}[,;:.]? +(?:{_WORD}|\0|[ai])(?=$|[\s).,;:?!”’<\0])")


def literals(source: str) -> list[Token]:
    """The literals of a script, but for what is said where it is broken."""
    all_tokens = tokens(source)
    return [
        token
        for k, token in enumerate(all_tokens)
        if token.kind == "text" and [t.value for t in all_tokens[max(0, k - 2) : k]] != ["Error", "("]
    ]


def prose(text: str) -> str | None:
    """What people would read in a literal, if it holds several words; None of markup, class names and the like."""
    readable = [*_READ_ATTRIBUTES.findall(text), _ATTRIBUTE.sub(" ", _TAG.sub(" ", text))]
    for part in readable:
        if _PROSE.search(part):
            return " ".join(part.replace(HOLE, "…").split())
    return None
