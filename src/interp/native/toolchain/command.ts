/** Runs a command and waits for its end. */
import { execFile } from 'node:child_process'

/** How a command ended: `missing` when there is no such program. */
export interface Ending { readonly ok: boolean; readonly missing: boolean; readonly stdout: string; readonly stderr: string }

/** Messages come in English, so that they can be read here. */
export const command = (environment: NodeJS.ProcessEnv, file: string, args: readonly string[]): Promise<Ending> => new Promise(resolve => {
  const options = { env: { ...environment, LC_ALL: 'C' }, maxBuffer: 64 << 20, windowsHide: true }
  const child = execFile(file, [...args], options, (error, stdout, stderr) => {
    const missing = error !== null && ['ENOENT', 'EACCES', 'ENOTDIR'].includes(String(error.code))
    resolve({ ok: error === null, missing, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
  })
  child.stdin?.end()
})
