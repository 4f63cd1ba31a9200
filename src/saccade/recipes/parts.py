"""The constructors' signatures are the schema of the parts: a recipe's options are held against them here."""

import inspect
import re
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Protocol, runtime_checkable

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from saccade.errors import OptionError, did_you_mean
from saccade.recipes.complaints import sentence
from saccade.recipes.load import Loaded
from saccade.recipes.schema import SPLITS, Recipe
from saccade.recipes.yaml_lines import Key

STRICT = ConfigDict(strict=True)


@runtime_checkable
class Kind(Protocol):
    """A part as a recipe names it."""

    @property
    def kind(self) -> str: ...

    @property
    def options(self) -> dict[str, Any]: ...


def chosen(kind: str, table: Mapping[str, Any], key: Key, loaded: Loaded) -> Any:
    """The part that a recipe names.

    Raises:
        OptionError: It is not in the table.
    """
    if kind not in table:
        name = ".".join(key)
        raise OptionError(f"{loaded.place(key)}: `{name}` is {kind!r}, which is not known. {did_you_mean(kind, table)}")
    return table[kind]


def check_kinds(loaded: Loaded, parts: Iterable[tuple[str, Kind | None, Mapping[str, Any], Collection[str]]]) -> None:
    """Hold the parts of a recipe's model against those that there are, and their options against theirs.

    Args:
        loaded: The recipe.
        parts: Of each: where in section `model` it is said, what is said, the table of its kinds, and which arguments
            are known from elsewhere. None is a part that the recipe leaves out.

    Raises:
        OptionError: A part or an option does not exist, or has another kind of value.
    """
    for name, part, table, given in parts:
        if part is not None:
            key = ("model", *name.split("."))
            constructor = chosen(part.kind, table, (*key, "kind"), loaded)
            check_options(constructor, part.options, key, loaded, what=f"the {part.kind} {key[-1]}", given=given)


def check_options(
    constructor: Callable[..., Any],
    options: Mapping[str, Any],
    key: Key,
    loaded: Loaded,
    *,
    what: str,
    given: Collection[str] = (),
) -> None:
    """Hold a part's options against its constructor: names and kinds of value; it checks the ranges itself.

    Args:
        constructor: A class or a function with a typed signature.
        options: What the recipe says.
        key: Where it says so.
        loaded: The recipe.
        what: The part in words, for the message.
        given: Arguments that are known from elsewhere, such as widths.

    Raises:
        OptionError: An option does not exist, or is of another kind.
    """
    kinds = option_kinds(constructor, given)
    for name, value in options.items():
        here = (*key, name)
        if name not in kinds:
            known = did_you_mean(name, kinds) if kinds else "It has no options."
            raise OptionError(f"{loaded.place(here)}: `{'.'.join(here)}` is not an option of {what}. {known}")
        complaint = _complaint(kinds[name], value, here, type(loaded.recipe))
        if complaint:
            raise OptionError(f"{loaded.place(here)}: {complaint}")


def check_set(loaded: Loaded, sets: Mapping[str, Callable[..., Any]]) -> None:
    """Hold the name of a recipe's built-in set, if it has one, and its options against those that there are.

    Raises:
        OptionError: There is no such set, or it has no such option.
    """
    data = loaded.recipe.data
    if data.set is None:
        return
    function, what = chosen(data.set, sets, ("data", "set"), loaded), f"the set `{data.set}`"
    for split, options in (("options", data.options), *((split, getattr(data, split) or {}) for split in SPLITS)):
        check_options(function, options, ("data", split), loaded, what=what, given=("split",))


def check_data(
    loaded: Loaded,
    sets: Mapping[str, Callable[..., Any]],
    read: Callable[..., Any],
    *,
    what: str,
    given: Collection[str],
) -> None:
    """Hold what a recipe says of its data against the sets that there are, or against what reads files.

    Args:
        loaded: The recipe.
        sets: By name.
        read: Reads a file; its arguments are the options.
        what: The files in words, for the message.
        given: Arguments that are known from elsewhere.

    Raises:
        OptionError: There is no such set, or it, or what reads files, has no such option.
    """
    data = loaded.recipe.data
    check_set(loaded, sets)
    if data.set is None:
        for name, options in (("options", data.options), *((split, data.origin(split)[1]) for split in SPLITS)):
            check_options(read, options, ("data", name), loaded, what=what, given=given)


