/** A process under the protocol: commands go in one at a time, each is answered by one line. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Command, Memory, Start, Started, Timed } from './protocol.js'

/** Variables that a process has besides this one's. */
export type Environment = Readonly<Record<string, string>>

/** A running process; each promise is rejected with one sentence where the process fails or says nothing for too long. */
export interface Peer {
  start(command: Start): Promise<Started>
  ask<T>(command: Command): Promise<T>
  steps(n: number): Promise<Timed>
  memory(): Promise<Memory>
  /** Ends the process. */
  close(): void
}

/** Minutes after which a process that gives no answer is ended. */
export const PATIENCE = 15

/** Starts a process; whatever goes wrong in it is an error of one sentence. */
export const peer = (command: string, args: readonly string[], env: Environment = {}, patience = PATIENCE): Peer => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let waiting: { resolve: (line: string) => void; reject: (e: Error) => void } | undefined
  let said = '', ended: string | undefined
  child.stderr.on('data', (text: Buffer) => { said = (said + text.toString()).slice(-4000) })
  const end = (why: string) => {
    ended ??= why
    waiting?.reject(new Error(why))
  }
  child.on('error', e => end(e.message))
  child.on('exit', (code, signal) => end(`it ended with ${signal ?? code}: ${said.trim().split('\n').at(-1) ?? ''}`))
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.startsWith('{')) waiting?.resolve(line)
  })
  const ask = async <T>(what: Command): Promise<T> => {
    if (ended !== undefined) throw new Error(ended)
    const timer = setTimeout(() => {
      end(`it gave no answer to ${what.do} in ${patience} minutes`)
      child.kill('SIGKILL')
    }, patience * 60_000)
    const line = await new Promise<string>((resolve, reject) => {
      waiting = { resolve, reject }
      child.stdin.write(`${JSON.stringify(what)}\n`)
    }).finally(() => {
      clearTimeout(timer)
      waiting = undefined
    })
    const answer = JSON.parse(line) as { readonly error?: string }
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer as T
  }
  return {
    start: what => ask(what), ask, steps: n => ask({ do: 'steps', n }), memory: () => ask({ do: 'peak' }),
    close: () => { child.kill('SIGKILL') },
  }
}
