#!/bin/sh
# Tests and figures from a machine with a graphics card, straight from a checkout: sh benchmarks/gpu.sh [FOLDER]
#
# python3 (or $PYTHON) needs torch, cupy, numpy, safetensors and pytest; Trimatte itself need not be installed, and the
# C++ kernels need not be built. TRIMATTE_TEST_DEVICE=cpu rehearses without a card. Ends with the status of the tests.
set -u
cd "$(dirname "$0")/.." || exit 2
python=${PYTHON:-python3}
folder=${1:-build/gpu}
device=${TRIMATTE_TEST_DEVICE:-cuda}
twin=cupy
[ "$device" = cpu ] && twin=native
sizes=${SIZES:-480p 1080p 4K}
export TRIMATTE_TEST_DEVICE="$device"
export PYTHONPATH="$PWD/.dev${PYTHONPATH:+:$PYTHONPATH}" # .dev/trimatte is the package
export PYTHONDONTWRITEBYTECODE=1

for module in torch numpy safetensors pytest $([ "$twin" = cupy ] && echo cupy); do
    "$python" -c "import $module" || { echo "$python has no $module: $python -m pip install $module" >&2; exit 2; }
done
"$python" - <<'END' || exit 2
import os
import sys

import torch

from trimatte.kernels.backends import missing_reason

if os.environ["TRIMATTE_TEST_DEVICE"] != "cpu":
    if reason := missing_reason("cupy"):
        sys.exit(f"the CUDA kernels cannot run: {reason}; TRIMATTE_TEST_DEVICE=cpu rehearses")
    print(torch.cuda.get_device_name(), "· torch", torch.__version__, "· CUDA", torch.version.cuda)
END
mkdir -p "$folder" || exit 2

"$python" -m pytest -q -p no:cacheprovider -m gpu tests/kernels tests/core/sessions/test_cuda.py >"$folder/tests.txt" 2>&1
status=$?
tail -n 40 "$folder/tests.txt"
for dtype in float32 float16; do
    # shellcheck disable=SC2086  # sizes are words
    "$python" benchmarks/kernels.py --backends torch $twin --sizes $sizes --dtype $dtype --json "$folder/$dtype.json" |
        tee "$folder/$dtype.txt"
done
exit $status
