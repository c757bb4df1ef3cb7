// Counts letters, of the texts among its inputs and of what it is given.
//
//   apus box run --runtime js letter-count.js < text
//
// A default export that is called with the input (a value when it is JSON, else bytes) and with
// the task: arguments, inputs, and what else docs and consoles of browsers know. What it returns is
// the output, as JSON; what it logs is the log.

const isLetter = /^\p{Letter}$/u

function count(text, counts) {
  for (const character of text.toLowerCase().normalize('NFC')) {
    if (isLetter.test(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
}

export default async function (data, task) {
  const counts = new Map()
  count(typeof data === 'string' ? data : task.text(), counts)
  const names = task.inputs.list().filter((name) => name.endsWith('.txt'))
  for (const name of names) {
    console.log('reading', name)
    count(task.inputs.text(name), counts)
  }
  const most = Number(task.arguments[0] ?? 10)
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return { texts: names.length + 1, letters: Object.fromEntries(sorted.slice(0, most)) }
}
