// Stands where the sign-in or the sign-out of a page puts it:
//   <script src="/phien.js" data-ticket="…" data-failed="…"></script>   a ticket becomes the cookie, and the page starts anew
//   <script src="/phien.js" data-end="1"></script>                      the cookie goes
(async (me) => {
  "use strict";
  const { ticket, failed, end } = me.dataset;
  const once = "phien " + (ticket ?? "end");
  if (window[once]) return; // a rerun drew the same element again
  window[once] = true;

  // keepalive: the house may send this page away before the answer is here
  const send = (method) =>
    fetch("/phien", { method, headers: { "X-Ticket": ticket ?? "" }, keepalive: true, credentials: "same-origin" });
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  if (end !== undefined) {
    await send("DELETE").catch(() => null);
    location.assign("/");
    return;
  }
  for (let attempt = 0; attempt < 4; attempt++) {
    const answer = await send("POST").catch(() => null);
    if (answer?.ok) return location.reload(); // address and query stay
    if (answer && answer.status !== 429 && answer.status < 500) break;
    await wait(400 * 2 ** attempt);
  }
  // Refused or unreachable: say so, then offer the sign-in again rather than stay on a page that waits for nothing.
  if (failed) {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.textContent = failed;
    me.parentNode?.insertBefore(words, me);
    await wait(3000);
  }
  location.reload();
})(document.currentScript);
