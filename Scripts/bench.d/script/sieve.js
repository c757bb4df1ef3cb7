// Primes below 60 million.
export default () => {
  const limit = 60_000_000
  const isOut = new Uint8Array(limit)
  let count = 0
  for (let number = 2; number < limit; number++) {
    if (isOut[number]) continue
    count++
    for (let multiple = number * 2; multiple < limit; multiple += number) isOut[multiple] = 1
  }
  return count
}
