#!/bin/sh
# Trains the default weights on a machine with a graphics card, straight from a checkout:
#   sh benchmarks/train_gpu.sh PACK.zip [RUN]
# PACK.zip is made by 'trimatte train pack'. Each call trains for STOP minutes (9) at most and writes a checkpoint; call
# it again until it wrote RUN/weights.safetensors. MINUTES (33) is the budget of all calls together, a quarter of it the
# refiner's. REHEARSE=1 runs every line with tiny clips on the CPU.
#
# python3 (or $PYTHON) needs torch, numpy, pillow, safetensors, typer and rich; Trimatte itself need not be installed.
set -u
cd "$(dirname "$0")/.." || exit 2
[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
python=${PYTHON:-python3}
pack=$1
run=${2:-build/default-run}
export PYTHONPATH="$PWD/.dev${PYTHONPATH:+:$PYTHONPATH}" # .dev/trimatte is the package
export PYTHONDONTWRITEBYTECODE=1

for module in torch numpy PIL safetensors typer rich; do
    "$python" -c "import $module" || { echo "$python has no $module: install it" >&2; exit 2; }
done
if [ "${REHEARSE:-0}" = 1 ]; then
    set -- --steps "${STEPS:-8}" --rehearse --device cpu --log-steps 1 --picture-steps 4
else
    "$python" -c "import torch, sys; sys.exit(not torch.cuda.is_available())" ||
        { echo "torch sees no card; REHEARSE=1 rehearses" >&2; exit 2; }
    set -- --minutes "${MINUTES:-33}" --stop-after "${STOP:-9}" --device cuda --picture-steps 2000 --keep-steps 5000
fi
exec "$python" -m trimatte train default --pack "$pack" --run "$run" --output "$run/weights.safetensors" \
    --machine gpu --threads "${THREADS:-8}" "$@"
