// Quality against length, a line for each run, or any figure against another; with their bands, and all in a table.
saccade.renderers.curves = (block, node) => {
  const { table, scrolled, folded, written, make } = saccade;
  node.append(saccade.plot(block), saccade.plot.keys(block.lines.map((line) => line.name)));
  const { places, label, counts, counted } = block.x;
  const found = (line, at) => line.points.find((point) => point[0] === at);
  const cell = (point) => {
    if (!point) return "–";
    const [, value, low, high] = point;
    const text = (figure) => (places ? figure.toFixed(1) : written(figure));
    return make("span", {}, text(value), ...(low === undefined ? [] : [make("small", { textContent: `${text(low)} – ${text(high)}` })]));
  };
  const all = places ? [...places.keys()] : [...new Set(block.lines.flatMap((line) => line.points.map(([at]) => at)))].sort((a, b) => a - b);
  const rows = () => all.map((at) => [places ? places[at] : at.toLocaleString("en"), ...(counts ? [counts[at].toLocaleString("en")] : []), ...block.lines.map((line) => cell(found(line, at)))]);
  const head = [label, ...(counts ? [counted] : []), ...block.lines.map((line) => line.name)];
  const banded = block.lines.some((line) => line.points.some((point) => point.length > 2));
  const made = () => table(block.y.label + (banded ? ", with the interval of each figure below it" : ""), head, rows());
  node.append(places ? scrolled(made(), "The figures") : folded("The figures", made));
};
