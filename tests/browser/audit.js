/* What a person with a thumb would trip over. Returns a list of complaints. */
() => {
  const THUMB = 44;
  const complaints = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.right > root.clientWidth + 1 && !element.closest(".strip, .table-scroll, .tabs");
    });
    const names = wide.slice(0, 4).map((element) => `${element.tagName}.${element.className}`);
    complaints.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth} (${names})`);
  }
  /* Some are drawn small and pressed larger: then the points a thumb away from the middle hit. */
  const reachesFurther = (element) => {
    element.scrollIntoView({ block: "center", inline: "center" });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const far = THUMB / 2 - 1;
    const points = [];
    if (box.width < THUMB) points.push([x - far, y], [x + far, y]);
    if (box.height < THUMB) points.push([x, y - far], [x, y + far]);
    return points.every((point) => element.contains(document.elementFromPoint(...point)));
  };
  const pressed =
    "a[href], button, summary, select, textarea, [role=button], [role=tab], " +
    "input:not([type=hidden])";
  for (const element of document.querySelectorAll(pressed)) {
    let measured = element;
    if (element.matches("[type=checkbox], [type=radio]")) {
      measured = element.closest("label") ?? document.querySelector(`label[for="${element.id}"]`);
    }
    if (!measured || measured.matches(".cover-link, .skip-link, :disabled")) continue;
    if (!measured.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const style = getComputedStyle(measured);
    if (style.display === "inline" && measured.tagName === "A") continue; // a word in a sentence
    const box = measured.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if ((box.width < THUMB - 0.5 || box.height < THUMB - 0.5) && !reachesFurther(measured)) {
      const name = (element.getAttribute("aria-label") || element.textContent || element.name || "")
        .trim()
        .slice(0, 30);
      const size = `${Math.round(box.width)}×${Math.round(box.height)}`;
      complaints.push(`too small to press: ${element.tagName} “${name}” ${size}`);
    }
  }
  return complaints;
}
