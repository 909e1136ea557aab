/** Writes docs/recipes: what `typegrad docs` says of the recipes that the README shows. With --check, fails when a page is stale. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
// The codebook that learns by gradients has the three terms of the paper.
const pages = [['made'], ['nade'], ['vqvae', '--set', 'codebook=gradient'], ['wgan-gp'], ['trpo-cartpole']]

const failed = pages.filter(([recipe, ...more]) => {
  const command = ['dist/run/cli/main.js', 'docs', recipe, '--out', 'docs/recipes', '--format', 'md', ...more, ...process.argv.slice(2)]
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status !== 0
})
if (failed.length > 0) {
  console.error('Renew all by: npm run build && npm run docs:recipes')
  process.exit(1)
}
