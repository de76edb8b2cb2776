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
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
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
  if (kind === "bar" && data.table.columns.length === 2) base.label = { show: rows.length <= 16, position: data.horizontal ? "right" : "top", color: t.muted, formatter: ({ value }) => shown(value, data.unit) };
  if (n === 1 && data.marks.length) {
    base.markLine = {
      symbol: "none", silent: true, lineStyle: { color: t.muted, type: "solid", width: 1 }, label: { color: t.muted, fontSize: 12, formatter: ({ data: mark }) => mark.name },
      data: data.marks.map((mark) => ({ xAxis: named(mark.at), name: mark.label })),
    };
  }
  return base;
}

// How many lines the legend takes: an axis label must not stand under it.
function legendLines(t, names, room) {
  painter.font = `13px ${t.font}`;
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const width = painter.measureText(name).width + 34;
    if (used && used + width > room) [lines, used] = [lines + 1, 0];
    used += width;
  }
  return lines;
}

function withLegend(option, t, names, room) {
  option.legend = { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: t.ink } };
  option.grid.top = 16 + 22 * legendLines(t, names, room);
}

function cartesian(kind, t, data, element) {
  const { rows, columns } = data.table;
  const count = columns.length - 1;
  const narrow = element.clientWidth < 480; // no room for names at the ends of lines
  const names = { type: "category", data: rows.map((row) => named(row[0])), boundaryGap: kind === "bar", inverse: Boolean(data.horizontal), ...axisLook(t), splitLine: { show: false } };
  const values = { type: "value", ...axisLook(t), splitNumber: 4, minInterval: 0 };
  const longest = kind === "line" && count > 1 ? Math.max(...columns.slice(1).map((c) => [...String(c)].reduce((w, ch) => w + (ch > "\u2e80" ? 12 : 6.5), 0))) : 0;
  const option = {
    ...frame(t, data), xAxis: data.horizontal ? values : names, yAxis: data.horizontal ? names : values,
    series: columns.slice(1).map((_, n) => series(kind, t, data, rows, n + 1, narrow ? 1 : count)),
  };
  option.grid = { ...option.grid, right: Math.max(data.horizontal ? 48 : 16, narrow ? 0 : Math.min(130, longest + 14)) };
  option.tooltip.trigger = "axis";
  if (count > 1 && (kind === "bar" || narrow)) withLegend(option, t, columns.slice(1), element.clientWidth);
  if (data.marks.length) option.grid.top += 14;
  return option;
}

function spread(t, values) {
  return { min: 0, max: Math.max(1, ...values.map((v) => v ?? 0)), show: false, inRange: { color: [t.sunken, t.heat[3], t.heat[4], t.heat[5], t.heat[6]] } };
}

