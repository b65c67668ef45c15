// Streamlit has no translations for the words inside its own widgets. This puts ours in their place, in the texts and in
// the names that screen readers say. What people wrote is never looked at.
(() => {
  "use strict";
  const { exact, patterns } = /* WORDS */ {};
  const rules = patterns.map(([from, to]) => [new RegExp(from, "u"), to]);
  const PEOPLE = // where people's words stand, or ours that are translated already
    ".stMarkdown, .stText, .stCode, .stJson, .stHeading, .stTable, .stMetric, .stHtml, .stVegaLiteChart, .stAlert, " +
    '.stToast, [data-testid="stMarkdownContainer"], [data-testid="stSidebarNavLink"], [data-testid="stNavSectionHeader"], ' +
    '[data-testid="stFileUploaderFileName"], [role="option"]:not([data-key^="__"]), [data-tag], ' +
    "canvas, svg, script, style, textarea";
  const STREAMLITS = // and where, inside of those, Streamlit's own stand after all
    '[data-testid="stFileUploaderDropzone"], [data-tag] button, .stHeading a, .stHeading button, .stCode button';
  const SPOKEN = ["aria-label", "placeholder", "title", "alt", "aria-roledescription", "aria-valuetext"];
  const AWAY = /^(Is Streamlit still running\?|Streamlit server is not responding\.)/; // is for developers in English too
  const AWAY_ENGLISH = "The server or the network is away for a moment. Nothing needs to be done: what you typed stays, and the page " +
    "connects again by itself.";
  const COMMAND = '[role="dialog"] [data-testid="stErrorCodeBlock"]'; // how to start a server, below that sentence
  const english = document.getElementsByClassName("st-key-language-en");

  const translated = (text) => {
    const bare = text.trim();
    if (!bare || bare.length > 200) return null;
    if (document.documentElement.lang === "en") return AWAY.test(bare) ? AWAY_ENGLISH : null; // the rest goes with the next load
    let better = Object.hasOwn(exact, bare) ? exact[bare] : null;
    for (let i = 0; better === null && i < rules.length; i++)
      if (rules[i][0].test(bare)) better = bare.replace(rules[i][0], rules[i][1]);
    return better === null || better === bare ? null : text.replace(bare, () => better);
  };
  const peoples = (element) => element?.closest(PEOPLE) && !element.closest(STREAMLITS);
  const text = (node) => {
    const better = translated(node.nodeValue);
    if (better !== null && !peoples(node.parentElement)) node.nodeValue = better;
  };
  const names = (element) => {
    for (const name of SPOKEN) {
      const better = element.hasAttribute(name) ? translated(element.getAttribute(name)) : null;
      if (better !== null && !peoples(element)) element.setAttribute(name, better);
    }
  };
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    names(root);
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) walk.currentNode.nodeType === Node.TEXT_NODE ? text(walk.currentNode) : names(walk.currentNode);
  };

  new MutationObserver((changes) => {
    const language = english.length ? "en" : "vi";
    if (document.documentElement.lang !== language) document.documentElement.lang = language;
    for (const command of document.querySelectorAll(COMMAND)) command.style.display = "none";
    for (const change of changes)
      if (change.type === "childList") change.addedNodes.forEach(all);
      else if (change.type === "characterData") text(change.target);
      else names(change.target);
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SPOKEN,
  });
  all(document.body ?? document.documentElement);

  // A page that gets no place stays a grey outline: say what may be the matter until it is gone.
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.style.cssText = "position:fixed;inset:auto 1rem 2rem;text-align:center;font:15px 'Source Sans',sans-serif;opacity:.8";
  note.textContent =
    "Đang chờ kết nối. Nếu máy này đang mở nhiều thẻ chưa đăng nhập, hãy đăng nhập ở một thẻ hoặc đóng bớt; thẻ này sẽ tự mở. · " +
    "Waiting for a connection. If several tabs are open here without a sign-in, sign in in one or close some.";
  setTimeout(function look() {
    const waits = document.querySelector('[data-testid="stAppSkeleton"]');
    if (!waits) return note.remove();
    if (!note.isConnected) document.body.append(note);
    setTimeout(look, 500);
  }, 5000);
})();
