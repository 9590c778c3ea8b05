// Numbers as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function grouped(number: number): string {
  return whole.format(number);
}

/** With a prefix: 12.3 M. */
export function si(value: number): string {
  let [scaled, prefix] = [value, 0];
  const prefixes = ["", " k", " M", " G", " T"];
  while (scaled >= 999.5 && prefix + 1 < prefixes.length) {
    scaled /= 1000;
    prefix += 1;
  }
  const digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return scaled.toFixed(prefix === 0 && Number.isInteger(scaled) ? 0 : digits) + prefixes[prefix];
}

/** An amount of memory: 12.3 MiB. */
export function bytes(amount: number): string {
  let [scaled, unit] = [amount, 0];
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  while (scaled >= 1023.5 && unit + 1 < units.length) {
    scaled /= 1024;
    unit += 1;
  }
  return `${scaled.toFixed(unit === 0 || scaled >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Words of the program without their underscores. */
export function plain(word: string): string {
  return word.replaceAll("_", " ");
}
