// <question-board data-ask data-change data-voted>: questions by votes, the one on air first.
//
// Everything drawn comes from the room's state; a press is told to the server and comes back as an
// event. Only one's own vote is shown at once.

import { RoomElement } from "../room/room-element.js";

const ORDER = { on_air: 0, open: 1, answered: 2 };

class QuestionBoard extends RoomElement {
  #voted = new Set();
  #key = "";

  ready(options) {
    this.#voted = new Set(this.dataset.voted.split(" ").filter(Boolean).map(Number));
    this.addEventListener("submit", (event) => this.#ask(event), options);
    this.addEventListener("click", (event) => this.#pressed(event), options);
  }

  draw({ questions = [] }) {
    const list = this.querySelector("[data-question-list]");
    const rows = new Map([...list.children].map((row) => [Number(row.dataset.question), row]));
    const sorted = [...questions].sort(
      (a, b) => ORDER[a.state] - ORDER[b.state] || b.votes - a.votes || a.id - b.id,
    );
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    for (const [id, row] of rows) if (!questions.some((one) => one.id === id)) row.remove();
    sorted.forEach((question, place) => {
      const row = rows.get(question.id) ?? this.#newRow();
      this.#fill(row, question);
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    if (focused?.isConnected && focused !== document.activeElement) focused.focus();
    this.querySelector("[data-question-none]").hidden = questions.length > 0;
    const waiting = questions.filter((one) => one.state === "open").length;
    for (const place of this.room.querySelectorAll("[data-question-count]")) place.textContent = waiting || "";
    const onAir = this.room.querySelector("[data-question-on-air]");
    if (onAir) {
      const now = questions.find((one) => one.state === "on_air");
      onAir.hidden = !now;
      onAir.querySelector("[data-f]").textContent = now?.text ?? "";
    }
  }

  happened(event, state) {
    if (event.t === "question") this.draw(state);
  }

  #newRow() {
    return this.querySelector("template").content.firstElementChild.cloneNode(true);
  }

  #fill(row, question) {
    row.dataset.question = question.id;
    row.dataset.state = question.state;
    for (const part of ["text", "name", "votes"]) {
      const place = row.querySelector(`[data-f="${part}"]`);
      if (place.textContent !== String(question[part])) place.textContent = question[part];
    }
    for (const part of row.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== question.state;
    row.querySelector('[data-deed="vote"]')?.setAttribute("aria-pressed", String(this.#voted.has(question.id)));
  }

  async #ask(event) {
    event.preventDefault();
    const input = event.target.elements.text;
    if (!input.value.trim()) return;
    this.#key ||= crypto.getRandomValues(new Uint32Array(3)).join("-");
    const answer = await this.#post(this.dataset.ask, { text: input.value, k: this.#key });
    if (!answer) return;
    this.#key = "";
    this.#voted.add(answer.id);
    input.value = "";
    document.getElementById("toasts")?.show?.(this.dataset.asked, "success");
    this.draw(this.room.state);
  }

  async #pressed(event) {
    const button = event.target.closest("[data-deed]");
    if (!button) return;
    const row = button.closest("[data-question]");
    const id = Number(row.dataset.question);
    const url = this.dataset.change.replace("/0/deed", `/${id}/${button.dataset.deed}`);
    const answer = await this.#post(url);
    if (!answer || button.dataset.deed !== "vote") return;
    this.#voted.add(id);
    button.setAttribute("aria-pressed", "true");
    row.querySelector('[data-f="votes"]').textContent = answer.votes;
  }

  async #post(url, values = {}) {
    this.#problem("");
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: new URLSearchParams(values),
        headers: {
          Accept: "application/json",
          "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
        },
      });
      const told = await answer.json();
      if (answer.ok) return told;
      this.#problem(told.message ?? this.dataset.failed);
    } catch {
      this.#problem(this.dataset.failed);
    }
    return null;
  }

  #problem(text) {
    const place = this.querySelector("[data-question-problem]");
    place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("question-board", QuestionBoard);
