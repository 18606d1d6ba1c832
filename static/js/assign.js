// 分配: tick or untick a whole row. Without JavaScript the buttons stay hidden and the boxes work one by one.
(() => {
  for (const button of document.querySelectorAll("[data-check-row]")) {
    const boxes = [...button.closest("tr").querySelectorAll("input[name=permissions]")];
    if (boxes.length < 2) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const tick = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = tick;
    });
  }
})();
