"""Pydantic's errors, said in one line: where, what is wrong, what we got, what is allowed."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from saccade.errors import did_you_mean
from saccade.recipes.schema import Recipe
from saccade.recipes.yaml_lines import Key, Places

# The kinds of value, as pydantic names its errors, in plain words.
KINDS = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a word",
    "bool_type": "`true` or `false`",
    "list_type": "a list, such as [a, b]",
    "dict_type": "a section of `name: value` lines",
    "model_type": "a section of `name: value` lines",
    "model_attributes_type": "a section of `name: value` lines",
}
BOUNDS = {"ge": "at least", "gt": "greater than", "le": "at most", "lt": "less than"}
LENGTHS = {"too_short": "must not be empty", "too_long": "is too long"}


def complaint(error: ValidationError, places: Places) -> str:
    """The first thing that is wrong with a recipe, as one line."""
    details = error.errors(include_url=False)
    first = details[0]
    key = tuple(str(part) for part in first["loc"])
    named = _named_keys(key)
    more = f" (and {len(details) - 1} more after it)" if len(details) > 1 else ""
    return f"{_place(named, places)}{_sentence(first, named)}{more}"


def allowed_options(key: Key) -> list[str]:
    """The options of the section that a key lies in."""
    frame: Any = Recipe
    for part in key[:-1]:
        frame = _frame_in(frame.model_fields[part].annotation) if part in getattr(frame, "model_fields", {}) else None
    return list(frame.model_fields) if frame else []


def _sentence(detail: Any, key: Key) -> str:
    name, kind, got = f"`{'.'.join(key)}`", detail["type"], detail["input"]
    bounds = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{name} is not an option. {did_you_mean(key[-1], allowed_options(key))}"
    if kind == "missing":
        return f"{name} is missing. A recipe needs at least `name` and `data`, and a part its `kind`."
    if kind == "literal_error":
        words = did_you_mean(str(got), _words(key))
        return f"{name} is {got!r}, which is not allowed. {words}"
    if kind == "value_error":
        text = str(bounds["error"])
        return f"{name} {text}." if not text.startswith("`") else f"{name}: {text}."
    if kind in KINDS:
        return f"{name} must be {KINDS[kind]}, but is {got!r}."
    limits = [f"{BOUNDS[bound]} {bounds[bound]}" for bound in BOUNDS if bound in bounds]
    if limits:
        return f"{name} must be {' and '.join(limits)}, but is {got!r}."
    return f"{name} {LENGTHS.get(kind, detail['msg'])}: {got!r}."


def _words(key: Key) -> list[str]:
    """What a choice may be."""
    frame: Any = Recipe
    for part in key[:-1]:
        frame = _frame_in(frame.model_fields[part].annotation)
    return [str(word) for word in get_args(frame.model_fields[key[-1]].annotation)]


def _frame_in(annotation: Any) -> Any:
    """The section that a field holds, if it holds one."""
    choices = get_args(annotation) if get_origin(annotation) else (annotation,)
    return next((one for one in choices if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _named_keys(key: Key) -> Key:
    """Pydantic adds the tried type to the path of a choice between types (`train.str`): leave it out."""
    return tuple(part for part in key if part not in ("str", "int", "list[str]"))


def _place(key: Key, places: Places) -> str:
    for end in range(len(key), 0, -1):
        if key[:end] in places:
            return f"{places[key[:end]]}: "
    return ""