def check_metrics(loaded: Loaded, metrics: Mapping[str, Callable[..., Any]]) -> None:
    """Hold a recipe's metrics, and the figure that its training watches, against those that there are.

    Raises:
        OptionError: There is no such metric, it has no such option, or what is watched is not measured.
    """
    key, parts = ("evaluation", "metrics"), loaded.recipe.evaluation.metrics
    for place, part in enumerate(parts):
        constructor = chosen(part.kind, metrics, (*key, str(place)), loaded)
        check_options(constructor, part.options, (*key, str(place)), loaded, what=f"the metric {part.kind}")
    figures = ["loss", *(part.kind for part in parts)]
    watch = loaded.recipe.training.watch
    if watch not in figures:
        place = loaded.place(("training", "watch"))
        suggestion = did_you_mean(watch, figures)
        raise OptionError(
            f"{place}: `training.watch` is {watch!r}, which is neither `loss` nor in `evaluation.metrics`. {suggestion}"
        )


def check_fit(loaded: Loaded, make: Callable[[], Any], sections: Collection[str]) -> None:
    """Make what a recipe says: what constructors refuse, they refuse now, and here the line is added.

    Args:
        loaded: The recipe.
        make: Makes it.
        sections: Where the options that a message names may be said.

    Raises:
        OptionError: The parts don't fit each other.
    """
    try:
        make()
    except OptionError as error:
        raise OptionError(f"{_place_of(str(error), loaded, sections)}{error}") from None


def check_split(recipe: Recipe, split: str) -> None:
    """Refuse a split that a recipe does not have.

    Raises:
        OptionError: It is none, or the recipe names no file for it.
    """
    if split not in SPLITS:
        raise OptionError(f"There is no split {split!r}. {did_you_mean(split, SPLITS)}")
    path, _ = recipe.data.origin(split)
    if recipe.data.set is None and path is None:
        raise OptionError(
            f"The recipe `{recipe.name}` names no `data.{split}`. Name a file for it, or take another split."
        )


def option_kinds(constructor: Callable[..., Any], given: Collection[str] = ()) -> dict[str, Any]:
    """The options of a part, and the type of each.

    Example:
        >>> def part(d_key: int, width: int = 3): ...
        >>> option_kinds(part, given={"d_key"})
        {'width': <class 'int'>}
    """
    signature = inspect.signature(constructor)
    whole = constructor.func if isinstance(constructor, partial) else constructor
    hints = typing.get_type_hints(whole.__init__ if inspect.isclass(whole) and not _is_named_tuple(whole) else whole)
    return {
        name: hints.get(name, Any)
        for name, parameter in signature.parameters.items()
        if name not in given and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


def _is_named_tuple(constructor: Callable[..., Any]) -> bool:
    return hasattr(constructor, "_fields")


def _complaint(kind: Any, value: Any, key: Key, root: type[Recipe]) -> str | None:
    try:
        TypeAdapter(kind, config=STRICT).validate_python(value)
    except PydanticSchemaGenerationError:
        return None  # not a kind of value that a recipe can hold: the constructor will say so
    except ValidationError as error:
        return sentence(error.errors(include_url=False)[0], key, root, words=typing.get_args(kind))
    return None


def _place_of(message: str, loaded: Loaded, sections: Collection[str]) -> str:
    """The line of an option that a constructor's message names."""
    for quoted in re.findall(r"`([\w.]+)`", message):
        for section in sections:
            key = (*section.split("."), *quoted.split("."))
            if key in loaded.places:
                return f"{loaded.places[key]}: "
    return f"{loaded.recipe.name}: "
