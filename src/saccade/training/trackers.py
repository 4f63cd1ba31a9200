"""Accelerate's trackers, checked before the training starts."""

from collections.abc import Sequence

from saccade.errors import OptionError, did_you_mean

# The package to install, where it has another name than the tracker.
PACKAGES = {"comet_ml": "comet-ml"}


def check_trackers(names: Sequence[str]) -> None:
    """Check that trackers exist and are installed.

    Raises:
        OptionError: One does not exist, or its package is not installed.
    """
    if not names:
        return
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS, get_available_trackers

    installed = {str(getattr(tracker, "value", tracker)) for tracker in get_available_trackers()}
    for name in names:
        if name not in LOGGER_TYPE_TO_CLASS:
            raise OptionError(
                f"`training.trackers` names {name!r}, which does not exist. {did_you_mean(name, LOGGER_TYPE_TO_CLASS)}"
            )
        if name not in installed:
            raise OptionError(
                f"`training.trackers` names {name!r}, whose package is not installed. "
                f"Install it with `pip install {PACKAGES.get(name, name)}`, or leave it out of the recipe."
            )
