/* <toast-stack>: messages that leave by themselves unless they report a problem.
   show(text, level) adds one; the words come from the caller's own page. */
const SECONDS_SHOWN = 6;

class ToastStack extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close-toast]")) event.target.closest(".toast").remove();
    });
    for (const toast of this.querySelectorAll(".toast")) this.#fade(toast);
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) {
          if (node.classList?.contains("toast")) this.#fade(node);
        }
      }
    }).observe(this, { childList: true });
  }

  show(text, level = "info") {
    const template = document.getElementById("toast-template");
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.className = `toast toast-${level}`;
    toast.querySelector("p").textContent = text;
    this.append(toast);
  }

  #fade(toast) {
    if (toast.matches(".toast-error, .toast-warning")) return;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
      else toast.remove();
    };
    setTimeout(leave, SECONDS_SHOWN * 1000);
  }
}

customElements.define("toast-stack", ToastStack);
