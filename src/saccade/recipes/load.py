"""Find a recipe by its name or path, lay options over it, and check its frame; no torch."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from saccade.errors import MissingError, OptionError, did_you_mean
from saccade.recipes import yaml_lines
from saccade.recipes.complaints import complaint
from saccade.recipes.schema import SPLITS, Recipe
from saccade.recipes.tasks import frame_of
from saccade.recipes.yaml_lines import Key, Places

BUILTIN = Path(__file__).parent / "builtin"


class Loaded(NamedTuple):
    """A recipe of any task, and where each of its options was said."""

    recipe: Any
    places: Places

    def place(self, key: Key) -> str:
        """Where an option was said, or the section around it.

        Example:
            >>> load_recipe("dates").place(("data", "set"))
            'dates.yaml, line ...'
        """
        for end in range(len(key), 0, -1):
            if key[:end] in self.places:
                return self.places[key[:end]]
        return self.recipe.name


def builtin_recipes() -> list[str]:
    """The names of the recipes that come with Saccade.

    Example:
        >>> "dates" in builtin_recipes()
        True
    """
    return sorted(path.stem for path in BUILTIN.glob("*.yaml"))


def load_recipe(name: str | Path, options: Sequence[str] = ()) -> Loaded:
    """Load a recipe by the name of a built-in one or by a path, and change single options of it.

    Args:
        name: Such as `dates`, or `my/recipe.yaml`.
        options: Such as `training.max_epochs=3`; a value is read as YAML.

    Raises:
        MissingError: There is no such recipe.
        OptionError: An option does not exist, or has a value that is not allowed.

    Example:
        >>> load_recipe("dates", ["training.max_epochs=3"]).recipe.training.max_epochs
        3
    """
    tree, places = _with_base(_find(str(name)), ())
    for option in options:
        _lay_option(tree, places, option)
    _anchor_files(tree, Path.cwd())
    return Loaded(check(tree, places), places)


def check(tree: Mapping[str, Any], places: Places) -> Recipe:
    """Check the frame of a recipe.

    Raises:
        OptionError: The first complaint in it, with its file and line.
    """
    _check_said_once(tree, places)
    frame = frame_of(tree, places)
    try:
        # As JSON, since there a strict frame takes a list for a tuple.
        return frame.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        raise OptionError(complaint(error, places, frame)) from None


# What a training needs, and a recipe says elsewhere.
ELSEWHERE = {
    "seed": "The seed holds for all of a recipe: it stands at its top, as `seed`",
    "better": "Whether `watch` should be high or low is known from the metric: leave `better` out",
}


def _check_said_once(tree: Mapping[str, Any], places: Places) -> None:
    training = tree.get("training")
    for name in ELSEWHERE:
        if isinstance(training, Mapping) and name in training:
            place = places.get(("training", name), "training")
            raise OptionError(f"{place}: `training.{name}` is not an option. {ELSEWHERE[name]}.")


def _find(name: str) -> Path:
    if name in builtin_recipes():  # also where a run of that name lies, as in `runs`
        return BUILTIN / f"{name}.yaml"
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists() or len(path.parts) > 1:
        if not path.exists():
            raise MissingError(f"There is no recipe file {name}. `saccade list` names the built-in recipes.")
        return path
    suggestion = did_you_mean(name, builtin_recipes())
    raise MissingError(f"There is no recipe `{name}`. {suggestion} A recipe of your own is named by its path.")


def _with_base(path: Path, seen: tuple[Path, ...]) -> tuple[dict[str, Any], Places]:
    """Read a file and lay it over the recipe that it `extends`."""
    tree, places = yaml_lines.read(path)
    if path.parent == BUILTIN:  # said by its name alone: nobody looks for it by the path of an installation
        places = {key: place.replace(str(path), path.name, 1) for key, place in places.items()}
    _anchor_files(tree, path.parent)
    if "extends" not in tree:
        return tree, places
    base_name = tree.pop("extends")
    beside = path.parent / str(base_name)
    base = beside if beside.suffix in (".yaml", ".yml") else _find(str(base_name))
    if base.resolve() in seen or base.resolve() == path.resolve():
        raise OptionError(
            f"{places['extends',]}: `extends: {base_name}` leads back to this recipe. Remove one of them."
        )
    below, below_places = _with_base(base, (*seen, path.resolve()))
    places = below_places | places
    return _laid(below, tree, places), places


def overlay(below: Mapping[str, Any], above: Mapping[str, Any], usual: Any = None) -> dict[str, Any]:
    """Lay options over others; a part of another kind, and another origin of data, replaces the one below whole.

    Args:
        below: May say a part, or a file, in its short form.
        above: What holds where both say something.
        usual: A section with what holds where nothing is said: it knows the kind of a part that names none.

    Example:
        >>> overlay({"a": {"kind": "x", "p": 1}, "b": {"c": 1, "d": 2}}, {"a": {"kind": "y"}, "b": {"c": 3}})
        {'a': {'kind': 'y'}, 'b': {'c': 3, 'd': 2}}
        >>> overlay({"score": "location"}, {"score": {"d_score": 64}})
        {'score': {'kind': 'location', 'd_score': 64}}
    """
    result = dict(below)
    for name, value in above.items():
        if isinstance(value, Mapping):
            old, known = _opened(name, result.get(name)), getattr(usual, name, None)
            if isinstance(old, Mapping) and not _replaces(old, value, known):
                value = overlay(old, value, known)
        result[name] = value
    return result


def _opened(name: str, said: Any) -> Any:
    """`score: dot` is short for `score: {kind: dot}`, and `train: a.tsv` for `train: {path: a.tsv}`."""
    if name in SPLITS:
        return {"path": said} if isinstance(said, str | list) else said
    return {"kind": said} if isinstance(said, str) else said


def _replaces(old: Mapping[str, Any], new: Mapping[str, Any], usual: Any) -> bool:
    kinds = "kind" in new and new["kind"] != old.get("kind", getattr(usual, "kind", None))
    files = "set" in old and not isinstance(new.get("train", {}), dict)
    return kinds or files or ("set" in new and new["set"] != old.get("set"))


def _laid(below: Mapping[str, Any], above: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """Lay a recipe over another; its task says what holds where neither says anything."""
    return overlay(below, above, frame_of({**below, **above}, places).model_construct())


def _lay_option(tree: dict[str, Any], places: Places, option: str) -> None:
    name, equals, text = option.partition("=")
    keys = tuple(name.strip().split("."))
    if not equals or not all(keys):
        raise OptionError(f"`--set {option}` must look like `--set training.max_epochs=3`.")
    value = yaml_lines.value(text)
    for key in reversed(keys):
        value = {key: value}
    places[keys] = f"--set {option}"
    laid = _laid(tree, value, places)
    tree.clear()
    tree.update(laid)


def _anchor_files(tree: dict[str, Any], folder: Path) -> None:
    """Files and runs are named from where the recipe lies, those of single options from the current folder."""
    model, data = tree.get("model"), tree.get("data")
    if isinstance(model, dict) and "start_from" in model:
        model["start_from"] = _anchored(model["start_from"], folder)
    if not isinstance(data, dict):
        return
    for split in SPLITS:
        origin = data.get(split)
        if isinstance(origin, dict) and "path" in origin:
            origin["path"] = _anchored(origin["path"], folder)
        elif isinstance(origin, str | list):
            data[split] = _anchored(origin, folder)


def _anchored(file: Any, folder: Path) -> Any:
    if isinstance(file, list):
        return [_anchored(item, folder) for item in file]
    return str((folder / file).absolute()) if isinstance(file, str) and not file.startswith("hub:") else file
