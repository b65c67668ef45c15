// What is typed and not sent yet stands in the page alone, and a reload would lose it. As the page goes it is written down for
// the page that comes, in this tab; there it is taken out at once and put back when its box appears. A box also gets the names
// that stand beside it as a datalist (pages/parts/fields.py), and a phone shows what one opens from its beginning
// (pages/parts/page.py).
(() => {
  "use strict";
  const STORE = "o-chu", LONGEST = 30 * 60 * 1000; // milliseconds: as long as a sign-in lasts while nobody acts
  const BOX = '[data-testid="stTextInput"] input:not([type="password"]), [data-testid="stTextArea"] textarea';
  const DOOR = '[class*="st-key-door-"]';
  const typed = new Map(); // a box's key → the box
  let waiting = [];

  const keyOf = (box) => box.closest('[class*="st-key-"]')?.className.match(/(?:^|\s)(st-key-\S+)/)?.[1];
  const here = () => {
    const asked = new URLSearchParams(location.search);
    return [location.pathname, ...["id", "nhap", "tuong-trinh", "phuong-an"].map((name) => asked.get(name))].join(" ");
  };
  const whose = () => document.querySelector('[class*="st-key-frame-of-"]')?.className.match(/st-key-frame-of-(\d+)/)?.[1];
  let opened = here();
  const toTheTop = (now) => { // on a phone what one opens stands over the list in which one has scrolled down
    if (now === opened) return;
    opened = now;
    if (now.trim() !== location.pathname && navigator.userAgent.includes("Mobi"))
      document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  };

  document.addEventListener("input", ({ target, isTrusted }) => {
    const key = isTrusted && target.matches?.(BOX) ? keyOf(target) : null;
    if (key) typed.set(key, target);
  }, true);

  addEventListener("pagehide", () => {
    sessionStorage.removeItem(STORE);
    if (window["phien end"] || document.querySelector(DOOR)) return; // somebody else may come next
    const at = Date.now(), where = here(), of = whose();
    const boxes = of ? [...typed].filter(([, box]) => box.isConnected && box.value) : [];
    const left = boxes.map(([key, box]) => ({ key, where, at, of, text: box.value }));
    const all = [...waiting.filter((old) => !left.some((one) => one.key === old.key && one.where === old.where)), ...left];
    if (all.length) sessionStorage.setItem(STORE, JSON.stringify(all));
  });

  const put = (box, text) => {
    const kind = box.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, text); // past React, which is told below
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    if (!box.closest('[data-testid="stForm"]')) box.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    typed.set(keyOf(box), box);
  };
  const look = () => {
    const now = here();
    toTheTop(now);
    const of = whose();
    if (of) waiting = waiting.filter((one) => one.of === of); // somebody else has signed in meanwhile
    waiting = waiting.filter(({ key, where, text }) => {
      const box = of && where === now ? document.getElementsByClassName(key)[0]?.querySelector("input, textarea") : null;
      if (!box || box.disabled) return true;
      if (box.value !== text) put(box, text);
      return false;
    });
    for (const names of document.querySelectorAll('datalist[id^="ten-"]')) {
      const box = document.getElementsByClassName(names.id.slice(4))[0]?.querySelector("input");
      if (box && box.getAttribute("list") !== names.id) box.setAttribute("list", names.id);
    }
  };

  try {
    waiting = JSON.parse(sessionStorage.getItem(STORE) ?? "[]").filter(({ at }) => Date.now() - at < LONGEST);
  } catch { /* not ours: as good as none */ }
  sessionStorage.removeItem(STORE);
  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; look(); });
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
