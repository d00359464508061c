// Runs jobs on the canvas's modules, which are plain ES modules: `node run_modules.mjs STAGE`, one job a line of
// standard input, one answer a line of standard output. A job comes as the canvas gets its data, in base64; its answer
// is JSON: {answer}, or {threw} with the stack.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const [stage] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${stage}/${name}`).href);
console.log = console.info = console.debug = console.error; // only answers go to standard output

// What the library gets in front of its modules.
Object.assign(globalThis, JSON.parse(readFileSync(`${stage}/constants.json`, "utf8")));

function withSentences(sentences, run) {
  const all = globalThis.SENTENCES;
  globalThis.SENTENCES = sentences;
  try {
    return run();
  } finally {
    globalThis.SENTENCES = all;
  }
}

const { unpack } = await load("streamlit/payload.js");
let job;
const plain = (value) =>
  ArrayBuffer.isView(value) ? { kind: value.constructor.name, values: Array.from(value) } : value;
const rows = (flat) => Array.from({ length: flat.length / 4 }, (_, i) => Array.from(flat.slice(4 * i, 4 * i + 4)));

const pick = (record, names) => Object.fromEntries(names.map((name) => [name, record[name]]));
const mapped = (record, change) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

// A stage that has got this message, without a page around it.
function stageOf(Stage, Settings, data) {
  const quiet = () => {};
  const stage = Object.assign(Object.create(Stage.prototype), {
    data,
    settings: new Settings(CONTROLS[data.view] ?? {}),
    messages: { edit: data.edit, pick: data.pick, timers: new Map() },
    ...{ layout: quiet, repaintNow: quiet, schedule: quiet, say: quiet, commitPick: quiet },
  });
  stage.settings.told(data.settings);
  stage.take({ boxes: true, selection: true });
  return stage;
}

