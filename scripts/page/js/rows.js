// Pictures of rows with names: how wide a name may be, where it stands, and where its row lies.
const NARROW = 640; // pixels below which a name stands above its row rather than beside it

function textPixels(texts) {
  textPixels.context ??= document.createElement("canvas").getContext("2d");
  textPixels.context.font = "12px system-ui, sans-serif";
  return Math.max(0, ...texts.map((text) => textPixels.context.measureText(text).width));
}

// The text; if it is wider than that, its middle is left out.
function elided(text, pixels) {
  if (textPixels([text]) <= pixels) return text;
  const letters = [...text];
  const short = (kept) =>
    [...letters.slice(0, Math.ceil(kept / 2)), "…", ...letters.slice(letters.length - Math.floor(kept / 2))].join("");
  let kept = letters.length - 1;
  while (kept > 2 && textPixels([short(kept)]) > pixels) --kept;
  return short(kept);
}

// Rows with names: where they stand, and the marks that write the names. `rows` have name, and heading: true for a
// title.
function rowsLayout(rows, width, right) {
  const narrow = width < NARROW;
  const left = narrow
    ? 4
    : Math.min(textPixels(rows.filter((row) => !row.heading).map((row) => row.name)) + 14, 340, width * 0.4);
  const height = narrow ? 46 : 26;
  const room = narrow ? width - 80 : left - 12; // for a name
  const names = rows.map((row, y) => ({
    y,
    name: row.name,
    heading: row.heading,
    text: elided(row.name, row.heading ? width - 10 : room),
  }));
  const style = {y: "y", text: "text", title: "name", frameAnchor: "left", stroke: "var(--paper)", strokeWidth: 3};
  const beside = {textAnchor: "end", dx: -8};
  const above = {textAnchor: "start", dx: 0, dy: -17};
  return {
    narrow,
    left,
    half: narrow ? 0.2 : 0.32, // of a row: how far its marks reach up and down
    options: {
      width,
      height: rows.length * height + 56,
      marginLeft: left,
      marginRight: narrow ? 8 : right,
      marginTop: 28,
      marginBottom: 28,
      y: {type: "linear", domain: [rows.length - 0.4, -0.6], axis: null},
    },
    marks: [
      Plot.text(
        names.filter((row) => !row.heading),
        {...style, fill: "currentColor", ...(narrow ? above : beside)},
      ),
      Plot.text(
        names.filter((row) => row.heading),
        {...style, fill: "var(--faint)", fontStyle: "italic", textAnchor: "start", dx: narrow ? 0 : 4 - left},
      ),
    ],
    // Text at the right end of each row.
    values: (list) =>
      Plot.text(list, {
        y: "y",
        text: "value",
        frameAnchor: "right",
        textAnchor: narrow ? "end" : "start",
        dx: narrow ? 0 : 8,
        dy: narrow ? -17 : 0,
        fill: "currentColor",
        stroke: "var(--paper)",
        strokeWidth: 3,
      }),
  };
}
