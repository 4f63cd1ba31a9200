"use strict";
// One article for each look. All text goes in by textContent: nothing of the data is ever read as markup.
(() => {
  const HEAVIEST = 5;
  const make = (name, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };
  const percent = (share) => (share < 0.0005 ? "under 0.1 %" : (100 * share).toFixed(1) + " %");
  const weighed = (weight) => weight.toFixed(3).replace(/^0/, "");

  function show(look, number) {
    const article = make("article", { className: "look" });
    const truth = look.truth === null ? "" : ` (it is ${look.truth})`;
    const title = make("h2", { className: "hidden", textContent: `${number}. ${look.name} → ${look.label}` });
    const bar = make("div", { className: "bar" }, make("span", { className: "figures", textContent: look.name }));
    const text = make("p", { className: "text", dir: look.dir, lang: "" });
    const said = make("p", { className: "said", ariaLive: "polite" });
    const fill = (index) => draw(text, said, look.maps[index]);
    if (look.maps.length > 1) bar.append(choice(look.maps.map((map) => map.name), fill));
    const labels = look.probabilities.map(([label, share], place) => {
      const name = make(place ? "span" : "b", { dir: "auto", textContent: label + (place ? "" : truth) });
      return make("li", {}, name, ` ${percent(share)}`);
    });
    article.append(title, bar, text, said, make("ol", { className: "labels", ariaLabel: "Labels, likeliest first" }, ...labels));
    document.getElementById("looks").append(article);
    fill(0);
  }

  function choice(names, chosen) {
    const buttons = names.map((name) => make("button", { type: "button", textContent: name }));
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", index === 0);
      button.addEventListener("click", () => {
        buttons.forEach((other) => other.setAttribute("aria-pressed", other === button));
        chosen(index);
      });
    });
    return make("div", { className: "choice", role: "group", ariaLabel: "Layer" }, ...buttons);
  }

  function draw(text, said, map) {
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

  JSON.parse(document.getElementById("data").textContent).forEach((look, index) => show(look, index + 1));
})();
