/** Send a form's values as a script does: JSON comes back, also with a refusal. */
export async function postForm(url, values = {}) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(values),
      headers: {
        Accept: "application/json",
        "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
      },
    });
    return { ok: answer.ok, told: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, told: {} };
  }
}
