"""The constructors' signatures are the schema of the parts: a recipe's options are held against them here."""

import inspect
import typing
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from saccade.errors import OptionError, did_you_mean
from saccade.recipes.complaints import sentence
from saccade.recipes.load import Loaded
from saccade.recipes.yaml_lines import Key

STRICT = ConfigDict(strict=True)


def chosen(kind: str, table: Mapping[str, Any], key: Key, loaded: Loaded) -> Any:
    """The part that a recipe names.

    Raises:
        OptionError: It is not in the table.
    """
    if kind not in table:
        name = ".".join(key)
        raise OptionError(f"{loaded.place(key)}: `{name}` is {kind!r}, which is not known. {did_you_mean(kind, table)}")
    return table[kind]


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
        complaint = _complaint(kinds[name], value, here)
        if complaint:
            raise OptionError(f"{loaded.place(here)}: {complaint}")


def option_kinds(constructor: Callable[..., Any], given: Collection[str] = ()) -> dict[str, Any]:
    """The options of a part, and the type of each.

    Example:
        >>> def part(d_key: int, width: int = 3): ...
        >>> option_kinds(part, given={"d_key"})
        {'width': <class 'int'>}
    """
    signature = inspect.signature(constructor)
    function = (
        constructor.__init__ if inspect.isclass(constructor) and not _is_named_tuple(constructor) else constructor
    )
    hints = typing.get_type_hints(function)
    return {
        name: hints.get(name, Any)
        for name, parameter in signature.parameters.items()
        if name not in given and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }


def _is_named_tuple(constructor: Callable[..., Any]) -> bool:
    return hasattr(constructor, "_fields")


def _complaint(kind: Any, value: Any, key: Key) -> str | None:
    try:
        TypeAdapter(kind, config=STRICT).validate_python(value)
    except PydanticSchemaGenerationError:
        return None  # not a kind of value that a recipe can hold: the constructor will say so
    except ValidationError as error:
        return sentence(error.errors(include_url=False)[0], key, words=typing.get_args(kind))
    return None
