// Small conveniences; every page works without them.
(() => {
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (!all) return;
    for (const box of all.closest("table").querySelectorAll("tbody input[name=ids]")) box.checked = all.checked;
  });

  // A message goes when its cross is pressed.
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".alert").remove();
  });

  // Menus open by themselves (popover); here they are placed beside their button.
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.classList?.contains("pop-menu")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]`);
    const box = button.getBoundingClientRect();
    menu.classList.add("placed");
    const top = box.bottom + menu.offsetHeight > innerHeight ? Math.max(4, box.top - menu.offsetHeight) : box.bottom;
    menu.style.top = `${top}px`;
    menu.style.left = `${Math.max(4, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.querySelector("a, button, input:not([type=hidden])")?.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".pop-menu");
    if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll(".dropdown-item")];
    const next = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    items[(next + items.length) % items.length]?.focus();
  });

  // A new captcha picture: the server gives a new key and address.
  document.addEventListener("click", async (event) => {
    const picture = event.target.closest("[data-captcha]");
    if (!picture) return;
    event.preventDefault();
    const answer = await fetch(picture.dataset.captcha, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) return;
    const fresh = await answer.json();
    const form = picture.closest("form");
    form.querySelector("img.captcha").src = fresh.image_url;
    form.querySelector("input[name=captcha_key]").value = fresh.key;
    const typed = form.querySelector("input[name=captcha]");
    typed.value = "";
    typed.focus();
  });

  // A form that must not be sent twice by a double click.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });

  // F-keys and other keys named on buttons.
  document.addEventListener("keydown", (event) => {
    const target = document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
})();

// 缴费台: change for cash given, and arrow keys through the hits.
(() => {
  const fen = (text) => {
    const plain = text.normalize("NFKC").replaceAll(",", "").trim();
    return /^\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-till]");
    if (!form) return;
    const amount = fen(form.elements.amount.value);
    const given = fen(form.elements.tendered.value);
    const due = fen(form.elements.expected_due.value);
    const line = form.querySelector("[data-change]");
    const back = amount !== null && given !== null ? given - amount : null;
    line.textContent = back === null ? "" : back < 0 ? "实收现金少于收款金额" : `找零 ${(back / 100).toFixed(2)} 元`;
    if (event.target.name === "amount" && amount !== null && due !== null && amount <= due) form.elements.prepay.checked = false;
  });

  document.addEventListener("change", (event) => {
    if (event.target.name !== "amount" || !event.target.closest("form[data-till]") || !window.htmx) return;
    const amount = fen(event.target.value);
    if (amount === null) return;
    window.htmx.ajax("GET", `${location.pathname}?amount=${(amount / 100).toFixed(2)}`, { target: "#split", select: "#split", swap: "outerHTML" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const hits = [...document.querySelectorAll("[data-hits] a")];
    if (!hits.length) return;
    const at = hits.indexOf(document.activeElement);
    if (at < 0 && document.activeElement.name !== "q") return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) document.querySelector("input[name=q]").focus();
    else hits[Math.min(next, hits.length - 1)].focus();
  });
})();
