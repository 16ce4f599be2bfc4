// <search-box data-suggestions="…"><form><input name=q>…</form></search-box>
//
// Suggestions while typing, as a combobox: arrows choose, Enter follows, Escape closes. The server
// renders the list; without JavaScript the form is a form.

const WAIT_MS = 160;

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[name=q]");
    this.list = document.createElement("div");
    this.list.className = "suggestions-place";
    this.list.hidden = true;
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    this.append(this.list, this.said);
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
      ["aria-controls", "search-suggestions"],
    ]) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", (event) => {
      // A half-typed syllable of an input method is nothing to ask for yet.
      if (!event.isComposing) this.#askSoon();
    });
    this.input.addEventListener("compositionend", () => this.#askSoon());
    this.input.addEventListener("keydown", (event) => this.#pressed(event));
    this.input.addEventListener("focus", () => this.#show(this.list.childElementCount > 0));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.#show(false);
    });
    // Pressing on a suggestion must not take the focus before the link is followed.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  #askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(this.input.value.trim()), WAIT_MS);
  }

  async #ask(text) {
    this.asking?.abort();
    if (!text || !this.dataset.suggestions) return this.#fill("");
    this.asking = new AbortController();
    try {
      const url = `${this.dataset.suggestions}?${new URLSearchParams({ q: text })}`;
      const answer = await fetch(url, { signal: this.asking.signal, credentials: "same-origin" });
      if (answer.ok) this.#fill(await answer.text());
    } catch {
      // Away, or typed on: the form works without.
    }
  }

  #fill(html) {
    this.list.innerHTML = html;
    const said = this.list.querySelector("[data-said]");
    this.said.textContent = said?.textContent ?? "";
    said?.remove();
    this.#mark(-1);
    this.#show(this.options.length > 0 && this.contains(document.activeElement));
  }

  #show(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.#mark(-1);
  }

  #mark(at) {
    this.at = at;
    this.options.forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === at));
      if (place === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.options[at].id);
  }

  #pressed(event) {
    const options = this.options;
    if (event.isComposing || !options.length) return;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.#show(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const all = options.length + 1; // the box itself is one of the places
      const next = this.list.hidden ? (step > 0 ? 0 : options.length - 1) : this.at + step;
      this.#show(true);
      this.#mark(((((next + 1) % all) + all) % all) - 1);
    } else if (event.key === "Enter" && this.at >= 0 && !this.list.hidden) {
      event.preventDefault();
      options[this.at].click();
    }
  }
}

customElements.define("search-box", SearchBox);
