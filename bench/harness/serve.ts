/** The other end of the protocol, for peers that run in Node. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Command, Memory } from './protocol.js'

/** Resident memory of this process. */
export const memory = (): Memory => {
  const status = readFileSync('/proc/self/status', 'utf8')
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
  return { peak: field('VmHWM'), now: field('VmRSS') }
}

/** Answers each line of stdin by what `handle` gives, and errors by their first line. */
export const serve = async (handle: (command: Command) => Promise<object>): Promise<void> => {
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command
    if (command.do === 'exit') break
    const answer = await handle(command).catch((e: unknown) => {
      process.stderr.write(`${e instanceof Error ? e.stack : String(e)}\n`)
      return { error: (e instanceof Error ? e.message : String(e)).split('\n')[0] }
    })
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  process.exit(0)
}
