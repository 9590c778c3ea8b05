// A curve through every cell of a rectangle that keeps neighbours along it near each other: Hilbert's (1891), for
// rectangles of any size as Červený has found (2019).

/** The places, x and y by turns, in the order of the curve. */
export function winding(width: number, height: number): Uint16Array {
  const places = new Uint16Array(2 * width * height);
  let count = 0;
  const put = (x: number, y: number): void => {
    places[count] = x;
    places[count + 1] = y;
    count += 2;
  };
  // From (x, y) along a, sideways along b.
  const wind = (x: number, y: number, ax: number, ay: number, bx: number, by: number): void => {
    const [along, aside] = [Math.abs(ax + ay), Math.abs(bx + by)];
    const [dax, day, dbx, dby] = [Math.sign(ax), Math.sign(ay), Math.sign(bx), Math.sign(by)];
    if (aside === 1) {
      for (let step = 0; step < along; step += 1, x += dax, y += day) put(x, y);
      return;
    }
    if (along === 1) {
      for (let step = 0; step < aside; step += 1, x += dbx, y += dby) put(x, y);
      return;
    }
    let [ax2, ay2, bx2, by2] = [ax >> 1, ay >> 1, bx >> 1, by >> 1];
    if (2 * along > 3 * aside) {
      if (Math.abs(ax2 + ay2) % 2 && along > 2) [ax2, ay2] = [ax2 + dax, ay2 + day];
      wind(x, y, ax2, ay2, bx, by);
      wind(x + ax2, y + ay2, ax - ax2, ay - ay2, bx, by);
      return;
    }
    if (Math.abs(bx2 + by2) % 2 && aside > 2) [bx2, by2] = [bx2 + dbx, by2 + dby];
    wind(x, y, bx2, by2, ax2, ay2);
    wind(x + bx2, y + by2, ax, ay, bx - bx2, by - by2);
    wind(x + (ax - dax) + (bx2 - dbx), y + (ay - day) + (by2 - dby), -bx2, -by2, -(ax - ax2), -(ay - ay2));
  };
  if (width >= height) wind(0, 0, width, 0, 0, height);
  else wind(0, 0, 0, height, width, 0);
  return places;
}
