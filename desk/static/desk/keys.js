/* Keys, focus and the clock. One listener; pages only declare attributes:

   data-key="v"        this button or link is clicked by v;   data-key="g q": g, then q
   data-key="1"        inside an open <dialog>: only its own keys work there
   data-list           a list of links with data-item: j k move the focus and the selection
   data-open="/…"      on an item: where Enter leads;  data-preview="/…": what is shown beside it
   data-dialog="id"    a button that opens the <dialog id=…> (without JS its form stands on a page)
   data-submit         on a form: Ctrl+Enter submits it from any of its fields
   data-focus          gets the focus when htmx puts it in
*/
(() => {
  "use strict";
  const WIDE = { "？": "?", "、": "/", "。": ".", "【": "[", "】": "]", "／": "/", "．": "." };
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { const live = one("#live"); if (live) live.textContent = text; };

  /* --- which key was meant --- */
  function meant(event) {
    if (event.key in WIDE) return WIDE[event.key];
    if (event.key === "Process" || event.keyCode === 229 || /[\uff01-\uff5e]/.test(event.key)) {
      const code = event.code;
      if (/^Key[A-Z]$/.test(code)) return event.shiftKey ? code[3] : code[3].toLowerCase();
      if (/^(Digit|Numpad)\d$/.test(code)) return code.slice(-1);
      return { BracketLeft: "[", BracketRight: "]", Period: ".", Slash: event.shiftKey ? "?" : "/", Space: " " }[code] || event.key;
    }
    return event.key;
  }
  const inField = (target) => target.closest && target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
  const shown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;

  let pending = "", pendingTimer = 0;
  function after(prefix) { pending = prefix; clearTimeout(pendingTimer); pendingTimer = setTimeout(() => { pending = ""; }, 1500); }

  document.addEventListener("keydown", (event) => {
    const composing = event.isComposing || (inField(event.target) && (event.key === "Process" || event.keyCode === 229));
    if (composing) return;
    if (inField(event.target)) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        const form = event.target.form;
        if (form && form.matches("[data-submit]")) { event.preventDefault(); form.requestSubmit(); }
      } else if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    if (event.key === "Enter" && event.ctrlKey) {
      const form = one("form[data-submit]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = meant(event);
    if (event.repeat && key !== "j" && key !== "k") return;
    const dialog = one("dialog[open]");
    if (dialog) { press(key, dialog, event); return; }
    if (pending) { const chord = `${pending} ${key}`; pending = ""; press(chord, document, event); return; }
    if (key === "?") { const sheet = one("#keysheet"); if (sheet) { event.preventDefault(); sheet.showModal(); } return; }
    if (moves(key, event)) return;
    if (key === "g") { after("g"); return; }
    press(event.shiftKey && key.length === 1 && /[A-Z]/.test(key) ? `Shift ${key}` : key, document, event);
  });

  function press(key, root, event) {
    const found = all("[data-key]", root).find((element) => element.dataset.key === key && shown(element));
    if (!found) return false;
    if (event) event.preventDefault();
    if (found.closest("[inert]")) { held = key; return true; } // of the row before: done once that of this row is there
    if (found.matches("input:not([type=radio],[type=checkbox]), textarea")) { found.focus(); found.select(); }
    else { found.click(); if (found.matches("input")) found.focus(); }
    return true;
  }

  /* --- lists --- */
  const items = () => all("[data-list] [data-item]");
  const current = () => one("[data-list] [data-item][aria-current]");
  let previewTimer = 0, held = "", aborting = false;
  function select(item, focus = true) {
    if (!item) return;
    held = "";
    for (const other of all("[data-list] [aria-current]")) { other.removeAttribute("aria-current"); other.tabIndex = -1; }
    item.setAttribute("aria-current", "true");
    item.tabIndex = 0;
    if (focus) item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
    history.replaceState(history.state, "", item.getAttribute("href"));
    const place = one("#place");
    if (place) place.textContent = `第 ${items().indexOf(item) + 1} / ${items().length} 条`;
    clearTimeout(previewTimer);
    see(item);
    const pane = one("#preview");
    if (item.dataset.preview && window.htmx && pane && shown(pane)) {
      pane.inert = true; // what it shows, and its buttons, are of another row until the answer is there
      pane.setAttribute("aria-busy", "true");
      aborting = true;
      htmx.trigger(pane, "htmx:abort");
      aborting = false;
      previewTimer = setTimeout(() => htmx.ajax("GET", item.dataset.preview, { source: pane, target: pane, swap: "innerHTML" }).catch(() => {}), 40); // afterRequest says what went wrong
    }
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const pane = one("#preview"), item = current(), asked = event.detail.pathInfo;
    if (aborting || event.target !== pane || !item || !asked || asked.requestPath !== item.dataset.preview) return;
    if (!event.detail.successful) {
      const told = document.createElement("p");
      told.className = "preview-body small";
      told.textContent = "预览没有取到。按 Enter 打开案件，或换一行再回来。";
      pane.replaceChildren(told);
    }
    pane.inert = false;
    pane.removeAttribute("aria-busy");
    const key = held;
    held = "";
    if (key) press(key, document);
  });
  function moves(key, event) {
    const list = items();
    if (!list.length) return false;
    const at = list.indexOf(current());
    if (key === "j" || key === "k") {
      event.preventDefault();
      select(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + (key === "j" ? 1 : -1)))]);
      return true;
    }
    if (key === "Enter" && (event.target === document.body || event.target.matches("[data-item]"))) {
      const item = event.target.matches("[data-item]") ? event.target : current();
      if (item && item.dataset.open) { event.preventDefault(); leave(item); location.assign(item.dataset.open); }
      return true;
    }
    if (key === " " && one("#preview") && !event.target.matches("button, a:not([data-item]), summary")) {
      event.preventDefault();
      document.body.classList.toggle("no-preview");
      return true;
    }
    return false;
  }
  const leave = () => { const box = one("[data-scroll]"); if (box) sessionStorage.setItem(`scroll:${location.pathname}`, String(box.scrollTop)); };
  document.addEventListener("click", (event) => {
    const item = event.target.closest && event.target.closest("[data-list] [data-item]");
    if (item && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      if (one("#preview") && shown(one("#preview"))) select(item); else { leave(); location.assign(item.dataset.open || item.href); }
      return;
    }
    const opener = event.target.closest && event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog) { event.preventDefault(); dialog.showModal(); }
    }
    if (event.target.closest && !event.target.closest("details.who")) { const who = one("details.who[open]"); if (who) who.open = false; }
  });
  document.addEventListener("dblclick", (event) => {
    const item = event.target.closest && event.target.closest("[data-list] [data-item]");
    if (item && item.dataset.open) { leave(); location.assign(item.dataset.open); }
  });

  /* --- what was looked at: seen rows are grey, rows that changed since carry a dot; this browser only --- */
  const looked = () => { try { return JSON.parse(localStorage.getItem("seen") || "{}"); } catch { return {}; } };
  function see(item) {
    const [id, version] = (item.dataset.seen || "").split(":");
    if (!id) return;
    const kept = Object.entries({ ...looked(), [id]: version }).slice(-800);
    localStorage.setItem("seen", JSON.stringify(Object.fromEntries(kept)));
    item.classList.remove("changed");
    item.classList.add("seen");
  }
  function paint() {
    const kept = looked();
    for (const item of items()) {
      const [id, version] = (item.dataset.seen || "").split(":");
      item.classList.toggle("seen", kept[id] === version);
      item.classList.toggle("changed", id in kept && kept[id] !== version);
    }
  }

  /* --- after a step in the list: the next row, or back to the row that was restored --- */
  const row = (event) => document.getElementById(`row-${event.detail.case}`);
  document.addEventListener("piyao:done", (event) => {
    const dialog = one("dialog[open]");
    if (dialog) dialog.close();
    const list = items(), at = list.indexOf(row(event));
    const waits = (item) => !one(".gone", item);
    select(list.slice(at + 1).find(waits) || list.slice(0, Math.max(at, 0)).reverse().find(waits) || list[at]);
    say(one("#undo").textContent.trim());
  });
  document.addEventListener("piyao:undone", (event) => { select(row(event)); say(one("#undo").textContent.trim()); });
  let undoTimer = 0;
  function offer() {
    clearTimeout(undoTimer);
    const undo = one("#undo");
    if (undo && undo.children.length) undoTimer = setTimeout(() => undo.replaceChildren(), 10000);
  }

  /* --- . loads what is new: the selected row stays selected and at the same height --- */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-reload]");
    if (!link) return;
    event.preventDefault();
    const item = current();
    if (item) sessionStorage.setItem("keep", JSON.stringify([item.id, item.getBoundingClientRect().top]));
    location.reload();
  });
  function keepPlace(box) {
    const [id, top] = JSON.parse(sessionStorage.getItem("keep") || "[]");
    sessionStorage.removeItem("keep");
    const item = id && document.getElementById(id);
    if (item) { box.scrollTop += item.getBoundingClientRect().top - top; select(item); }
  }

  /* --- theme: the button works without a round trip --- */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".theme")) return;
    event.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });

  /* --- focus --- */
  function point(root) {
    const focus = root.matches && root.matches("[data-focus]") ? root : one("[data-focus]", root);
    if (focus) focus.focus();
  }

  /* --- the clock and the times left: server time, once a minute, silent --- */
  const base = Date.parse(document.body.dataset.now) || Date.now(), started = performance.now();
  const serverNow = () => base + (performance.now() - started);
  const two = (number) => String(number).padStart(2, "0");
  function length(minutes) { return minutes < 60 ? `${Math.max(minutes, 1)} 分` : minutes < 2880 ? `${Math.round(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`; }
  function tick() {
    const now = serverNow();
    for (const cell of all("[data-due]")) {
      const due = Date.parse(cell.dataset.due), minutes = Math.floor((due - now) / 60000);
      const over = now >= due;
      const word = over ? `超 ${length(Math.floor((now - due) / 60000))}` : minutes < 60 ? `剩 ${Math.max(minutes, 1)} 分` : `剩 ${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
      if (cell.textContent !== word) cell.textContent = word;
      cell.classList.toggle("over", over);
      cell.classList.toggle("due", !over && now >= Date.parse(cell.dataset.soon));
    }
  }
  let lastAnswer = Date.now();
  setInterval(() => {
    const clock = one("#clock"), time = clock && one("time", clock);
    if (!time) return;
    const late = Date.now() - lastAnswer > 45000 && one("[data-poll]");
    clock.classList.toggle("late", Boolean(late));
    if (!late) time.textContent = new Date(serverNow()).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
  }, 1000);
  setInterval(tick, 20000);

  /* --- htmx --- */
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.xhr && event.detail.xhr.status) lastAnswer = Date.now(); });
  document.addEventListener("htmx:sendError", () => {
    const banner = one("#banner");
    if (banner && !one("#offline")) {
      const text = `连不上服务器，${new Date(serverNow()).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }).slice(0, 5)} 起。正文已存在本机，不会丢；认领、核定、批准先停用。`;
      const box = document.createElement("div");
      box.id = "offline"; box.className = "banner due"; box.textContent = text;
      banner.append(box);
    }
  });
  document.addEventListener("htmx:afterOnLoad", () => { const offline = one("#offline"); if (offline) offline.remove(); });
  document.addEventListener("htmx:afterSwap", (event) => { point(event.detail.target); tick(); offer(); });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const item = event.target.closest && event.target.closest("[data-item]");
    if (item && item !== event.target && item !== current()) item.classList.add("changed");
  });
  document.addEventListener("submit", (event) => {
    if (!one("#offline") || event.target.method !== "post") return;
    event.preventDefault(); event.stopImmediatePropagation();
    say("连不上服务器，这一步先停用");
  }, true);

  /* --- start --- */
  point(document);
  tick();
  paint();
  offer();
  const box = one("[data-scroll]");
  if (box) {
    const kept = sessionStorage.getItem(`scroll:${location.pathname}`);
    if (kept) { box.scrollTop = Number(kept); sessionStorage.removeItem(`scroll:${location.pathname}`); }
    const item = current();
    if (item && kept) item.focus({ preventScroll: true });
    keepPlace(box);
  }
  window.piyao = { select, items, current, say, one, all };
})();
