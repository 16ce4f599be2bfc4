// The panic button: slate, sound off, every pin off. Picture and sound first, they need no network.
// Again: picture and sound as they were before. Pins stay off.

const button = document.getElementById("panic");
const banner = document.getElementById("panic-banner");
const broadcaster = document.querySelector("live-broadcaster");
const AGAIN_MS = 2000;
let before = null; // picture and sound as they were; not null while in panic

function draw() {
  const isOn = before !== null;
  button.setAttribute("aria-pressed", String(isOn));
  button.querySelector("[data-panic-off]").hidden = isOn;
  button.querySelector("[data-panic-on]").hidden = !isOn;
  banner.hidden = !isOn;
}

function problem(words) {
  const place = banner.querySelector("[data-panic-problem]");
  place.textContent = words;
  place.hidden = !words;
}

async function unpinAll() {
  const show = document.querySelector("host-console")?.dataset.show;
  if (show !== "live" && show !== "away") return; // nothing is explained in a show that is not on
  try {
    const answer = await fetch(button.dataset.unpinAll, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
      },
    });
    if (answer.ok || answer.status === 409) problem("");
    else throw new Error(String(answer.status));
  } catch {
    if (before === null) return;
    problem(button.dataset.failed);
    setTimeout(() => before !== null && unpinAll(), AGAIN_MS);
  }
}

function toggle() {
  problem("");
  if (before) {
    broadcaster?.setSlate(before.slate);
    broadcaster?.setMuted(before.muted);
    before = null;
    draw();
    return;
  }
  before = {
    slate: broadcaster?.dataset.slate === "on",
    muted: broadcaster?.dataset.muted === "on",
  };
  broadcaster?.setMuted(true);
  broadcaster?.setSlate(true);
  draw();
  unpinAll();
}

button?.addEventListener("click", toggle);
banner?.querySelector("[data-panic-back]")?.addEventListener("click", () => {
  toggle();
  button.focus();
});
