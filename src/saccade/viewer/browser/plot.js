// Lines against two axes, with their bands and their keys.
saccade.plot = (() => {
  const { make, draw, written } = saccade;
  const RUNS = 6, DASHES = ["", "7 4", "2 4", "9 3 2 3"];
  const HIGH = 340, TOP = 12, BOTTOM = 52, RIGHT = 16;

  // Round values between two, in `most` steps at the most.
  function roundTicks(low, high, most) {
    if (!(high > low)) return [low];
    const power = 10 ** Math.floor(Math.log10(high - low));
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10].map((size) => size * power).find((size) => (high - low) / size <= most);
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, number) => +(step * (first + number)).toPrecision(12));
  }

  const within = (values) => {
    const finite = values.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const edge = 0.05 * (high - low) || 0.05 * Math.abs(high) || 0.05;
    return [low - edge, high + edge];
  };

  // Drawn at the width it gets, so that letters stay the size they are.
  function plot(spec, tell = () => {}) {
    const node = make("div", { className: "plot" });
    const points = spec.lines.flatMap((line) => line.points);
    const places = spec.x.places;
    const x = places ? [-0.5, places.length - 0.5] : spec.x.ends || ends(points.map(([at]) => at));
    const y = spec.y.ends || within(points.flatMap(([, ...values]) => values.slice(0, 3)));
    const said = `${spec.y.label} against ${spec.x.label}: ${spec.lines.map((line) => line.name).join(", ")}. The figures are in the table.`;
    const paint = () => {
      const wide = Math.max(240, node.clientWidth || 640), high = Math.min(HIGH, Math.max(230, 0.62 * wide));
      const yTicks = roundTicks(...y, 5), left = 34 + 7.2 * Math.max(...yTicks.map((tick) => tickText(tick).length));
      const across = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (wide - left - RIGHT);
      const down = (value) => high - BOTTOM - ((value - y[0]) / (y[1] - y[0])) * (high - BOTTOM - TOP);
      const svg = draw("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": said });
      for (const tick of yTicks)
        svg.append(draw("line", { class: "grid", x1: left, x2: wide - RIGHT, y1: down(tick), y2: down(tick) }), draw("text", { x: left - 8, y: down(tick) + 4, "text-anchor": "end" }, tickText(tick)));
      const every = places ? Math.ceil((places.length * 7.4 * Math.max(...places.map((place) => place.length))) / (wide - left - RIGHT)) : 1;
      const xTicks = places ? places.flatMap((place, at) => (at % every ? [] : [[at, place]])) : roundTicks(...x, wide < 420 ? 4 : 6).map((tick) => [tick, tick.toLocaleString("en")]);
      for (const [at, text] of xTicks) svg.append(draw("text", { x: across(at), y: high - BOTTOM + 22, "text-anchor": "middle" }, text));
      svg.append(draw("text", { class: "name", x: (left + wide - RIGHT) / 2, y: high - 6, "text-anchor": "middle" }, spec.x.label));
      const middle = (TOP + high - BOTTOM) / 2;
      svg.append(draw("text", { class: "name", x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, spec.y.label));
      // An svg of its own cuts off what lies outside.
      const box = [left, TOP, wide - RIGHT - left, high - BOTTOM - TOP];
      const inside = draw("svg", { x: box[0], y: box[1] - 5, width: box[2] + 5, height: box[3] + 10, viewBox: `${box[0]} ${box[1] - 5} ${box[2] + 5} ${box[3] + 10}` });
      svg.append(inside);
      spec.lines.forEach((line, number) => inside.append(...drawLine(line, number, spec, across, down, tell)));
      node.replaceChildren(svg);
    };
    saccade.redrawn(node, paint);
    return node;
  }
  const ends = (values) => [Math.min(...values), Math.max(...values)];
  const tickText = (tick) => tick.toLocaleString("en", { maximumFractionDigits: 6 }).replace("-", "\u2212");

  function drawLine(line, number, spec, across, down, tell) {
    const run = `run${number % RUNS}`, path = (points) => points.map(([at, value]) => `${across(at).toFixed(1)},${down(value).toFixed(1)}`).join(" ");
    const parts = [];
    const banded = line.points.filter((point) => point.length > 3);
    if (banded.length) {
      const edge = [...banded.map(([at, , , high]) => [at, high]), ...banded.map(([at, , low]) => [at, low]).reverse()];
      parts.push(draw("polygon", { class: `band ${run}`, points: path(edge) }));
    }
    if (line.thin?.length) parts.push(draw("polyline", { class: `thin ${run}`, points: path(line.thin) }));
    parts.push(draw("polyline", { class: `line ${run}`, points: path(line.points), "stroke-dasharray": DASHES[number % DASHES.length] }));
    // Many points are a line; a few can be pointed at.
    if (line.points.length <= 60) for (const point of line.points) {
      const text = saidOf(line, point, spec);
      const dot = draw("circle", { class: `dot ${run}`, cx: across(point[0]), cy: down(point[1]), r: 3.5 }, draw("title", {}, text));
      dot.addEventListener("pointerenter", () => tell(text));
      parts.push(dot);
    }
    return parts;
  }
  function saidOf(line, [at, value, low, high], spec) {
    const place = spec.x.places ? spec.x.places[at] : `${spec.x.label} ${at.toLocaleString("en")}`;
    return `${line.name}, ${place}: ${written(value)}${low === undefined ? "" : `, between ${written(low)} and ${written(high)}`}`;
  }

  function keys(names) {
    return make("ul", { className: "keys" }, ...names.map((name, number) => make("li", {},
      draw("svg", { viewBox: "0 0 36 12", width: 36, height: 12, "aria-hidden": "true" }, draw("line", { class: `line run${number % RUNS}`, x1: 0, x2: 36, y1: 6, y2: 6, "stroke-dasharray": DASHES[number % DASHES.length] })),
      saccade.bdi(name))));
  }
  const colour = (number) => `run${number % RUNS}`;
  return Object.assign(plot, { keys, roundTicks, colour, tickText });
})();
