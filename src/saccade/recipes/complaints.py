"""Pydantic's errors, said in one line: where, what is wrong, what we got, what is allowed."""

import dataclasses
import re
import typing
from collections.abc import Collection
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from saccade.errors import did_you_mean
from saccade.recipes.schema import Recipe
from saccade.recipes.yaml_lines import Key, Places

UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
SECTION = "a section of `name: value` lines"
# The kinds of value, as pydantic names its errors, in plain words.
KINDS = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a word",
    "bool_type": "`true` or `false`",
    "list_type": "a list, such as [a, b]",
    "tuple_type": "a list, such as [a, b]",
    "dict_type": SECTION,
    "model_type": SECTION,
    "model_attributes_type": SECTION,
    "dataclass_type": SECTION,
}
BOUNDS = {"ge": "at least", "gt": "greater than", "le": "at most", "lt": "less than"}
LENGTHS = {"too_short": "must not be empty"}


def complaint(error: ValidationError, places: Places, root: type[Recipe]) -> str:
    """The first thing that is wrong with a recipe, as one line; a name that does not exist comes before all else."""
    details = sorted(error.errors(include_url=False), key=lambda detail: detail["type"] not in UNKNOWN)
    first = details[0]
    key = _named_keys(tuple(str(part) for part in first["loc"]))
    more = f" ({len(details) - 1} more after it)" if len(details) > 1 else ""
    said = sentence(first, key, root)
    return f"{_place(_subject(said) or key, places)}{said}{more}"


def fields_of(frame: Any) -> dict[str, Any]:
    """The options of a section, and the type of each."""
    if dataclasses.is_dataclass(frame):
        return typing.get_type_hints(frame, include_extras=True)
    return {name: field.annotation for name, field in getattr(frame, "model_fields", {}).items()}


def frame_at(key: Key, root: type[Recipe]) -> Any:
    """The section that a key lies in, below the frame of the whole recipe."""
    frame: Any = root
    for part in key[:-1]:
        annotation = fields_of(frame).get(part)
        choices = get_args(annotation) if get_origin(annotation) else (annotation,)
        frame = next((one for one in choices if isinstance(one, type) and _is_section(one)), frame)
    return frame


def _is_section(kind: type) -> bool:
    return issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind)


def sentence(detail: Any, key: Key, root: type[Recipe], words: Collection[Any] = ()) -> str:
    """One of pydantic's errors in words; `words` are the choices, where they are not the frame's own."""
    name, kind, got = f"`{'.'.join(key)}`", detail["type"], detail["input"]
    context = detail.get("ctx", {})
    limits = [f"{word} {context[bound]}" for bound, word in BOUNDS.items() if bound in context]
    if kind in UNKNOWN:
        hidden = {"seed", "better"} if key[0] == "training" else set()
        return f"{name} is not an option. {did_you_mean(key[-1], set(fields_of(frame_at(key, root))) - hidden)}"
    if kind == "missing":
        return f"{name} is missing. A recipe needs `name`, `data` and `training`, and a part its `kind`."
    if kind == "literal_error":
        allowed = [str(word) for word in words or _choices(fields_of(frame_at(key, root))[key[-1]])]
        return f"{name} is {got!r}, which is not allowed. {did_you_mean(str(got), allowed)}"
    if kind == "value_error":
        said = str(context["error"])
        return said if said.startswith("`training.") else f"{name} {said}."
    if kind in KINDS:
        return f"{name} must be {KINDS[kind]}, but is {got!r}."
    if limits:
        return f"{name} must be {' and '.join(limits)}, but is {got!r}."
    return f"{name} {LENGTHS.get(kind, detail['msg'])}: {got!r}."


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The words of a choice, also of one that may be left out: `Literal[1, 3] | None`."""
    inner = [one for one in get_args(annotation) if get_origin(one) is Literal]
    return get_args(inner[0] if inner else annotation)


def _subject(said: str) -> Key | None:
    """What a sentence is about, where a check of several options together has named it."""
    found = re.match(r"`(training\.\w+)`", said)
    return tuple(found[1].split(".")) if found else None


def _named_keys(key: Key) -> Key:
    """Pydantic adds the tried type to the path of a choice between types (`train.str`): leave it out."""
    return tuple(part for part in key if part not in ("str", "list[str]", "dict[str,any]"))


def _place(key: Key, places: Places) -> str:
    for end in range(len(key), 0, -1):
        if key[:end] in places:
            return f"{places[key[:end]]}: "
    return ""
