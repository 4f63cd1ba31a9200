"""YAML that remembers where each value stood, so that a message can name the file and the line."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import yaml
from yaml.representer import BaseRepresenter

from saccade.errors import MissingError, OptionError

# What a value is called by (`("training", "epochs")`), and where it stood ("my.yaml, line 12").
Key: TypeAlias = tuple[str, ...]
Places: TypeAlias = dict[Key, str]

BOOLEANS = {"true": True, "false": False}


def read(path: Path) -> tuple[dict[str, Any], Places]:
    """Read a file of nested options.

    Raises:
        MissingError: There is no such file.
        OptionError: It is not UTF-8, not YAML, or not made of `name: value` lines.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingError(f"There is no recipe file {path}.") from None
    except IsADirectoryError:
        raise OptionError(f"{path} is a folder; a recipe is a YAML file.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise OptionError(f"{path}, line {line}: not UTF-8 text. Save the recipe as UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, origin: str) -> tuple[dict[str, Any], Places]:
    """Parse nested options, and note the line of each."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise OptionError(f"{origin}{line}: not valid YAML: {error.problem}.") from None
    except yaml.YAMLError as error:
        raise OptionError(f"{origin}: not valid YAML: {' '.join(str(error).split())}.") from None
    if root is None:
        raise OptionError(f"{origin} is empty. A recipe needs at least `name`, `data` and `training`.")
    if not isinstance(root, yaml.MappingNode):
        raise OptionError(f"{origin}, line 1: a recipe is made of `name: value` lines, but this is {text[:40]!r}.")
    places: Places = {}
    return _mapping(root, (), origin, places), places


def value(text: str) -> Any:
    """The value of one option, as it would be read from a file: `3` is a number, `gru` a word.

    Example:
        >>> value("1e-3"), value("[a, b]"), value("no")
        (0.001, ['a', 'b'], 'no')
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return text
    return None if node is None else _plain(node, (), "", {})


def dump(tree: Mapping[str, Any]) -> str:
    """Nested options as YAML that `parse` reads as they were: a word that looks like something else stands in quotes.

    Example:
        >>> print(dump({"name": "1e3", "seed": 1}), end="")
        name: '1e3'
        seed: 1
    """
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def _word(dumper: BaseRepresenter, word: str) -> yaml.ScalarNode:
    # Breaks of a line that only quotes with escapes keep, and what would be read as no word.
    style = '"' if set(word) & set("\x85\u2028\u2029") else None if _scalar(yaml.ScalarNode("", word)) == word else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", word, style=style)


class _Dumper(yaml.SafeDumper):
    """PyYAML's, which would leave out quotes by YAML 1.1, where `1e3` is a word."""

    yaml_representers: ClassVar = {**yaml.SafeDumper.yaml_representers, str: _word}


def _mapping(node: yaml.MappingNode, key: Key, origin: str, places: Places) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name_node, value_node in node.value:
        place = f"{origin}, line {name_node.start_mark.line + 1}"
        name = str(name_node.value)
        if name in result:
            raise OptionError(f"{place}: `{'.'.join((*key, name))}` is given twice. Keep one.")
        places[*key, name] = place
        result[name] = _plain(value_node, (*key, name), origin, places)
    return result


def _plain(node: yaml.Node, key: Key, origin: str, places: Places) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key, origin, places)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*key, str(place)), origin, places) for place, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    """YAML 1.2's reading of a word: `no`, `off` and `12:30` stay words, `1e-3` is a number."""
    text = str(node.value)
    if getattr(node, "style", None):
        return text
    if text.lower() in ("", "~", "null"):
        return None
    if text.lower() in BOOLEANS:
        return BOOLEANS[text.lower()]
    return _number(text)


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
