"""What ``trimatte doctor`` looks at."""

from .check import Check, State, run_checks
from .frame import check_one_frame
from .kernels import KernelTiming, judge_kernels, measure_kernels
from .machine import check_codecs, check_devices, check_libraries
from .parts import check_bundle, check_cache, check_search_path, check_weights

CHECKS = (
    check_devices,
    check_libraries,
    check_codecs,
    check_bundle,
    check_search_path,
    check_weights,
    check_cache,
    check_one_frame,
)
"""In the order in which they are shown; each one returns the findings of one subject."""

__all__ = ["CHECKS", "Check", "KernelTiming", "State", "judge_kernels", "measure_kernels", "run_checks"]
