// The samples of a cell: which of them are drawn, and what is told of one.
const MOST_DOTS = 4000;

// At most so many of a list, evenly, the first and the last among them.
function thinned(list, most) {
  if (list.length <= most) return list;
  const count = Math.max(2, most);
  return d3.range(count).map((place) => list[Math.round((place * (list.length - 1)) / (count - 1))]);
}

function tellSample(cell, index) {
  const {samples} = cell;
  const told = Object.entries(samples.told).filter(([, texts]) => texts[index] !== null);
  return [
    cell.name,
    `${samples.timeText[index]} in round ${samples.round[index]}, place ${samples.position[index]}`,
    ...told.map(([label, texts]) => `${label} ${texts[index]}`),
    ...(samples.disturbed[index] ? [`disturbed: ${samples.disturbed[index].join(", ")}`] : []),
  ];
}
