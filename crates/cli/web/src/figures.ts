// Figures, and who does what.

import { byId, element, say } from "./dom";
import { bytes, grouped, plain, si } from "./format";
import type { View } from "./types";

export class Figures {
  private readonly list = byId("figures", HTMLDListElement);
  private readonly shares = byId("shares", HTMLDivElement);
  private readonly values = new Map<string, HTMLElement>();
  private known = "";

  show(view: View): void {
    const { figures } = view;
    this.put("time", `${view.time.toFixed(2)} s`);
    this.put("steps", view.end === null ? grouped(view.steps) : `${grouped(view.steps)} of ${grouped(view.end)}`);
    this.put("mean phase ψ", `${turned(view.psi).toFixed(2)} rad`);
    this.put("steps per second", si(figures.steps_per_second));
    this.put("agent steps per second", si(figures.agent_steps_per_second));
    if (figures.resident_bytes !== null) this.put("memory", bytes(figures.resident_bytes));
    if (figures.bytes_per_agent !== null) this.put("memory per agent", bytes(figures.bytes_per_agent));
    this.put("seed", view.seed);
    this.showShares(view);
  }

  private put(name: string, value: string): void {
    let place = this.values.get(name);
    if (!place) {
      place = element("dd");
      this.values.set(name, place);
      const row = element("div");
      row.append(element("dt", name), place);
      this.list.append(row);
    }
    say(place, value);
  }

  private showShares(view: View): void {
    const parts: [string, number][] = view.strategies.map((one) => [plain(one.name), one.agents / Math.max(1, view.agents)]);
    if (view.energy) parts.unshift(["energy left", view.energy.mean]);
    const known = JSON.stringify(parts.map(([name, part]) => [name, Math.round(1000 * part)]));
    if (known === this.known) return;
    this.known = known;
    this.shares.replaceChildren(...parts.map(([name, part]) => share(name, part)));
  }
}

/** A phase from 0 to a whole turn. */
function turned(phase: number): number {
  return phase < 0 ? phase + 2 * Math.PI : phase;
}

function share(name: string, part: number): HTMLElement {
  const percent = `${(100 * part).toFixed(part > 0.995 ? 0 : 1)} %`;
  const label = element("label");
  const meter = element("meter", percent, { min: "0", max: "1", value: part.toFixed(4) });
  label.append(element("span", name), meter, element("span", percent));
  return label;
}
