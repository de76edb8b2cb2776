// Draws the table behind a chart with ECharts, in the colours of the theme. The bundle is loaded only where a chart is.
import { say } from "./words.js";

let engine = null;
const drawn = new Set();
const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function load() {
  engine ??= import(document.body.dataset.echarts).then((module) => module.echarts);
  return engine;
}

// The theme speaks OKLCH; the chart engine mixes colours only in RGB.
function rgb(value) {
  painter.canvas.width = painter.canvas.height = 1;
  painter.fillStyle = value;
  painter.fillRect(0, 0, 1, 1);
  const [r, g, b] = painter.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

function tokens() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => rgb(style.getPropertyValue(name).trim());
  const scale = (name) => Array.from({ length: 7 }, (_, n) => read(`${name}-${n}`));
  return {
    ink: read("--color-base-content"), muted: read("--color-muted"), line: read("--color-line"), raised: read("--color-raised"), sunken: read("--color-base-200"),
    cats: scale("--cat"), heat: scale("--heat"), font: getComputedStyle(document.body).fontFamily,
  };
}

const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const shown = (value, unit) => (value === null || value === undefined ? "–" : `${number.format(value)}${unit ? ` ${unit}` : ""}`);

function frame(t, data) {
  return {
    color: t.cats, animationDuration: 180, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: t.font, color: t.ink, fontSize: 13 },
    grid: { left: 4, right: 16, top: 24, bottom: 4, containLabel: true },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: t.raised, borderColor: t.line, borderWidth: 1, padding: [8, 12],
      textStyle: { color: t.ink, fontSize: 13, fontFamily: t.font }, valueFormatter: (value) => shown(value, data.unit),
    },
    aria: { enabled: true, decal: { show: false } },
  };
}

const axisLook = (t) => ({
  axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: t.muted, fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: t.line } }, nameTextStyle: { color: t.muted },
});

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
const day = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", day: "numeric", timeZone: "UTC" });
const named = (text) => (isDay(String(text)) ? day.format(new Date(`${text}T00:00:00Z`)) : String(text));

// Bars that stand for stages of life wear the colour of their temperature.
const pointOf = (t, data, value, at) => (data.levels.length ? { value, itemStyle: { color: t.heat[data.levels[at]] ?? t.muted } } : value);

function series(kind, t, data, rows, n, count) {
  const previous = data.previous === n;
  const label = data.table.columns[n];
  const base = {
    name: label, type: kind, data: rows.map((row, at) => pointOf(t, data, row[n], at)), stack: data.stacked ? "all" : undefined, showSymbol: false, smooth: 0.2,
    lineStyle: previous ? { width: 1.25, type: [4, 4], color: t.muted } : { width: 2.25 }, barMaxWidth: 28,
    itemStyle: { color: previous ? t.muted : t.cats[(n - 1) % 7], borderRadius: kind !== "bar" || data.stacked ? 0 : data.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] },
    endLabel: kind === "line" && count > 1 ? { show: true, formatter: label, color: previous ? t.muted : t.ink, fontSize: 12, distance: 6 } : undefined,
    labelLayout: { moveOverlap: "shiftY" },
  };
  if (kind === "bar" && count === 1) base.label = { show: rows.length <= 16, position: data.horizontal ? "right" : "top", color: t.muted, formatter: ({ value }) => shown(value, data.unit) };
  if (n === 1 && data.marks.length) {
    base.markLine = {
      symbol: "none", silent: true, lineStyle: { color: t.muted, type: "solid", width: 1 }, label: { color: t.muted, fontSize: 12, formatter: ({ data: mark }) => mark.name },
      data: data.marks.map((mark) => ({ xAxis: named(mark.at), name: mark.label })),
    };
  }
  return base;
}

function cartesian(kind, t, data) {
  const { rows, columns } = data.table;
  const count = columns.length - 1;
  const names = { type: "category", data: rows.map((row) => named(row[0])), boundaryGap: kind === "bar", inverse: Boolean(data.horizontal), ...axisLook(t), splitLine: { show: false } };
  const values = { type: "value", ...axisLook(t), splitNumber: 4, minInterval: 0 };
  const longest = kind === "line" && count > 1 ? Math.max(...columns.slice(1).map((c) => [...String(c)].reduce((w, ch) => w + (ch > "\u2e80" ? 12 : 6.5), 0))) : 0;
  const option = {
    ...frame(t, data), xAxis: data.horizontal ? values : names, yAxis: data.horizontal ? names : values,
    series: columns.slice(1).map((_, n) => series(kind, t, data, rows, n + 1, count)),
  };
  option.grid = { ...option.grid, right: Math.max(data.horizontal ? 48 : 16, Math.min(130, longest + 14)) };
  option.tooltip.trigger = "axis";
  if (kind === "bar" && count > 1) {
    option.legend = { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: t.ink } };
    option.grid.top = 36;
  }
  return option;
}

function spread(t, values) {
  return { min: 0, max: Math.max(1, ...values.map((v) => v ?? 0)), show: false, inRange: { color: [t.sunken, t.heat[3], t.heat[4], t.heat[5], t.heat[6]] } };
}

function heatmap(t, data) {
  const { rows } = data.table;
  const xs = [...new Set(rows.map((row) => String(row[0])))];
  const ys = [...new Set(rows.map((row) => String(row[1])))];
  const axis = (names) => ({ type: "category", data: names, ...axisLook(t), splitLine: { show: false } });
  return {
    ...frame(t, data), xAxis: axis(xs.map(named)), yAxis: { ...axis(ys), inverse: true }, visualMap: spread(t, rows.map((row) => row[2])),
    series: [{ type: "heatmap", name: data.table.columns[2], data: rows.map((row) => [xs.indexOf(String(row[0])), ys.indexOf(String(row[1])), row[2]]), itemStyle: { borderColor: t.raised, borderWidth: 2, borderRadius: 4 } }],
  };
}

