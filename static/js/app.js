// Small conveniences; every page works without them.
(() => {
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (!all) return;
    for (const box of all.closest("table").querySelectorAll("tbody input[name=ids]")) box.checked = all.checked;
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
    form.querySelector("input[name=captcha_0]").value = fresh.key;
    const typed = form.querySelector("input[name=captcha_1]");
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
