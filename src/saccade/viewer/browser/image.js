// A look at an image: every map over it, to be chosen layer by layer and channel by channel.
saccade.renderers.image = (() => {
  const { make, draw, clip, percent, written, pressing, folded } = saccade;
  const { planes, resized, what, titleOf, sharesOf, stageOf, keyOf, toolsOf, small, tableOf, imageOf } = saccade.overlay;

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
    const image = imageOf(look);
    const how = { opacity: 0.6, spotlight: false, smooth: true, whole: false };
    const views = look.maps.map((map) => ({ map, plane: planes(map), item: 0 }));
    let chosen = Math.max(0, views.findLastIndex((view) => view.map.kind === "grid"));
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

  const sentence = ({ hit, mass, area }) => [
    "The highest place lies ", make("b", { textContent: hit ? "in the box" : "outside the box" }),
    `; ${percent(mass)} of the map lies in it, which is ${percent(area)} of the image.`,
  ];

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

  return show;
})();
