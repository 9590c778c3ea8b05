// What the program sends.

export interface Word {
  name: string;
  what: string;
}

export interface Hello {
  version: string;
  /** Colours of phases, evenly over a turn from 0 on. */
  colors: string[];
  speeds: number[];
  disruptions: Word[];
  patterns: Word[];
  strategies: Word[];
}

export interface Figure {
  name: string;
  value: number | null;
  bound: number;
  is_least: boolean;
  unit: string;
}

export interface Judgement {
  pattern: string;
  aim: "converged" | "not_yet" | "lost" | "late";
  words: string;
  figures: Figure[];
}

export interface View {
  run: number;
  state: { state: "running" | "paused" | "finished" | "stopped"; reason?: string };
  pace: { times: number } | "flat_out";
  time: number;
  steps: number;
  end: number | null;
  /** As text: it may have more digits than numbers of scripts. */
  seed: string;
  agents: number;
  initial: number;
  links: number;
  network: string;
  columns: number | null;
  coupling: number;
  r: number;
  psi: number;
  goal: Judgement | null;
  histogram: number[];
  energy: { mean: number; empty: number } | null;
  strategies: { name: string; agents: number }[];
  rule: string | null;
  figures: {
    steps_per_second: number;
    agent_steps_per_second: number;
    resident_bytes: number | null;
    bytes_per_agent: number | null;
  };
  /** A byte for each agent, in base64. */
  cells: string;
}

/** Something that happened, or was said. */
export interface Happening {
  number: number;
  time: number;
  event?: string;
  note?: string;
  is_refusal?: boolean;
  kind?: string;
  fraction?: number;
  hit?: number;
  since?: number;
  distance?: number;
  after?: number;
  strategy?: string;
  step?: number;
  path?: string;
}

export interface Events {
  run: number;
  events: Happening[];
}

export interface Mark {
  time: number;
  what: string;
  is_good: boolean;
}

export interface Story {
  run: number;
  points: [number, number][];
  marks: Mark[];
}

/** What is wrong with a scenario. */
export interface Complaint {
  message: string;
  line?: number;
  column?: number;
  length?: number;
}

/** What a scenario is that is right. */
export interface Praise {
  summary: string;
}
