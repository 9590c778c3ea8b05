// Asking the program for things.

/** What is asked of the swarm. */
export type Wish =
  | { do: "toggle" | "step" | "reset" | "save" }
  | { do: "pace"; speed: number | null }
  | { do: "disrupt"; kind: string; fraction: number; seconds: number }
  | { do: "pursue"; pattern: string }
  | { do: "follow"; strategy: string }
  | { do: "couple"; strength: number }
  | { do: "resize"; agents: number };

export async function fetched<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as T;
}

/** Passes a wish on; why not, if it was refused. */
export async function wish(what: Wish): Promise<string> {
  return wishInWords(JSON.stringify(what));
}

/** The same in JSON: numbers of seeds may have more digits than numbers of scripts. */
export async function wishInWords(body: string): Promise<string> {
  try {
    const response = await fetch("/do", { method: "POST", headers: { "content-type": "application/json" }, body });
    return response.ok ? "" : (await response.text()).trim();
  } catch {
    return "the program does not answer";
  }
}

/** Sends a scenario to be looked at, or to begin anew with. */
export async function scenario(path: "/check" | "/begin", text: string): Promise<Response> {
  return fetch(path, { method: "POST", headers: { "content-type": "application/toml" }, body: text });
}