const jobs = {
  // A page's picture after a control was moved, before Python has answered. `key` and `shown`: of the control, and what
  // its widget shows; or `changes`: settings that were changed on the canvas.
  async first_paint() {
    const sources = ["stage.js", "model/settings.js", "views/offsets/pair.js", "views/losses/costs.js", "views/evaluation/counted.js", "views/evaluation/tables.js", "views/deploy/fates.js"];
    const [{ Stage }, { Settings }, { pair }, { costs }, { settingsOf }, { figuresOf }, { variantOf }] = await Promise.all(sources.map(load));
    const { message, key, shown, changes } = job;
    const data = Object.freeze(unpack(message));
    const stage = stageOf(Stage, Settings, data);
    stage.set(changes ?? stage.settings.meaning(key, shown));
    const { labels, generated, played } = stage;
    const flat = (record, names) => record && Object.fromEntries(names.map((name) => [name, Array.from(record[name])]));
    return {
      moved: Object.fromEntries([...stage.settings.moved].map(([path, { value }]) => [path, value])),
      anchors: generated && Array.from(generated.anchors),
      labels: flat(labels, ["label", "gt_index"]),
      anchor: stage.anchor,
      follows: Boolean(stage.view.settingChanged),
      played: flat(played, ["order", "status", "round", "suppressed_by", "final_scores", "predictions"]),
      costs: data.view === "losses" ? mapped(pick(costs(stage), ["classification", "regression", "taken"]), Array.from) : null,
      counted: stage.counted && pick(stage.counted, ["list", "recall", "precision", "ap"]),
      figures: stage.counted && figuresOf(data, settingsOf(stage)),
      left: data.view === "deploy" ? variantOf(stage) : null,
      box: data.view === "offsets" ? (pair(stage)?.box ?? null) : null,
    };
  },
  // All that a page says beside and below its picture, by the name of the place; and what it says of the picture.
  // `given`: what Python sends with a place.
  async words() {
    const sources = ["stage.js", "model/settings.js", "streamlit/answer.js", "streamlit/bus.js"];
    const [{ Stage }, { Settings }, { answerOf }, { bus }] = await Promise.all(sources.map(load));
    for (const [place, given] of Object.entries(job.given)) bus().slots.set(place, { given });
    const stage = stageOf(Stage, Settings, Object.freeze(unpack(job.message)));
    const { view } = stage;
    const said = mapped(view.slots ?? {}, (content) => content(stage));
    return { ...said, answer: answerOf(stage), label: view.label(stage) };
  },
  // What the strip says of what is selected.
  async strip() {
    const [{ Stage }, { Settings }] = await Promise.all(["stage.js", "model/settings.js"].map(load));
    const stage = stageOf(Stage, Settings, Object.freeze(unpack(job.message)));
    return stage.view.strip(stage);
  },
  // What becomes of one list of detections, by the twin.
  async evaluated() {
    const { evaluateList } = await load("core/evaluation.js");
    const detections = job.detections.map(([group, score, box], prediction) => ({ group, score, box, picture: 0, prediction }));
    const objects = job.objects.map(([group, box], row) => ({ group, box, row }));
    return job.specs.map((spec) => evaluateList(detections, objects, spec));
  },
  // What anchors cost, and who pays, by a message of the page that shows it.
  async costs() {
    const [{ Stage }, { Settings }, { costs }] = await Promise.all(["stage.js", "model/settings.js", "views/losses/costs.js"].map(load));
    const stage = stageOf(Stage, Settings, Object.freeze(unpack(job.message)));
    const { logits, classification, regression, taken, total, shares } = costs(stage);
    return { ...mapped({ logits, classification, regression, taken }, Array.from), sum: total, shares };
  },
  // What an overlay of settings says after moves and answers, one after the other.
  async settings() {
    const { Settings } = await load("model/settings.js");
    const settings = new Settings(job.controls);
    return job.steps.map(([what, ...given]) => {
      settings[what](...given);
      return Object.fromEntries(job.paths.map((path) => [path, settings.get(path)]));
    });
  },
  // What tests of the runner itself ask for.
  async say() {
    console.log(job.words);
    return job.words;
  },
  async throw() {
    null.nothing();
  },
  async end() {
    console.error(job.words);
    process.exit(3);
  },
  async later() {
    setTimeout(() => { throw new Error(job.words); }, 0);
    return new Promise(() => {});
  },
  async sentence() {
    const { say } = await load("model/sentences.js");
    return withSentences(job.sentences, () => say(job.key, job.values));
  },
  async sentences() {
    const { sayAll } = await load("model/sentences.js");
    return withSentences(job.sentences, () => sayAll(job.asked, job.live));
  },
  async match() {
    const { matchAnchors } = await load("core/matching/common.js");
    const { RULES } = await load("views/matching/rules/index.js");
    const boxes = rows(job.boxes);
    const levels = (job.levels ?? []).map((level, k) => ({ ...level, shapes: job[`shapes_${k}`] }));
    const memory = {}; // as on the page, where one column changes and the others stay
    return job.specs.map(({ rule, settings }) => {
      const given = { A: job.A, boxes, settings, usable: job.usable ?? null, levels, memory };
      const { columns, adaptive = [], responsible, A: _, levels: __, ...found } = matchAnchors(RULES[rule].label, given);
      // The whole matrix only of the small stories: as text it is what takes time.
      const count = found.label.length;
      if (count * boxes.length < 5000) found.iou = Array.from({ length: count }, (_, i) => columns.map(({ iou }) => iou[i])).flat();
      for (const name of ["mean", "std", "threshold", "candidates"]) found[name] = adaptive.map((own) => own[name]);
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Array.from(value)]));
    });
  },
  async overlaps() {
    const [{ boxArea }, { boxIou, centreDistance }] = await Promise.all(["core/boxes.js", "core/iou.js"].map(load));
    const { A, B } = job;
    const boxes = rows(B);
    const others = rows(A);
    return {
      iou: boxes.map((b, i) => boxIou(A, i, ...b, boxArea(b))),
      turned: others.map((a, i) => boxIou(B, i, ...a, boxArea(a))),
      distance: boxes.map((b, i) => centreDistance(A, i, b)),
    };
  },
  async total() {
    const { total } = await load("core/rounding.js");
    return total(Array.from(job.places), Array.from(job.values));
  },
  async function() {
    const functions = await load("core/rounding.js");
    return Array.from(job.x, (x) => functions[job.name](x, job.exponent));
  },
  async shapes() {
    const { pairsOf, sidesOf } = await load("core/anchors.js");
    return job.settings.map((settings) => pairsOf(settings).map(([size, ratio]) => sidesOf(size, ratio, settings.ratio_means)));
  },
  async pyramids() {
    const { generateAnchors, levelsOver } = await load("core/anchors.js");
    const { bestPerLevel, winnerOf } = await load("model/winners.js");
    return job.pyramids.map(([pyramid, frame]) => {
      const levels = levelsOver(pyramid, frame, job.width, job.height);
      const { anchors, usable, outside } = generateAnchors(pyramid, levels, frame, job.width, job.height);
      const best = rows(job.boxes).map((box) => bestPerLevel(anchors, usable, levels, box));
      const bits = createHash("sha256").update(Buffer.from(anchors.buffer)).digest("hex");
      return {
        levels,
        bits,
        outside,
        first: Array.from(anchors.slice(0, 400)),
        iou: best.map(({ iou }) => Array.from(iou)),
        anchor: best.map(({ anchor }) => Array.from(anchor)),
        winner: best.map(winnerOf),
      };
    });
  },
  async suppress() {
    const { METHODS } = await load("views/nms/methods/index.js");
    return job.settings.map((settings) => {
      const trace = METHODS[settings.method].play(job, settings);
      return Object.fromEntries(Object.entries(trace).map(([name, v]) => [name, v.length === undefined ? v : Array.from(v)]));
    });
  },
  async pairs() {
    const { play } = await load("views/nms/played.js");
    const { pairOf, pairStrip, pairTitle, pairWords } = await load("views/nms/pair.js");
    return job.settings.map((suppression) => {
      const played = play({ ...job, classes: [] }, suppression);
      const count = job.scores.length;
      const all = [];
      // Whichever of the two is named first: half of them are asked the other way round.
      for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) all.push((i + j) % 2 ? [i, j] : [j, i]);
      return all.map(([i, j]) => ({ ...pairOf(played, i, j), title: pairTitle(played, i, j), words: pairWords(played, i, j), strip: pairStrip(played, i, j, () => "waiting") }));
    });
  },
  async played() {
    const { Settings } = await load("model/settings.js");
    const { playedOn } = await load("views/nms/played.js");
    const settings = new Settings(CONTROLS.nms);
    settings.told(job.settings);
    for (const [path, value] of Object.entries(job.moved)) settings.hold(path, value);
    const { predictions, scores, order, kept, source } = playedOn({ data: job, settings });
    return { predictions: Array.from(predictions), scores: Array.from(scores), order: Array.from(order), kept, source };
  },
  async record() {
    const { recordOf } = await load("model/settings.js");
    return recordOf(job.fields);
  },
  async simulate() {
    const { detectionsFrom } = await load("core/simulate.js");
    return job.settings.map((settings) => {
      const found = detectionsFrom(job, settings);
      return Object.fromEntries(Object.entries(found).map(([name, v]) => [name, Array.from(v)]));
    });
  },
  async soft_rounds() {
    const { gaussianDecay, linearDecay, scoresByRound } = await load("core/suppression/soft.js");
    const decay = job.settings.method === "linear" ? linearDecay : gaussianDecay;
    return scoresByRound(job, job.settings, decay).map((row) => Array.from(row));
  },
  async fused_after() {
    const { fusedAfter } = await load("core/suppression/fusion.js");
    return Array.from({ length: job.rounds + 1 }, (_, step) => fusedAfter(job, job.settings, step));
  },
  async offsets() {
    const { decodeBox, encodeBox } = await load("model/coding.js");
    const { coder, cell } = job;
    const boxes = rows(job.B);
    const offsets = rows(job.T);
    const encoded = rows(job.A).map((a, i) => encodeBox(coder, a, boxes[i], cell));
    return {
      encoded,
      decoded: rows(job.A).map((a, i) => decodeBox(coder, a, offsets[i], cell)),
      round_trip: rows(job.A).map((a, i) => decodeBox(coder, a, encoded[i], cell)),
    };
  },
  async viewport() {
    const { Viewport } = await load("draw/viewport.js");
    const view = new Viewport();
    let [steps, worst, zoomed] = [0, 0, 0];
    const check = () => {
      for (const [x, y] of [[0, 0], [317.5, 12.25], [-40, 900]]) {
        const [ix, iy] = view.toImage(view.x(x), view.y(y));
        worst = Math.max(worst, Math.abs(ix - x), Math.abs(iy - y));
        steps++;
      }
    };
    for (const [width, height] of [[865, 495], [390, 292], [1, 1]]) {
      view.resize(width, height, { left: 34, right: 0, top: 10, bottom: 24 });
      for (const home of [[0, 0, 600, 400], [-64, -64, 664, 464]]) {
        view.setHome(home);
        for (const factor of [1.2, 3, 0.1, 2]) {
          view.reset();
          const [x, y] = [0.4 * width, 0.6 * height];
          const before = view.toImage(x, y);
          view.zoomAt(factor, x, y);
          const after = view.toImage(x, y);
          // On a canvas without room the bounds of panning win.
          if (width > 1) zoomed = Math.max(zoomed, Math.abs(before[0] - after[0]), Math.abs(before[1] - after[1]));
          check();
          view.panBy(17, -9);
          check();
        }
      }
    }
    view.reset();
    return { steps, worst, zoomed, home: [view.panX, view.panY] };
  },
  async format() {
    const f = await load("model/format.js");
    return {
      circled: [0, 9, 10].map(f.circled),
      escaped: f.escapeHtml("<b a=\"1\">&'"),
      whole: [2223, -1200, 0.2].map(f.whole),
      pixels: [1204, 3.49, -0.5, 0.04].map(f.pixels),
      signed: [0.5, -1.25, 0].map((v) => f.signed(v)),
      ratio: [0.5, 1 / 3, 2, 0.707].map(f.ratioText),
      bytes: [999, 35568, 1600000].map(f.bytesText),
    };
  },
  // A script as the page gets it: taken whole, every module finds what it imports, and this comes out.
  async start() {
    return typeof (await import(pathToFileURL(job.file).href)).default;
  },
  async centres() {
    const { centreOf } = await load("views/rosetta/common.js");
    const cells = Array.from({ length: job.cells.rows * job.cells.cols }, (_, cell) => cell);
    return job.sides.map((_, side) => cells.map((cell) => centreOf({ data: job }, side, cell)));
  },
  async payload() {
    const { job: _, ...rest } = job;
    return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, plain(value)]));
  },
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answer;
  try {
    job = unpack(new Uint8Array(Buffer.from(line, "base64")));
    if (!Object.hasOwn(jobs, job.job)) throw new Error(`there is no job ${job.job}`);
    answer = { answer: (await jobs[job.job]()) ?? null };
  } catch (error) {
    answer = { threw: inspect(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
