// What the pages do in the browser: local times, charts, colours, and what to type before a rollback.

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.title = time.dateTime;
    time.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const bars = uPlot.paths.bars({ size: [0.7, 60] });
const CHARTS = {
  volume: [
    { column: "operations", label: "operations", colour: "--link", paths: bars },
    { column: "failures", label: "failed", colour: "--bad", paths: bars },
  ],
  durations: [
    { column: "p50", label: "p50", colour: "--good" },
    { column: "p95", label: "p95", colour: "--warn" },
    { column: "p99", label: "p99", colour: "--bad" },
  ],
};

function charts(root) {
  for (const place of root.querySelectorAll(".charts [data-chart]")) {
    if (place.firstElementChild) {
      continue;
    }
    const columns = JSON.parse(place.closest(".charts").dataset.columns);
    const lines = CHARTS[place.dataset.chart];
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line") } };
    const plot = new uPlot(
      {
        width: place.clientWidth - 16,
        height: 220,
        scales: { y: { range: (plot, least, most) => [0, Math.max(most ?? 0, 1)] } },
        axes: [axis, { ...axis, size: 60 }],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: colour(line.colour),
            fill: line.paths ? colour(line.colour) : undefined,
            paths: line.paths,
            spanGaps: true,
            points: { show: !line.paths, size: 4 },
          })),
        ],
      },
      [columns.at, ...lines.map((line) => columns[line.column])],
      place,
    );
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth - 16, height: 220 })).observe(place);
  }
}

// The language is only fetched by pages that show any.
async function colours(root) {
  const codes = root.querySelectorAll("code.language-pgsql:not([data-highlighted])");
  if (codes.length > 0) {
    const [highlight, pgsql] = await Promise.all([
      import("/static/vendor/highlight.min.js"),
      import("/static/vendor/highlight-pgsql.min.js"),
    ]);
    highlight.default.registerLanguage("pgsql", pgsql.default);
    for (const code of codes) {
      // Longer ones would keep a phone busy.
      if (code.textContent.length <= 100000) {
        highlight.default.highlightElement(code);
      }
    }
  }
}

// Marks what was searched for without touching the text.
function marks(root) {
  if (!CSS.highlights) {
    return;
  }
  const ranges = [];
  for (const place of root.querySelectorAll("[data-mark]")) {
    const nodes = [];
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    let length = 0;
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, from: length });
      length += walker.currentNode.length;
    }
    // What is coloured is in many nodes, and what is sought may go from one into the next.
    const point = (at) => {
      const { node, from } = nodes.findLast((candidate) => candidate.from < at || candidate.from === 0);
      return [node, at - from];
    };
    const text = place.textContent.toLowerCase();
    const sought = place.dataset.mark.toLowerCase();
    if (text.length !== length) {
      continue; // letters whose small ones are longer
    }
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
      const range = new Range();
      range.setStart(...point(at));
      range.setEnd(...point(at + sought.length));
      ranges.push(range);
    }
  }
  CSS.highlights.set("sought", new Highlight(...ranges));
}

function confirmations(root) {
  for (const input of root.querySelectorAll("input[data-expected]")) {
    const button = input.form.querySelector("button[type=submit]");
    const check = () => { button.disabled = input.value !== input.dataset.expected; };
    input.addEventListener("input", check);
    check();
  }
}

async function enliven() {
  localTimes(document);
  charts(document);
  confirmations(document);
  await colours(document);
  marks(document);
}

enliven();
document.addEventListener("htmx:afterSettle", enliven);
// Whoever is signed out, or whose database is gone, shall not look at old numbers.
document.addEventListener("htmx:beforeSwap", (event) => {
  const expected = event.detail.elt.closest("[data-expects]")?.dataset.expects;
  if (expected && !event.detail.serverResponse.includes(`id="${expected}"`)) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt.closest("[data-expects]")) {
    location.reload();
  }
});
