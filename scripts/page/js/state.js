// What a part of the page shows: a report's pictures and table, or the history. Each has its own choices.
function makeView(root, data, strategies, looks) {
  return {
    root,
    data,
    strategies,
    looks,
    hidden: new Set(),
    promise: "",
    work: "",
    scale: "log",
    sort: "promise",
    width: 0,
  };
}

function strategiesOf(cells) {
  return [...new Set(cells.map((cell) => cell.strategy))];
}

function isShown(view, cell) {
  const group = view.data.groups[cell.group];
  return (
    !view.hidden.has(cell.strategy) &&
    (!view.promise || group.promise === view.promise) &&
    (!view.work || group.work === view.work)
  );
}

// The cells that are shown, in the chosen order; those without a time last.
function shownCells(view) {
  const cells = view.data.cells.filter((cell) => isShown(view, cell));
  const median = (cell) => (cell.cut ? undefined : cell.time?.median) ?? Infinity;
  // Infinity - Infinity is NaN; then || 0 keeps their order.
  if (view.sort === "time") cells.sort((a, b) => median(a) - median(b) || 0);
  if (view.sort === "name") cells.sort((a, b) => a.name.localeCompare(b.name));
  return cells;
}

function timedCells(view) {
  return shownCells(view).filter((cell) => cell.time);
}

// The shown cells that have a time and an entry in `known`, which has them by index, with that entry as their own.
function cellsOf(view, known) {
  return timedCells(view).flatMap((cell) => {
    const own = known[view.data.cells.indexOf(cell)];
    return own ? [{cell, own}] : [];
  });
}
