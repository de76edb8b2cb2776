// Builds what Hearth serves: hearth.css, echarts.js, icons.svg and the manifest that proves they are fresh.
// `hearth/ui/tests/test_assets.py` recomputes the manifest in Python, so CI needs no Node to see a stale build.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../hearth/ui/static/ui");
const SOURCES = ["build.mjs", "package.json", "package-lock.json", "icons.txt", "css", "js"];
const OUTPUTS = ["hearth.css", "echarts.js", "icons.svg"];

function files(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update(relative(here, path).replaceAll("\\", "/") + "\0");
    hash.update(readFileSync(path));
  }
  return hash.digest("hex");
}

function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const body = svg.replace(/<!--[^]*?-->/g, "").replace(/^[^]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  const mark = readFileSync(join(out, "mark.svg"), "utf8").replace(/^[^]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim();
  symbols.push(`<symbol id="hearth" viewBox="0 0 24 24">${mark}</symbol>`);
  const licence = "<!-- Icons: Lucide (ISC licence, Lucide Contributors; some from Feather, MIT, Cole Bemis). Mark: Hearth. -->";
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${symbols.join("\n")}\n</svg>\n`);
}

mkdirSync(out, { recursive: true });
sprite();
execFileSync(join(here, "node_modules/.bin/tailwindcss"), ["-i", "css/app.css", "-o", join(out, "hearth.css"), "--minify"], {
  cwd: here, stdio: "inherit",
});
await build({
  entryPoints: [join(here, "js/echarts.js")], outfile: join(out, "echarts.js"), bundle: true, minify: true, format: "esm",
  target: "es2022", legalComments: "inline", absWorkingDir: here,
});
const manifest = {
  inputs: digest(SOURCES.flatMap((name) => files(join(here, name)).sort())),
  outputs: Object.fromEntries(OUTPUTS.map((name) => [name, createHash("sha256").update(readFileSync(join(out, name))).digest("hex")])),
};
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
