// What the pages do in the browser: local times, charts, and what to type before a rollback.
"use strict";

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

function charts(root) {
  for (const place of root.querySelectorAll(".chart[data-hours]")) {
    const hours = JSON.parse(place.dataset.hours);
    if (place.firstElementChild || hours.length === 0) {
      continue;
    }
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line") } };
    const bars = uPlot.paths.bars({ size: [0.7, 60] });
    const plot = new uPlot(
      {
        width: place.clientWidth - 16,
        height: 220,
        scales: { y: { range: (plot, least, most) => [0, Math.max(most, 1)] } },
        axes: [axis, axis],
        series: [
          {},
          { label: "operations", stroke: colour("--link"), fill: colour("--link"), paths: bars },
          { label: "failed", stroke: colour("--bad"), fill: colour("--bad"), paths: bars },
        ],
      },
      [hours.map((h) => h.at), hours.map((h) => h.operations), hours.map((h) => h.failures)],
      place,
    );
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth - 16, height: 220 })).observe(place);
  }
}

function confirmations(root) {
  for (const input of root.querySelectorAll("input[data-expected]")) {
    const button = input.form.querySelector("button[type=submit]");
    const check = () => { button.disabled = input.value !== input.dataset.expected; };
    input.addEventListener("input", check);
    check();
  }
}

function enliven(root) {
  localTimes(root);
  charts(root);
  confirmations(root);
}

document.addEventListener("DOMContentLoaded", () => enliven(document));
document.addEventListener("htmx:afterSettle", () => localTimes(document));
// Whoever is signed out, or whose database is gone, shall not look at old numbers.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.serverResponse.includes('id="live"')) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
document.addEventListener("htmx:responseError", () => location.reload());
