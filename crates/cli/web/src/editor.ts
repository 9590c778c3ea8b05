// The scenario, and what is wrong with it.

import { scenario } from "./ask";
import { byId, say } from "./dom";
import type { Complaint, Praise } from "./types";

/** How long one may go on writing before it is looked at [ms]. */
const PAUSE = 400;

export class Editor {
  private readonly text = byId("text", HTMLTextAreaElement);
  private readonly finding = byId("finding", HTMLPreElement);
  private readonly place = byId("place", HTMLButtonElement);
  private timer = 0;
  private asked = 0;
  private wrong: Complaint | undefined;

  constructor(private readonly told: (words: string) => void) {
    this.text.addEventListener("input", () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.check(), PAUSE);
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.begin();
    });
    byId("begin", HTMLButtonElement).addEventListener("click", () => void this.begin());
    byId("fetch", HTMLButtonElement).addEventListener("click", () => void this.fetch());
    this.place.addEventListener("click", () => this.show());
  }

  /** The scenario that runs. */
  async fetch(): Promise<void> {
    const response = await fetch("/data/scenario.toml");
    if (!response.ok) return;
    this.text.value = await response.text();
    this.showFinding("");
  }

  /** Has it looked at, and shows what was found; whether it is right. */
  private async check(): Promise<boolean> {
    window.clearTimeout(this.timer);
    this.asked += 1;
    const asked = this.asked;
    const found = await this.sent("/check");
    // A later text may have been looked at meanwhile.
    if (found === undefined || asked !== this.asked) return false;
    if ("summary" in found) this.showFinding(`It is a scenario: ${found.summary}.`);
    else this.showFinding(found.message.replace(/\s+$/, ""), found);
    return "summary" in found;
  }

  private async begin(): Promise<void> {
    if (!(await this.check())) return;
    const refused = await this.sent("/begin");
    if (refused && "message" in refused) this.showFinding(refused.message, refused);
    else if (refused) this.told("begun anew with the scenario of this page");
  }

  /** What is answered; nothing if nobody does. */
  private async sent(path: "/check" | "/begin"): Promise<Complaint | Praise | undefined> {
    try {
      const response = await scenario(path, this.text.value);
      const text = await response.text();
      const isJson = response.headers.get("content-type") === "application/json";
      if (isJson) return JSON.parse(text) as Complaint | Praise;
      return response.ok ? { summary: text } : { message: text };
    } catch {
      this.showFinding("The program does not answer.");
      return undefined;
    }
  }

  private showFinding(words: string, wrong?: Complaint): void {
    this.wrong = wrong;
    say(this.finding, words);
    this.finding.classList.toggle("wrong", wrong !== undefined);
    this.place.hidden = wrong?.line === undefined;
    if (wrong) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
  }

  /** Goes to the part that is wrong, and selects it. */
  private show(): void {
    const { line, column, length } = this.wrong ?? {};
    if (line === undefined || column === undefined) return;
    const lines = this.text.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    // Columns count characters, scripts count halves of some.
    const letters = [...this.text.value.slice(before)];
    const start = before + letters.slice(0, column - 1).join("").length;
    const end = start + letters.slice(column - 1, column - 1 + (length ?? 0)).join("").length;
    this.text.focus();
    this.text.setSelectionRange(start, Math.max(end, start));
    const height = this.text.scrollHeight / Math.max(1, lines.length);
    this.text.scrollTop = Math.max(0, (line - 4) * height);
  }
}
