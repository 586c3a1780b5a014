"""A 95 % interval of a median, for the benchmarks that compare two things in turns."""


def interval_95(values):
    """Two of the values between which the median lies with at least 95 %, by the binomial distribution; all of them if
    there are too few for that."""
    count, below, rank = len(values), 0.0, 0
    term = 0.5 ** count
    while below + term <= 0.025:
        below += term
        term *= (count - rank) / (rank + 1)
        rank += 1
    ordered = sorted(values)
    return (ordered[rank - 1], ordered[count - rank]) if rank > 0 else (ordered[0], ordered[-1])
