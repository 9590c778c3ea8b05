// The circle of phases: its colours, how many agents are where, and their mean.

import { fitted, type Tones } from "./dom";

export class Dial {
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly colors: string[],
    private readonly tones: Tones,
  ) {}

  draw(histogram: number[], r: number, psi: number): void {
    const { paper, width, height } = fitted(this.canvas);
    paper.clearRect(0, 0, width, height);
    const [x, y] = [width / 2, height / 2];
    const reach = Math.min(width, height) / 2 - 14;
    const inner = reach * 0.56;
    this.drawBars(paper, x, y, inner, reach, histogram);
    this.drawRing(paper, x, y, inner);
    this.drawMean(paper, x, y, inner, r, psi);
    this.drawAngles(paper, x, y, reach);
  }

  /** Bars outward: areas, not lengths, are as the numbers of agents. */
  private drawBars(paper: CanvasRenderingContext2D, x: number, y: number, inner: number, outer: number, histogram: number[]): void {
    const [most, turn] = [Math.max(1, ...histogram), (2 * Math.PI) / histogram.length];
    const from = inner + 5;
    histogram.forEach((count, place) => {
      if (count === 0) return;
      const to = Math.sqrt(from * from + (count / most) * (outer * outer - from * from));
      const [begin, end] = [-(place + 1) * turn + 0.008, -place * turn - 0.008];
      paper.beginPath();
      paper.arc(x, y, from, begin, end);
      paper.arc(x, y, Math.max(to, from + 1), end, begin, true);
      paper.closePath();
      paper.fillStyle = this.colors[Math.floor(((place + 0.5) / histogram.length) * this.colors.length)];
      paper.fill();
      paper.strokeStyle = this.tones.of("edge");
      paper.lineWidth = 0.6;
      paper.stroke();
    });
  }

  private drawRing(paper: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
    const turn = (2 * Math.PI) / this.colors.length;
    paper.lineWidth = 5;
    this.colors.forEach((color, place) => {
      paper.strokeStyle = color;
      paper.beginPath();
      paper.arc(x, y, radius, -(place + 1.5) * turn, -place * turn);
      paper.stroke();
    });
    paper.lineWidth = 0.8;
    paper.strokeStyle = this.tones.of("edge");
    for (const edge of [radius - 2.5, radius + 2.5]) {
      paper.beginPath();
      paper.arc(x, y, edge, 0, 2 * Math.PI);
      paper.stroke();
    }
  }

  /** An arrow to the mean of all phasors: its length is R. */
  private drawMean(paper: CanvasRenderingContext2D, x: number, y: number, radius: number, r: number, psi: number): void {
    paper.strokeStyle = this.tones.of("line");
    paper.lineWidth = 1;
    paper.beginPath();
    paper.arc(x, y, radius / 2, 0, 2 * Math.PI);
    paper.stroke();
    const length = Math.max(0, r) * (radius - 6);
    const [dx, dy] = [Math.cos(psi), -Math.sin(psi)];
    const head = Math.min(11, length * 0.6);
    const [tipX, tipY] = [x + dx * length, y + dy * length];
    paper.strokeStyle = paper.fillStyle = this.tones.of("order");
    paper.lineWidth = 3;
    paper.lineCap = "round";
    paper.beginPath();
    paper.moveTo(x, y);
    paper.lineTo(tipX - dx * head * 0.7, tipY - dy * head * 0.7);
    paper.stroke();
    paper.beginPath();
    paper.moveTo(tipX, tipY);
    paper.lineTo(tipX - dx * head - dy * head * 0.5, tipY - dy * head + dx * head * 0.5);
    paper.lineTo(tipX - dx * head + dy * head * 0.5, tipY - dy * head - dx * head * 0.5);
    paper.closePath();
    paper.fill();
    paper.beginPath();
    paper.arc(x, y, 3, 0, 2 * Math.PI);
    paper.fill();
  }

  private drawAngles(paper: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
    paper.fillStyle = this.tones.of("muted");
    paper.font = "12px system-ui, sans-serif";
    paper.textAlign = "center";
    paper.textBaseline = "middle";
    const at = reach + 8;
    const names: [string, number, number][] = [["0", 1, 0], ["π/2", 0, -1], ["π", -1, 0], ["3π/2", 0, 1]];
    for (const [name, dx, dy] of names) paper.fillText(name, x + dx * at, y + dy * at);
  }
}
