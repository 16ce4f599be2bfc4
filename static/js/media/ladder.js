// The low-bandwidth ladder: picture → sound with slides → words. These are its rules and nothing
// else: no element, no clock, so that they can be tried second by second. docs/media.md says them
// in words; keep the two alike.

export const RUNGS = ["picture", "sound", "text"]; // from the top down

export const RULES = {
  windowMs: 60_000, // stalls are counted over this long
  mostStalls: 3, // so many in the window …
  mostStalledMs: 8_000, // … or so long in all: one rung down
  graceMs: 5_000, // after every step: a new source may take a moment
  offerAfterMs: 30_000, // without a stall: the next rung up is offered
  tryAfterMs: 90_000, // without a stall: it is tried
  mostWaitMs: 900_000, // each trial that fails doubles the wait, up to this
  trialMs: 60_000, // a trial that holds for so long has succeeded
  trialStalledMs: 2_000, // and that much is enough to end it
};

const below = (rung) => RUNGS[RUNGS.indexOf(rung) + 1];
const above = (rung) => RUNGS[RUNGS.indexOf(rung) - 1];

export class Ladder {
  #rung;
  #choice;
  #first;
  #mayTry;
  #stalls = []; // [{ from, ms }] in the window
  #isStalled = false;
  #last = null;
  #steppedAt = null;
  #calmSince = null;
  #waitMs = RULES.tryAfterMs;
  #isTrial = false;
  #dismissed = false;

  /**
   * choice: "auto" or the rung the viewer asked for; first: where an automatic one begins;
   * mayTry: false where data are dear (Save-Data, 2G) and going up is only ever offered.
   */
  constructor({ choice = "auto", first = "picture", mayTry = true } = {}) {
    this.#choice = choice;
    this.#first = first;
    this.#rung = choice === "auto" ? first : choice;
    this.#mayTry = mayTry;
  }

  get rung() {
    return this.#rung;
  }

  get choice() {
    return this.#choice;
  }

  /** The viewer decides: "auto" begins where an automatic one begins, a rung is kept to. */
  choose(choice, now) {
    this.#choice = choice;
    this.#waitMs = RULES.tryAfterMs;
    this.#step(choice === "auto" ? this.#first : choice, now);
  }

  /** An offer was taken. The choice stays; on "auto" the step counts as a trial. */
  accept(rung, now) {
    const isUp = RUNGS.indexOf(rung) < RUNGS.indexOf(this.#rung);
    if (this.#choice !== "auto") this.#choice = rung;
    this.#step(rung, now);
    this.#isTrial = isUp && this.#choice === "auto";
  }

  /** An offer was waved away: none until something changes. */
  dismiss() {
    this.#dismissed = true;
  }

  /** The line changed (another network, data saving switched on or off). */
  hear({ first, mayTry }) {
    this.#first = first;
    this.#mayTry = mayTry;
  }

  /**
   * About once a second. flow: "flowing", "stalled" (media should come, and the line does not
   * bring it) or "unknown" (paused, hidden, the host's own fault, nothing to measure).
   * Answers {step: null | {to, why}, offer: null | rung}; why: "stalls", "failed", "trial".
   */
  observe(flow, now) {
    const passed = this.#last === null ? 0 : Math.min(now - this.#last, 2_000);
    this.#last = now;
    this.#steppedAt ??= now;
    this.#calmSince ??= now;
    const isGrace = now - this.#steppedAt < RULES.graceMs;
    if (flow === "stalled" && !isGrace) this.#count(now, passed);
    else this.#isStalled = false;
    if (flow === "unknown" && this.#rung !== "text") this.#calmSince += passed; // stands still
    return { step: this.#decide(now), offer: this.#offer(now) };
  }

  #count(now, passed) {
    if (this.#isStalled) this.#stalls.at(-1).ms += passed;
    else this.#stalls.push({ from: now, ms: passed });
    this.#isStalled = true;
    this.#calmSince = now;
  }

  #decide(now) {
    this.#stalls = this.#stalls.filter(({ from, ms }) => now - from - ms < RULES.windowMs);
    if (this.#choice !== "auto") return null;
    const to = below(this.#rung);
    if (to && this.#isTrial && this.#stalledMs >= RULES.trialStalledMs) {
      this.#waitMs = Math.min(this.#waitMs * 2, RULES.mostWaitMs);
      return this.#step(to, now, "failed");
    }
    if (to && this.#isTooMuch) return this.#step(to, now, "stalls");
    if (this.#isTrial && now - this.#steppedAt >= RULES.trialMs) {
      this.#isTrial = false;
      this.#waitMs = RULES.tryAfterMs;
    }
    if (this.#mayTry && above(this.#rung) && now - this.#calmSince >= this.#waitMs) {
      const step = this.#step(above(this.#rung), now, "trial");
      this.#isTrial = true;
      return step;
    }
    return null;
  }

  /** Up after a calm while; for who chose a rung that keeps stopping, down. */
  #offer(now) {
    if (this.#dismissed) return null;
    if (this.#choice !== "auto") return this.#isTooMuch ? (below(this.#rung) ?? null) : null;
    const isCalm = now - this.#calmSince >= RULES.offerAfterMs;
    return isCalm ? (above(this.#rung) ?? null) : null;
  }

  get #stalledMs() {
    return this.#stalls.reduce((sum, { ms }) => sum + ms, 0);
  }

  get #isTooMuch() {
    return this.#stalls.length >= RULES.mostStalls || this.#stalledMs >= RULES.mostStalledMs;
  }

  #step(to, now, why = "chosen") {
    this.#rung = to;
    this.#stalls = [];
    this.#isStalled = false;
    this.#isTrial = false;
    this.#dismissed = false;
    this.#steppedAt = now;
    this.#calmSince = now;
    return { to, why };
  }
}

/** Where an automatic ladder begins and whether it may try to climb, by what the browser knows. */
export function hintsOf(connection) {
  const kind = connection?.effectiveType ?? "";
  const isSlow = kind === "slow-2g" || kind === "2g";
  const saves = connection?.saveData === true;
  const first = kind === "slow-2g" ? "text" : saves || isSlow ? "sound" : "picture";
  return { first, mayTry: !saves && !isSlow };
}
