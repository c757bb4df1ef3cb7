// The product of two matrices of 600 by 600.
export default () => {
  const size = 600
  const filled = (seed) => Float64Array.from({ length: size * size }, (_, i) => (i * seed) % 17)
  const [left, right, product] = [filled(7), filled(11), new Float64Array(size * size)]
  for (let round = 0; round < 3; round++) {
    for (let row = 0; row < size; row++) {
      for (let inner = 0; inner < size; inner++) {
        const factor = left[row * size + inner]
        for (let column = 0; column < size; column++) {
          product[row * size + column] += factor * right[inner * size + column]
        }
      }
    }
  }
  return product.reduce((sum, value) => sum + value, 0)
}
