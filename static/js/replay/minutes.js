/** The chat and the pins of a replay, a minute at a time, each fetched once. */

const KEPT = 30;

export class Minutes {
  #url;
  #known = new Map();

  /** `url` is the address of minute 0; `ms` how long a "minute" is. */
  constructor(url, ms) {
    this.#url = url.replace(/0$/, "");
    this.ms = ms;
  }

  numberAt(position) {
    return Math.max(0, Math.floor(position / this.ms));
  }

  /** What is known of minute `n`: {lines, pins}, or null until it has come. */
  peek(n) {
    return this.#known.get(n)?.told ?? null;
  }

  /** Ask for minute `n`; resolves with it. One that failed is empty, and asked for again later. */
  get(n) {
    const known = this.#known.get(n);
    if (known) return known.coming;
    const entry = { told: null, coming: null };
    entry.coming = this.#fetch(n).then((told) => {
      if (told) entry.told = told;
      else this.#known.delete(n);
      return told ?? { lines: [], pins: [] };
    });
    this.#known.set(n, entry);
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value);
    return entry.coming;
  }

  async #fetch(n) {
    try {
      const answer = await fetch(`${this.#url}${n}`, { headers: { Accept: "application/json" } });
      if (answer.status === 404) return { lines: [], pins: [] }; // beyond the end
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}

let shared = null;

/** One store for all elements of the page. */
export function minutesOf(room) {
  const chat = room.querySelector("replay-chat");
  shared ??= new Minutes(chat.dataset.url, Number(chat.dataset.window));
  return shared;
}
