#!/usr/bin/env bash
# The main job on dates, by the verbs of the command line: train with attention and with both fixed contexts, look,
# compare by the number of dates in a line, and put it on a page. `make demo` runs it; a second run finds its work done.
set -euo pipefail

runs=${1:-runs}
example="jeudi 7 mars 1987; den 3. Oktober 2024; 2011年8月31日"
read -ra changes <<<"${DEMO_SET:-}" # such as --set training.max_updates=20, for a try

# Networks as small as these gain little from a second thread, but two of them train side by side.
export OMP_NUM_THREADS=1

say() { printf '\n=== %d:%02d  %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*" >&2; }

say "Training on dates in 16 languages, with attention; a first look comes while it trains"
saccade train dates --out "$runs/dates" --resume "${changes[@]}" &
training=$!
# Beside it, the same from one fixed vector: that starts the decoder (as before 2014), and that enters every step.
mkdir -p "$runs"
(
    trap 'kill $!; exit 1' TERM
    for context in initial every-step; do
        saccade train "dates-$context" --out "$runs/dates-$context" --resume "${changes[@]}" &
        wait $!
    done
) >"$runs/fixed-contexts.log" 2>&1 &
fixed=$!
trap 'kill $training $fixed 2>/dev/null || true' EXIT
# The best weights so far are there from the first validation on.
until [ -s "$runs/dates/model.safetensors" ] || ! kill -0 $training 2>/dev/null; do sleep 1; done
if kill -0 $training 2>/dev/null; then
    until [ $SECONDS -ge 75 ] || ! kill -0 $training 2>/dev/null; do sleep 1; done
fi
say "What it reads so far, and where it looks for each part of the date"
saccade look "$runs/dates" "7 mars 1987" || true
wait $training

say "Trained. Dates that it never saw:"
saccade predict "$runs/dates" "jeudi 7 mars 1987" "den 3. Oktober 2024; 2011年8月31日"

say "Waiting for the fixed contexts, which train beside it (their lines are in $runs/fixed-contexts.log)"
wait $fixed
trap - EXIT

say "Side by side, by the number of dates in a line"
saccade compare "$runs/dates" "$runs/dates-every-step" "$runs/dates-initial" \
    --split test --beam 1 --out "$runs/by-length.html" --out "$runs/by-length.png"
saccade look "$runs/dates" "$example" --out "$runs/look.html" >/dev/null

say "All of it on one page: how it learnt, how good it is, where it looks, how far to trust that"
saccade report "$runs/dates" >/dev/null
say "Done. Open $runs/dates/report.html, and $runs/look.html"
