// Curves between two lines of tokens, the stronger the thicker.
saccade.links = (() => {
  const FAINT = 0.015; // lighter ones would only be dirt

  function links(weights) {
    const node = saccade.make("canvas", { className: "links" });
    node.setAttribute("aria-hidden", "true");
    const all = weights.flatMap((row, t) => row.flatMap((weight, s) => (weight < FAINT ? [] : [{ t, s, weight }])));
    all.sort((a, b) => a.weight - b.weight);
    let size = [0, 0], ends = [[], []];

    // Where the tokens are: the links go from below those above to above those below.
    function place(lines, above, below) {
      const frame = lines.getBoundingClientRect();
      const boxes = (tokens) => tokens.map((token) => token.getClientRects()[0] || frame);
      const middle = (box) => box.left + box.width / 2 - frame.left;
      ends = [boxes(above).map((box) => [middle(box), box.bottom - frame.top + 1]), boxes(below).map((box) => [middle(box), box.top - frame.top - 1])];
      size = [frame.width, frame.height];
    }

    // Those of a token or a cell, where one is pointed at; or all, as faint as `calm` says.
    function paint(least, calm, only) {
      const [wide, high] = size, dense = Math.max(1, Math.min(2, devicePixelRatio || 1));
      const [across, down] = [Math.round(wide * dense), Math.round(high * dense)];
      if (node.width !== across || node.height !== down) [node.width, node.height] = [across, down];
      const context = node.getContext("2d");
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, wide, high);
      context.lineCap = "round";
      context.strokeStyle = `rgb(${getComputedStyle(node).getPropertyValue("--accent")})`;
      for (const { t, s, weight } of all) {
        if (weight < least) continue;
        const mine = only && (only.t === null || only.t === t) && (only.s === null || only.s === s);
        context.globalAlpha = mine ? 0.25 + 0.75 * weight : only ? 0.05 * calm * weight : calm * (0.12 + 0.6 * weight);
        if (context.globalAlpha < 0.01) continue;
        const [x1, y1] = ends[0][s], [x2, y2] = ends[1][t], bend = (y2 - y1) / 2;
        context.lineWidth = 0.8 + 4.2 * weight;
        context.beginPath();
        context.moveTo(x1, y1);
        context.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
        context.stroke();
      }
    }
    return { node, place, paint };
  }
  return links;
})();
