// <room-poll data-vote data-mine data-mine-of data-may-vote data-words-…>: the room's poll, as a pill and
// its sheet, drawn from the room's state. Only one's own choice is shown at once; the tally comes with
// the room, every two seconds at most.

import { RoomElement } from "../room/room-element.js";
import { serverNow } from "../room/clock.js";
import { minutes } from "../room/flash.js";
import { fill } from "../room/words.js";
import { postForm } from "../room/post.js";

const setText = (element, text) => {
  if (element.textContent !== String(text)) element.textContent = text;
};

/** open, closed (the result is pinned), or "". */
export function phaseOf(poll, now) {
  if (!poll) return "";
  if (poll.state === "open") return now < poll.closes_at ? "open" : "closed";
  return poll.is_pinned ? "closed" : "";
}

class RoomPoll extends RoomElement {
  #choice = null;
  #choiceOf = "";
  #timer = 0;

  ready(options) {
    if (this.dataset.mine !== "") this.#choice = Number(this.dataset.mine);
    this.#choiceOf = this.dataset.mineOf;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-choice]");
      if (button && !button.disabled) this.#vote(Number(button.dataset.choice));
    }, options);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  happened(event, state) {
    if (event.t === "poll") this.draw(state);
  }

  draw({ poll }) {
    clearTimeout(this.#timer);
    const now = serverNow();
    const phase = phaseOf(poll, now);
    this.querySelector("[data-pill]").hidden = !phase;
    if (!phase) return;
    const mine = this.#choiceOf === poll.id ? this.#choice : null;
    const words = phase === "closed" ? "wordsClosed" : mine === null ? "wordsOpen" : "wordsMine";
    setText(this.querySelector("[data-pill-words]"), this.dataset[words]);
    setText(this.querySelector("[data-pill-clock]"), phase === "open" ? minutes(poll.closes_at - now) : "");
    setText(this.querySelector('[data-f="question"]'), poll.question);
    const total = poll.votes.reduce((a, b) => a + b, 0);
    setText(this.querySelector('[data-f="total"]'), fill(this.dataset.total, { n: total }));
    this.#fillChoices(poll, phase, mine, total);
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== phase;
    if (phase === "open") {
      this.#timer = setTimeout(() => this.draw(this.room.state), Math.max(10, ((poll.closes_at - now - 1) % 1000) + 1));
    }
  }

  #fillChoices(poll, phase, mine, total) {
    const place = this.querySelector("[data-choices]");
    if (place.dataset.poll !== poll.id) {
      place.dataset.poll = poll.id;
      const template = this.querySelector("template");
      place.replaceChildren(...poll.choices.map(() => template.content.firstElementChild.cloneNode(true)));
    }
    poll.choices.forEach((words, number) => {
      const row = place.children[number];
      const percent = total ? Math.floor((poll.votes[number] * 200 + total) / (2 * total)) : 0;
      row.dataset.choice = number;
      row.disabled = phase !== "open" || !("mayVote" in this.dataset);
      row.setAttribute("aria-pressed", String(mine === number));
      setText(row.querySelector('[data-c="words"]'), words);
      // Before they have voted, nobody is told what the others think.
      const isShown = phase === "closed" || mine !== null || !("mayVote" in this.dataset);
      setText(row.querySelector('[data-c="share"]'), isShown ? fill(this.dataset.share, { n: percent }) : "");
      row.querySelector("progress").value = isShown ? percent : 0;
      row.querySelector(".poll-mine").hidden = mine !== number;
    });
  }

  async #vote(choice) {
    const { id } = this.room.state.poll;
    this.#problem("");
    const { ok, told } = await postForm(this.dataset.vote.replace("POLL", id), { choice });
    if (!ok) return this.#problem(told.message ?? this.dataset.failed);
    this.#choice = told.choice;
    this.#choiceOf = id;
    this.draw(this.room.state);
  }

  #problem(text) {
    const place = this.querySelector("[data-problem]");
    place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("room-poll", RoomPoll);
