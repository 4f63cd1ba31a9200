"""A recipe's section `search`, as the arguments of the search that it names."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from saccade.errors import OptionError
from saccade.recipes.complaints import sentence
from saccade.recipes.schema import Recipe, SearchOptions

Options = TypeVar("Options", bound=SearchOptions)


def search_options(search: SearchOptions, n_best: int, seeds: Sequence[int]) -> dict[str, Any]:
    """The options of a recipe that its kind of search takes."""
    common = {"min_length": search.min_length, "length_penalty": search.length_penalty}
    if search.kind == "beam":
        width = max(search.beam, n_best)
        return common | {
            "beam": width,
            "n_best": n_best,
            "early_finish": search.early_finish,
        }
    if search.kind == "sample":
        sampling = {"temperature": search.temperature, "top_k": search.top_k, "top_p": search.top_p}
        return common | sampling | {"samples": n_best, "seeds": seeds}
    return common


def changed(search: Options, changes: dict[str, Any], root: type[Recipe]) -> Options:
    """The section with some options changed.

    Args:
        search: Of the recipe.
        changes: By name.
        root: The frame of the recipe.

    Raises:
        OptionError: There is no such option, or it has a value that is not allowed.
    """
    try:
        return type(search).model_validate(search.model_dump() | changes)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise OptionError(sentence(detail, ("search", *map(str, detail["loc"])), root)) from None


def check_n_best(n_best: int, search: SearchOptions) -> None:
    """Refuse a number of answers that a search has not.

    Raises:
        OptionError: Below 1, or several of greedy search.
    """
    if n_best < 1 or (n_best > 1 and search.kind == "greedy"):
        allowed = "1, since greedy search has one answer. Take `beam` or `sample`" if n_best > 1 else "1 and above"
        raise OptionError(f"`n_best` is {n_best}. Allowed: {allowed}.")