function calendar(t, data, element) {
  const { rows } = data.table;
  const days = rows.map((row) => row[0]).sort();
  const weeks = Math.max(6, Math.floor((element.clientWidth - 40) / 16));
  const end = days.at(-1);
  const start = new Date(Math.max(Date.parse(days[0]), Date.parse(end) - weeks * 7 * 86_400_000)).toISOString().slice(0, 10);
  return {
    ...frame(t, data), visualMap: spread(t, rows.map((row) => row[1])),
    calendar: { range: [start, end], top: 28, left: 34, right: 6, cellSize: ["auto", 22], splitLine: { show: false }, itemStyle: { color: t.raised, borderColor: t.raised, borderWidth: 3 }, yearLabel: { show: false }, dayLabel: { firstDay: 1, color: t.muted, nameMap: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" }, monthLabel: { color: t.muted, nameMap: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" } },
    series: [{ type: "heatmap", name: data.table.columns[1], coordinateSystem: "calendar", data: rows.map((row) => [row[0], row[1]]), itemStyle: { borderRadius: 3 } }],
  };
}

function round(kind, t, data) {
  const points = data.table.rows.map((row) => ({ name: String(row[0]), value: row[1] }));
  const label = { color: t.ink, formatter: ({ name, value }) => `${name}  ${shown(value, data.unit)}`, overflow: "break" };
  const look = { name: data.table.columns[1], data: points, label, itemStyle: { borderColor: t.raised, borderWidth: 2 } };
  if (kind === "pie") return { ...frame(t, data), series: [{ ...look, type: "pie", radius: ["48%", "72%"], label: { ...label, formatter: ({ name, value, percent }) => `${name}\n${shown(value, data.unit)} · ${Math.round(percent)} %` } }] };
  return { ...frame(t, data), color: [t.heat[6], t.heat[5], t.heat[4], t.heat[3], t.heat[2]], series: [{ ...look, type: "funnel", sort: "none", left: 8, right: "42%", top: 8, bottom: 8, gap: 3, minSize: "8%", label: { ...label, position: "right" }, labelLine: { length: 12, lineStyle: { color: t.line } } }] };
}

function scatter(t, data) {
  const [, x, y] = data.table.columns;
  const points = data.table.rows.map((row) => ({ name: String(row[0]), value: [row[1], row[2]] }));
  const option = {
    ...frame(t, data), xAxis: { type: "value", name: x, nameLocation: "middle", nameGap: 26, ...axisLook(t), splitLine: { show: false } }, yAxis: { type: "value", name: y, ...axisLook(t) },
    series: [{ type: "scatter", symbolSize: 11, data: points, itemStyle: { color: t.cats[0], opacity: 0.8 }, label: { show: points.length <= 12, formatter: "{b}", position: "top", color: t.muted }, labelLayout: { hideOverlap: true } }],
  };
  option.grid = { ...option.grid, top: 34, bottom: 26 };
  option.tooltip.formatter = ({ name, value }) => `${name}\n${x}  ${shown(value[0])}\n${y}  ${shown(value[1], data.unit)}`;
  return option;
}

function network(t, data) {
  const greatest = Math.max(1, ...data.nodes.map((node) => node.value ?? 1));
  const nodes = data.nodes.map((node) => ({ ...node, symbolSize: 12 + 26 * Math.sqrt((node.value ?? 1) / greatest), itemStyle: { color: t.cats[(node.group ?? 0) % 7] } }));
  return { ...frame(t, data), series: [{ type: "graph", layout: "force", roam: false, nodes, links: data.links, top: 12, bottom: 12, force: { repulsion: 170, edgeLength: [40, 90], layoutAnimation: false }, label: { show: nodes.length <= 40, position: "right", color: t.ink }, labelLayout: { hideOverlap: true }, lineStyle: { color: t.muted, opacity: 0.45, curveness: 0.1 }, emphasis: { focus: "adjacency" } }] };
}

function sankey(t, data) {
  return { ...frame(t, data), series: [{ type: "sankey", nodes: data.nodes, links: data.links, left: 4, right: 96, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 14, label: { color: t.ink, fontFamily: t.font }, lineStyle: { color: "source", opacity: 0.28 }, itemStyle: { borderWidth: 0 } }] };
}

function optionFor(kind, t, data, element) {
  if (kind === "heatmap") return heatmap(t, data);
  if (kind === "calendar") return calendar(t, data, element);
  if (kind === "pie" || kind === "funnel") return round(kind, t, data);
  if (kind === "scatter") return scatter(t, data);
  if (kind === "graph") return network(t, data);
  if (kind === "sankey") return sankey(t, data);
  return cartesian(kind, t, data);
}

export async function chart(element) {
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  data.previousLabel = say("previous_period");
  const echarts = await load();
  const drawing = echarts.init(element, null, { renderer: "canvas" });
  const draw = () => drawing.setOption(optionFor(element.dataset.chart, tokens(), data, element), true);
  draw();
  drawn.add(draw);
  new ResizeObserver(() => {
    if (!element.isConnected) {
      drawn.delete(draw);
      drawing.dispose();
    } else drawing.resize();
  }).observe(element);
}

const redraw = () => drawn.forEach((draw) => draw());
document.addEventListener("hearth:look", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
