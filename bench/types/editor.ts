/** Editor latency: a shape is edited in an open file, and the clock runs until the language server's diagnostic is there. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { blocksWrittenOut } from '../../test/types/harness/budget.js'
import { root } from '../../test/types/harness/compile.js'

type Message = Readonly<Record<string, unknown>>

/** A process that answers in messages with a Content-Length. */
const talk = (command: readonly string[], write: (m: Message) => string) => {
  const child = spawn(command[0], command.slice(1), { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] })
  let buffer = Buffer.alloc(0)
  const waiting = new Set<(m: Message) => void>()
  child.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      const head = /Content-Length: (\d+)\r\n\r\n/.exec(buffer.toString('latin1'))
      if (!head) return
      const [from, to] = [head.index + head[0].length, head.index + head[0].length + Number(head[1])]
      if (buffer.length < to) return
      const message = JSON.parse(buffer.subarray(from, to).toString()) as Message
      buffer = buffer.subarray(to)
      waiting.forEach(hear => { hear(message) })
    }
  })
  return {
    hear: (f: (m: Message) => void): void => { waiting.add(f) },
    send: (m: Message): void => { child.stdin.write(write(m)) },
    until: <T>(pick: (m: Message) => T | undefined): Promise<T> => new Promise((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error(`${command.join(' ')} gave no diagnostic in 60 s`)) }, 60_000)
      const hear = (m: Message): void => {
        const found = pick(m)
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(hear)
        resolve(found)
      }
      waiting.add(hear)
    }),
    end: (): void => { child.kill() },
  }
}

/** An open file of which one size is replaced: how many diagnostics it has afterwards. */
interface Editor { edit(line: number, from: number, to: number, text: string): Promise<number>; end(): void }

/** The language server of TypeScript 6. */
const tsserver = async (file: string, text: string): Promise<Editor> => {
  const program = join(root, 'node_modules', '.bin', 'tsserver')
  const server = talk([program, '--disableAutomaticTypingAcquisition'], m => `${JSON.stringify(m)}\n`)
  let seq = 0
  const request = (command: string, args: Message): void => { server.send({ seq: ++seq, type: 'request', command, arguments: args }) }
  const diagnose = (): Promise<number> => {
    const answer = server.until(m => {
      const body = m['body'] as { file: string; diagnostics: unknown[] } | undefined
      return m['event'] === 'semanticDiag' && body?.file === file ? body.diagnostics.length : undefined
    })
    request('geterr', { files: [file], delay: 0 })
    return answer
  }
  request('open', { file, fileContent: text, projectRootPath: root })
  await diagnose()
  return {
    edit: (line, from, to, insertString) => {
      request('change', { file, line: line + 1, offset: from + 1, endLine: line + 1, endOffset: to + 1, insertString })
      return diagnose()
    },
    end: server.end,
  }
}

/** The language server of TypeScript 7. */
const lsp = async (file: string, text: string): Promise<Editor> => {
  const server = talk([join(root, 'node_modules', '.bin', 'tsc'), '--lsp', '--stdio'], m => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...m })
    return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  })
  // The server asks its client for settings, and waits.
  server.hear(m => {
    if (m['id'] === undefined || m['method'] === undefined) return
    const { items } = (m['params'] ?? {}) as { items?: unknown[] }
    server.send({ id: m['id'], result: items?.map(() => null) ?? null })
  })
  const uri = pathToFileURL(file).href
  let id = 0
  let version = 1
  const request = <T>(method: string, params: Message): Promise<T> => {
    const own = ++id
    const answer = server.until(m => m['id'] === own && m['method'] === undefined ? m : undefined)
    server.send({ id: own, method, params })
    return answer.then(m => {
      if (m['error']) throw new Error(JSON.stringify(m['error']))
      return m['result'] as T
    })
  }
  // 1 is an error; hints about what is not used come too.
  const diagnose = async (): Promise<number> =>
    (await request<{ items: { severity: number }[] }>('textDocument/diagnostic', { textDocument: { uri } })).items
      .filter(d => d.severity === 1).length
  await request('initialize', { processId: process.pid, rootUri: pathToFileURL(root).href,
    capabilities: { textDocument: { diagnostic: {}, synchronization: {} } } })
  server.send({ method: 'initialized', params: {} })
  server.send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'typescript', version, text } } })
  await diagnose()
  return {
    edit: (line, from, to, inserted) => {
      server.send({ method: 'textDocument/didChange', params: { textDocument: { uri, version: ++version }, contentChanges: [
        { range: { start: { line, character: from }, end: { line, character: to } }, text: inserted }] } })
      return diagnose()
    },
    end: server.end,
  }
}

export const servers = { 'TypeScript 6, tsserver': tsserver, 'TypeScript 7, tsc --lsp': lsp }

export interface Latency { readonly server: string; readonly milliseconds: readonly number[]; readonly median: number }

/** So many edits, in turn to a wrong size and back, in a file of transformer blocks. */
export const latencyOf = async (name: keyof typeof servers, blocks = 10, edits = 20): Promise<Latency> => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'editor-'))
  try {
    const file = join(folder, 'model.mts')
    const text = blocksWrittenOut(blocks)
    const lines = text.split('\n')
    const line = lines.findIndex(l => l.includes('q: f32(768, 768)'))
    const at = lines[line].indexOf('768')
    writeFileSync(file, text)
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { noUnusedLocals: false }, include: [], files: ['model.mts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const editor = await servers[name](file, text)
    const milliseconds: number[] = []
    try {
      for (let i = 0; i < edits; i++) {
        const wrong = i % 2 === 0
        const began = performance.now()
        const found = await editor.edit(line, at, at + 3, wrong ? '769' : '768')
        milliseconds.push(performance.now() - began)
        if (found > 0 !== wrong) throw new Error(`${name}: ${found} diagnostics after an edit that is ${wrong ? 'wrong' : 'right'}`)
      }
    } finally {
      editor.end()
    }
    const sorted = milliseconds.toSorted((a, b) => a - b)
    return { server: name, milliseconds, median: sorted[sorted.length >> 1] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
