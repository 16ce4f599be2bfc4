// <draw-proof data-url data-mine>: works a draw out again in this browser, from the public figures alone.
// The same steps as static/draws/verify_draw.py; docs/draws.md explains them.

const encoder = new TextEncoder();

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (data) =>
  hex(await crypto.subtle.digest("SHA-256", typeof data === "string" ? encoder.encode(data) : data));
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));

/** { seed, terms, list, beacon, order, mine }: whether each holds. */
export async function check(proof, mine = "") {
  const marks = [...proof.entries].sort();
  const beacon = proof.beacon?.value ?? "";
  const keys = await Promise.all(
    marks.map(async (mark) => ({
      mark,
      key: await sha256(
        [proof.version, proof.seed, proof.draw, proof.terms_hash, proof.entries_hash, beacon, mark].join("|"),
      ),
    })),
  );
  keys.sort((a, b) => (a.key < b.key ? -1 : 1));
  const places = JSON.parse(proof.terms).places;
  return {
    seed: (await sha256(proof.seed)) === proof.seed_hash,
    terms: (await sha256(proof.terms)) === proof.terms_hash,
    list: (await sha256(marks.join("\n"))) === proof.entries_hash && new Set(marks).size === marks.length,
    beacon: !proof.beacon || (await sha256(bytes(proof.beacon.signature))) === beacon,
    order:
      proof.winners.length >= Math.min(places, marks.length) &&
      proof.winners.every((one, place) => one.rank === place + 1 && one.mark === keys[place]?.mark),
    mine: !mine || marks.includes(mine),
  };
}

class DrawProof extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-do]");
    if (!globalThis.crypto?.subtle) return; // only over https or on this machine
    button.hidden = false;
    button.addEventListener("click", () => this.#check(button));
  }

  async #check(button) {
    button.disabled = true;
    for (const name of ["good", "bad", "failed"]) this.querySelector(`[data-${name}]`).hidden = true;
    try {
      const answer = await fetch(this.dataset.url, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show(await check(await answer.json(), this.dataset.mine));
    } catch {
      this.querySelector("[data-failed]").hidden = false;
    }
    button.disabled = false;
  }

  #show(found) {
    this.querySelector(".draw-checks").hidden = false;
    let isGood = true;
    for (const row of this.querySelectorAll("[data-check]")) {
      const holds = found[row.dataset.check];
      row.dataset.holds = holds;
      isGood &&= holds;
    }
    this.querySelector(isGood ? "[data-good]" : "[data-bad]").hidden = false;
  }
}

customElements.define("draw-proof", DrawProof);
