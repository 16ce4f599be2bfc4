// What the tests ask of the page: put an element in, read what it says.
globalThis.said = [];
for (const name of ["player-state", "broadcaster-state", "broadcaster-stats"]) {
  document.addEventListener(name, (event) => globalThis.said.push([name, event.detail]));
}
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
globalThis.put = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  document.querySelector("main").replaceChildren(template.content);
  return customElements.whenDefined("live-player");
};
const canvas = document.createElement("canvas");
canvas.width = 32;
canvas.height = 18;
globalThis.picture = () => {
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(document.querySelector("video"), 0, 0, 32, 18);
  return Array.from(drawing.getImageData(0, 0, 32, 18).data).join(",");
};
