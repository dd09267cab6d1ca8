// Equal Earth (Šavrič, Patterson and Jenny 2018), fitted into the frame that the outlines of
// countries were drawn in.

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

/** The point of the plane, in radians of arc at the equator. */
export function equalEarth(longitude: number, latitude: number): { x: number; y: number } {
  const [lambda, phi] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
  const theta = Math.asin(M * Math.sin(phi));
  const square = theta * theta;
  const sixth = square * square * square;
  return {
    x: (lambda * Math.cos(theta)) / (M * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square))),
    y: theta * (A1 + A2 * square + sixth * (A3 + A4 * square)),
  };
}

/** Latitude at the top of the frame, in degrees. */
const TOP = 84;

/** The point in a frame in which the equator has the whole width. */
export function project(longitude: number, latitude: number, width: number): { x: number; y: number } {
  const scale = width / (2 * equalEarth(180, 0).x);
  const { x, y } = equalEarth(longitude, latitude);
  return { x: width / 2 + x * scale, y: (equalEarth(0, TOP).y - y) * scale };
}
