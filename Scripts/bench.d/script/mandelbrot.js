// How many points of a grid stay in the set for 500 steps.
export default () => {
  const [width, height, steps] = [1200, 800, 500]
  let inside = 0
  for (let row = 0; row < height; row++) {
    const y = (row / height) * 2 - 1
    for (let column = 0; column < width; column++) {
      const x = (column / width) * 3 - 2
      let a = 0, b = 0, step = 0
      while (step < steps && a * a + b * b <= 4) {
        const next = a * a - b * b + x
        b = 2 * a * b + y
        a = next
        step++
      }
      if (step === steps) inside++
    }
  }
  return inside
}
