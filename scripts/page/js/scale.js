// Axes of times and counts: their ends, and the values of their ticks.

// The scale of an axis of times, and its ticks, whose labels need so many pixels each.
function timeScale(values, view, pixels, labelPixels) {
  const logarithmic = view.scale === "log";
  const positive = values.filter((value) => value > 0);
  const most = Math.max(1, d3.max(values) ?? 1);
  const least = logarithmic ? (d3.min(positive) ?? 1) : 0;
  const domain = logarithmic ? [least / 1.15, Math.max(most, least * 1.5) * 1.15] : [0, most * 1.03];
  return {
    type: logarithmic ? "log" : "linear",
    domain,
    clamp: true,
    ticks: ticksOf(domain[0], domain[1], logarithmic, pixels, labelPixels),
  };
}

// Places for ticks on an axis of that many pixels, labels of about `labelPixels` wide.
function ticksOf(least, most, logarithmic, pixels, labelPixels) {
  const room = Math.max(2, Math.floor(pixels / labelPixels));
  const decades = Math.log10(most / least);
  if (!logarithmic || decades < 0.7) return d3.ticks(least, most, Math.min(room, 8));
  const first = Math.floor(Math.log10(least)),
    last = Math.ceil(Math.log10(most));
  const powers = (step, multiples) => {
    const ticks = [];
    for (let power = first; power <= last; power += step) for (const m of multiples) ticks.push(m * 10 ** power);
    return ticks.filter((tick) => tick >= least * 0.999 && tick <= most * 1.001);
  };
  for (const multiples of [
    [1, 2, 5],
    [1, 3],
  ])
    if (powers(1, multiples).length <= room) return powers(1, multiples);
  for (let step = 1; ; ++step) if (powers(step, [1]).length <= room || step > decades) return powers(step, [1]);
}
