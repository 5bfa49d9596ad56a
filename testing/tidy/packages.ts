import type { Complaints, TextFile } from './tree.ts'

export interface PackageFile {
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** Programs that a package brings, by which scripts call it. */
const programs: Record<string, string> = { '@biomejs/biome': 'biome', typescript: 'tsc' }

/** Packages that no file imports, names in a setting, or runs. The reverse is a rule of Biome. */
export function idlePackages(files: TextFile[], packageFile: PackageFile): Complaints {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = packageFile
  const scriptText = Object.values(scripts).join(' ')
  const texts = files.filter(({ path }) => !/^(package\.json|bun\.lock)$|\.md$/.test(path))
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)].flatMap((name) => {
    const program = programs[name]
    if (program && new RegExp(`\\b${program}\\b`).test(scriptText)) return []
    const known = name.startsWith('@types/') ? name.slice('@types/'.length) : name
    const quoted = new RegExp(`['"/\`]${known.replaceAll(/[/.]/g, '\\$&')}['"/]`)
    return texts.some(({ text }) => quoted.test(text)) ? [] : [`package.json: ${name} is not used`]
  })
}

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Dependencies whose version may change by itself. */
export function loosePins({ dependencies = {}, devDependencies = {} }: PackageFile): Complaints {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`)
}
