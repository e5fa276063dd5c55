"""Arguments and options that several commands share, and what the shell completes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch.errors import legible

if TYPE_CHECKING:
    from supertouch.study.model import Study

__all__ = [
    "HERE",
    "DryRun",
    "Force",
    "Jobs",
    "OneWave",
    "Quiet",
    "Raw",
    "Replace",
    "Scheduler",
    "StudyFile",
    "Waves",
    "ids_in",
    "known_waves",
]

HERE = Path()


def ids_in(section: str, path: Path) -> list[str]:
    """Return the ids of a section of a study file as far as it can be read, for the shell."""
    import tomllib

    try:
        file = path / "study.toml" if path.is_dir() else path
        found = tomllib.loads(file.read_text(encoding="utf-8")).get(section)
    except (OSError, ValueError, RecursionError):
        return []
    return list(found) if isinstance(found, dict) else []


def _complete_wave(ctx: typer.Context, incomplete: str) -> list[str]:
    # while an option lacks its value, the arguments are not yet parsed into parameters
    path = Path(ctx.args[0] if ctx.args else str(ctx.params.get("study", ".")))
    return [wave for wave in ids_in("waves", path) if wave.startswith(incomplete)]


StudyFile = Annotated[
    Path, typer.Argument(help="Study file, or the folder that holds study.toml.", show_default=True)
]
Raw = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of the raw files, in place of the study's.",
        file_okay=False,
        exists=True,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Make everything again.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be made; write nothing.")]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        envvar="SUPERTOUCH_JOBS",
        show_envvar=False,
        help="Waves to analyse at a time; 0 for one per processor.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace", help="Take raw files that changed since they came in; keep the old version."
    ),
]


def _scheduler(address: str | None) -> str | None:
    from supertouch.study.computing import ADDRESS, is_address

    if address is not None and not is_address(address):
        message = f"{legible(address)} is no address of a scheduler; write {ADDRESS}"
        raise typer.BadParameter(message)
    return address


Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Compute on the Dask cluster at tcp://host:8786 or tls://host:8786.",
        callback=_scheduler,
    ),
]
Waves = Annotated[
    list[str] | None,
    typer.Option(
        "--wave",
        metavar="WAVE",
        help="Only this wave; may be repeated.",
        autocompletion=_complete_wave,
    ),
]
OneWave = Annotated[
    str,
    typer.Option(
        "--wave",
        metavar="WAVE",
        help="This wave; the last one if none is named.",
        autocompletion=_complete_wave,
    ),
]


def known_waves(study: Study, waves: Sequence[str], *, planned: bool = False) -> None:
    """Refuse the names of waves that the study does not have, or has only ``planned``."""
    ahead = [wave.id for wave in study.planned]
    known = [wave.id for wave in study.waves] + (ahead if planned else [])
    unknown = [wave for wave in waves if wave not in known]
    if not unknown:
        return
    message = f"{', '.join(unknown)}: the study has the waves {', '.join(known)}"
    if set(unknown) & set(ahead):
        message += (
            f"; {', '.join(ahead)} is planned, and only its questionnaire can be made. Take "
            "planned out of the study file once its answers are there"
        )
    raise typer.BadParameter(legible(message), param_hint="--wave")
