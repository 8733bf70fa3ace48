"use strict";
{
  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const top = document.body.dataset.top;
  const MOST = 20;

  // narrow screens begin with the page, not with the contents
  if (matchMedia("(max-width: 760px)").matches) {
    document.querySelector("nav details").open = false;
  }

  const parts = PARTS.map(([address, page, title, text]) => ({
    address, page, title, text,
    lowTitle: `${page} ${title}`.toLowerCase(), low: text.toLowerCase(),
  }));

  // every word must be there; words in titles count most
  function rank(part, words) {
    let rank = 0;
    for (const word of words) {
      const inTitle = part.lowTitle.includes(word);
      if (!inTitle && !part.low.includes(word)) return 0;
      rank += inTitle ? 10 : 1;
    }
    return rank;
  }

  function excerpt(part, words) {
    const places = words.map(word => part.low.indexOf(word)).filter(place => place >= 0);
    const start = Math.max(0, (places.length ? Math.min(...places) : 0) - 60);
    return (start ? "… " : "") + part.text.slice(start, start + 200) + (part.text.length > start + 200 ? " …" : "");
  }

  function item(part, words) {
    const link = document.createElement("a");
    link.href = top + part.address;
    link.textContent = part.title === part.page ? part.page : `${part.page}: ${part.title}`;
    const text = document.createElement("p");
    text.textContent = excerpt(part, words);
    const item = document.createElement("li");
    item.append(link, text);
    return item;
  }

  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(word => word);
    found.hidden = !words.length;
    const best = parts.map(part => ({ part, rank: rank(part, words) }))
      .filter(each => each.rank).sort((a, b) => b.rank - a.rank).slice(0, MOST);
    found.replaceChildren(...best.map(each => item(each.part, words)));
    if (!best.length) found.textContent = "Nothing found.";
  }

  input.addEventListener("input", search);
  addEventListener("keydown", event => {
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      input.value = "";
      search();
    }
  });
  found.addEventListener("click", () => { input.value = ""; search(); });
}
