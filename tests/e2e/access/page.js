// What is read from a page besides axe's findings; each list names what breaks a rule.
(() => {
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const SMALLEST_PX = 24; // WCAG 2.5.8
  const ROUNDING_PX = 0.5;
  const INDICATOR_CONTRAST = 3; // WCAG 1.4.11

  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) &&
    !element.closest("[inert]");

  const named = (element) => {
    const words = (element.textContent || element.name || element.value || "").trim();
    const kind = element.tagName.toLowerCase() + (element.id ? `#${element.id}` : "");
    const classes = element.classList.length ? `.${[...element.classList].join(".")}` : "";
    return `${kind}${classes} "${words.replace(/\s+/g, " ").slice(0, 40)}"`;
  };

  // Of a group of radio buttons Tab reaches one: the checked, or the first.
  const isStop = (element) => {
    if (element.type !== "radio") return true;
    const group = [...document.getElementsByName(element.name)].filter((o) => o.form === element.form);
    return element === (group.find((other) => other.checked) || group[0]);
  };

  const stops = () =>
    [...document.querySelectorAll(`${TARGETS}, [tabindex]`)].filter(
      (element) => !element.disabled && element.tabIndex >= 0 && shown(element) && isStop(element),
    );

  // The target of a box to tick is its label as well.
  const sizeOf = (element) => {
    const boxes = [element, ...(element.labels || [])].map((each) => each.getBoundingClientRect());
    return {
      width: Math.max(...boxes.map((box) => box.width)),
      height: Math.max(...boxes.map((box) => box.height)),
    };
  };

  // WCAG 2.5.8 excepts a link whose height is set by the line of text it stands in.
  const isInText = (element) =>
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && /\p{L}/u.test(node.textContent),
    );

  const isSmall = (element) => {
    const { width, height } = sizeOf(element);
    return Math.min(width, height) < SMALLEST_PX - ROUNDING_PX && !isInText(element);
  };

  const scrolls = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(each).overflowX)) return true;
    }
    return false;
  };

  const isForEarsOnly = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (getComputedStyle(each).clipPath === "inset(50%)" || each.classList.contains("skip")) return true;
    }
    return false;
  };

  const overflowing = () => {
    const limit = window.innerWidth + 1;
    const found = [];
    if (document.documentElement.scrollWidth > limit) {
      found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} px`);
    }
    for (const element of document.body.querySelectorAll("*")) {
      if (isForEarsOnly(element) || !shown(element) || element.closest("svg")) continue;
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > limit || box.left < -1) && !scrolls(element.parentElement)) {
        found.push(`${named(element)} reaches from ${box.left} to ${box.right} px`);
      }
      const style = getComputedStyle(element);
      if (["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName)) continue;
      const cuts = ["hidden", "clip"].includes(style.overflowX) || style.textOverflow === "ellipsis";
      if (cuts && element.scrollWidth > element.clientWidth + 1) found.push(`${named(element)} is cut`);
    }
    return found.slice(0, 5);
  };

  const headings = () =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => shown(heading) && !heading.closest("[aria-hidden=true]"))
      .map((heading) => Number(heading.tagName[1]));

  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const rgb = (colour) => (colour.startsWith("rgb") ? colour.match(/[\d.]+/g).map(Number) : null);
  const isOpaque = (parts) => parts && (parts.length === 3 || parts[3] === 1);

  const groundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const ground = rgb(getComputedStyle(each).backgroundColor);
      if (isOpaque(ground)) return ground;
    }
    return [255, 255, 255];
  };

  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  // The ring may stand around the element or around the row it belongs to.
  const hasIndicator = (element) => {
    for (let each = element, n = 0; each && n < 3; each = each.parentElement, n += 1) {
      const style = getComputedStyle(each);
      if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) continue;
      const colour = rgb(style.outlineColor);
      const ground = groundOf(parseFloat(style.outlineOffset) < 0 ? each : each.parentElement || each);
      if (!colour) return true; // not told as rgb: at least it is there
      return isOpaque(colour) && contrast(colour, ground) >= INDICATOR_CONTRAST;
    }
    return false;
  };

  const isCovered = (element) => {
    const box = element.getClientRects()[0];
    if (!box) return true;
    // What is larger than the window is judged by the part of it that can be in the window.
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, window.innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, window.innerHeight)];
    const shares = [0.5, 0.1, 0.9];
    const points = shares.flatMap((x) =>
      shares.map((y) => [left + (right - left) * x, top + (bottom - top) * y]),
    );
    return !points.some(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return top && (element.contains(top) || (top.contains(element) && top.tagName === "LABEL"));
    });
  };

  let walk = null;

  // Seen at the next press of Tab, when everything the last one caused has happened.
  const note = () => {
    const element = document.activeElement;
    if (!element || element === document.body || element === walk.start) return;
    const at = walk.expected.indexOf(element);
    walk.visited.push({
      at,
      name: named(element),
      isScroller: at < 0 && scrolls(element),
      indicator: hasIndicator(element),
      covered: isCovered(element),
      small: isSmall(element),
    });
  };

  window.accessFacts = {
    beginWalk() {
      const start = document.createElement("span");
      start.tabIndex = -1;
      const expected = stops();
      document.body.prepend(start);
      start.focus({ preventScroll: true });
      walk = { start, expected, visited: [] };
      document.addEventListener("keydown", note, { capture: true });
      return expected.length;
    },
    hasLeftLast() {
      const last = walk.expected.at(-1);
      return walk.visited.some((stop) => stop.at === walk.expected.length - 1) && document.activeElement !== last;
    },
    endWalk() {
      document.removeEventListener("keydown", note, { capture: true });
      walk.start.remove();
      const unvisited = [...document.querySelectorAll("input[type=radio]")].filter(
        (element) => shown(element) && !walk.expected.includes(element),
      );
      return {
        expected: walk.expected.map(named),
        positive: walk.expected.filter((element) => element.tabIndex > 0).map(named),
        visited: walk.visited,
        small: unvisited.filter(isSmall).map(named),
      };
    },
    read() {
      return {
        lang: document.documentElement.lang,
        title: document.title,
        headings: headings(),
        overflowing: overflowing(),
        focused: document.activeElement ? named(document.activeElement) : "",
      };
    },
    overflowing,
    // What draws itself again when the window changes has done so two frames later.
    settle: () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    // Words that stand outside the marks of the pseudo-language.
    unmarked(open, close) {
      const found = [document.title];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let depth = 0;
      let outside = "";
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        // What somebody typed, and codes of machines, are nobody's to translate; HTML says so.
        if (["SCRIPT", "STYLE", "TEXTAREA"].includes(holder.tagName)) continue;
        if (holder.closest("[lang]:not(html), [translate=no], .desk-code")) continue;
        outside = "";
        for (const sign of node.textContent) {
          if (sign === open) depth += 1;
          else if (sign === close) depth -= 1;
          else if (depth === 0) outside += sign;
        }
        if (outside.trim()) found.push(outside.trim());
      }
      for (const element of document.body.querySelectorAll("[aria-label], [title], [alt], [placeholder]")) {
        for (const name of ["aria-label", "title", "alt", "placeholder"]) {
          const words = element.getAttribute(name);
          if (words && !element.closest("[lang]:not(html)")) found.push(words);
        }
      }
      return found;
    },
  };
})();
