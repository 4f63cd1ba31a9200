// The page to try runs on: what is asked, and what comes back.
(() => {
  const { make, show, table, percent, written } = saccade;
  const main = document.getElementById("blocks"), GONE = "The server does not answer. Is it still running?";
  let models = [], token = "", image = "", asking = null;

  // A field with its name, and a place for what is wrong with it.
  function field(name, input, ...more) {
    const wrong = make("p", { className: "wrong", id: `${input.id}-wrong`, hidden: true, role: "alert" });
    input.setAttribute("aria-describedby", wrong.id);
    const node = make("div", { className: "entry" }, make("label", { htmlFor: input.id, textContent: name }), input, ...more, wrong);
    return Object.assign(node, {
      input,
      say(text) { wrong.textContent = text; wrong.hidden = !text; input.setAttribute("aria-invalid", String(!!text)); if (text) input.focus(); },
    });
  }

  const run = field("Run", make("select", { id: "run" }));
  const says = make("p", { className: "says" });
  const text = field("Text", make("textarea", { id: "text", rows: 3, dir: "auto", spellcheck: false, autocomplete: "off" }));
  const chosen = make("img", { className: "chosen", alt: "The image that was chosen", hidden: true });
  const drop = make("div", { className: "drop" }, make("p", { textContent: "Drop an image here, paste one, or choose a file." }), chosen);
  const file = field("Image", make("input", { id: "image", type: "file", accept: "image/*" }), drop);
  const many = field("Answers", make("input", { id: "many", type: "number", min: 1, value: 1, step: 1 }));
  const secret = field("Token", make("input", { id: "token", type: "password", autocomplete: "off" }));
  const button = make("button", { type: "submit", textContent: "Answer" });
  const state = make("p", { className: "state", role: "status" });
  const form = make("form", { className: "ask", noValidate: true }, secret, run, says, text, file, make("div", { className: "row" }, many, button), state);
  const results = make("div", { className: "results", ariaLabel: "Answers", role: "region" });
  // Until the runs are known there is nothing to choose.
  for (const each of [secret, run, text, file, many]) each.hidden = true;
  main.append(form, results);

  const model = () => models.find((one) => one.name === run.input.value);
  const fields = () => [secret, run, text, file, many];
  const given = () => (model()?.reads === "image" ? file : text);

  // What the server says: an answer, or an error with its code, message and hint.
  async function ask(path, body, signal) {
    const headers = { ...(body ? { "Content-Type": "application/json" } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const reply = await fetch(path, { method: body ? "POST" : "GET", headers, signal, credentials: "omit", ...(body ? { body: JSON.stringify(body) } : {}) });
    const said = await reply.json();
    if (!reply.ok) throw Object.assign(new Error(`${said.error.message} ${said.error.hint}`), { code: said.error.code });
    return said;
  }

  function complain(error) {
    if (error.name === "AbortError") return;
    const place = { no_run: run, n_best: many }[error.code];
    if (error.code === "no_token") {
      secret.hidden = false;
      secret.say(token ? "This is not the server's token." : "The server asks for its token.");
      return;
    }
    // The page has one input, whatever its place in a request is.
    const message = error.message.replace(/^`inputs?(\[0\])?`/, given() === file ? "This image" : "This text");
    if (place || (error.code && models.length)) (place ?? given()).say(message);
    else state.textContent = error.code ? error.message : GONE;
  }

  function chooseRun() {
    const one = model();
    text.hidden = one.reads !== "text";
    file.hidden = one.reads !== "image";
    many.hidden = one.n_best === 1;
    many.input.max = one.n_best;
    many.input.value = Math.min(many.input.value, one.n_best);
    says.textContent = { "text-to-text": "Reads a text and writes one.", "text-to-label": "Reads a text and gives it a label.", "image-to-label": "Reads an image and gives it a label.", "image-to-text": "Reads an image and writes its text.", "masked-text": "Fills in each <mask> of a text." }[one.task]
      + (one.looks ? "" : " It has no attention: there are no maps to be seen.");
    fields().forEach((each) => each.say(""));
  }

  async function start() {
    try {
      models = (await ask("/v1/models")).models;
    } catch (error) {
      complain(error);
      return;
    }
    secret.hidden = true;
    run.hidden = false;
    run.input.replaceChildren(...models.map(({ name }) => make("option", { value: name, textContent: name })));
    chooseRun();
    given().input.focus();
  }

  function take(blob) {
    file.say("");
    if (!blob) return;
    if (blob.size > model().image_bytes) {
      file.say(`The file has ${blob.size.toLocaleString("en")} bytes, and at most ${model().image_bytes.toLocaleString("en")} are read. Make it smaller.`);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      image = reader.result.slice(reader.result.indexOf(",") + 1);
      chosen.src = reader.result;
      chosen.hidden = false;
      form.requestSubmit();
    });
    reader.addEventListener("error", () => file.say("The file can't be read. Choose another one."));
    reader.readAsDataURL(blob);
  }

  // What was answered, beside its rivals.
  function answerOf(result) {
    const node = make("section", { className: "block given" }, make("h2", { textContent: "Answer" }),
      make("p", { className: "output", dir: "auto", textContent: result.output || "(nothing)" }));
    const rows = (answers) => answers.map((one, place) => [String(place + 1), saccade.bdi(one.output || "(nothing)"), percent(one.probability), written(one.score)]);
    const head = ["", "answer", "probability", "score"];
    if (result.answers.length) node.append(saccade.scrolled(table("", head, rows(result.answers)), "Answers and their scores"));
    (result.blanks ?? []).forEach((guesses, place) =>
      node.append(saccade.scrolled(table(`Blank ${place + 1}`, head, rows(guesses)), `Guesses at blank ${place + 1}`)));
    if (result.unknown?.length) node.append(make("p", { className: "unknown" }, "What the model never saw: ", saccade.bdi(result.unknown.join(" ")), "."));
    return node;
  }

  // Erasing takes a while; what is there stays there, whatever comes of it.
  async function judge(body, signal) {
    const waits = make("p", { className: "state", role: "status", textContent: "Judging the look …" });
    results.append(waits);
    try {
      const { block } = await ask("/v1/trust", body, signal);
      if (block) { show(block, results); waits.remove(); }
      else waits.textContent = "There is nothing to judge: the look had no choice, or does not lie over the image.";
    } catch (error) {
      if (error.name === "AbortError") waits.remove();
      else waits.textContent = `The look is not judged. ${error.code ? error.message.replace("`input`", "this input") : GONE}`;
    }
  }

  chosen.addEventListener("error", () => { chosen.hidden = true; });
  // Another run is asked the same at once.
  run.input.addEventListener("change", () => {
    asking?.abort();
    results.replaceChildren();
    state.textContent = "";
    chooseRun();
    if (model().reads === "image" ? image : text.input.value.trim()) form.requestSubmit();
  });
  // A file that is chosen again may have changed.
  file.input.addEventListener("click", () => { file.input.value = ""; });
  file.input.addEventListener("change", () => take(file.input.files[0]));
  text.input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && model()?.reads === "image") take(event.dataTransfer.files[0]);
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("paste", (event) => {
    if (model()?.reads === "image" && event.clipboardData.files.length) take(event.clipboardData.files[0]);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fields().forEach((each) => each.say(""));
    if (!secret.hidden) { token = secret.input.value.trim(); await start(); return; }
    const one = model();
    if (!one) { await start(); return; }
    const input = one.reads === "image" ? image : text.input.value;
    if (!input.trim()) { given().say(one.reads === "image" ? "Choose an image first." : "Type a text first."); return; }
    const wanted = many.input.valueAsNumber;
    if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= one.n_best)) { many.say(`A whole number from 1 to ${one.n_best}.`); return; }
    asking?.abort();
    const mine = asking = new AbortController();
    state.textContent = "Asking …";
    try {
      const said = await ask("/v1/predict", { run: one.name, inputs: [input], n_best: wanted }, mine.signal);
      results.replaceChildren(answerOf(said.results[0]));
      if (one.looks) {
        state.textContent = "Looking …";
        show((await ask("/v1/look", { run: one.name, input }, mine.signal)).block, results);
      }
      state.textContent = "";
      if (one.judged) await judge({ run: one.name, input }, mine.signal);
    } catch (error) {
      if (mine !== asking) return;
      state.textContent = "";
      results.replaceChildren();
      complain(error);
    }
  });
  start();
})();
