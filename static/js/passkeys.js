/* allauth's scripts speak to the authenticator; this says in words when it did not work. */
document.addEventListener("allauth.error", (event) => {
  const text = document.getElementById("passkey-failed")?.innerHTML.trim();
  if (!text) return;
  event.preventDefault();
  document.getElementById("toasts")?.show?.(text, "warning");
});
