/** The programs of the system that a build needs, found before anything is downloaded. */
import { spawnSync } from 'node:child_process'

/** What a person can mend: it is said in one sentence, without a stack. */
export class Refusal extends Error {}
/** The machine or its network lacks what a build needs; a test that asks for one is skipped. */
export class Lack extends Refusal {}

/** The line of an output that says most: pip and compilers mark it, else the last. */
const telling = text => {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
  return lines.find(line => /^ERROR:|error:|^npm error (?!code|A complete|errno|syscall)/i.test(line)) ?? lines.at(-1) ?? 'no output'
}

/** @returns {{ ok: boolean, stdout: string, said: string }} */
export const attempt = (command, args, settings = {}) => {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...settings })
  const late = `it took longer than ${(settings.timeout ?? 0) / 1000} s`
  const known = { ETIMEDOUT: late, ENOENT: 'it was not found' }[error?.code]
  const said = known ?? (error ? error.message : telling(`${stdout}\n${stderr}`))
  return { ok: status === 0, stdout: stdout ?? '', said }
}

/** Runs a command; a failure is the sentence, with what the command said. */
export const run = (sentence, command, args, settings) => {
  const done = attempt(command, args, settings)
  if (!done.ok) throw new Refusal(`${sentence}: ${done.said}`)
  return done.stdout
}
/** As `run`, for a command that downloads. */
export const download = (sentence, command, args, settings) => {
  const done = attempt(command, args, settings)
  if (!done.ok) throw new Lack(`${sentence}: ${done.said}`)
}

const first = (candidates, works, sentence) => {
  const found = candidates.filter(Boolean).find(works)
  if (found === undefined) throw new Lack(sentence)
  return found
}
const answers = (...args) => command => attempt(command, args).ok

/** @param {NodeJS.ProcessEnv} env */
export const findTools = (env = process.env) => {
  const python = first([env.PYTHON, 'python3', 'python'], answers('--version'),
    'no Python was found, whose pip downloads the wheel; install python3 and its pip, or name it with PYTHON=/path/to/python')
  if (!attempt(python, ['-m', 'pip', '--version']).ok)
    throw new Lack(`${python} has no pip, which downloads the wheel; run \`apt install python3-pip\` or \`${python} -m ensurepip\``)
  const compiler = first([env.CXX, 'g++', 'clang++', 'c++'], answers('--version'),
    'no C++ compiler was found; install g++ (`apt install g++`), or name one with CXX=/path/to/compiler')
  const npm = first(['npm'], answers('--version'), 'npm was not found, which gets the sources of tfjs-node; it comes with Node')
  return { python, compiler, npm }
}

/** tfjs-node's addon is linked to the library of a wheel in the way of Linux. */
export const checkPlatform = (platform = process.platform, arch = process.arch) => {
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch))
    throw new Lack(`this machine is ${platform} ${arch}, and the build is for linux x64 and arm64; use the engine onnx here`)
}
