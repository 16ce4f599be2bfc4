/**
 * Three shows to look at: a live picture without sound where one can be had, else its poster, which
 * drifts. A picture that does not come, or stops, gives way to the poster and is tried again.
 */

import { createSource } from "../media/sources.js";
import { fill, pick } from "../room/words.js";
import { picture, say } from "./rows.js";
import { count, moment } from "./words.js";

const LOOK_MS = 15_000;
const WAIT_MS = [5000, 120_000];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Shot {
  #figure;
  #video;
  #playback;
  #show = "";
  #source = null;
  #timer = 0;
  #wait = WAIT_MS[0];
  #seenAt = -1;
  #turn = 0;

  constructor(figure, playback) {
    this.#figure = figure;
    this.#playback = playback;
    this.#video = figure.querySelector("video");
    this.#video.addEventListener("playing", () => {
      this.#video.hidden = false;
      this.#wait = WAIT_MS[0];
    });
  }

  draw(row, words, now) {
    this.#figure.hidden = !row;
    this.#want(row?.standing === "live" && !row.is_away ? row.id : "");
    if (!row) return;
    this.#figure.dataset.standing = row.standing;
    const isAlone = row.standing === "live" && !row.viewers;
    const pattern = row.is_away ? words.away : isAlone ? words.liveAlone : words[row.standing];
    const places = { n: count(row.viewers), at: moment(row.at, now) };
    say(this.#figure.querySelector("[data-badge]"), fill(pattern, places));
    say(this.#figure.querySelector("[data-title]"), pick(row, "title"));
    say(this.#figure.querySelector("[data-where]"), `${pick(row, "place")} · ${pick(row, "host")}`);
    say(this.#figure.querySelector("[data-mark]"), pick(row, "mark") ?? "");
    picture(this.#figure.querySelector("[data-poster]"), row.poster);
  }

  /** Begins anew what has not moved since the last look. */
  look() {
    if (!this.#source) return;
    if (this.#video.currentTime === this.#seenAt) this.#later();
    this.#seenAt = this.#video.currentTime;
  }

  #want(show) {
    if (show === this.#show) return;
    this.#show = show;
    this.#stop();
    this.#wait = WAIT_MS[0];
    if (show && this.#playback && !calm.matches) this.#start();
  }

  async #start() {
    const turn = ++this.#turn;
    const isStale = () => turn !== this.#turn;
    try {
      const answer = await fetch(this.#playback.replace("SHOW", this.#show), { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { hls, split } = await answer.json();
      if (isStale()) return;
      const options = { hls, isSplit: split, hearsOnly: false };
      const source = await createSource(this.#video, options, () => isStale() || this.#later());
      if (isStale() || !source) return;
      this.#source = source;
      this.#seenAt = -1;
      source.start();
      await this.#video.play();
    } catch {
      if (!isStale()) this.#later();
    }
  }

  #later() {
    this.#stop();
    this.#timer = setTimeout(() => this.#show && this.#start(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, WAIT_MS[1]);
  }

  #stop() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#source?.stop();
    this.#source = null;
    this.#video.hidden = true;
  }
}

export class Shots {
  #shots;
  #words;

  constructor(section, playback) {
    this.#words = section.dataset;
    const figures = [...section.querySelectorAll("[data-shot]")];
    this.#shots = figures.map((figure) => new Shot(figure, playback));
    setInterval(() => this.#shots.forEach((shot) => shot.look()), LOOK_MS);
  }

  draw(rows, now) {
    this.#shots.forEach((shot, number) => shot.draw(rows[number], this.#words, now));
  }
}
