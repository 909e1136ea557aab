/** The command line: commands, flags, and what is said of a wrong one. */
import { Command, InvalidArgumentError, type CommanderError } from 'commander'
import { TypegradError } from '../../dsl/errors.js'
import { backendNames } from '../../interp/tfjs/backends.js'
import { version } from '../../version.js'
import { nearest } from '../words.js'
import { doctorCommand, listCommand, type AboutFlags } from './about.js'
import { auditCommand, docsCommand, FORMATS, type AuditFlags, type DocsFlags, type Format } from './read.js'
import { evalCommand, sampleCommand, type RunFlags, type SampleFlags } from './runs.js'
import type { TrainFlags } from './start.js'
import { trainCommand } from './train.js'

const ENGINES: readonly string[] = ['auto', 'native', 'onnx', 'tfjs', 'js']
const BACKENDS: readonly string[] = backendNames

const whole = (least: number) => (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(n) || n < least) {
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
  }
  return n
}
const positive = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n) || n <= 0) throw new InvalidArgumentError('Expected a number above 0.')
  return n
}
const engineName = (text: string): string => {
  const [name, ...backend] = text.split(':')
  const isKnown = ENGINES.includes(name) && (backend.length === 0 || name === 'tfjs' && BACKENDS.includes(backend.join(':')))
  if (isKnown) return text
  const backends = BACKENDS.map(b => `tfjs:${b}`).join(', ')
  throw new InvalidArgumentError(`The engines are ${ENGINES.join(', ')}; tfjs takes a backend: ${backends}.${nearest(text, ENGINES)}`)
}
const seedList = (text: string): readonly number[] => {
  if (!text.includes(',')) return Array.from({ length: whole(1)(text) }, (_, i) => i)
  const seeds = text.split(',').map(whole(0))
  const twice = seeds.find((s, i) => seeds.indexOf(s) !== i)
  if (twice !== undefined) throw new InvalidArgumentError(`The seed ${twice} is there twice.`)
  return seeds
}
const isFormat = (text: string): text is Format => FORMATS.some(f => f === text)
const formats = (text: string): readonly Format[] => {
  const asked = text.split(',').map(f => f.trim())
  const strange = asked.find(f => !isFormat(f))
  if (strange === undefined) return FORMATS.filter(f => asked.includes(f))
  throw new InvalidArgumentError(`${JSON.stringify(strange)} is not a form of a document; they are ${FORMATS.join(', ')}.`)
}
const collect = (text: string, all: readonly string[] = []): readonly string[] => [...all, text]

/** The program; `done` hears the exit code of the command that ran. */
export const program = (done: (code: number) => void): Command => {
  const typegrad = new Command('typegrad')
    .description('Trains models that are pure typed expressions.')
    .version(version, '-v, --version', 'print the version')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    // faults are thrown, and main words them: nothing is written twice
    .configureOutput({ outputError: () => {} })

  typegrad.command('list').description('name the recipes and their settings')
    .option('--json', 'end with one JSON object')
    .action(async (flags: AboutFlags) => done(await listCommand(flags)))

  typegrad.command('train').description('train a recipe, or go on with a run')
    .argument('[recipe]', 'a name from typegrad list, or a file such as ./mine.ts')
    .option('--steps <n>', 'how many steps', whole(1))
    .option('--epochs <n>', 'how many passes over the data', positive)
    .option('--seed <n>', 'of parameters, batches and draws (0)', whole(0))
    .option('--seeds <n>', 'one run for each of so many seeds, or for each of a list such as 0,1,7', seedList)
    .option('--engine <name>', 'onnx, native, tfjs, tfjs:<backend>, js or auto (auto)', engineName)
    .option('--threads <n>', 'threads of the engine (all)', whole(1))
    .option('--out <folder>', 'where the run goes (runs/<recipe>-<n>)')
    .option('--resume <run>', 'go on with a run, bit for bit')
    .option('--set <key=value>', 'choose a setting; may be repeated', collect)
    .option('--checkpoint-every <n>', 'steps between checkpoints (every 20 seconds)', whole(1))
    .option('--json', 'end with one JSON object')
    .action(async (recipe: string | undefined, flags: TrainFlags) => {
      if (flags.steps !== undefined && flags.epochs !== undefined) {
        throw new TypegradError('config', '--steps and --epochs both say how long to train: give one.')
      }
      if (flags.seed !== undefined && flags.seeds !== undefined) {
        throw new TypegradError('config', '--seed and --seeds both say from which seed to train: give one.')
      }
      done(await trainCommand(recipe, flags))
    })

  typegrad.command('eval').description('evaluate the checkpoint of a run')
    .argument('<run>', 'a run folder such as runs/made-1')
    .option('--recipe <file>', 'where the recipe is now, if it has moved')
    .option('--engine <name>', 'another engine than the run\'s', engineName)
    .option('--threads <n>', 'threads of the engine', whole(1))
    .option('--json', 'end with one JSON object')
    .action(async (run: string, flags: RunFlags) => done(await evalCommand(run, flags)))

  typegrad.command('sample').description('draw samples from the checkpoint of a run')
    .argument('<run>', 'a run folder such as runs/made-1')
    .option('--count <n>', 'how many', whole(1))
    .option('--seed <n>', 'of the draws (the run\'s)', whole(0))
    .option('--out <file>', 'the PNG file (in the run folder)')
    .option('--recipe <file>', 'where the recipe is now, if it has moved')
    .option('--engine <name>', 'another engine than the run\'s', engineName)
    .option('--threads <n>', 'threads of the engine', whole(1))
    .option('--json', 'end with one JSON object')
    .action(async (run: string, flags: SampleFlags) => done(await sampleCommand(run, flags)))

  typegrad.command('audit').description('prove what a training step does: which parameters a loss reaches, what an output may depend on')
    .argument('<recipe>', 'a name from typegrad list, or a file such as ./mine.ts')
    .option('--set <key=value>', 'choose a setting; may be repeated', collect)
    .option('--json', 'end with one JSON object')
    .action(async (recipe: string, flags: AuditFlags) => done(await auditCommand(recipe, flags)))

  typegrad.command('docs').description('write the mathematics of a training step: Markdown, LaTeX, HTML and a diagram')
    .argument('<recipe>', 'a name from typegrad list, or a file such as ./mine.ts')
    .requiredOption('--out <folder>', 'where the documents go')
    .option('--format <list>', 'some of md, tex, html and svg (all)', formats)
    .option('--check', 'write nothing: fail when the documents there are not what the recipe says now')
    .option('--set <key=value>', 'choose a setting; may be repeated', collect)
    .option('--json', 'end with one JSON object')
    .action(async (recipe: string, flags: DocsFlags) => done(await docsCommand(recipe, flags)))

  typegrad.command('doctor').description('report on this machine and every engine')
    .option('--json', 'end with one JSON object')
    .action(async (flags: AboutFlags) => done(await doctorCommand(flags)))

  return typegrad
}

/** A wrong command line in one sentence; `undefined` for `--help` and `--version`, which are no faults. */
export const usageFault = (e: CommanderError, typegrad: Command): string | undefined => {
  if (e.exitCode === 0) return undefined
  const names = typegrad.commands.map(c => c.name()).join(', ')
  if (e.code === 'commander.help') return `Name a command: ${names}.`
  const text = e.message.replace(/^error: /, '').replace(/\n\(/, ' (')
  const sentence = text[0].toUpperCase() + text.slice(1)
  const help = e.code === 'commander.unknownCommand' ? ` The commands are ${names}.` : ' See typegrad --help.'
  return `${sentence}${/[.)?]$/.test(sentence) ? '' : '.'}${help}`
}
