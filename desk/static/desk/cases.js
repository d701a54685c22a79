/* The case, the verdict and the notice, live. Each page works without this file.

   data-open-details="id"  a link that opens the <details id=…> of this page instead of leading away
   data-verdict            the form of two questions: the outcome follows the answers at once
   data-count="id"         how much was typed
   data-drawn              a picture whose turn to be drawn has not come is asked for again
   data-mustsee            parts tick themselves when they were on the screen; data-approve waits for them
*/
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  document.addEventListener("click", (event) => {
    const opener = event.target.closest && event.target.closest("[data-open-details]");
    const details = opener && document.getElementById(opener.dataset.openDetails);
    if (!details) return;
    event.preventDefault();
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    const field = one("input:not([type=hidden]), textarea, select", details);
    if (field) field.focus();
  });

  /* --- the verdict --- */
  const form = one("form[data-verdict]");
  if (form) {
    const told = one("[data-outcome-told]", form), issues = one("[data-issues]", form), standard = told.textContent;
    const answer = (name) => { const found = one(`input[name=${name}]:checked`, form); return found ? found.value : ""; };
    const derive = (event) => {
      const literal = answer("literal"), hazard = answer("hazard");
      const choices = all(".outcome", form);
      for (const choice of choices) choice.classList.toggle("misfit", Boolean(literal) && !choice.dataset.literals.split(" ").includes(literal));
      const fitting = choices.filter((choice) => !choice.classList.contains("misfit"));
      if (literal && event && event.target.name === "literal" && !fitting.some((choice) => one("input", choice).checked)) one("input", fitting[0]).checked = true;
      const chosen = one("input[name=outcome]:checked", form);
      const misfit = chosen && chosen.closest(".outcome").classList.contains("misfit");
      told.textContent = misfit ? "这个结论与第一题的回答不一致：先改回答，或换一个结论。" : standard;
      told.classList.toggle("due", Boolean(misfit));
      issues.textContent = !literal || !hazard || !chosen ? "先答两题" : misfit ? "回答和结论不一致" : hazard === "excluded" ? chosen.dataset.excluded : chosen.dataset.notExcluded;
    };
    form.addEventListener("change", derive);
    derive();
  }
  for (const field of all("[data-count]")) {
    const place = document.getElementById(field.dataset.count);
    const count = () => { place.textContent = field.value.length ? `${field.value.length} 字` : ""; };
    field.addEventListener("input", count);
    count();
  }

  for (const picture of all("img[data-drawn]")) {
    const again = () => {
      const asked = performance.getEntriesByName(picture.src).pop();
      if (!asked || asked.responseStatus !== 503) return;
      const address = new URL(picture.src);
      address.searchParams.set("turn", Date.now());
      setTimeout(() => { picture.src = address; }, 3000);
    };
    picture.addEventListener("load", again);
    if (picture.complete) again();
  }

  /* --- what an approver must have had on the screen --- */
  const list = one("[data-mustsee]");
  if (list && one("[data-approve]")) {
    const told = one("[data-unseen-told]", list);
    const parts = new Map(all("[data-part]", list).map((item) => [item.dataset.part, item]));
    const unseen = () => [...parts.values()].filter((item) => !item.classList.contains("seen"));
    const tell = () => { const left = unseen().length; told.textContent = left ? `还有 ${left} 项，批准时会带你去看` : "都看过了"; };
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        // tall parts count once their end was reached, small ones once they are whole on the screen
        if (entry.isIntersecting && (entry.intersectionRatio > 0.9 || entry.boundingClientRect.bottom <= entry.rootBounds.bottom + 1)) parts.get(entry.target.id).classList.add("seen");
      }
      tell();
    }, { threshold: Array.from({ length: 21 }, (_, n) => n / 20) });
    for (const id of parts.keys()) { const part = document.getElementById(id); if (part) watcher.observe(part); }
    tell();
    for (const approve of all("[data-approve]")) {
      approve.addEventListener("submit", (event) => {
        const next = unseen()[0];
        if (!next) return;
        event.preventDefault();
        const part = document.getElementById(next.dataset.part);
        part.scrollIntoView({ block: part.getBoundingClientRect().height > innerHeight ? "end" : "center" });
        part.tabIndex = -1;
        part.focus({ preventScroll: true });
        const live = one("#live");
        if (live) live.textContent = `先看：${one("a", next).textContent}`;
      });
    }
  }
})();
