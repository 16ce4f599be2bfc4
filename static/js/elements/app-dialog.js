/* <app-dialog>: a native <dialog> that others open and fill.

   <app-dialog id="buy"><dialog class="sheet" aria-labelledby="…">…</dialog></app-dialog>
   - [data-opens="buy"] anywhere on the page opens it;
   - an htmx answer swapped into it opens it, too;
   - [data-close] inside, the backdrop and Escape close it; focus goes back where it was;
   - `modeless` on <app-dialog> leaves the page behind it usable (a picture that plays on). */
class AppDialog extends HTMLElement {
  #cameFrom = null;

  get dialog() {
    return this.querySelector("dialog");
  }

  connectedCallback() {
    this.addEventListener("htmx:afterSwap", () => this.open());
    this.addEventListener("click", (event) => {
      if (event.target === this.dialog || event.target.closest("[data-close]")) this.close();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.hasAttribute("modeless")) this.close();
    });
    this.dialog?.addEventListener("close", () => {
      this.#cameFrom?.focus?.();
      this.#cameFrom = null;
      this.dispatchEvent(new CustomEvent("dialog:closed", { bubbles: true }));
    });
  }

  open() {
    if (this.dialog.open) return;
    this.#cameFrom = document.activeElement;
    if (this.hasAttribute("modeless")) this.dialog.show();
    else this.dialog.showModal();
    this.dispatchEvent(new CustomEvent("dialog:opened", { bubbles: true }));
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }
}

customElements.define("app-dialog", AppDialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const wanted = opener && document.getElementById(opener.dataset.opens);
  if (!(wanted instanceof AppDialog)) return;
  event.preventDefault();
  wanted.open();
});
