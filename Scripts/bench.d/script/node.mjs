// Runs a task as node does: node.mjs task.js. Says what it gave, and the time it took.
import { readFileSync } from 'node:fs'

const source = readFileSync(process.argv[2], 'utf8')
const address = 'data:text/javascript;base64,' + Buffer.from(source).toString('base64')
const start = process.hrtime.bigint()
const before = process.cpuUsage()
const { default: main } = await import(address)
const output = JSON.stringify(await main())
const { user, system } = process.cpuUsage(before)
const seconds = Number(process.hrtime.bigint() - start) / 1e9
console.log(JSON.stringify({ output, seconds, processor: (user + system) / 1e6 }))
