"""Two cells held against each other round by round. The rule is that of the terminal (reports/ranking.hpp): the report
keeps only the places that follow from it, and a cell may be tied with one of another place.
"""

import math

MARGIN = 0.03
WIDE_MARGIN = 0.25  # for few pairs, and for pairs that were mostly disturbed
FEW_PAIRS = 10  # with fewer, no sign test can decide
ALPHA = 0.001


def pairs_of(cell, other):
    """For every round in which both have a time: the first's over the other's, and whether either was disturbed."""
    others = {sample.round: sample for sample in other.timed if sample.time_ns > 0}
    pairs = []
    for sample in cell.timed:
        partner = others.get(sample.round)
        if sample.time_ns > 0 and partner is not None:
            pairs.append((sample.time_ns / partner.time_ns, bool(sample.disturbances or partner.disturbances)))
    return pairs


def tied(cell, other):
    """Whether neither is faster beyond doubt."""
    pairs = pairs_of(cell, other)
    ratios = [ratio for ratio, _ in pairs]
    disturbed = 2 * sum(doubtful for _, doubtful in pairs) > len(pairs)
    return not (_clearly_above_one(ratios, disturbed) or _clearly_above_one([1 / ratio for ratio in ratios], disturbed))


def _clearly_above_one(ratios, disturbed):
    if len(ratios) < FEW_PAIRS:
        least = 1 + WIDE_MARGIN if len(ratios) > 2 else 2
        return bool(ratios) and all(ratio > least for ratio in ratios)
    margin = WIDE_MARGIN if disturbed else MARGIN
    return _sign_test(len(ratios), sum(ratio > 1 + margin for ratio in ratios)) <= ALPHA


def _sign_test(pairs, above):
    """The probability of at least that many heads in that many tosses of a coin."""
    return sum(math.comb(pairs, heads) for heads in range(above, pairs + 1)) / 2**pairs
