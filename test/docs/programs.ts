/** Compiles and runs the programs that documentation shows, against the built package, as its user would. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { root, type Block } from './blocks.js'

/** What became of one program: the compiler's lines (at the document's lines), and the error of its run. */
export interface Outcome { readonly types: readonly string[]; readonly run?: string }

/** What a user of the package is assumed to set. */
const compilerOptions = { target: 'es2022', lib: ['es2023'], module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'] }

/** Brings dist up to date. */
export const build = (): void => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
}

/** All names that the built package exports, types included. */
const exportedNames = (): ReadonlySet<string> => {
  const file = join(root, 'dist/index.d.ts')
  const { NodeNext: moduleResolution } = ts.ModuleResolutionKind
  const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, moduleResolution, types: [], noLib: true })
  const source = program.getSourceFile(file)
  const module = source && program.getTypeChecker().getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`no module in ${file}`)
  return new Set(program.getTypeChecker().getExportsOfModule(module).map(symbol => symbol.name))
}

/** `expression // [1, 2]` states an answer; it becomes a call that compares, on the same lines. */
const withAnswers = (code: string): string => {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true)
  let text = code
  for (const statement of [...source.statements].reverse()) {
    if (!ts.isExpressionStatement(statement)) continue
    const [, answer] = /^ *\/\/ *(.*?) *$/m.exec(code.slice(statement.end).split('\n')[0] ?? '') ?? []
    if (answer === undefined || !isAnswer(answer)) continue
    const { pos, end } = statement.expression
    const start = pos + statement.expression.getLeadingTriviaWidth()
    text = `${text.slice(0, start)};await answer(${text.slice(start, end)}, ${answer})${text.slice(end)}`
  }
  return text
}
const isAnswer = (text: string): boolean => {
  try { return JSON.parse(text.replaceAll("'", '"')) !== undefined }
  catch { return false }
}

interface Generated { readonly text: string; readonly places: readonly (Block | undefined)[]; readonly firsts: readonly number[] }

/** The imports of all blocks of a document, each name once. */
const mergedImports = (lines: readonly string[]): readonly string[] => {
  const names = new Map<string, Set<string>>()
  const others = new Set<string>()
  for (const line of lines) {
    const [, list, from] = /^import \{(.*)\} from ('.*')$/.exec(line.trim()) ?? []
    if (list === undefined || from === undefined) others.add(line.trim())
    else for (const name of list.split(',')) names.set(from, (names.get(from) ?? new Set()).add(name.trim()))
  }
  return [...others, ...[...names].map(([from, list]) => `import { ${[...list].join(', ')} } from ${from}`)]
}

/** One module of a document: its blocks as async functions, names of the package in scope, imports lifted to the head. */
const generate = (blocks: readonly Block[], exported: ReadonlySet<string>): Generated => {
  const bodies = blocks.map(block => withAnswers(block.code).split('\n'))
  const imports = mergedImports(bodies.flat().filter(line => /^import .* from /.test(line)))
  const imported = new Set(imports.flatMap(line => line.match(/[A-Za-z_$][\w$]*/g) ?? []))
  const words = new Set(bodies.flat().flatMap(line => line.match(/[A-Za-z_$][\w$]*/g) ?? []))
  const scope = [...words].filter(word => exported.has(word) && !imported.has(word))
  const lines = [
    ...imports, `import { ${scope.join(', ')} } from 'typegrad'`,
    'declare const answer: (got: unknown, want: unknown) => Promise<void>', 'export const programs: (() => Promise<void>)[] = []',
  ]
  const places: (Block | undefined)[] = lines.map(() => undefined)
  const firsts: number[] = []
  blocks.forEach((block, index) => {
    lines.push('programs.push(async () => {')
    places.push(undefined)
    firsts.push(lines.length)
    for (const line of bodies[index] ?? []) {
      lines.push(/^import .* from /.test(line) ? '' : line.replace(/^export (?=const|function|interface|type)/, ''))
      places.push(block)
    }
    lines.push('})')
    places.push(undefined)
  })
  return { text: `${lines.join('\n')}\n`, places, firsts }
}

