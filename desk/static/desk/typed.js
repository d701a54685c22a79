/* What is typed stays in this browser until the server has it, and no form is sent twice.

   Every <form method=post> of an officer's page: what differs from the page is kept from the first
   stroke, by officer and by where the form leads, until the server says that it took it (the cookie
   "taken", desk/typed.py). A page that is opened again is filled again; where somebody else changed
   the field meanwhile, the words are shown beside it instead.

   data-unkept   on a form: one whose success is no redirect, or whose words are nobody's to keep
*/
(() => {
  "use strict";
  const DAYS = 7, SENT_MS = 20000;
  const officer = document.body.dataset.officer;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { const live = document.getElementById("live"); if (live) live.textContent = text; };
  const arrival = performance.getEntriesByType("navigation")[0];
  const refused = Boolean(arrival && arrival.responseStatus >= 400); // the page holds what was typed, the server does not

  /* --- one form, one place in the store of this browser --- */
  const place = (form) => `typed:${officer}:${new URL(form.getAttribute("action") || location.pathname, location.href).pathname}`;
  const kept = (form) => Boolean(officer && form && form.method === "post" && !form.matches("[data-unkept]") && fields(form).length);
  const ticked = (field) => field.type === "checkbox" || field.type === "radio";
  const name = (field) => ticked(field) ? `${field.name}=${field.value}` : field.name;
  const fields = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, select, input:not([type=hidden],[type=file],[type=password],[type=submit])"));
  const value = (field) => ticked(field) ? field.checked : field.value;
  function drawn(field) {
    if (ticked(field)) return field.defaultChecked;
    if (!field.matches("select")) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0] || field).value;
  }
  const version = (form) => { const field = form.querySelector("input[type=hidden][name=version]"); return field ? field.value : ""; };
  function read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } }
  function write(key, record) { try { localStorage.setItem(key, JSON.stringify(record)); } catch { say("本机存不下了，写的先别关"); } }

  /* --- forget what the server took, and what is old --- */
  const taken = (/(?:^|; )taken=([0-9a-f.]*)/.exec(document.cookie) || ["", ""])[1].split(".").filter(Boolean);
  if (taken.length) document.cookie = "taken=; path=/; max-age=0; samesite=lax";
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("draft:")) localStorage.removeItem(key); // of an earlier version
    if (!key.startsWith("typed:")) continue;
    const record = read(key);
    if (!record || taken.includes(record.sent) || Date.now() - record.at > DAYS * 86400000) localStorage.removeItem(key);
  }

  /* --- keep --- */
  const left = new Map(); // by form: what found no place in it
  function keep(form) {
    const key = place(form), before = (refused && read(key) || { fields: {} }).fields, found = { ...left.get(form) };
    for (const field of fields(form)) {
      const id = name(field), base = id in before ? before[id][0] : drawn(field);
      if (value(field) !== base) found[id] = [base, value(field)];
    }
    if (Object.keys(found).length) write(key, { at: Date.now(), version: version(form), sent: "", fields: found });
    else localStorage.removeItem(key);
  }
  for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => { if (kept(event.target.form)) keep(event.target.form); });

  /* --- fill again --- */
  function fill(form) {
    const record = read(place(form));
    if (!record) return;
    const same = record.version === version(form), lost = {};
    let filled = false;
    for (const field of fields(form)) {
      const [base, typed] = record.fields[name(field)] || [];
      if (typed === undefined || value(field) === typed) continue;
      if (ticked(field) && !same) continue; // an answer to a case that has changed is given anew
      if (drawn(field) !== base) { if (!ticked(field)) lost[name(field)] = [base, typed]; continue; }
      if (ticked(field)) field.checked = typed; else field.value = typed;
      filled = true;
    }
    left.set(form, lost);
    if (filled || Object.keys(lost).length) tell(form, record, lost);
  }
  function tell(form, record, lost) {
    const at = new Date(record.at).toLocaleTimeString("zh-CN", { hour12: false, hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    const words = Object.keys(lost).length ? `你 ${at} 写的没有交。这一栏后来改过，没有替你填回去，你写的在下面：` : `你 ${at} 写的没有交，已经填回来${form.querySelector("input[type=file]") ? "；原件要重选" : ""}。`;
    const note = document.createElement("div"), line = document.createElement("p"), drop = document.createElement("button");
    note.className = "kept"; line.textContent = words; drop.type = "button"; drop.className = "plainlink"; drop.textContent = "不要了";
    drop.addEventListener("click", () => {
      left.delete(form);
      localStorage.removeItem(place(form));
      form.reset();
      form.dispatchEvent(new Event("change", { bubbles: true }));
      note.remove();
    });
    line.append(" ", drop);
    note.append(line);
    for (const [, typed] of Object.values(lost)) { const text = document.createElement("pre"); text.textContent = typed; note.append(text); }
    const column = form.querySelector(".casemain");
    if (column) column.prepend(note); else form.before(note);
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    point(note, words);
    say(words);
  }
  function point(note, words) { // what was filled in below the fold is named at the top
    const banner = document.getElementById("banner");
    if (!banner || note.getBoundingClientRect().top < innerHeight - 80) return;
    const line = document.createElement("div"), told = document.createElement("p"), link = document.createElement("a");
    note.id = "kept";
    line.className = "banner"; link.href = "#kept"; link.textContent = "去看"; told.textContent = `${words} `;
    told.append(link);
    line.append(told);
    banner.append(line);
  }

  /* --- once: the second press of a button finds its form on the way --- */
  const release = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
  function hold(form) {
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), SENT_MS);
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.sent) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("已经在提交，等一下");
  }, true);
  window.addEventListener("submit", (event) => { // the last to hear of it: nobody stopped it
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    hold(form);
    const record = kept(form) && read(place(form));
    if (!record) return;
    const sent = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    let field = form.querySelector("input[name=typed]");
    if (!field) { field = document.createElement("input"); field.type = "hidden"; field.name = "typed"; form.append(field); }
    field.value = sent;
    write(place(form), { ...record, sent });
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("form")) hold(event.target); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    if (event.target.matches("form") && !(answer && answer.getResponseHeader("HX-Redirect"))) release(event.target);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(release); });

  all("form").filter(kept).forEach(fill);
})();
