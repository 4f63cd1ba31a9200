"""`saccade serve`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from saccade.server.guard import Access
    from saccade.server.limits import Limits

TOKEN: Final = "SACCADE_TOKEN"
SHORTEST: Final = 16
"""Characters of a token: fewer can be guessed."""
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
WILDCARDS: Final = ("0.0.0.0", "::")


def serve(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders that `saccade train` made.")],
    host: Annotated[str, typer.Option(help="Address to listen at; another than this machine's own needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    token_file: Annotated[
        Path | None, typer.Option(help=f"A file of the token that requests must carry; or set {TOKEN}.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A name by which browsers may ask, beside the address.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Inputs that are computed together, at most.")] = 32,
    queue: Annotated[int, typer.Option(min=1, help="Inputs that may wait for each run.")] = 256,
    seconds: Annotated[float, typer.Option(min=0.001, help="That a request may wait.")] = 30.0,
    characters: Annotated[int, typer.Option(min=1, help="Of a text, at most.")] = 1_000,
    pixels: Annotated[int, typer.Option(min=1, help="Of an image, at most.")] = 20_000_000,
) -> None:
    """Answer over HTTP: a page to try runs on, and JSON. Ctrl-C ends it when what was asked is answered."""
    _check_extra()
    from saccade.server.limits import Limits

    limits = Limits(batch=batch, queue=queue, seconds=seconds, characters=characters, pixels=pixels)
    _listen(runs, host, port, _access(host, token_file, allow_host or ()), limits)


def _listen(paths: Sequence[Path], host: str, port: int, access: "Access", limits: "Limits") -> None:
    from saccade.run.tasks import load
    from saccade.server.app import make_app
    from saccade.server.listen import address_of, bound
    from saccade.server.listen import serve as serve_app
    from saccade.server.metrics import Metrics
    from saccade.server.names import short_names
    from saccade.server.served import Runs, Served

    names = short_names(paths)
    metrics = Metrics()
    models = [load(path) for path in paths]
    with bound(host, port) as listening:
        served = Runs([Served(name, model, limits, metrics) for name, model in zip(names, models, strict=True)])

        def ready() -> None:
            print(address_of(listening), flush=True)
            print(f"saccade: serving {', '.join(names)}; Ctrl-C ends it", file=sys.stderr)

        if serve_app(make_app(served, access, limits, metrics), listening, limits, ready):
            served.stop()
    print(f"saccade: {metrics.taken:,} requests taken, {metrics.answered:,} answered", file=sys.stderr)


def _check_extra() -> None:
    from importlib.util import find_spec

    from saccade.errors import OptionError

    missing = [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]
    if missing:
        raise OptionError(
            f"`saccade serve` needs {' and '.join(missing)}, which the extra `serve` installs: "
            "pip install 'saccade[serve]'."
        )


def _access(host: str, token_file: Path | None, names: Sequence[str]) -> "Access":
    """Who may ask: on this machine everybody, from elsewhere those who have the token."""
    from saccade.errors import OptionError
    from saccade.server.guard import Access

    token = _token(token_file)
    if host not in LOOPBACK and token is None:
        raise OptionError(
            f"`--host {host}` lets other machines ask, for which a token is needed. Write one of {SHORTEST} "
            f"characters or more into a file and name it by `--token-file`, or set {TOKEN}."
        )
    if host in WILDCARDS and not names:
        raise OptionError(
            f"`--host {host}` is every address of this machine. Say by which name it will be asked: "
            "`--allow-host NAME`, more than once if need be."
        )
    own = [f"[{host}]" if ":" in host else host]
    return Access(frozenset(name.lower() for name in (*own, "localhost", "127.0.0.1", "[::1]", *names)), token)


def _token(file: Path | None) -> str | None:
    from saccade.errors import MissingError, OptionError

    where, text = TOKEN, os.environ.get(TOKEN)
    if file is not None:
        where = str(file)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise MissingError(f"`--token-file {file}`: there is no such file.") from None
        except UnicodeDecodeError:
            raise OptionError(f"`--token-file {file}` is not text. Write letters and digits into it.") from None
    if text is None:
        return None
    token = text.strip()
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise OptionError(
            f"The token in {where} has {len(token)} characters. Allowed: {SHORTEST} or more, letters, digits and "
            "signs without blanks."
        )
    return token