function heatmap(t, data, element) {
  const { rows } = data.table;
  const xs = [...new Set(rows.map((row) => String(row[0])))];
  const ys = [...new Set(rows.map((row) => String(row[1])))];
  const axis = (names) => ({ type: "category", data: names, ...axisLook(t), splitLine: { show: false } });
  const written = { show: data.labels, color: t.ink, textBorderColor: t.raised, textBorderWidth: 2, ...(element.clientWidth < 560 && { fontSize: 10 }), formatter: ({ value }) => (value[2] === null ? "" : shown(value[2], element.clientWidth < 560 ? "" : data.unit)) };
  return {
    ...frame(t, data), xAxis: axis(xs.map(named)), yAxis: { ...axis(ys), inverse: true }, visualMap: spread(t, rows.map((row) => row[2])),
    series: [{ type: "heatmap", name: data.table.columns[2], label: written, data: rows.map((row) => [xs.indexOf(String(row[0])), ys.indexOf(String(row[1])), row[2]]), itemStyle: { borderColor: t.raised, borderWidth: 2, borderRadius: 4 } }],
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

// Many small and a few large: equal factors get equal widths. Nothing at all stands below the least.
function across(xs) {
  const some = xs.filter((x) => x > 0);
  const least = Math.min(...some);
  const spreadOut = some.length > 1 && Math.max(...some) > 50 * least;
  return { type: spreadOut ? "log" : "value", place: (x) => (spreadOut ? Math.max(x, least / 2) : x) };
}

function scatter(t, data) {
  const { rows, columns } = data.table;
  const [, x, y] = columns;
  const { type, place } = across(rows.map((row) => row[1]));
  const largest = Math.max(1, ...data.sizes);
  const points = rows.map((row, at) => ({
    name: String(row[0]), value: [place(row[1]), row[2]],
    symbolSize: data.sizes.length ? 8 + 26 * Math.sqrt(data.sizes[at] / largest) : 11,
    itemStyle: { color: data.levels.length ? t.heat[data.levels[at]] ?? t.muted : t.cats[0], borderColor: t.raised, borderWidth: 1, opacity: 0.9 },
  }));
  const option = {
    ...frame(t, data), xAxis: { type, name: x, nameLocation: "middle", nameGap: 26, ...axisLook(t), splitLine: { show: false } }, yAxis: { type: "value", name: y, boundaryGap: [0, "20%"], ...axisLook(t), nameTextStyle: { color: t.muted, align: "left" } },
    series: [{ type: "scatter", data: points, cursor: data.links_to.length ? "pointer" : "default", label: { show: points.length <= 40, formatter: "{b}", position: "top", color: t.ink, fontSize: 12, width: 150, overflow: "truncate" }, labelLayout: { hideOverlap: true } }],
  };
  option.grid = { ...option.grid, top: 44, bottom: 26, right: 44 };
  option.tooltip.formatter = ({ name, dataIndex }) => [name, ...columns.slice(1).map((title, n) => `${title}  ${shown(rows[dataIndex][n + 1])}`)].join("\n");
  return option;
}

const NAMED = 24; // more names than this cover the picture

function network(t, data, element) {
  const values = data.nodes.map((node) => node.value ?? 1).sort((a, b) => b - a);
  const greatest = Math.max(1, values[0] ?? 1);
  const least = values[NAMED - 1] ?? 0;
  const nodes = data.nodes.map((node) => ({ ...node, symbolSize: (values.length > 60 ? 6 : 12) + (element.clientWidth < 480 ? 14 : 26) * Math.sqrt((node.value ?? 1) / greatest), itemStyle: { color: t.cats[(node.group ?? 0) % 7], borderColor: t.raised, borderWidth: 1 } }));
  const label = { show: true, position: "right", color: t.ink, fontSize: 12, formatter: ({ data: node }) => (node.unnamed || (node.value ?? 1) < least ? "" : node.name) };
  const force = values.length > 60 ? { repulsion: 90, gravity: 0.14, edgeLength: [20, 70] } : { repulsion: 170, edgeLength: [40, 90] };
  const option = { ...frame(t, data), series: [{ type: "graph", layout: "force", roam: false, nodes, links: data.links, top: 16, bottom: 16, left: 24, right: 72, cursor: data.links_to.length ? "pointer" : "default", force: { ...force, initLayout: "circular", layoutAnimation: false }, label, labelLayout: { hideOverlap: true }, lineStyle: { color: t.muted, opacity: values.length > 60 ? 0.18 : 0.45, curveness: 0.1 }, emphasis: { focus: "adjacency" } }] };
  option.tooltip.formatter = ({ dataType, data: one, value }) => (dataType === "edge" ? `${data.nodes[one.source]?.name ?? one.source} – ${data.nodes[one.target]?.name ?? one.target}  ${shown(value, data.unit)}` : `${one.name}  ${shown(value, data.unit)}`);
  return option;
}

// Forces know no edges of the picture: once they have found their rest, what they found is stretched into it.
function fit(drawing, option, element) {
  const [series] = option.series;
  const found = drawing.getModel().getSeriesByIndex(0).getData();
  const places = series.nodes.map((_, at) => found.getItemLayout(at));
  const along = (axis, room) => {
    const least = Math.min(...places.map((place) => place[axis]));
    const length = Math.max(...places.map((place) => place[axis])) - least || 1;
    return (place) => ((place[axis] - least) / length) * room;
  };
  const x = along(0, element.clientWidth - series.left - series.right);
  const y = along(1, element.clientHeight - series.top - series.bottom);
  const nodes = series.nodes.map((node, at) => ({ ...node, x: x(places[at]), y: y(places[at]) }));
  drawing.setOption({ series: [{ ...series, nodes, layout: "none" }] });
}

function sankey(t, data) {
  return { ...frame(t, data), series: [{ type: "sankey", nodes: data.nodes, links: data.links, left: 4, right: 96, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 14, label: { color: t.ink, fontFamily: t.font }, lineStyle: { color: "source", opacity: 0.28 }, itemStyle: { borderWidth: 0 } }] };
}

function optionFor(kind, t, data, element) {
  if (kind === "heatmap") return heatmap(t, data, element);
  if (kind === "calendar") return calendar(t, data, element);
  if (kind === "pie" || kind === "funnel") return round(kind, t, data);
  if (kind === "scatter") return scatter(t, data);
  if (kind === "graph") return network(t, data, element);
  if (kind === "sankey") return sankey(t, data);
  return cartesian(kind, t, data, element);
}

// What a reader hears of each point: rows of the table, or the nodes of a graph.
function sayings(kind, data) {
  const { rows, columns } = data.table;
  if (kind === "graph" || kind === "sankey") return data.nodes.map((node) => (node.value === undefined ? node.name : `${node.name}: ${shown(node.value, data.unit)}`));
  const cell = (value) => (typeof value === "number" || value === null ? shown(value, data.unit) : named(value));
  const marks = (at) => data.marks.filter((mark) => mark.at === at).map((mark) => `; ${mark.text ?? mark.label}`).join("");
  return rows.map((row) => `${named(row[0])}: ${row.slice(1).map((value, n) => (row.length === 2 ? cell(value) : `${columns[n + 1]} ${cell(value)}`)).join(", ")}${marks(row[0])}`);
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: 10, PageUp: -10 };

// Arrow keys go from point to point, show its tip and say it; Enter opens what a point leads to.
function listen(element, drawing, kind, data) {
  const said = sayings(kind, data);
  const live = document.getElementById(`${element.id}-says`);
  let at = -1;
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drawing.dispatchAction({ type: "hideTip" });
    if (event.key === "Enter" && data.links_to[at]) location.assign(data.links_to[at]);
    const step = STEPS[event.key];
    if (step === undefined || !said.length || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    at = Math.max(0, Math.min(said.length - 1, at + step));
    drawing.dispatchAction({ type: "downplay", seriesIndex: 0 });
    drawing.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex: at });
    drawing.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
    live.textContent = said[at];
  });
  element.addEventListener("blur", () => {
    drawing.dispatchAction({ type: "downplay", seriesIndex: 0 });
    drawing.dispatchAction({ type: "hideTip" });
  });
  drawing.on("click", ({ dataIndex, dataType, componentType }) => {
    if (componentType === "series" && dataType !== "edge" && data.links_to[dataIndex]) location.assign(data.links_to[dataIndex]);
  });
}

export async function chart(element) {
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  data.previousLabel = say("previous_period");
  const echarts = await load();
  const drawing = echarts.init(element, null, { renderer: "canvas" });
  const draw = () => {
    const option = optionFor(element.dataset.chart, tokens(), data, element);
    drawing.setOption(option, true);
    if (element.dataset.chart === "graph") fit(drawing, option, element);
  };
  draw();
  drawn.add(draw);
  listen(element, drawing, element.dataset.chart, data);
  new ResizeObserver(() => {
    if (!element.isConnected) {
      drawn.delete(draw);
      drawing.dispose();
    } else {
      drawing.resize();
      if (element.dataset.chart === "graph" || drawing.getOption().legend?.length) draw();
    }
  }).observe(element);
}

const redraw = () => drawn.forEach((draw) => draw());
document.addEventListener("hearth:look", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
