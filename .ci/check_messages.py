"""Check that every text a visitor may read is translated, and that what is compiled is what is written.

Needs no gettext: Python files are parsed, templates are turned into Python-like text by Django's own templatize.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
SOURCES = ("accounts", "bookings", "ihome_project", "listings", "sandbox", "templates")
NAMES = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)")
MARKS = re.compile(r"%\(\w+\)[sd]|%[sd]|</?\w+")

Key = tuple[str, str]  # context and text


def texts_of_python(path: Path) -> Iterator[Key]:
    """Yield what a Python file marks for translation."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")).removesuffix("_lazy").removesuffix("_noop")
            if name in NAMES and isinstance(next(iter(node.args), None), ast.Constant):
                yield key_of(name, [argument.value for argument in node.args if isinstance(argument, ast.Constant)])


def texts_of_template(path: Path) -> Iterator[Key]:
    """Yield what a template marks for translation."""
    for name, arguments in TEMPLATE_CALL.findall(templatize(path.read_text(), origin=str(path))):
        yield key_of(name, list(ast.literal_eval(f"({arguments},)")))


def key_of(name: str, arguments: list[str]) -> Key:
    """Return context and text of a call."""
    return (arguments[0], arguments[1]) if "p" in name else ("", arguments[0])


def source_texts() -> dict[Key, str]:
    """Return every text that is marked, and a file that has it."""
    found = {}
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            texts = {".py": texts_of_python, ".html": texts_of_template, ".txt": texts_of_template}.get(path.suffix)
            if texts and "tests" not in path.parts:
                found |= {key: str(path.relative_to(ROOT)) for key in texts(path)}
    return found


def problems_of(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with a translation."""
    if entry.fuzzy or not entry.translated():
        yield "is not translated" if not entry.fuzzy else "is fuzzy"
        return
    for text in entry.msgstr_plural.values() or [entry.msgstr]:
        sources = {frozenset(MARKS.findall(source)) for source in (entry.msgid, entry.msgid_plural) if source}
        if frozenset(MARKS.findall(text)) not in sources:
            yield f"has other placeholders or tags than its translation {text!r}"


def problems() -> Iterator[str]:
    """Yield a line for everything that is wrong."""
    if not CATALOGUE.exists():
        yield f"{CATALOGUE.relative_to(ROOT)} is missing: make messages"
        return
    catalogue = [entry for entry in polib.pofile(CATALOGUE) if not entry.obsolete]
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    sources = source_texts()
    yield from (f"{sources[key]}: {key[1]!r} is not in the catalogue: make messages" for key in sources.keys() - known)
    yield from (f"{text!r} is in the catalogue and nowhere else: make messages" for _, text in known - sources.keys())
    yield from (f"{entry.msgid!r} {problem}" for entry in catalogue for problem in problems_of(entry))
    compiled = CATALOGUE.with_suffix(".mo")
    if not compiled.exists() or meanings(polib.mofile(compiled)) != meanings(catalogue):
        yield f"{compiled.relative_to(ROOT)} is not what the .po compiles to: make messages"


def meanings(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict:
    """Return what each text is translated to."""
    return {
        (entry.msgctxt, entry.msgid): tuple(entry.msgstr_plural.values()) or entry.msgstr
        for entry in entries
        if entry.msgid
    }


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    found = sorted(problems())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
