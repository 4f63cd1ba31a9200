// A look at an image: every map over it, to be chosen layer by layer and channel by channel.
saccade.renderers.image = (() => {
  const { make, draw, clip, percent, written, choice, pressing, slider, table, folded, shades } = saccade;

  // A map's plane: its weights, lowest and highest. What is packed is unpacked once.
  function planes(map) {
    const found = [];
    return (index) => (found[index] ??= map.kind === "bars" ? bare(map.planes[index]) : unpacked(map.planes[index]));
  }
  function bare(weights) {
    return { weights, low: Math.min(...weights), high: Math.max(...weights) };
  }
  function unpacked([low, high, packed]) {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    return { weights: Float32Array.from(bytes, (byte) => low + (byte / 255) * (high - low)), low, high };
  }

  // From which weight to which the colours go; the same rule as for pictures.
  function scale(map, plane, whole) {
    if (whole && map.range) return map.range;
    if (map.range === null) {
      const { low, high } = plane;
      return whole ? [Math.min(low, 0), 1] : [high > 0 ? Math.min(low, high / 2) : low, high > Math.min(low, 0) ? high : 1];
    }
    const [low, high] = map.range, least = 0.1 * (high - low);
    if (plane.high - plane.low >= least) return [plane.low, plane.high];
    const middle = clip((plane.low + plane.high) / 2, low + least / 2, high - least / 2);
    return [middle - least / 2, middle + least / 2];
  }

  // How much of each cell each pixel shows along one side: linear between the cells' middles, or cell by cell.
  function spread(map, side, length, pixels, smooth) {
    const cells = map.shape[side];
    const places = (map.places[side] || Array.from({ length: cells }, (_, c) => [(length * c) / cells, (length * (c + 1)) / cells]));
    const at = Array.from({ length: pixels }, (_, p) => ((p + 0.5) * length) / pixels);
    if (!smooth) return at.map((x) => {
      const inside = places.flatMap(([start, end], c) => (start <= x && x < end ? [c] : []));
      return inside.map((c) => [c, 1 / inside.length]);
    });
    const middles = places.map(([start, end]) => (start + end) / 2);
    return at.map((x) => {
      const after = middles.findIndex((middle) => middle > x);
      if (after === 0) return [[0, 1]];
      if (after < 0) return [[cells - 1, 1]];
      const share = (x - middles[after - 1]) / (middles[after] - middles[after - 1]);
      return [[after - 1, 1 - share], [after, share]];
    });
  }
  function resized(map, plane, [height, width], rows, columns, smooth) {
    const down = spread(map, 0, height, rows, smooth), across = spread(map, 1, width, columns, smooth);
    const cells = map.shape[1], out = new Float32Array(rows * columns), line = new Float32Array(columns);
    for (let y = 0; y < rows; y++) {
      line.fill(0);
      for (const [r, part] of down[y])
        for (let x = 0; x < columns; x++)
          for (const [c, share] of across[x]) line[x] += part * share * plane.weights[r * cells + c];
      out.set(line, y * columns);
    }
    return out;
  }

  // Heat: the map's colours over the image. Spotlight: the image, darkened where the map is low.
  function paint(canvas, map, plane, size, how) {
    const { width, height } = canvas, weights = resized(map, plane, size, height, width, how.smooth);
    const [low, high] = scale(map, plane, how.whole);
    const image = new ImageData(width, height), opacity = 255 * how.opacity;
    weights.forEach((weight, at) => {
      const share = clip((weight - low) / (high - low || 1), 0, 1);
      const shade = how.spotlight ? [0, 0, 0] : shades[Math.round(share * (shades.length - 1))];
      image.data.set([...shade, how.spotlight ? opacity * (1 - share) : opacity], 4 * at);
    });
    return image;
  }

  // Where the highest pixel lies, and how much of the mass, as the pointing game counts them.
  function against(look, map, plane) {
    const [height, width] = look.size, [left, top, right, bottom] = look.box;
    const weights = resized(map, plane, look.size, height, width, true);
    const cover = (start, end, at) => clip(Math.min(end, at + 1) - Math.max(start, at), 0, 1);
    let best = 0, inside = 0, all = 0, mass = 0;
    weights.forEach((weight, at) => {
      const part = cover(left, right, at % width) * cover(top, bottom, Math.floor(at / width));
      if (weight > weights[best]) { best = at; inside = part; } else if (at === 0) inside = part;
      all += Math.max(weight, 0);
      mass += part * Math.max(weight, 0);
    });
    const area = (Math.min(right, width) - Math.max(left, 0)) * (Math.min(bottom, height) - Math.max(top, 0)) / (height * width);
    return { hit: inside >= 0.5, mass: all > 0 ? mass / all : area, area };
  }

  function show(look, node) {
    const image = make("img", { src: "data:image/png;base64," + look.png, alt: look.name || "The image" });
    const how = { opacity: 0.6, spotlight: false, smooth: true, whole: false };
    const views = look.maps.map((map) => ({ map, plane: planes(map), item: 0 }));
    let chosen = Math.max(0, views.findLastIndex((view) => view.map.kind === "grid"));
    image.classList.toggle("coarse", Math.max(...look.size) < 300);

    const stage = stageOf(look, image);
    const bars = make("div", { className: "bars" });
    const said = make("p", { className: "said", ariaLive: "polite" });
    const boxed = make("p", { className: "boxed" });
    const key = keyOf();
    const items = make("div", { className: "items" });
    const details = folded("The map in numbers", () => tableOf(views[chosen], views[chosen].plane(views[chosen].item)));
    const caption = make("h3", { className: "layer" });
    const tools = toolsOf(how, () => update());
    const gallery = galleryOf(look, views, image, how, chosen, (index) => { chosen = index; update(true); });
    const pick = make("div", { className: "pick" });

    function update(other = false) {
      if (!views.length) return;
      const view = views[chosen], plane = view.plane(view.item), grid = view.map.kind === "grid";
      caption.replaceChildren(make("bdi", { textContent: view.map.name }), make("small", { textContent: what(view) }));
      node.classList.toggle("flat", !grid);
      key.fill(view.map, plane, how);
      if (grid) stage.fill(view, plane, how); else fillBars(bars, view, plane, (text) => tell(text));
      stage.about(view, plane);
      boxed.replaceChildren(...(grid && look.box ? sentence(against(look, view.map, plane)) : []));
      if (other || !pick.childNodes.length) pick.replaceChildren(...pickOf(view, () => { update(); itemsOf(items, look, view, image, how, () => { update(); refill(); }); refill(); }));
      if (other || !items.childNodes.length) itemsOf(items, look, view, image, how, () => { update(); refill(); });
      refill();
      tell("");
      details.refresh();
    }
    const refill = () => {
      const view = views[chosen];
      const select = pick.querySelector("select");
      if (select) select.value = view.item;
      items.querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", index === view.item));
    };
    const tell = (text) => { said.textContent = text || (views[chosen].map.kind === "grid" ? "Point at the image, or move over it with the arrow keys." : "Point at a bar."); };
    stage.listen(() => { const view = views[chosen]; return [view, view.plane(view.item)]; }, tell);

    const left = make("div", { className: "left" }, stage.node, bars, key.node, said, boxed);
    const right = make("div", { className: "right" }, sharesOf(look), ...(views.length ? [caption, pick, tools, gallery] : [make("p", { className: "said", textContent: "No layer of this model showed a map." })]));
    node.append(titleOf(look), make("div", { className: "two" }, left, right), ...(views.length ? [items, details] : []));
    if (!views.length) { key.node.remove(); said.remove(); }
    image.decode().then(() => { gallery.paint(); update(true); }, () => update(true));
    saccade.redrawn(stage.node, () => { const view = views[chosen]; if (view && view.map.kind === "grid") stage.fill(view, view.plane(view.item), how); });
  }

  const what = ({ map, item }) => {
    const size = map.kind === "grid" ? `${map.shape[0]} × ${map.shape[1]}` : `${map.planes[0].length} ${map.of}s`;
    if (!map.axis) return size;
    return `${size} · ${item ? `${map.axis} ${map.kept[item - 1]} of ${map.items}` : `mean of ${map.items} ${map.axis}s`}`;
  };
  const sentence = ({ hit, mass, area }) => [
    "The highest place lies ", make("b", { textContent: hit ? "in the box" : "outside the box" }),
    `; ${percent(mass)} of the map lies in it, which is ${percent(area)} of the image.`,
  ];

  function titleOf(look) {
    const title = make("h2", {}, make("bdi", { lang: "", textContent: look.label }));
    const right = look.truth === null ? null : look.truth === look.label;
    const mark = right === null ? [] : [make("span", { className: right ? "mark right" : "mark wrong", textContent: right ? "right" : "wrong" })];
    if (right === false) mark.push(make("span", { className: "truth" }, "it is ", make("bdi", { textContent: look.truth })));
    return make("header", { className: "head" }, title, ...mark, make("bdi", { className: "name", textContent: look.name }));
  }

  function sharesOf(look) {
    return make("ol", { className: "shares", ariaLabel: "Likeliest labels" }, ...look.probabilities.map(([label, share]) => {
      const bar = make("i");
      bar.style.setProperty("--w", share);
      return make("li", {}, make("bdi", { lang: "", textContent: label, title: label }), bar, make("span", { textContent: percent(share) }));
    }));
  }

  // The image, the map over it, the box, and the cell that is pointed at.
  function stageOf(look, image) {
    const [height, width] = look.size;
    const canvas = make("canvas", { tabIndex: 0 });
    canvas.setAttribute("role", "img");
    const cell = draw("rect", { class: "cell", visibility: "hidden" });
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, cell);
    if (look.box) {
      const [left, top, right, bottom] = look.box, side = { x: left, y: top, width: right - left, height: bottom - top };
      svg.prepend(draw("rect", { class: "box under", ...side }), draw("rect", { class: "box", ...side }));
    }
    const node = make("div", { className: "stage" }, image, canvas, svg);
    node.style.setProperty("--ratio", `${width} / ${height}`);
    node.style.setProperty("--wide", width / height);
    const fill = (view, plane, how) => {
      const shown = node.getBoundingClientRect(), dense = Math.min(2, devicePixelRatio || 1);
      canvas.width = clip(Math.round(shown.width * dense), 1, 900);
      canvas.height = clip(Math.round(shown.height * dense), 1, 900);
      canvas.getContext("2d").putImageData(paint(canvas, view.map, plane, look.size, how), 0, 0);
    };
    const about = (view, plane) => {
      if (view.map.kind !== "grid") { canvas.removeAttribute("tabindex"); return; }
      canvas.tabIndex = 0;
      const best = plane.weights.indexOf(plane.high), columns = view.map.shape[1];
      canvas.setAttribute("aria-label", `Map of ${view.map.name} over the image, ${what(view)}: highest, ${written(plane.high)}, at ${place(view.map, best)}. Arrow keys move over its cells.`);
    };
    const place = (map, at) => `row ${Math.floor(at / map.shape[1]) + 1}, column ${(at % map.shape[1]) + 1}`;
    const listen = (current, tell) => {
      let at = null;
      const mark = (next) => {
        const [view, plane] = current();
        at = next;
        cell.setAttribute("visibility", at === null ? "hidden" : "visible");
        if (at === null) { tell(""); return; }
        const [rows, columns] = view.map.shape, row = Math.floor(at / columns), column = at % columns;
        const sides = [row, column].map((c, side) => view.map.places[side]?.[c] || [(look.size[side] * c) / [rows, columns][side], (look.size[side] * (c + 1)) / [rows, columns][side]]);
        for (const [key, value] of Object.entries({ x: sides[1][0], y: sides[0][0], width: sides[1][1] - sides[1][0], height: sides[0][1] - sides[0][0] })) cell.setAttribute(key, value);
        tell(`${place(view.map, at)}: ${written(plane.weights[at])}`);
      };
      const nearest = (map, side, x) => {
        const middles = Array.from({ length: map.shape[side] }, (_, c) => { const [a, b] = map.places[side]?.[c] || [(look.size[side] * c) / map.shape[side], (look.size[side] * (c + 1)) / map.shape[side]]; return (a + b) / 2; });
        return middles.reduce((best, middle, c) => (Math.abs(middle - x) < Math.abs(middles[best] - x) ? c : best), 0);
      };
      canvas.addEventListener("pointermove", (event) => {
        const [view] = current();
        if (view.map.kind !== "grid") return;
        const frame = canvas.getBoundingClientRect();
        const row = nearest(view.map, 0, ((event.clientY - frame.top) / frame.height) * height);
        mark(row * view.map.shape[1] + nearest(view.map, 1, ((event.clientX - frame.left) / frame.width) * width));
      });
      canvas.addEventListener("pointerleave", () => mark(null));
      canvas.addEventListener("blur", () => mark(null));
      canvas.addEventListener("keydown", (event) => {
        const [view, plane] = current(), [rows, columns] = view.map.shape || [0, 0];
        if (view.map.kind !== "grid") return;
        if (event.key === "Escape") { mark(null); return; }
        const now = at ?? plane.weights.indexOf(plane.high), row = Math.floor(now / columns), column = now % columns;
        const moves = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Home: [row, 0], End: [row, columns - 1] };
        if (!(event.key in moves)) return;
        event.preventDefault();
        const [r, c] = at === null ? [row, column] : moves[event.key];
        mark(clip(r, 0, rows - 1) * columns + clip(c, 0, columns - 1));
      });
    };
    return { node, fill, about, listen };
  }

  function keyOf() {
    const [low, high] = [make("span"), make("span")];
    const canvas = make("canvas", { width: shades.length, height: 1 });
    const node = make("p", { className: "scale" }, low, canvas, high);
    const fill = (map, plane, how) => {
      const [from, to] = scale(map, plane, how.whole);
      low.textContent = written(from);
      high.textContent = written(to);
      const image = new ImageData(shades.length, 1);
      shades.forEach((shade, at) => image.data.set(how.spotlight ? [0, 0, 0, 255 * (1 - at / shades.length)] : [...shade, 255], 4 * at));
      canvas.getContext("2d").putImageData(image, 0, 0);
    };
    return { node, fill };
  }

  function toolsOf(how, changed) {
    const two = (name, labels, set) => choice(name, labels, (index) => { set(index); changed(); });
    return make("div", { className: "tools" },
      slider("Opacity", { min: 0, max: 100, value: 100 * how.opacity }, (value) => { how.opacity = value / 100; changed(); }),
      two("How the map is drawn", ["Heat", "Spotlight"], (index) => { how.spotlight = index === 1; }),
      two("Between the cells", ["Smooth", "Cells"], (index) => { how.smooth = index === 0; }),
      two("Contrast", ["Own range", "Full range"], (index) => { how.whole = index === 1; }));
  }

  function small(image, map, plane, size, how, side) {
    const [height, width] = size, unit = side / Math.max(height, width);
    const canvas = make("canvas", { width: Math.round(width * unit), height: Math.round(height * unit) });
    const context = canvas.getContext("2d");
    if (map.kind === "grid") {
      context.imageSmoothingEnabled = Math.max(height, width) >= 300;
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const over = document.createElement("canvas");
      [over.width, over.height] = [canvas.width, canvas.height];
      over.getContext("2d").putImageData(paint(over, map, plane, size, how), 0, 0);
      context.drawImage(over, 0, 0);
    } else {
      const [low, high] = map.range || [Math.min(0, plane.low), plane.high], count = plane.weights.length;
      context.fillStyle = getComputedStyle(document.body).getPropertyValue("--bar");
      plane.weights.forEach((weight, at) => {
        const tall = Math.max(1, (canvas.height - 8) * clip((weight - low) / (high - low || 1), 0, 1));
        context.fillRect(4 + ((canvas.width - 8) * at) / count, canvas.height - 4 - tall, Math.max(1, (canvas.width - 8) / count - (count > 40 ? 0 : 2)), tall);
      });
    }
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }

  function galleryOf(look, views, image, how, first, chosen) {
    const buttons = views.map(({ map }) => make("button", { type: "button", title: map.layer }, make("span", {}, make("bdi", { textContent: map.name.replaceAll(".", ".\u200b") }))));
    const node = make("div", { className: "gallery", ariaLabel: "Layers" }, ...buttons);
    node.setAttribute("role", "group");
    pressing(buttons, chosen, first);
    node.paint = () => views.forEach((view, index) => buttons[index].prepend(small(image, view.map, view.plane(0), look.size, { ...how, opacity: 0.65 }, 176)));
    return node;
  }

  // A list to choose a channel or head from, for the keyboard; the small pictures below are for the eye.
  function pickOf(view, changed) {
    const { map } = view;
    if (!map.axis) return [];
    const select = make("select", {}, make("option", { value: 0, textContent: `mean of ${map.items} ${map.axis}s` }),
      ...map.kept.map((number, index) => make("option", { value: index + 1, textContent: `${map.axis} ${number}` })));
    select.value = view.item;
    select.addEventListener("change", () => { view.item = +select.value; changed(); });
    const some = map.kept.length < map.items ? [make("small", { textContent: `the ${map.kept.length} that vary most can be chosen` })] : [];
    return [make("label", {}, map.axis[0].toUpperCase() + map.axis.slice(1), select), ...some];
  }

  function itemsOf(node, look, view, image, how, changed) {
    const { map } = view;
    if (!map.axis || map.kind !== "grid" || map.kept.length > 256) { node.replaceChildren(); return; }
    node.replaceChildren(...[0, ...map.kept.map((_, index) => index + 1)].map((item) => {
      const button = make("button", { type: "button", tabIndex: -1, ariaHidden: "true", title: item ? `${map.axis} ${map.kept[item - 1]}` : `mean of ${map.items}` },
        small(image, map, view.plane(item), look.size, { ...how, opacity: 0.85 }, map.kept.length > 16 ? 72 : 120));
      button.append(make("span", { textContent: item ? map.kept[item - 1] : "mean" }));
      button.addEventListener("click", () => { view.item = item; changed(); });
      return button;
    }));
    node.classList.toggle("many", map.kept.length > 16);
  }

  function fillBars(node, { map }, plane, tell) {
    const [low, high] = map.range || [Math.min(0, plane.low), plane.high || 1], count = plane.weights.length;
    const wide = 600, tall = 210, gap = count > 120 ? 0 : count > 40 ? 1 : 4, step = (wide - 44) / count;
    const y = (weight) => 10 + (tall - 34) * (1 - clip((weight - low) / (high - low || 1), 0, 1));
    const svg = draw("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img" });
    svg.setAttribute("aria-label", `Bars of ${map.name}: ${count} ${map.of}s between ${written(plane.low)} and ${written(plane.high)}; the figures are in the table below.`);
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const weight = low + part * (high - low);
      svg.append(draw("line", { class: "grid", x1: 40, x2: wide, y1: y(weight), y2: y(weight) }), draw("text", { x: 34, y: y(weight) + 4, "text-anchor": "end" }, written(weight)));
    }
    plane.weights.forEach((weight, at) => {
      const bar = draw("rect", { class: "bar", x: 42 + at * step, y: y(weight), width: Math.max(0.6, step - gap), height: Math.max(0.5, y(low) - y(weight)) });
      bar.append(draw("title", {}, `${map.of} ${map.labels[at]}: ${written(weight)}`));
      bar.addEventListener("pointerenter", () => tell(`${map.of} ${map.labels[at]}: ${written(weight)}`));
      svg.append(bar);
    });
    const every = Math.max(1, Math.ceil(count / 10));
    plane.weights.forEach((_, at) => { if (at % every === 0) svg.append(draw("text", { x: 42 + (at + 0.5) * step - gap / 2, y: tall - 6, "text-anchor": "middle" }, map.labels[at])); });
    svg.addEventListener("pointerleave", () => tell(""));
    node.replaceChildren(svg);
  }

  // Large grids are told in blocks: nobody listens to a thousand figures.
  function tableOf({ map, item }, plane) {
    if (map.kind === "bars") {
      const order = [...plane.weights.keys()].sort((a, b) => plane.weights[b] - plane.weights[a]).slice(0, 64);
      return table(`${map.name}: highest first${plane.weights.length > 64 ? ", the first 64" : ""}`, null, order.map((at) => [`${map.of} ${map.labels[at]}`, written(plane.weights[at])]));
    }
    const [rows, columns] = map.shape, [down, across] = [rows, columns].map((cells) => Math.ceil(cells / 12));
    const mean = (row, column) => {
      let sum = 0, count = 0;
      for (let y = row * down; y < Math.min(rows, (row + 1) * down); y++) for (let x = column * across; x < Math.min(columns, (column + 1) * across); x++) { sum += plane.weights[y * columns + x]; count++; }
      return sum / count;
    };
    const said = down * across > 1 ? `, in blocks of ${down} × ${across} cells` : "";
    const names = (step, cells) => Array.from({ length: Math.ceil(cells / step) }, (_, at) => (step > 1 ? `${at * step + 1}–${Math.min(cells, (at + 1) * step)}` : `${at + 1}`));
    const head = names(across, columns);
    return table(`${map.name}, ${what({ map, item })}${said}: rows from the top, columns from the left`, ["", ...head],
      names(down, rows).map((name, row) => [name, ...head.map((_, column) => written(mean(row, column)))]));
  }

  return show;
})();
