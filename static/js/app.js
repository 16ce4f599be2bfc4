/* What every page does: menus that close, dialogs that open, toasts, and honest failure. */
import "./elements/toast-stack.js";
import "./elements/app-dialog.js";
import "./elements/theme-switch.js";

// A show whose room was left by a link goes on in a corner: loaded only then.
if (sessionStorage.getItem("mini-show")) import("./elements/mini-player.js");

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A select that sends its form when changed, where a button would be one press too many.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// Numbers with less and more: the buttons only move the real input.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  const input = button?.parentElement.querySelector("input");
  if (!input) return;
  if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

function sayItFailed() {
  const text = document.getElementById("failed-template")?.innerHTML.trim();
  if (text) document.getElementById("toasts")?.show?.(text, "error");
}

document.addEventListener("htmx:sendError", sayItFailed);
document.addEventListener("htmx:timeout", sayItFailed);
document.addEventListener("htmx:responseError", sayItFailed);
