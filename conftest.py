"""Shapes are checked in every test: saccade is imported under jaxtyping's hook, with beartype."""

import os

# Two workers on two cores: more threads would only wait for each other. Child processes inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Set to 1 to run without the hook: for torch.compile, and to see what the checks cost.
if os.environ.get("SACCADE_UNCHECKED") != "1":
    from jaxtyping import install_import_hook

    install_import_hook("saccade", "beartype.beartype")
