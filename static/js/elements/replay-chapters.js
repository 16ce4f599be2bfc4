// <replay-chapters><ol><li><a href="#t=…" data-at data-until>: a press goes there, and the chapter
// that is playing is marked. Explanations may overlap: the one that began last counts.

class ReplayChapters extends HTMLElement {
  #links = [];
  #current = null;

  connectedCallback() {
    this.room = this.closest("live-room");
    this.#links = [...this.querySelectorAll("a[data-at]")].map((link) => ({
      link,
      at: Number(link.dataset.at),
      until: Number(link.dataset.until),
    }));
    this.addEventListener("click", (event) => this.#pressed(event));
    this.listener = ({ detail }) => this.#mark(detail.ms);
    this.room.addEventListener("replay-time", this.listener);
  }

  disconnectedCallback() {
    this.room.removeEventListener("replay-time", this.listener);
  }

  #pressed(event) {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(history.state, "", link.getAttribute("href"));
    this.room.querySelector("replay-player").goTo(Number(link.dataset.at));
  }

  #mark(ms) {
    const now = this.#links.findLast(({ at, until }) => at <= ms && ms < until)?.link ?? null;
    if (now === this.#current) return;
    this.#current?.removeAttribute("aria-current");
    this.#current = now;
    if (!now) return;
    now.setAttribute("aria-current", "true");
    const list = this.querySelector("ol");
    if (this.matches(":hover, :focus-within")) return; // somebody is choosing
    list.scrollTo({ left: now.parentElement.offsetLeft - list.offsetLeft - 16 });
  }
}

customElements.define("replay-chapters", ReplayChapters);
