/** A library built on the package can emit its declarations: every type that is inferred from a public function can be named. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as models from '../../../src/models/index.js'
import * as typegrad from '../../../src/index.js'
import { compilers, root, typesFolder, type Compiler } from './compile.js'

/** Every function of the package once more, under other names. */
const everyFunction = (): string => {
  const paths = (tree: object, at: string): string[] => Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object' && Object.values(value as object).some(v => typeof v === 'function') ? paths(value as object, `${at}.${name}`)
      : [`${at}.${name}`])
  const names = [...paths(typegrad, 'typegrad'), ...paths(models, 'models')]
  expect(names.length).toBeGreaterThan(100)
  return ["import * as typegrad from 'typegrad'", "import * as models from 'typegrad/models'",
    ...names.map((name, i) => `export const v${i} = ${name}`)].join('\n')
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'typegrad-declarations-'))
  const packages = join(folder, 'node_modules')
  // Copied, not linked: a linked package is named by its own path, an installed one by its entry points only.
  mkdirSync(join(packages, 'typegrad'), { recursive: true })
  cpSync(join(root, 'package.json'), join(packages, 'typegrad', 'package.json'))
  cpSync(join(root, 'dist'), join(packages, 'typegrad', 'dist'), { recursive: true })
  for (const name of ['fp-ts', 'io-ts']) symlinkSync(join(root, 'node_modules', name), join(packages, name))
  cpSync(join(typesFolder, 'declarations', 'library.ts'), join(folder, 'library.ts'))
  writeFileSync(join(folder, 'every.ts'), everyFunction())
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** What a compiler says of these files, beside writing their declarations. */
const compile = (compiler: Compiler, files: readonly string[]): Promise<string> => new Promise(resolve => {
  execFile(join(root, 'node_modules', '.bin', compiler), [...files, '--declaration', '--outDir', join(folder, compiler), '--strict',
    '--skipLibCheck', '--target', 'es2022', '--lib', 'es2023', '--module', 'nodenext', '--pretty', 'false'],
  { cwd: folder, maxBuffer: 1 << 26 }, (_, said) => { resolve(said) })
})

it.each(compilers)('%s writes the declarations of a library, and reads them', async compiler => {
  expect(await compile(compiler, ['library.ts', 'every.ts'])).toBe('')
  const use = `import { logits, net, sized, curvature } from './${compiler}/library.js'
import { f32, type Tensor } from 'typegrad'
export const y: Tensor<['N', 64]> = net(net.params, f32('N', 784))
export const z: typeof logits = net(net.params, f32('B', 784))
export const wide: Tensor<['B', 5]> = sized(5)(sized(5).params, f32('B', 784))
export const product: Tensor<[2]> = curvature(f32(2), f32(2))
`
  writeFileSync(join(folder, `use-${compiler}.ts`), use)
  expect(await compile(compiler, [`use-${compiler}.ts`])).toBe('')
}, 120_000)
