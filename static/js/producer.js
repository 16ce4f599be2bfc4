/* The producer's desk: print, and tick all of a page. Without it one prints by the browser's menu. */
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const form of document.querySelectorAll("[data-checks]")) {
  const line = form.querySelector("[data-check-all]");
  const all = line?.querySelector("input");
  const boxes = [...form.querySelectorAll('input[name="order"]')];
  if (!all || boxes.length < 2) continue;
  line.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener("change", () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  });
}
