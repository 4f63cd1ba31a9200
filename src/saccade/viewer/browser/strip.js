// An image that was read as a text: where it looked for each token, to be stepped through or played.
saccade.renderers.strip = (() => {
  const { make, bdi, written, folded, table, pressing } = saccade;
  const { planes, titleOf, sharesOf, stageOf, keyOf, toolsOf, small, imageOf } = saccade.overlay;
  const STEP_MS = 700;

  function show(look, node) {
    const image = imageOf(look), plane = planes(look.map), all = look.tokens.length > 1;
    const how = { opacity: 0.6, spotlight: false, smooth: true, whole: false };
    const view = { map: look.map, item: 0 };
    const stage = stageOf(look, image), key = keyOf(), said = make("p", { className: "said", ariaLive: "polite" });
    const buttons = [...(all ? ["all"] : []), ...look.tokens].map((token, place) => {
      const label = make("span", {}, bdi(token));
      return make("button", { type: "button", className: all && !place ? "whole" : "", tabIndex: -1 }, label);
    });
    const first = all ? 0 : 1; // the item of the first button; 0 is the mean of all
    const items = make("div", { className: "items strip-items", role: "group", ariaLabel: "Tokens" }, ...buttons);
    const press = pressing(buttons, (index) => { stop(); choose(index); });
    const play = make("button", { type: "button", className: "play", ariaLabel: "Play: step through the tokens", textContent: "▶\ufe0e Play" });
    let timer = null;

    const place = (at) => `row ${Math.floor(at / look.map.shape[1]) + 1}, column ${(at % look.map.shape[1]) + 1}`;
    const highest = (item) => plane(item).best;
    function tell(text) {
      const at = highest(view.item), token = view.item ? [make("b", {}, bdi(look.tokens[view.item - 1])), " looked most at "] : ["All tokens together looked most at "];
      said.replaceChildren(...(text ? [text] : [...token, `${place(at)}: ${written(plane(view.item).high)}`]));
    }
    function fill() {
      stage.fill(view, plane(view.item), how);
      key.fill(view.map, plane(view.item), how);
    }
    function choose(index) {
      view.item = index + first;
      press(index);
      buttons.forEach((button, each) => { button.tabIndex = each === index ? 0 : -1; });
      const strip = items.getBoundingClientRect(), own = buttons[index].getBoundingClientRect();
      if (own.left < strip.left || own.right > strip.right) items.scrollLeft += own.left - strip.left - strip.width / 3;
      fill();
      stage.about(view, plane(view.item));
      tell("");
    }
    const now = () => view.item - first;
    const step = (by) => choose((now() + by + buttons.length) % buttons.length);
    function stop() {
      clearInterval(timer);
      timer = null;
      play.replaceChildren("▶\ufe0e Play");
      said.ariaLive = "polite";
    }
    play.addEventListener("click", () => {
      if (timer) { stop(); return; }
      const from = all ? 1 : 0;
      choose(now() >= buttons.length - 1 || now() < from ? from : now());
      play.replaceChildren("❚❚ Pause");
      said.ariaLive = "off"; // nobody can listen that fast
      timer = setInterval(() => { if (!node.isConnected || now() >= buttons.length - 1) stop(); else step(1); }, STEP_MS);
    });
    items.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: now() - 1, ArrowRight: now() + 1, Home: 0, End: buttons.length - 1 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      stop();
      choose(saccade.clip(moves[event.key], 0, buttons.length - 1));
      buttons[now()].focus();
    });
    stage.listen(() => [view, plane(view.item)], tell);

    const paint = () => buttons.forEach((button, index) => {
      button.querySelector("canvas")?.remove();
      button.prepend(small(image, look.map, plane(index + first), look.size, { ...how, opacity: 0.75 }, 200));
    });
    const tools = toolsOf(how, () => { fill(); paint(); });
    tools.prepend(play);
    const figures = folded("The looks in numbers", () => table("Where each token looked most, and how much of its look fell there", ["token", "row", "column", "weight"],
      look.tokens.map((token, index) => { const at = highest(index + 1), columns = look.map.shape[1]; return [token, Math.floor(at / columns) + 1, (at % columns) + 1, written(plane(index + 1).high)]; })));
    node.append(titleOf(look), stage.node, key.node, said, items, tools, ...(look.probabilities.length > 1 ? [sharesOf(look)] : []), figures);
    image.decode().then(paint, paint);
    choose(0);
    saccade.redrawn(stage.node, (everything) => { fill(); if (everything) paint(); });
  }

  return show;
})();
