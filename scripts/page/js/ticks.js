// Texts that only the page can make: ticks, which depend on its width, and counts, which depend on what is shown. Every
// other figure comes as a text from Python.
const UNITS = [
  [1e9, "s", "G"],
  [1e6, "ms", "M"],
  [1e3, "µs", "k"],
  [1, "ns", ""],
];

function scaled(value) {
  const [size, time, factor] = UNITS.find(([least]) => value >= least * 0.9995) ?? UNITS.at(-1);
  return [Number((value / size).toPrecision(3)), time, factor];
}

function timeTick(ns) {
  const [value, unit] = scaled(ns);
  return `${value} ${unit}`;
}

// A count per line, which can be as small as one in millions.
function countTick(value) {
  if (value > 0 && value < 0.001) {
    const power = Math.floor(Math.log10(value) + 1e-9);
    const mantissa = Number((value / 10 ** power).toPrecision(2));
    const exponent = [...String(-power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
    return `${mantissa === 1 ? "" : `${mantissa}×`}10⁻${exponent}`;
  }
  const [scaledValue, , factor] = scaled(value);
  return `${scaledValue}${factor}`;
}

function percentTick(share) {
  return `${Math.round(100 * share)}%`;
}

// A percentile from 1 / (1 - p): 100 is 99%, 1000 is 99.9%.
function percentileTick(inverse) {
  const decimals = Math.max(0, Math.ceil(Math.log10(inverse) - 1e-9) - 2);
  return `${(100 * (1 - 1 / inverse)).toFixed(decimals)}%`;
}

function whole(value) {
  return value.toLocaleString("en-US");
}

function plural(count, word) {
  return `${whole(count)} ${word}${count === 1 ? "" : "s"}`;
}
