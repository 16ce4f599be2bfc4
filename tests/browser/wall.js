/* What would be wrong with a wall that is looked at from ten metres. Returns a list of complaints. */
() => {
  const SMALLEST = 1.39; // rem, of 120 across
  const root = document.documentElement;
  const wall = document.getElementById("wall").getBoundingClientRect();
  const said = [];
  const name = (part) => `${part.className} “${part.textContent.trim().slice(0, 20)}”`;
  const isOver = (box, around) => box.right > around.right + 1 || box.bottom > around.bottom + 1;
  if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) said.push("scrolls");
  for (const part of document.querySelectorAll(".wall > *, .wall-lists > *, .wall-lists li, .place > *, .wall-money p")) {
    const box = part.getBoundingClientRect();
    if (!box.width || part.matches(".place-spark")) continue;
    if (isOver(box, wall)) said.push(`off the wall: ${name(part)}`);
    const around = part.closest("section, .place, .wall").getBoundingClientRect();
    if (isOver(box, around)) said.push(`cut: ${name(part)}`);
  }
  const rem = parseFloat(getComputedStyle(root).fontSize);
  for (const part of document.querySelectorAll(".wall :is(p, b, span, small, li, time, h1, h2)")) {
    const size = parseFloat(getComputedStyle(part).fontSize);
    if (part.checkVisibility() && size < SMALLEST * rem) said.push(`small: ${name(part)}`);
  }
  return said;
}
