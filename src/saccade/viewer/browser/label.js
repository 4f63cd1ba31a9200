// A look at a text with its label: the words shaded by their weights.
saccade.renderers.label = (() => {
  const { make, percent, choice } = saccade;
  const HEAVIEST = 5;
  const weighed = (weight) => weight.toFixed(3).replace(/^0/, "");

  function show(look, node) {
    const truth = look.truth === null ? "" : ` (it is ${look.truth})`;
    const title = make("h2", { className: "hidden", textContent: `${look.name} → ${look.label}` });
    const bar = make("div", { className: "about" }, make("span", { className: "figures", textContent: look.name }));
    const text = make("p", { className: "text", dir: look.dir, lang: "" });
    const said = make("p", { className: "said", ariaLive: "polite" });
    const fill = (index) => shade(text, said, look.maps[index]);
    if (look.maps.length > 1) bar.append(choice("Layer", look.maps.map((map) => map.name), fill));
    const labels = look.probabilities.map(([label, share], place) => {
      const name = make(place ? "span" : "b", { dir: "auto", textContent: label + (place ? "" : truth) });
      return make("li", {}, name, ` ${percent(share)}`);
    });
    node.append(title, bar, text, said, make("ol", { className: "labels", ariaLabel: "Labels, likeliest first" }, ...labels));
    fill(0);
  }

  function shade(text, said, map) {
    const words = map.parts.filter(([, weight]) => weight !== null);
    const most = Math.max(1e-9, ...words.map(([, weight]) => weight));
    const heaviest = [...words].sort((a, b) => b[1] - a[1]).slice(0, HEAVIEST);
    const rest = () => said.replaceChildren("Heaviest: ", heaviest.map(([word, weight]) => `${word} ${weighed(weight)}`).join(" · "));
    text.replaceChildren(...map.parts.map(([written, weight, decides]) => {
      if (weight === null) return written;
      const shade = Math.max(0, weight / most);
      const node = make("span", { className: "token lit", textContent: written, title: `weight ${weighed(weight)}`, tabIndex: 0 });
      node.classList.toggle("strong", shade > 0.72);
      node.classList.toggle("decides", decides);
      node.style.setProperty("--w", shade);
      for (const event of ["pointerenter", "focus"])
        node.addEventListener(event, () => said.replaceChildren(make("b", { textContent: written }), ` weight ${weighed(weight)}`, decides ? " · decides" : ""));
      for (const event of ["pointerleave", "blur"]) node.addEventListener(event, rest);
      return node;
    }));
    rest();
  }

  return show;
})();
