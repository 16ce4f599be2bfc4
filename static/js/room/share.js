/* Share: by the device's own menu where it has one. */

const button = document.querySelector("[data-share]");

if (button && navigator.share) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title: button.dataset.shareTitle, url: button.dataset.shareUrl });
    } catch {
      // Thought better of it.
    }
  });
}

// The sheet lies outside the room: its copy button, too.
document.getElementById("share")?.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(copy.dataset.copy);
  document.getElementById("toasts")?.show?.(copy.dataset.copied, "success");
});
