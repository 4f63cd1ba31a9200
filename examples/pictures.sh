#!/usr/bin/env bash
# The pictures of docs/attention-in-images.md, from runs of the recipes that it speaks of, which have to be trained.
set -euo pipefail

runs=${1:-runs}
pictures=${2:-docs/pictures}
mkdir -p "$pictures"

saccade look "$runs/clutter" test:1 test:2 --out "$pictures/masks.png"
saccade look "$runs/clutter-attention" test:1 test:2 --layer attention --out "$pictures/attention.png"
saccade look "$runs/mnist" test:1 test:2 --layer stages.2.gate --out "$pictures/channels.png"
saccade look "$runs/mnist-scale" test:1 --out "$pictures/scales.png"

# For a page, 256 colours are enough, and a quarter as large.
python - "$pictures"/*.png <<'PACK'
import sys

from PIL import Image

for path in sys.argv[1:]:
    Image.open(path).convert("RGB").quantize(256, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
PACK
