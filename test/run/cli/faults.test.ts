import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { lastJson, start, TINY, typegrad, workplace } from './typegrad.js'

const short = ['--engine', 'js', '--steps', '3']
let folder: string
// Types are gone when these run: what a recipe is made of is checked by codecs.
const WRONG: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
  ['traversal', 'name: \'tiny\'', 'name: \'../../x\'', /traversal\.ts:8:16: the recipe: name is "\.\.\/\.\.\/x", but it must be a word/],
  ['noname', 'name: \'tiny\'', 'name: \'\'', /the recipe: name is "", but it must be a word of letters/],
  ['optimizer', 'optimiser:', 'optimizer:', /the recipe tiny has no part optimizer\. Did you mean optimiser\?/],
  ['left', /optimiser:.*/, '', /the recipe tiny: optimiser is missing; it must be a function, as in \(\) => adam\(0\.001\)\.$/],
  ['number', '=> adam(lr)', '=> lr', /^tiny: its optimiser: it gives 0\.05, but an optimiser, such as adam\(0\.001\), is expected\.$/],
  ['async', 'data: () =>', 'data: async () =>', /^tiny: its data gives a promise, but a data set.* not async\.$/],
  ['noy', '{ x, y })', '{ x })', /^tiny \(.*noy\.ts:12:15\): lines train: the numbers of the field y are missing/],
  ['dtype', 'dtype: \'float32\' }, y', 'dtype: \'f32\' }, y',
    /lines: the field x: dtype is "f32", but it must be 'float32', 'int32' or 'bool'\.$/],
  ['params', '({ params: { w', '({ parms: { w',
    /^tiny: its model gives a record with parms, but a record, layer or definition with params is expected\.$/],
  ['promised', 'objective: (', 'objective: async (',
    /^tiny: its objective: it gives a promise, but a scalar tensor.* not async\.$/],
  ['figures', 'evaluation: (', 'evaluation: async (',
    /^tiny: its evaluation: it gives a promise, but a record of figures, .* not async\.$/],
  ['drawn', 'uniform(key, [count, 4])', '3', /^tiny: its sampler: it gives 3, but a tensor of pictures is expected\.$/],
  ['published', 'samples: {', 'published: () => 3, samples: {',
    /^tiny: its published gives 3, but a list of \{ model, metric, figure, source \}/],
  ['span', 'length: { epochs: 20 }', 'length: {}', /^tiny: its schedule: length is \{\}, but it must be \{ steps: n \} or \{ epochs: n \}/],
  ['epochs', 'length: { epochs: 20 }', 'length: { epochs: 0 }', /length is \{"epochs":0\}, but it must be/],
  ['batch', 'batch: 10', 'batch: 0', /^tiny: its schedule: batch is 0, but it must be rows a step: a whole number of at least 1\.$/],
  ['picture', 'height: 2', 'hight: 2', /the recipe tiny: samples: picture is \{"hight":2,"width":2\}, but it must be a picture's size/],
]
beforeAll(async () => {
  folder = workplace({
    'tiny.ts': TINY,
    'syntax.ts': 'const a: = 3',
    'missing.ts': 'import { x } from "./nowhere.js"\nexport default x',
    'throws.ts': '\nthrow new Error("boo")',
    'name.ts': 'import { nothing } from "typegrad"\nexport default nothing',
    'none.ts': 'export const recipe = 1',
    'other.ts': 'export default { name: "made" }',
    'shape.ts': 'import { f32, matmul } from "typegrad"\n\nexport default matmul(f32(2, 3), f32(4, 5) as never)',
    'scalar.ts': TINY.replace('mean(square(', '(square('),
    'typo.ts': TINY.replace('mean(square(', 'meen(square('),
    'figure.ts': TINY.replace('({ mse: square(', '({ mse: matmul(x, params.w), other: square('),
    'helper.ts': 'export const summary: string = "With a helper."',
    'helped.ts': `import { summary } from './helper.js'\n${TINY.replace('\'Linear regression on 64 made-up rows.\'', 'summary')}`,
    'plain.js': TINY,
    ...Object.fromEntries(WRONG.map(([name, from, to]) => [`${name}.ts`, TINY.replace(from, to)])),
    'nan-data.ts': TINY.replace('x[4 * i] -', 'i === 3 ? NaN : x[4 * i] -'),
    'nan.ts': TINY.replace(/mean\(square\(.*$/m, 'mean(log(add(params.b, 1))),'),
  })
  expect(await typegrad(folder, 'train', './tiny.ts', ...short, '--out', 'good')).toMatchObject({ code: 0 })
})

describe('a wrong command line is one sentence and exit code 2', () => {
  test.each<[string[], RegExp]>([
    [['trian'], /^Unknown command 'trian' \(Did you mean train\?\) The commands are list, train, eval, sample, audit, docs, doctor\.$/],
    [['train'], /^train: name a recipe, as in typegrad train made, or a run to go on with/],
    [['train', 'mad'], /^There is no recipe "mad"\. Did you mean made\b.*\? The recipes are .*fvsbn.*made/],
    [['train', 'tiny', 'made'], /^Too many arguments for 'train'/],
    [['train', './tiny.ts', '--stpes', '3'], /^Unknown option '--stpes' \(Did you mean --steps\?\) See typegrad --help\.$/],
    [['train', './tiny.ts', '--steps', '0'], /'0' is invalid\. Expected a whole number of at least 1\./],
    [['train', './tiny.ts', '--steps', '1e99'], /'1e99' is invalid\. Expected a whole number of at least 1\./],
    [['train', './tiny.ts', '--steps'], /^Option '--steps <n>' argument missing\./],
    [['train', './tiny.ts', '--epochs', '-1'], /'-1' is invalid\. Expected a number above 0\./],
    [['train', './tiny.ts', '--steps', '1', '--epochs', '1'], /^--steps and --epochs both say how long to train: give one\.$/],
    [['train', './tiny.ts', '--engine', 'onxx'], /The engines are auto, native, onnx, tfjs, js.* Did you mean onnx\?/],
    [['train', './tiny.ts', '--set', 'rl=1'], /^tiny has no setting "rl"\. Did you mean lr\? Its settings are lr, noise\.$/],
    [['train', './tiny.ts', '--set', 'lr=fast'],
      /^tiny: lr is "fast", but it must be a number of at least 0\. Its settings are lr, noise\.$/],
    [['train', './tiny.ts', '--set', 'lr'], /^--set lr: expected key=value, as in --set lr=0\.001\.$/],
    [['train', './nowhere.ts'], /^\.\/nowhere\.ts: there is no such recipe file\.$/],
    [['train', './tiny.ts', '--out', 'good'],
      /^good already holds a run\. Go on with it by typegrad train --resume good, or choose another --out\.$/],
    [['train', './tiny.ts', '--out', '.'], /^\. is not empty\. Choose another --out\.$/],
    [['train', '--resume', 'good', '--seed', '3'], /^--seed cannot go with --resume/],
    [['train', '--resume', 'good', '--threads', '3'], /^--threads cannot go with --resume/],
    [['train', '--resume', 'good', '--engine', 'onnx'], /^--engine cannot go with --resume/],
    [['sample', 'good', '--out', 'a.txt'], /^--out a\.txt: samples are drawn as a PNG file: give a name that ends in \.png\.$/],
    [['sample', 'good', '--count', '-1'], /Expected a whole number of at least 1\./],
    [['train', '--resume', 'good', '--set', 'lr=1'], /^--set cannot go with --resume/],
    [['train', 'made', '--resume', 'good'], /^good is a run of tiny, not of made\. Leave the recipe out\.$/],
    [['eval'], /^Missing required argument 'run'\./],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await typegrad(folder, ...args)
    expect(stderr.trimEnd()).toMatch(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('a wrong recipe file is one sentence with its place, and nothing is written', () => {
  test.each<[string, RegExp]>([
    ['syntax.ts', /^.*syntax\.ts:1:9: syntax error: Unexpected "="$/],
    ['missing.ts', /missing\.ts: it imports ".*nowhere\.js", which cannot be found\.$/],
    ['throws.ts', /throws\.ts:2:7: boo\.$/],
    ...WRONG.map(([name,,, sentence]) => [`${name}.ts`, sentence] as [string, RegExp]),
    ['name.ts', /name\.ts:1:10: The requested module 'typegrad' does not provide an export named 'nothing'\.$/],
    ['none.ts', /^\.\/none\.ts: it has no default export; expected export default defineRecipe\(\{ \.\.\. \}\)\.$/],
    ['other.ts', /^\.\/other\.ts: its default export is not a recipe but a record with name; expected/],
    ['shape.ts', /shape\.ts:3:16: matmul: .*3.*4/],
    ['scalar.ts', /^trainStep: the loss is float32 \[B\] but a float32 scalar was expected; take its mean$/],
    ['typo.ts', /^tiny: its objective \(.*typo\.ts:\d+:\d+\): meen is not defined\.$/],
    ['figure.ts', /^tiny: its evaluation gives mse \[B, 1\], but a figure is a scalar \[\] or one number a row \[B\]\.$/],
  ])('%s', async (file, sentence) => {
    const { code, stderr } = await typegrad(folder, 'train', `./${file}`, ...short, '--out', `no-${file}`)
    expect(stderr.trimEnd()).toMatch(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBeGreaterThan(0)
    expect(await typegrad(folder, 'eval', `no-${file}`)).toMatchObject({ code: 1 })
  })

  test('a batch larger than the data is said to be so', async () => {
    await writeFile(join(folder, 'b500.ts'), TINY.replace('batch: 10', 'batch: 500'))
    expect((await typegrad(folder, 'train', './b500.ts', '--engine', 'js', '--steps', '1', '--out', 'b500')).stdout)
      .toContain('b500: 1 step of 500 rows (the 64 training rows, read round and round);')
  })
  test('helpers beside a recipe and plain JavaScript run', async () => {
    expect(await typegrad(folder, 'train', './helped.ts', ...short, '--out', 'helped')).toMatchObject({ code: 0 })
    expect(await typegrad(folder, 'train', './plain.js', ...short, '--out', 'plain')).toMatchObject({ code: 0 })
  })
})

describe('damaged runs', () => {
  const damaged = async (name: string) => {
    await cp(join(folder, 'good'), join(folder, name), { recursive: true })
    return join(folder, name)
  }
  test('a truncated checkpoint is named and left alone', async () => {
    const run = await damaged('cut'), file = join(run, 'checkpoint.safetensors')
    await truncate(file, 200)
    const before = await readFile(file)
    for (const args of [['train', '--resume', 'cut'], ['eval', 'cut'], ['sample', 'cut']]) {
      const { code, stderr } = await typegrad(folder, ...args)
      expect(stderr).toMatch(/^cut\/checkpoint\.safetensors: not a whole safetensors file: .*\n$/)
      expect(code).toBe(1)
    }
    expect(await readFile(file)).toEqual(before)
  })
  test('a flipped byte is seen by the checksum', async () => {
    const file = join(await damaged('flipped'), 'checkpoint.safetensors'), bytes = await readFile(file)
    bytes[bytes.length - 3] ^= 1
    await writeFile(file, bytes)
    for (const args of [['train', '--resume', 'flipped'], ['eval', 'flipped']]) {
      const end = await typegrad(folder, ...args)
      expect(end.stderr).toMatch(/^flipped\/checkpoint\.safetensors: it is damaged: .* checksum .*\n$/)
      expect(end.code).toBe(1)
    }
  })
  test('a run whose checkpoint is gone is refused when it had steps, and starts when it had none', async () => {
    const run = await damaged('gone')
    await rm(join(run, 'checkpoint.safetensors'))
    expect(await typegrad(folder, 'train', '--resume', 'gone')).toMatchObject({ code: 1, stderr: 'gone/checkpoint.safetensors is missing, '
      + 'though metrics.jsonl tells of 3 steps. Put the checkpoint back, or delete gone/metrics.jsonl to train from step 1.\n' })
    await rm(join(run, 'metrics.jsonl'))
    const end = await typegrad(folder, 'train', '--resume', 'gone')
    expect(end.stdout).toContain('gone has no checkpoint yet: training starts at step 1.\n')
    expect(await readFile(join(run, 'checkpoint.safetensors'))).toEqual(await readFile(join(folder, 'good', 'checkpoint.safetensors')))
  })
  test('one process at a time; the lock of a dead one is no hindrance', async () => {
    const run = await damaged('locked')
    const { child, ended } = start(folder, ['doctor'])
    await writeFile(join(run, 'lock'), String(process.pid))
    const end = await typegrad(folder, 'train', '--resume', 'locked', '--steps', '9')
    expect(end).toMatchObject({ code: 1,
      stderr: expect.stringMatching(/^locked is being trained by another process \(\d+\)\. Wait for it/) })
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8'))).toMatchObject({ steps: 3 })
    await ended
    await writeFile(join(run, 'lock'), String(child.pid))
    expect(await typegrad(folder, 'train', '--resume', 'locked')).toMatchObject({ code: 0 })
    expect(existsSync(join(run, 'lock'))).toBe(false)
  })
  test('a run and its recipe move together; a recipe that is not there is asked for', async () => {
    const from = workplace(), to = join(workplace({}), 'a (b)')
    await typegrad(from, 'train', './tiny.ts', ...short, '--out', 'runs/r')
    await cp(from, to, { recursive: true })
    expect(await typegrad(to, 'eval', 'runs/r')).toMatchObject({ code: 0 })
    await rename(join(to, 'tiny.ts'), join(to, 'other name.ts'))
    const lost = await typegrad(to, 'eval', 'runs/r')
    expect(lost).toMatchObject({ code: 2,
      stderr: expect.stringContaining(`runs/r: its recipe was looked for at ${join(to, 'tiny.ts')}, `) })
    expect(await typegrad(to, 'eval', 'runs/r', '--recipe', 'other name.ts')).toMatchObject({ code: 0 })
    expect(await typegrad(to, 'train', './other name.ts', '--resume', 'runs/r', '--steps', '4')).toMatchObject({ code: 0 })
    expect(await readFile(join(to, 'runs/r/report.md'), 'utf8')).toContain('typegrad train \'../../other name.ts\' --steps 4')
    expect(await typegrad(to, 'eval', 'runs/r')).toMatchObject({ code: 0 })
  })
  test('a foreign record, and a folder that is no run', async () => {
    await writeFile(join(await damaged('foreign'), 'config.json'), '{"seed": "x"}')
    expect((await typegrad(folder, 'eval', 'foreign')).stderr)
      .toMatch(/^foreign\/config\.json: not a run's record: .* expected string\.\n$/)
    expect((await typegrad(folder, 'eval', '.')).stderr).toMatch(/^\.: not a run: config\.json cannot be read: there is no such file\./)
  })
  test('a recipe that changed since', async () => {
    const run = await damaged('changed')
    await writeFile(join(folder, 'changed.ts'), TINY.replace('[4, 1]', '[4, 2]'))
    const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8')) as object
    await writeFile(join(run, 'config.json'), JSON.stringify({ ...config, recipe: join(folder, 'changed.ts') }))
    expect((await typegrad(folder, 'eval', 'changed')).stderr).toMatch(
      /^changed\/checkpoint\.safetensors: it does not fit the recipe: params\.w is float32 \[4, 1\], expected float32 \[4, 2\]\. /)
  })
})

describe('numbers that are not finite', () => {
  test('in the data are said to be in the data', async () => {
    const { code, stderr } = await typegrad(folder, 'train', './nan-data.ts', '--engine', 'js', '--steps', '9', '--out', 'nan-data')
    expect(stderr).toMatch(/\nthe input batch\.y itself, float32 \[10\], is NaN in 1 of 10 elements\.\n/)
    expect(code).toBe(1)
  })
  test('end in a JSON object too, where one was asked for', async () => {
    const end = await typegrad(folder, 'train', './nan-data.ts', '--engine', 'js', '--steps', '9', '--out', 'nan-json', '--json')
    expect(lastJson(end)).toMatchObject({ recipe: 'tiny', out: 'nan-json', error: expect.stringContaining('Training stopped at step ') })
    expect(lastJson(await typegrad(folder, 'trian', '--json'))).toMatchObject({ error: expect.stringContaining('Did you mean train?') })
  })
  test.each(['js', 'onnx'])('the first bad node is named, and the last good checkpoint stays (%s)', async engine => {
    const out = `nan-${engine}`
    const args = ['--engine', engine, '--steps', '50', '--checkpoint-every', '1', '--out', out]
    const { code, stderr } = await typegrad(folder, 'train', './nan.ts', ...args)
    expect(stderr).toMatch(/^Training stopped at step \d+, where a number is not finite\.\nlog\(/)
    expect(stderr).toMatch(/params\.b/)
    expect(stderr).toMatch(new RegExp(`The checkpoint of step \\d+ is kept in ${out}\\.\\n$`))
    expect(code).toBe(1)
    expect(lastJson(await typegrad(folder, 'eval', out, '--json'))).toMatchObject({ recipe: 'tiny', engine })
  })
})
