// R over time, with what is asked for and what has happened.

import { fitted, type Tones } from "./dom";
import type { Figure, Mark, Story } from "./types";

/** Points that are kept; there are not so many across any screen. */
const MOST = 6000;
/** How much of the time is shown as the latest [simulated s]. */
const RECENT = 30;
const EDGES = { left: 34, right: 14, top: 20, bottom: 24 };

export class Chart {
  private times: number[] = [];
  private values: number[] = [];
  private marks: Mark[] = [];
  isRecent = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly tones: Tones,
  ) {}

  /** Begins with what was seen before the page was there. */
  begin(story: Story): void {
    this.times = story.points.map(([time]) => time);
    this.values = story.points.map(([, value]) => value);
    this.marks = story.marks;
  }

  push(time: number, value: number): void {
    const [last, known] = [this.times[this.times.length - 1], this.values[this.values.length - 1]];
    // Standing still, it can be disrupted all the same.
    if (last !== undefined && (time < last || (time === last && value === known))) return;
    this.times.push(time);
    this.values.push(value);
    if (this.times.length > MOST) {
      const isKept = (_: number, place: number): boolean => place % 2 === 0;
      [this.times, this.values] = [this.times.filter(isKept), this.values.filter(isKept)];
    }
  }

  mark(mark: Mark): void {
    if (!this.marks.some((known) => known.time === mark.time && known.what === mark.what)) this.marks.push(mark);
  }

  draw(goal: Figure | undefined): void {
    const { paper, width, height } = fitted(this.canvas);
    const end = this.times[this.times.length - 1] ?? 0;
    const begin = this.isRecent ? Math.max(0, end - RECENT) : 0;
    const span = Math.max(end - begin, 1e-3);
    const x = (time: number): number => EDGES.left + ((time - begin) / span) * (width - EDGES.left - EDGES.right);
    const y = (value: number): number => EDGES.top + (1 - value) * (height - EDGES.top - EDGES.bottom);
    paper.clearRect(0, 0, width, height);
    this.drawGrid(paper, width, height, begin, span, x, y);
    if (goal) this.drawGoal(paper, width, goal, y);
    this.drawMarks(paper, begin, width - EDGES.right, x, y);
    this.drawLine(paper, begin, x, y);
  }

  private drawGrid(
    paper: CanvasRenderingContext2D,
    width: number,
    height: number,
    begin: number,
    span: number,
    x: (time: number) => number,
    y: (value: number) => number,
  ): void {
    paper.font = "12px system-ui, sans-serif";
    paper.lineWidth = 1;
    paper.strokeStyle = this.tones.of("line");
    paper.fillStyle = this.tones.of("muted");
    paper.textAlign = "right";
    paper.textBaseline = "middle";
    for (const value of [0, 0.25, 0.5, 0.75, 1]) {
      const at = Math.round(y(value)) + 0.5;
      paper.beginPath();
      paper.moveTo(EDGES.left, at);
      paper.lineTo(width - EDGES.right, at);
      paper.stroke();
      if (value % 0.5 === 0) paper.fillText(value.toString(), EDGES.left - 8, at);
    }
    paper.textAlign = "center";
    paper.textBaseline = "bottom";
    const step = nice(span / Math.max(2, Math.floor(width / 110)));
    for (let time = Math.ceil(begin / step) * step; time <= begin + span * 1.0001; time += step) {
      const at = x(time);
      if (at > width - 24) continue;
      paper.fillText(tick(time, step), at, height - 4);
    }
    paper.textAlign = "right";
    paper.fillText("s", width - EDGES.right, height - 4);
  }

  private drawGoal(paper: CanvasRenderingContext2D, width: number, goal: Figure, y: (value: number) => number): void {
    const at = y(goal.bound);
    const [from, to] = goal.is_least ? [y(1), at] : [at, y(0)];
    paper.fillStyle = this.tones.of("goal");
    paper.globalAlpha = 0.1;
    paper.fillRect(EDGES.left, from, width - EDGES.left - EDGES.right, to - from);
    paper.globalAlpha = 1;
    paper.strokeStyle = this.tones.of("goal");
    paper.lineWidth = 1.5;
    paper.setLineDash([6, 5]);
    paper.beginPath();
    paper.moveTo(EDGES.left, at);
    paper.lineTo(width - EDGES.right, at);
    paper.stroke();
    paper.setLineDash([]);
    paper.textAlign = "left";
    paper.textBaseline = goal.is_least ? "top" : "bottom";
    paper.fillText(`goal R ${goal.is_least ? "≥" : "≤"} ${goal.bound}`, EDGES.left + 6, at + (goal.is_least ? 4 : -4));
  }

  /** A triangle down where something went wrong, up where it is well again; words where there is room. */
  private drawMarks(
    paper: CanvasRenderingContext2D,
    begin: number,
    end: number,
    x: (time: number) => number,
    y: (value: number) => number,
  ): void {
    paper.font = "12px system-ui, sans-serif";
    paper.textAlign = "left";
    paper.textBaseline = "bottom";
    let free = 0;
    for (const mark of this.marks) {
      if (mark.time < begin) continue;
      const at = x(mark.time);
      const tone = this.tones.of(mark.is_good ? "good" : "bad");
      paper.strokeStyle = paper.fillStyle = tone;
      paper.lineWidth = 1;
      paper.globalAlpha = 0.5;
      paper.beginPath();
      paper.moveTo(at, y(1));
      paper.lineTo(at, y(0));
      paper.stroke();
      paper.globalAlpha = 1;
      const [base, tip] = mark.is_good ? [y(0), y(0) - 9] : [y(1) - 9, y(1)];
      paper.beginPath();
      paper.moveTo(at - 5, base);
      paper.lineTo(at + 5, base);
      paper.lineTo(at, tip);
      paper.closePath();
      paper.fill();
      const [from, wide] = [at + 8, paper.measureText(mark.what).width];
      if (mark.is_good || from < free || from + wide > end) continue;
      paper.fillText(mark.what, from, y(1) - 1);
      free = from + wide + 12;
    }
  }

  private drawLine(paper: CanvasRenderingContext2D, begin: number, x: (time: number) => number, y: (value: number) => number): void {
    let first = 0;
    while (first + 1 < this.times.length && this.times[first + 1] < begin) first += 1;
    if (first >= this.times.length) return;
    paper.beginPath();
    for (let at = first; at < this.times.length; at += 1) {
      paper.lineTo(Math.max(x(this.times[at]), EDGES.left), y(this.values[at]));
    }
    paper.strokeStyle = this.tones.of("order");
    paper.lineWidth = 2;
    paper.lineJoin = "round";
    paper.stroke();
    const last = this.times.length - 1;
    paper.lineTo(x(this.times[last]), y(0));
    paper.lineTo(Math.max(x(this.times[first]), EDGES.left), y(0));
    paper.closePath();
    paper.fillStyle = this.tones.of("order");
    paper.globalAlpha = 0.1;
    paper.fill();
    paper.globalAlpha = 1;
    paper.beginPath();
    paper.arc(x(this.times[last]), y(this.values[last]), 4, 0, 2 * Math.PI);
    paper.fill();
  }
}

/** The least of 1, 2, 5, 10, … that is no smaller. */
function nice(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find((one) => one * power >= step * 0.9999) ?? 10);
}

function tick(time: number, step: number): string {
  return time.toFixed(Math.max(0, -Math.floor(Math.log10(step))));
}
