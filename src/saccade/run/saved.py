"""A file of a run folder that says its format and its version."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, final

from saccade.errors import RunError
from saccade.run.folder import check_there
from saccade.storage import written_aside

Read = TypeVar("Read")


@final
class SavedAs(NamedTuple):
    """How a file says what it is.

    Attributes:
        file: Its name in a run folder.
        format: What it says it is.
        version: The newest that this Saccade reads.
    """

    file: str
    format: str
    version: int

    def write(self, path: Path, content: Mapping[str, Any]) -> None:
        """Write it.

        Raises:
            StorageError: It could not be written.
        """
        saved = {"format": self.format, "version": self.version, **content}
        with written_aside(path) as aside:
            aside.write_text(json.dumps(saved, ensure_ascii=False) + "\n", encoding="utf-8")

    def read(self, run: Path, made_of: Callable[[Any], Read]) -> Read:
        """Read what `write` wrote into a run folder.

        Args:
            run: The folder.
            made_of: Makes something of the content; whatever it raises, the file is damaged.

        Raises:
            RunError: It is not there, damaged, or from a newer version.
        """
        check_there(run, self.file)
        path = run / self.file
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            kind, version = saved["format"], int(saved["version"])
            if kind == self.format and version <= self.version:
                return made_of(saved)
        except Exception as error:  # the tokenizers library raises bare exceptions
            raise RunError(f"{path} is damaged: {error!r}. Copy the run again, or train it anew.") from error
        raise RunError(
            f"{path} is `{kind}` of version {version}; this Saccade reads `{self.format}` up to version "
            f"{self.version}. Install a newer Saccade, or give the run's own {self.file}."
        )
