from bisect import bisect_right
from collections.abc import Sequence
from math import exp, sqrt


def same_distribution(one: Sequence[float], other: Sequence[float]) -> float:
    """Return p of the two-sample Kolmogorov-Smirnov test: how likely two samples of one source differ this much.

    By the asymptotic series, with Stephens' correction for samples of tens.
    """
    first, second = sorted(one), sorted(other)
    apart = max(
        abs(bisect_right(first, each) / len(first) - bisect_right(second, each) / len(second))
        for each in (*first, *second)
    )
    root = sqrt(len(first) * len(second) / (len(first) + len(second)))
    scaled = (root + 0.12 + 0.11 / root) * apart
    if scaled < 0.2:
        return 1.0
    return min(1.0, 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * scaled * scaled) for k in range(1, 101)))
