/** The wheel: TensorFlow's library and its C headers, taken out of the archive; nothing of it is installed into a Python. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { attempt, download, Lack, Refusal, run } from './tools.mjs'

const wheelsIn = folder => existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.whl')) : []

/** The file of a wheel, downloaded once. */
export const getWheel = ({ python }, { wheel, cache, timeout }) => {
  if (wheel.endsWith('.whl')) {
    if (!existsSync(wheel)) throw new Refusal(`there is no wheel at ${wheel}`)
    return wheel
  }
  const folder = join(cache, 'wheels', wheel.replace(/[^\w.=-]+/g, '_'))
  // Only an exact version names the same file tomorrow.
  if (wheel.includes('==') && wheelsIn(folder).length === 1) return join(folder, wheelsIn(folder)[0])
  mkdirSync(folder, { recursive: true })
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder]
  const mine = attempt(python, [...pip, wheel], { timeout })
  // The library does not depend on the Python; TensorFlow has wheels for 3.11 since 2.12.
  const any = mine.ok ? mine : attempt(python, [...pip, '--python-version', '3.11', wheel], { timeout })
  const files = wheelsIn(folder)
  if (!any.ok || files.length === 0) throw new Lack(`pip could not download the wheel ${wheel}: ${mine.said}`)
  return join(folder, files.sort().at(-1))
}

const unzip = `
import sys, zipfile
archive, folder = sys.argv[1:]
with zipfile.ZipFile(archive) as z:
    # The headers of C, and where they lead; the wheel has twice as many of C++.
    wanted = ('tensorflow/libtensorflow', *('tensorflow/include/' + part for part in ('tensorflow/', 'tsl/', 'xla/')))
    for name in z.namelist():
        if name.startswith(wanted): z.extract(name, folder)
    for name in z.namelist():
        if name.endswith('.dist-info/METADATA'): print(z.read(name).decode())
`
/** The two libraries; older wheels (before TensorFlow 2.12) keep the functions of C in a module of Python. */
export const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/**
 * Unpacks headers and libraries to \`scratch/tensorflow\`.
 * @returns {{ version: string, cuda: string[] }} TensorFlow's version, and what \`tensorflow[and-cuda]\` asks of pip beyond it
 */
export const unpackWheel = ({ python }, file, scratch) => {
  const metadata = run(`${file} does not unpack (delete it to download it anew)`, python, ['-c', unzip, file, scratch])
  const absent = libraries.filter(library => !existsSync(join(scratch, 'tensorflow', library)))
  if (absent.length > 0)
    throw new Refusal(`the wheel ${basename(file)} holds no ${absent.join(' and no ')}; take tensorflow-cpu or tensorflow, 2.12 or newer`)
  const lines = metadata.split('\n').map(line => line.trim())
  const version = lines.find(line => line.startsWith('Version: '))?.slice('Version: '.length) ?? 'unknown'
  const cuda = lines.filter(line => /^Requires-Dist:.*extra == ['"]and-cuda['"]/.test(line))
    .map(line => line.replace('Requires-Dist:', '').split(';')[0].replace(/[()\s]/g, ''))
  return { version, cuda }
}

/** Puts NVIDIA's libraries where those of the wheel look for them, in \`folder/nvidia\`. */
export const getCuda = ({ python }, requirements, folder, { timeout }) => {
  if (requirements.length === 0) throw new Refusal('this wheel asks for no libraries of NVIDIA: it is not a CUDA wheel; leave --gpu out')
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', folder]
  const sentence = 'pip could not get the libraries of NVIDIA (with --no-cuda those of the system are used)'
  download(sentence, python, [...pip, ...requirements], { timeout })
}
