// Five bodies that pull at each other, and what energy is left.
export default () => {
  const body = (x, y, z, vx, vy, vz, mass) => ({ x, y, z, vx, vy, vz, mass })
  const bodies = [
    body(0, 0, 0, 0, 0, 0, 39.478),
    body(4.841, -1.16, -0.103, 0.606, 2.811, -0.025, 0.0377),
    body(8.343, 4.124, -0.403, -1.01, 1.825, 0.008, 0.0113),
    body(12.89, -15.11, -0.223, 1.082, 0.868, -0.01, 0.0017),
    body(15.37, -25.91, 0.179, 0.979, 0.594, -0.034, 0.002),
  ]
  for (let step = 0; step < 4_000_000; step++) {
    for (let i = 0; i < bodies.length; i++) {
      const one = bodies[i]
      for (let j = i + 1; j < bodies.length; j++) {
        const other = bodies[j]
        const dx = one.x - other.x, dy = one.y - other.y, dz = one.z - other.z
        const square = dx * dx + dy * dy + dz * dz
        const pull = 0.001 / (square * Math.sqrt(square))
        one.vx -= dx * other.mass * pull
        one.vy -= dy * other.mass * pull
        one.vz -= dz * other.mass * pull
        other.vx += dx * one.mass * pull
        other.vy += dy * one.mass * pull
        other.vz += dz * one.mass * pull
      }
    }
    for (const one of bodies) {
      one.x += 0.001 * one.vx
      one.y += 0.001 * one.vy
      one.z += 0.001 * one.vz
    }
  }
  let energy = 0
  for (const one of bodies) energy += one.mass * (one.vx ** 2 + one.vy ** 2 + one.vz ** 2) / 2
  return energy.toFixed(6)
}
