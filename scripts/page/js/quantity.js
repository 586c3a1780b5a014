// Quantities as the table has them.
function digits(value) {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(value, units) {
  const [size, unit] = units.find(([least]) => value >= least * 0.9995) ?? units.at(-1);
  return [value / size, unit];
}

const TIMES = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];
const FACTORS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
];

function time(ns) {
  if (ns > 0 && ns < 9.995) return `${digits(ns)} ns`;
  if (ns < 999.5) return `${ns.toFixed(0)} ns`;
  const [value, unit] = scaled(ns, TIMES);
  return `${digits(value)} ${unit}`;
}

// As short as it can be, for an axis.
function timeTick(ns) {
  const [value, unit] = scaled(ns, TIMES);
  return `${Number(value.toPrecision(3))} ${unit}`;
}

// A count per line, which can be as small as one in millions.
function number(value) {
  if (value === 0) return "0";
  if (value < 0.001)
    return value
      .toExponential(1)
      .replace(".0e", "e")
      .replace(/^1e/, "e")
      .replace(/^e-/, "10⁻")
      .replace("e-", "×10⁻")
      .replace(/⁻(\d+)$/, (_, power) => `⁻${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`);
  if (value < 0.995) return String(Number(value.toPrecision(2)));
  const [scaledValue, unit] = scaled(value, FACTORS);
  return `${Number(digits(scaledValue))}${unit}`;
}

function whole(value) {
  return value.toLocaleString("en-US");
}

function plural(count, word) {
  return `${whole(count)} ${word}${count === 1 ? "" : "s"}`;
}

function percent(share) {
  const text = `${(100 * share).toFixed(0)}%`;
  return text === "0%" && share > 0 ? "<1%" : text;
}

// A percentile from 1 / (1 - p): 100 is 99%, 1000 is 99.9%.
function percentile(inverse) {
  const decimals = Math.max(0, Math.ceil(Math.log10(inverse) - 1e-9) - 2);
  return `${(100 * (1 - 1 / inverse)).toFixed(decimals)}%`;
}
