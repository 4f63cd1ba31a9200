// How runs learnt: the loss and the figure against the update, and what of each class they find.
saccade.renderers.courses = (block, node) => {
  const { make, draw, table, folded } = saccade, { plot } = saccade;
  const ROW = 26;

  node.append(make("div", { className: "panels" }, ...block.panels.map((panel) => plot(panel))), plot.keys(block.runs));
  if (!block.found) return;
  const { classes, drawn, ends, shares } = block.found;
  const share = (value) => (value === null ? "–" : value.toFixed(1));

  // A row for each class: a dot for each run, and between them how far they are apart.
  const rows = make("div", { className: "plot rows" });
  const paint = () => {
    const wide = Math.max(240, rows.clientWidth || 640), left = Math.min(150, wide / 3), high = ROW * drawn.length + 56;
    const across = (value) => left + ((value - ends[0]) / (ends[1] - ends[0])) * (wide - left - 16);
    const svg = draw("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": "Share of each class that is found, a dot for each run; the figures are in the table" });
    for (const tick of plot.roundTicks(...ends, 6))
      svg.append(draw("line", { class: "grid", x1: across(tick), x2: across(tick), y1: 4, y2: high - 48 }), draw("text", { x: across(tick), y: high - 28, "text-anchor": "middle" }, plot.tickText(tick)));
    svg.append(draw("text", { class: "name", x: (left + wide) / 2, y: high - 6, "text-anchor": "middle" }, "share of the class that is found, %"));
    drawn.forEach((number, row) => {
      const down = 18 + ROW * row, found = shares[number].flatMap((value, run) => (value === null ? [] : [[value, run]]));
      const values = found.map(([value]) => value);
      const name = classes[number].length < left / 7.5 ? classes[number] : `${classes[number].slice(0, left / 7.5 - 2)}…`;
      svg.append(draw("text", { class: "name", x: left - 12, y: down + 4, "text-anchor": "end" }, name),
        draw("line", { class: "apart", x1: across(Math.min(...values)), x2: across(Math.max(...values)), y1: down, y2: down }),
        ...found.map(([value, run]) => draw("circle", { class: `dot ${plot.colour(run)}`, cx: across(value), cy: down, r: 5.5 }, draw("title", {}, `${classes[number]}, ${block.runs[run]}: ${value.toFixed(1)} %`))));
    });
    rows.replaceChildren(svg);
  };
  node.append(rows, plot.keys(block.runs));
  saccade.redrawn(rows, paint);
  node.append(folded("The figures of all classes", () => table("share of each class that is found, %", ["class", ...block.runs], classes.map((name, at) => [name, ...shares[at].map(share)]))));
};
