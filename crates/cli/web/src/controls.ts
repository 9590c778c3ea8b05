// What one can do to the swarm, by button and by key.

import { wish, wishInWords, type Wish } from "./ask";
import { byId, element, say } from "./dom";
import { plain } from "./format";
import type { Hello, View, Word } from "./types";

export class Controls {
  private readonly toggle = byId("toggle", HTMLButtonElement);
  private readonly speed = byId("speed", HTMLInputElement);
  private readonly fraction = byId("fraction", HTMLInputElement);
  private readonly seconds = byId("seconds", HTMLInputElement);
  private readonly goal = byId("goal", HTMLSelectElement);
  private readonly strategy = byId("strategy", HTMLSelectElement);
  private readonly told = byId("told", HTMLElement);
  private seen: View | undefined;
  /** Values that were filled in, so that what one writes oneself stays. */
  private readonly filled = new Map<HTMLInputElement, string>();

  constructor(private readonly hello: Hello) {
    this.fill();
    this.toggle.addEventListener("click", () => this.ask({ do: "toggle" }));
    this.on("step", () => this.ask({ do: "step" }));
    this.on("reset", () => this.ask({ do: "reset" }));
    this.on("save", () => this.ask({ do: "save" }));
    this.speed.addEventListener("input", () => this.pace(Number(this.speed.value)));
    this.fraction.addEventListener("input", () => this.tellFraction());
    this.goal.addEventListener("change", () => this.ask({ do: "pursue", pattern: this.goal.value }));
    this.strategy.addEventListener("change", () => this.ask({ do: "follow", strategy: this.strategy.value }));
    this.form("coupling", (value) => this.ask({ do: "couple", strength: Number(value) }));
    this.form("size", (value) => this.ask({ do: "resize", agents: Number(value) }));
    this.form("seed", (value) => void this.pass(wishInWords(`{"do":"seed","seed":${value.replace(/^0+(?=.)/, "")}}`)));
    document.addEventListener("keydown", (event) => this.press(event));
    this.tellFraction();
  }

  /** Shows what the swarm does now. */
  show(view: View): void {
    this.seen = view;
    const isRunning = view.state.state === "running";
    say(this.toggle, isRunning ? "Pause" : "Go on");
    const place = this.placeOf(view.pace);
    if (document.activeElement !== this.speed) this.speed.value = place.toString();
    say(byId("speed-told", HTMLOutputElement), this.speedName(view.pace));
    if (document.activeElement !== this.goal) this.goal.value = view.goal?.pattern ?? "";
    if (document.activeElement !== this.strategy) this.strategy.value = view.rule ?? "";
    this.offer("coupling", view.coupling.toString());
    this.offer("size", view.agents.toString());
    this.offer("seed", view.seed);
  }

  /** Says something to whoever uses the page. */
  tell(words: string, isWrong = false): void {
    say(this.told, words);
    this.told.classList.toggle("wrong", isWrong);
  }

  private fill(): void {
    this.speed.max = this.hello.speeds.length.toString();
    this.hello.disruptions.forEach((word, place) => {
      const key = (place + 1).toString();
      const button = element("button", plain(word.name), { title: word.what, "aria-keyshortcuts": key });
      button.addEventListener("click", () => this.disrupt(word));
      byId("disruptions", HTMLElement).append(button);
    });
    const choices: [HTMLSelectElement, Word[]][] = [[this.goal, this.hello.patterns], [this.strategy, this.hello.strategies]];
    for (const [select, words] of choices) {
      const none = element("option", "none", { value: "" });
      none.disabled = true;
      select.append(none, ...words.map((word) => element("option", plain(word.name), { value: word.name, title: word.what })));
    }
  }

  private on(id: string, act: () => void): void {
    byId(id, HTMLButtonElement).addEventListener("click", act);
  }

  private form(name: string, act: (value: string) => void): void {
    const input = byId(name, HTMLInputElement);
    byId(`${name}-form`, HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value !== "" && input.reportValidity()) act(input.value);
      this.filled.set(input, input.value);
    });
  }

  /** Fills in what is, unless one is about to write something else. */
  private offer(name: string, value: string): void {
    const input = byId(name, HTMLInputElement);
    const isUntouched = input.value === (this.filled.get(input) ?? "");
    if (document.activeElement === input || !isUntouched) return;
    this.filled.set(input, value);
    if (input.value !== value) input.value = value;
  }

  private disrupt(word: Word): void {
    const [fraction, seconds] = [Number(this.fraction.value) / 100, Number(this.seconds.value)];
    this.ask({ do: "disrupt", kind: word.name, fraction, seconds });
  }

  private tellFraction(): void {
    say(byId("fraction-told", HTMLOutputElement), `${this.fraction.value} %`);
  }

  private pace(place: number): void {
    this.ask({ do: "pace", speed: this.hello.speeds[place] ?? null });
  }

  /** Where a pace is among the speeds; behind them all if it is flat out. */
  private placeOf(pace: View["pace"]): number {
    if (pace === "flat_out") return this.hello.speeds.length;
    const place = this.hello.speeds.findIndex((speed) => speed >= 0.999 * pace.times);
    return place < 0 ? this.hello.speeds.length - 1 : place;
  }

  private speedName(pace: View["pace"]): string {
    return pace === "flat_out" ? "flat out" : `×${pace.times}`;
  }

  private press(event: KeyboardEvent): void {
    const isWriting = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    const isOwn = event.ctrlKey || event.altKey || event.metaKey || isWriting;
    // A button that has the focus is pressed by space as ever.
    if (isOwn || !this.seen || (event.key === " " && event.target instanceof HTMLButtonElement)) return;
    const place = this.placeOf(this.seen.pace);
    const word = this.hello.disruptions[Number(event.key) - 1];
    if (word) this.disrupt(word);
    else if (event.key === " ") this.ask({ do: "toggle" });
    else if (event.key === ".") this.ask({ do: "step" });
    else if (event.key === "+" || event.key === "=") this.pace(Math.min(place + 1, this.hello.speeds.length));
    else if (event.key === "-") this.pace(Math.max(place - 1, 0));
    else if (event.key === "f") this.pace(this.hello.speeds.length);
    else if (event.key === "r") this.ask({ do: "reset" });
    else return;
    event.preventDefault();
  }

  private ask(what: Wish): void {
    void this.pass(wish(what));
  }

  private async pass(answer: Promise<string>): Promise<void> {
    const refusal = await answer;
    this.tell(refusal, refusal !== "");
  }
}
