// The page of `lampyrid serve`: follows the swarm, and draws what comes as soon as the screen is ready for it.

import { fetched } from "./ask";
import { Chart } from "./chart";
import { Controls } from "./controls";
import { Dial } from "./dial";
import { byId, say, Tones } from "./dom";
import { Editor } from "./editor";
import { Figures } from "./figures";
import { grouped, plain } from "./format";
import { Meadow } from "./meadow";
import { Story } from "./story";
import type { Events, Hello, Judgement, Story as Told, View } from "./types";

/** Between two tries to reach the program [ms]. */
const RETRY = 2000;
/** Between two descriptions of pictures, for readers of screens [ms]. */
const TELLING = 2000;

const AIMS: Record<Judgement["aim"], string> = {
  converged: "converged",
  not_yet: "not yet",
  lost: "lost",
  late: "late",
};

class Page {
  private readonly tones = new Tones();
  private readonly chart = new Chart(byId("chart", HTMLCanvasElement), this.tones);
  private readonly figures = new Figures();
  private readonly meadow: Meadow;
  private readonly dial: Dial;
  private readonly controls: Controls;
  private readonly story: Story;
  private readonly editor: Editor;
  private source: EventSource | undefined;
  private view: View | undefined;
  private cells = new Uint8Array();
  /** The run that the chart is of. */
  private run = -1;
  private isDue = false;
  private described = 0;

  constructor(hello: Hello) {
    this.meadow = new Meadow(byId("meadow", HTMLCanvasElement), hello.colors);
    this.dial = new Dial(byId("dial", HTMLCanvasElement), hello.colors, this.tones);
    this.controls = new Controls(hello);
    this.editor = new Editor((words) => this.controls.tell(words));
    this.story = new Story(
      (mark) => this.chart.mark(mark),
      (words, isWrong) => this.controls.tell(words, isWrong),
    );
    say(byId("version", HTMLElement), `lampyrid ${hello.version}`);
    this.choose("whole", false);
    this.choose("recent", true);
    window.addEventListener("resize", () => this.redraw());
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => {
        this.tones.forget();
        this.redraw();
      });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : void this.follow()));
  }

  async begin(): Promise<void> {
    await this.follow();
    await this.editor.fetch();
  }

  /** Looks on from now on. */
  private async follow(): Promise<void> {
    this.leave();
    await this.refresh();
    const source = new EventSource("/live");
    this.source = source;
    source.addEventListener("open", () => this.tell("live", true));
    source.addEventListener("view", (event: MessageEvent<string>) => this.see(JSON.parse(event.data) as View));
    source.addEventListener("events", (event: MessageEvent<string>) => this.story.show(JSON.parse(event.data) as Events));
    source.addEventListener("error", () => {
      this.tell("no answer; trying again", false);
      if (source.readyState !== EventSource.CLOSED) return;
      window.setTimeout(() => source === this.source && void this.follow(), RETRY);
    });
  }

  /** Nobody looks: nothing needs to be sent. */
  private leave(): void {
    this.source?.close();
    this.source = undefined;
  }

  /** What was seen of the present run before. */
  private async refresh(): Promise<void> {
    try {
      const told = await fetched<Told>("/story");
      this.run = told.run;
      this.chart.begin(told);
    } catch {
      this.tell("no answer; trying again", false);
    }
  }

  private see(view: View): void {
    if (view.run !== this.run) {
      this.run = view.run;
      this.chart.begin({ run: view.run, points: [], marks: [] });
    }
    this.view = view;
    this.chart.push(view.time, view.r);
    this.redraw();
  }

  private redraw(): void {
    if (this.isDue || !this.view) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
    });
  }

  private draw(): void {
    const view = this.view;
    if (!view) return;
    this.cells = decoded(view.cells, this.cells);
    const goal = view.goal?.figures.find((figure) => figure.name === "R");
    this.meadow.draw(this.cells, view.columns);
    this.dial.draw(view.histogram, view.r, view.psi);
    this.chart.draw(goal);
    this.figures.show(view);
    this.controls.show(view);
    this.tellView(view);
  }

  private tellView(view: View): void {
    const name = plain(view.network);
    say(byId("what", HTMLElement), `${name} · ${grouped(view.agents)} agents · ${grouped(view.links)} links`);
    say(byId("r", HTMLOutputElement), `R ${view.r.toFixed(3)}`);
    const shown = view.initial > this.cells.length ? `${grouped(this.cells.length)} of ${grouped(view.agents)} shown` : "";
    const order = view.columns === null ? "near numbers are near each other" : "as they lie";
    say(byId("meadow-note", HTMLElement), [shown, order].filter(Boolean).join(", "));
    say(byId("circle-note", HTMLElement), "the arrow is their mean");
    this.tellVerdict(view);
    const now = performance.now();
    if (now - this.described < TELLING) return;
    this.described = now;
    const told: [string, string][] = [
      ["meadow", `${grouped(this.cells.length)} agents as lights, coloured by phase`],
      ["dial", `Phases on the circle: the mean vector has length ${view.r.toFixed(2)} and phase ${view.psi.toFixed(2)} rad`],
      ["chart", `R over ${view.time.toFixed(1)} s; it is ${view.r.toFixed(3)} now`],
    ];
    for (const [id, words] of told) byId(id, HTMLCanvasElement).setAttribute("aria-label", words);
  }

  private tellVerdict(view: View): void {
    const pill = byId("verdict", HTMLElement);
    const { state, reason } = view.state;
    const words = [];
    if (state !== "running") words.push(state === "finished" ? "at its end" : state);
    if (reason) words.push(reason);
    if (view.goal) words.push(`${plain(view.goal.pattern)}: ${AIMS[view.goal.aim]} (${view.goal.words})`);
    pill.hidden = words.length === 0;
    say(pill, words.join(" · "));
    const isBad = state === "stopped" || view.goal?.aim === "lost" || view.goal?.aim === "late";
    pill.classList.toggle("bad", isBad);
    pill.classList.toggle("good", !isBad && view.goal?.aim === "converged");
  }

  private choose(id: string, isRecent: boolean): void {
    const button = byId(id, HTMLButtonElement);
    button.addEventListener("click", () => {
      this.chart.isRecent = isRecent;
      byId("whole", HTMLButtonElement).setAttribute("aria-pressed", String(!isRecent));
      byId("recent", HTMLButtonElement).setAttribute("aria-pressed", String(isRecent));
      this.redraw();
    });
  }

  private tell(words: string, isWell: boolean): void {
    const link = byId("link", HTMLElement);
    say(link, words);
    link.classList.toggle("bad", !isWell);
  }
}

/** Bytes from base64, into the memory of those before if they are as many. */
function decoded(text: string, before: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const letters = atob(text);
  const bytes = before.length === letters.length ? before : new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

async function open(): Promise<void> {
  try {
    await new Page(await fetched<Hello>("/hello")).begin();
  } catch (error) {
    say(byId("link", HTMLElement), error instanceof Error ? error.message : "no answer");
    window.setTimeout(() => void open(), RETRY);
  }
}

void open();
