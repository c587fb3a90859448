"""Model and kernels as two files: what emit_model wrote, with each #include "es_*.h" replaced by what it stands for."""

from __future__ import annotations

import re
from pathlib import Path

INCLUDE = re.compile(r'^#include "(es_\w+\.h)"\n', re.MULTILINE)
INCLUDES = re.compile(r'(?:^#include "es_\w+\.h"\n)+', re.MULTILINE)
STANDARD = re.compile(r"^#include <\w+\.h>\n+", re.MULTILINE)
GUARD = re.compile(r"^#ifndef ES_\w+_H\n#define ES_\w+_H\n\n(.*)\n#endif\n\Z", re.MULTILINE | re.DOTALL)
LINKAGE = re.compile(r'^#ifdef __cplusplus\n(?:extern "C" \{|\})\n#endif\n+', re.MULTILINE)
STATE = re.compile(r"^typedef struct \{\n[^{}]*\} es_\w+_state;\n+", re.MULTILINE)
INLINE = re.compile(r"^(?:/\*(?:(?!\*/).)*\*/\n)?ES_INLINE [^\n]*?(es_\w+)\(.*?^\}\n+", re.MULTILINE | re.DOTALL)
MACRO = re.compile(r"^#define (ES_\w+) .*\n", re.MULTILINE)
DEFAULT = re.compile(r"^#ifndef (ES_\w+)\n#define \1\b.*\n#endif\n+", re.MULTILINE)
KERNEL = re.compile(r"^ES_KERNEL bool es_", re.MULTILINE)


def join(folder: Path) -> tuple[str, str]:
    """The text of model.h with the kernels' states in it, and of model.c with the kernels as static functions."""
    header, source = ((folder / name).read_text() for name in ("model.h", "model.c"))
    names = [file.removesuffix(".h") for file in (*_rules(folder), *INCLUDE.findall(header))]
    seen: set[str] = set()
    kernels = "".join(_expand(folder, f"{name}.{end}", seen) for name in dict.fromkeys(names) for end in "hc")
    before, _, after = header.partition("#include <stddef.h>\n")
    model_h = before + "#include <stdbool.h>\n#include <stddef.h>\n" + INCLUDES.sub(_states(kernels), after)
    start, own, wiring = source.partition('#include "model.h"\n')
    standard, rest = _head(wiring)
    return model_h, start + own + standard + _used(STATE.sub("", KERNEL.sub("static bool es_", kernels)) + rest)


def _rules(folder: Path) -> tuple[str, ...]:
    """What comes first: the element types and, where a kernel of the folder rounds, the rule of arithmetic."""
    rounds = any('#include "es_fixed.h"' in file.read_text() for file in folder.glob("es_*.c"))
    return ("es_type.h", "es_fixed.h") if rounds else ("es_type.h",)


def _states(kernels: str) -> str:
    found = "".join(STATE.findall(kernels)).removesuffix("\n")
    return f"/* States of kernels. */\n{found}" if found else ""


def _expand(folder: Path, name: str, seen: set[str]) -> str:
    """A kernel's file without guards and includes; the files that it includes come before it, each once."""
    if name in seen or not (folder / name).is_file():
        return ""
    seen.add(name)
    text = (folder / name).read_text()
    before = "".join(_expand(folder, other, seen) for other in INCLUDE.findall(text))
    own = DEFAULT.sub("", GUARD.sub(r"\1", LINKAGE.sub("", STANDARD.sub("", INCLUDE.sub("", text)))))
    return before + own.strip("\n") + "\n\n"


def _head(text: str) -> tuple[str, str]:
    """The standard includes at the start of a text, and the rest."""
    end = max((match.end() for match in STANDARD.finditer(text)), default=0)
    return text[:end], text[end:]


def _used(text: str) -> str:
    """The text without the inline functions and the macros that nothing in it names."""
    for match in INLINE.finditer(text):
        if len(re.findall(rf"\b{match[1]}\(", text)) == 1:
            return _used(text.replace(match[0], ""))
    defined = MACRO.findall(text)
    unused = {name for name in defined if len(re.findall(rf"\b{name}\b", text)) == defined.count(name)}
    return MACRO.sub(lambda match: "" if match[1] in unused else match[0], text)
