// What has happened, in words, and where it is marked.

import { byId, element } from "./dom";
import { grouped, plain } from "./format";
import type { Events, Happening, Mark } from "./types";

/** Lines that are shown. */
const SHOWN = 24;

export class Story {
  private readonly list = byId("events", HTMLOListElement);
  private told = -1;

  constructor(
    private readonly mark: (mark: Mark) => void,
    private readonly tell: (words: string, isWrong: boolean) => void,
  ) {}

  show(seen: Events): void {
    const isFirst = this.told < 0;
    for (const one of seen.events) {
      if (one.number <= this.told) continue;
      this.told = one.number;
      const mark = markOf(one);
      if (mark) this.mark(mark);
      // What was said before the page was there is in the list, and no news.
      if (!isFirst && one.note) this.tell(one.note, one.is_refusal === true);
      if (!isFirst && one.event === "checkpoint") this.tell(words(one), false);
    }
    const shown = seen.events.slice(-SHOWN).reverse();
    this.list.replaceChildren(...shown.map(line));
  }
}

function line(one: Happening): HTMLLIElement {
  const tone = toneOf(one);
  const made = element("li", "", tone ? { class: tone } : {});
  made.append(element("time", `${one.time.toFixed(1)} s`), element("span", words(one)));
  return made;
}

function toneOf(one: Happening): string {
  if (one.event === "attained" || one.event === "recovery") return "good";
  return one.event === "disruption" || one.event === "lost" || one.is_refusal ? "bad" : "";
}

function words(one: Happening): string {
  switch (one.event) {
    case "disruption":
      return `${plain(one.kind ?? "")}: ${grouped(one.hit ?? 0)} hit (${Math.round(100 * (one.fraction ?? 0))} %)`;
    case "attained":
      return `goal attained, met since ${(one.since ?? 0).toFixed(1)} s`;
    case "lost":
      return "goal lost";
    case "recovery":
      return `recovered after ${(one.after ?? 0).toFixed(1)} s`;
    case "strategy":
      return `strategy ${plain(one.strategy ?? "")}`;
    case "checkpoint":
      return `saved into ${one.path}`;
    default:
      return one.note ?? plain(one.event ?? "");
  }
}

function markOf(one: Happening): Mark | undefined {
  const isGood = one.event === "attained" || one.event === "recovery";
  const isMarked = isGood || one.event === "disruption" || one.event === "lost";
  return isMarked ? { time: one.time, what: one.kind ? plain(one.kind) : words(one), is_good: isGood } : undefined;
}