const runner = `
import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
const [folder, reference, ...files] = process.argv.slice(2)
const results = {}
const { evaluate } = await import(pathToFileURL(reference))
// Equal to the digits that the documentation prints.
const near = (got, want) => {
  const [, mantissa, exponent] = /^-?([\\d.]+)(?:e(.*))?$/.exec(String(want)) ?? []
  const decimals = (mantissa?.split('.')[1] ?? '').length - Number(exponent ?? 0)
  return got === want || Math.abs(Number(got) - Number(want)) <= (Number.isInteger(Number(want)) ? 1e-6 : 0.51 * 10 ** -decimals)
}
globalThis.answer = async (got, want) => {
  const value = got?.prim === undefined ? got : evaluate([got], new Map())[0]
  const flat = value?.data === undefined ? [value].flat(9) : [...value.data]
  const nest = w => Array.isArray(w) ? [w.length, ...nest(w[0])] : []
  const shape = value?.shape ?? nest(value)
  const same = JSON.stringify(nest(want)) === JSON.stringify(shape) && [want].flat(9).every((w, i) => near(flat[i], w))
  const found = JSON.stringify(flat) + ' of shape [' + shape + ']'
  if (!same) throw new Error('the documentation says ' + JSON.stringify(want) + ' but the value is ' + found)
}
console.log = console.info = console.warn = console.error = () => {}
for (const file of files) {
  try {
    const { programs } = await import(pathToFileURL(folder + '/' + file + '.js'))
    results[file] = []
    for (const program of programs) results[file].push(await program().then(() => null, error => String(error?.stack ?? error)))
  } catch (error) { results[file] = String(error?.stack ?? error) }
}
process.stdout.write(JSON.stringify(results), () => process.exit(0))
`

/** Compiles one program as it stands, and runs it when it compiles: the compiler's lines without their file, and what it prints. */
export const tryProgram = (name: string, code: string): { readonly compiler: string; readonly output: string } => {
  const folder = join(root, '.cache', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'program.ts'), code)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { ...compilerOptions, outDir: 'out' }, files: ['program.ts'],
  }))
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  const complaints = stdout.trim()
  if (complaints !== '') return { compiler: complaints, output: '' }
  const ran = spawnSync(process.execPath, [join(folder, 'out/program.js')], { cwd: folder, encoding: 'utf8', timeout: 120_000 })
  // What a program says beside its output depends on the machine: that the runtime of native is being compiled, for one.
  return { compiler: '', output: (ran.status === 0 ? ran.stdout : `${ran.stdout}${ran.stderr}`).trim() }
}

/** Compiles all blocks with TypeScript 7, one module a document, and runs each; the answers come in the order of the blocks. */
export const tryPrograms = (name: string, blocks: readonly Block[]): readonly Outcome[] => {
  const exported = exportedNames()
  const folder = join(root, '.cache', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const documents = [...new Set(blocks.map(block => block.file))].map(file => {
    const own = blocks.filter(block => block.file === file)
    return { file, own, module: file.replace(/[^\w]+/g, '_'), ...generate(own, exported) }
  })
  for (const { module, text } of documents) writeFileSync(join(folder, `${module}.ts`), text)
  writeFileSync(join(folder, 'runner.mjs'), runner)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { ...compilerOptions, outDir: 'out', rootDir: '.' }, include: ['*.ts'],
  }))
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
  const compiled = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  const complaints = compiled.stdout.split('\n').filter(line => line.includes('error TS'))

  const away = mkdtempSync(join(tmpdir(), 'typegrad-docs-'))
  const reference = join(root, 'dist/interp/js/evaluate.js')
  const command = [join(folder, 'runner.mjs'), join(folder, 'out'), reference, ...documents.map(({ module }) => module)]
  const ran = spawnSync(process.execPath, command, { cwd: away, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 300_000 })
  rmSync(away, { recursive: true, force: true })
  if (ran.stdout === '') throw new Error(`the programs ended before their report: ${ran.stderr}`)
  const results = JSON.parse(ran.stdout) as Record<string, string | (string | null)[]>

  const outcome = new Map<Block, Outcome>()
  for (const { own, module, places } of documents) {
    const result = results[module]
    own.forEach((block, index) => {
      const types = complaints.flatMap(line => {
        const [, file, row, message] = /^(.*?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
        if (file !== `${module}.ts`) return []
        const place = places[Number(row) - 1]
        // A complaint about the generated head has no block of its own: it is every block's.
        if (place !== undefined && place !== block) return []
        const first = places.indexOf(block)
        return [place === undefined ? `${block.file}: ${message}` : `${block.file}:${block.line + Number(row) - 1 - first}: ${message}`]
      })
      const run = typeof result === 'string' ? result : result?.[index] ?? undefined
      outcome.set(block, { types, ...(run === undefined ? {} : { run: `${block.file}:${block.line}: ${run}` }) })
    })
  }
  return blocks.map(block => outcome.get(block) ?? { types: [`${block.file}:${block.line}: never compiled`] })
}
