// Sold out: the button says so and leads nowhere.

document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest('[data-f="buy"][aria-disabled="true"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);
