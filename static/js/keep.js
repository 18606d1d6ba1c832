// Warns before the session ends for want of work, and keeps what was typed in this tab for after the next sign-in.
(() => {
  const store = window.sessionStorage;
  const SIGNED_OUT = "signed-out";
  const key = `draft:${location.pathname}`;
  const idle = Number(document.body.dataset.idle);

  // The sign-in page has no `data-idle`: whoever comes from there gets a draft back.
  if (!idle) {
    store.setItem(SIGNED_OUT, "1");
    return;
  }

  const form = document.querySelector("form[data-keep]");
  const fields = () => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type));

  const tell = (text, button) => {
    const bar = document.querySelector("#messages").appendChild(document.createElement("div"));
    bar.className = "alert alert-warning";
    bar.setAttribute("role", "alert");
    bar.textContent = text;
    if (button) bar.append(" ", button);
    return bar;
  };

  if (form) {
    const draft = store.getItem(SIGNED_OUT) && store.getItem(key);
    if (draft) {
      const kept = JSON.parse(draft);
      for (const field of fields()) {
        if (!(field.name in kept)) continue;
        if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
        else [field.value] = kept[field.name];
      }
      store.removeItem(SIGNED_OUT);
      tell("已恢复重新登录前填写的内容，请核对后再提交。");
    }
    store.removeItem(key);
    form.addEventListener("input", () => {
      const typed = {};
      for (const field of fields()) {
        typed[field.name] ??= [];
        if ((field.type !== "checkbox" && field.type !== "radio") || field.checked) typed[field.name].push(field.value);
      }
      store.setItem(key, JSON.stringify(typed));
    });
  }

  // Two minutes before the end: one press goes on.
  let bar;
  let timers = [];
  const start = () => {
    timers.forEach(clearTimeout);
    bar?.remove();
    timers = [
      setTimeout(() => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-sm btn-primary";
        button.textContent = "继续使用";
        button.addEventListener("click", async () => {
          if ((await fetch(document.body.dataset.alive)).ok) start();
        });
        bar = tell("您已较长时间没有操作，2 分钟后将退出登录。", button);
      }, (idle - 120) * 1000),
      setTimeout(() => {
        bar?.remove();
        bar = tell("已因长时间没有操作退出登录。本页填写的内容已保存在此标签页中，重新登录后打开本页会恢复。");
      }, idle * 1000),
    ];
  };
  start();
})();
