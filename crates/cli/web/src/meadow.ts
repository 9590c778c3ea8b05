// All agents, or a sample of them, as lights in the dark: each in the colour of its phase.

import { fitted } from "./dom";
import { winding } from "./winding";

/** Stands for an agent that is gone. */
const GONE = 255;
/** Cells from this width on are drawn as lights, smaller ones as squares. */
const LIGHT = 4.5;
/** Lights grow no larger than this, however few there are. */
const LARGEST = 44;

interface Layout {
  columns: number;
  rows: number;
  places: Uint16Array;
}

export class Meadow {
  private layout: Layout = { columns: 1, rows: 1, places: new Uint16Array(2) };
  private known = "";
  private lights: { atlas: HTMLCanvasElement; size: number; cell: number } | undefined;
  private readonly pixels = document.createElement("canvas");

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly colors: string[],
  ) {}

  draw(cells: Uint8Array, lattice: number | null): void {
    const { paper, width, height, scale } = fitted(this.canvas);
    this.arrange(cells.length, lattice, width / height);
    const { columns, rows } = this.layout;
    const cell = Math.min(width / columns, height / rows);
    const [left, top] = [(width - cell * columns) / 2, (height - cell * rows) / 2];
    paper.clearRect(0, 0, width, height);
    if (cell < LIGHT) this.drawSquares(paper, cells, left, top, cell);
    else this.drawLights(paper, cells, left, top, cell, scale);
  }

  /** Rows of a lattice as they are; else along a winding curve, so that those of near numbers are near each other. */
  private arrange(count: number, lattice: number | null, aspect: number): void {
    const known = `${count} ${lattice} ${aspect.toFixed(2)}`;
    if (known === this.known) return;
    this.known = known;
    const isLattice = lattice !== null && lattice > 0 && count % lattice === 0;
    const columns = isLattice ? lattice : wide(count, aspect);
    const rows = Math.max(1, Math.ceil(count / columns));
    const inRows = (): Uint16Array => Uint16Array.from({ length: 2 * count }, (_, at) =>
      at % 2 === 0 ? (at / 2) % columns : Math.floor((at - 1) / 2 / columns));
    this.layout = { columns, rows, places: isLattice ? inRows() : winding(columns, rows) };
  }

  private drawSquares(paper: CanvasRenderingContext2D, cells: Uint8Array, left: number, top: number, cell: number): void {
    const { columns, rows, places } = this.layout;
    this.pixels.width = columns;
    this.pixels.height = rows;
    const inner = this.pixels.getContext("2d");
    if (!inner) return;
    const image = inner.createImageData(columns, rows);
    const words = new Uint32Array(image.data.buffer);
    const table = this.table();
    for (let at = 0; at < cells.length; at += 1) {
      words[places[2 * at + 1] * columns + places[2 * at]] = table[cells[at]];
    }
    inner.putImageData(image, 0, 0);
    paper.imageSmoothingEnabled = false;
    paper.drawImage(this.pixels, left, top, columns * cell, rows * cell);
  }

  private pixelTable: Uint32Array | undefined;

  /** Colours as the bytes of an image: red, green, blue, opaque. */
  private table(): Uint32Array {
    if (!this.pixelTable) {
      const bytes = new Uint8ClampedArray(4 * (GONE + 1));
      this.colors.forEach((color, place) => {
        const value = Number.parseInt(color.slice(1), 16);
        bytes.set([value >> 16, (value >> 8) & 255, value & 255, 255], 4 * place);
      });
      this.pixelTable = new Uint32Array(bytes.buffer);
    }
    return this.pixelTable;
  }

  private drawLights(
    paper: CanvasRenderingContext2D,
    cells: Uint8Array,
    left: number,
    top: number,
    cell: number,
    scale: number,
  ): void {
    const { places } = this.layout;
    const { atlas, size } = this.lit(Math.min(cell, LARGEST), scale);
    const shown = size / scale;
    const inset = (cell - shown) / 2;
    paper.imageSmoothingEnabled = false;
    for (let at = 0; at < cells.length; at += 1) {
      const tint = cells[at];
      const [x, y] = [left + places[2 * at] * cell + inset, top + places[2 * at + 1] * cell + inset];
      paper.drawImage(atlas, (tint % 16) * size, (tint >> 4) * size, size, size, x, y, shown, shown);
    }
  }

  /** A light of every colour, drawn once: a core, and a glow around it. The last one is that of those who are gone. */
  private lit(cell: number, scale: number): { atlas: HTMLCanvasElement; size: number } {
    const size = Math.max(2, Math.round(cell * 1.5 * scale));
    if (this.lights && this.lights.size === size && this.lights.cell === cell) return this.lights;
    const atlas = document.createElement("canvas");
    atlas.width = atlas.height = 16 * size;
    const paper = atlas.getContext("2d");
    if (paper) {
      // Small ones leave less of the dark between them.
      const core = (cell < 10 ? 0.39 : 0.36) * cell * scale;
      for (let tint = 0; tint <= GONE; tint += 1) {
        const [x, y] = [(tint % 16) * size + size / 2, (tint >> 4) * size + size / 2];
        if (tint === GONE) drawGone(paper, x, y, core);
        else drawLight(paper, x, y, core, size / 2, this.colors[tint]);
      }
    }
    this.lights = { atlas, size, cell };
    return this.lights;
  }
}

/** Columns for so many cells: about as wide as there is room for, with few cells left empty. */
function wide(count: number, aspect: number): number {
  const ideal = Math.sqrt(count * aspect);
  const cost = (columns: number): number => {
    const empty = columns * Math.ceil(count / columns) - count;
    return empty / count + 0.05 * Math.abs(Math.log(columns / ideal));
  };
  let best = Math.max(1, Math.round(ideal));
  for (let columns = Math.max(1, Math.floor(0.75 * ideal)); columns <= 1.35 * ideal; columns += 1) {
    if (cost(columns) < cost(best)) best = columns;
  }
  return best;
}

function drawLight(paper: CanvasRenderingContext2D, x: number, y: number, core: number, reach: number, color: string): void {
  const glow = paper.createRadialGradient(x, y, core * 0.6, x, y, reach);
  glow.addColorStop(0, `${color}59`);
  glow.addColorStop(1, `${color}00`);
  paper.fillStyle = glow;
  paper.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
  paper.fillStyle = color;
  paper.beginPath();
  paper.arc(x, y, core, 0, 2 * Math.PI);
  paper.fill();
}

function drawGone(paper: CanvasRenderingContext2D, x: number, y: number, core: number): void {
  paper.strokeStyle = "#39414d";
  paper.lineWidth = Math.max(1, core * 0.2);
  paper.beginPath();
  paper.arc(x, y, core * 0.55, 0, 2 * Math.PI);
  paper.stroke();
}
