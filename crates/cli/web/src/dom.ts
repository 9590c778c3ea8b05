// The few things that are asked of the document.

export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = "",
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Changes a text only where it differs: readers of screens tell of every change. */
export function say(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}

/** A canvas that is as sharp as the screen, and its size in the units of the page. */
export function fitted(canvas: HTMLCanvasElement): { paper: CanvasRenderingContext2D; width: number; height: number; scale: number } {
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const { width, height } = canvas.getBoundingClientRect();
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const paper = canvas.getContext("2d");
  if (!paper) throw new Error("the browser draws on no canvas");
  paper.setTransform(scale, 0, 0, scale, 0, 0);
  return { paper, width, height, scale };
}

/** Colours of the page's style, by their names there. */
export class Tones {
  private readonly known = new Map<string, string>();

  of(name: string): string {
    let tone = this.known.get(name);
    if (tone === undefined) {
      tone = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
      this.known.set(name, tone);
    }
    return tone;
  }

  forget(): void {
    this.known.clear();
  }
}
