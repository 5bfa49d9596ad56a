import { importsOf } from './imports.ts'
import type { Complaints } from './shape.ts'
import { isForTests, isSource, type TextFile } from './tree.ts'

export interface PackageFile {
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const isBuiltIn = (name: string) => /^(node:|bun:|bun$)/.test(name)
/** What k6 itself gives its scripts; only its types are a package. */
const isOfK6 = (name: string) => name === 'k6'

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Imports of packages that are not listed, or are listed for development only. */
export function unlistedPackages(files: TextFile[], packageFile: PackageFile): Complaints {
  const { dependencies = {}, devDependencies = {} } = packageFile
  const resolved = new Set(files.map(({ path }) => path))
  return files.filter(isSource).flatMap((file) =>
    importsOf(file).flatMap(({ target, isType, line }) => {
      const name = packageOf(target)
      if (isBuiltIn(target) || isOfK6(name) || resolved.has(target)) return []
      if (name in dependencies) return []
      const isDevelopment = isForTests(file.path) || isType || file.path.endsWith('.config.ts')
      if (isDevelopment && name in devDependencies) return []
      return [`${file.path}:${line}: ${target} is neither a file nor a listed package`]
    }),
  )
}

/** Programs that a package brings, by which scripts call it. */
const programs: Record<string, string> = { '@biomejs/biome': 'biome', typescript: 'tsc' }

/** Packages that no file imports, names in a setting, or runs. */
export function idlePackages(files: TextFile[], packageFile: PackageFile): Complaints {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = packageFile
  const scriptText = Object.values(scripts).join(' ')
  const texts = files.filter(({ path }) => !/^(package\.json|bun\.lock)$|\.md$/.test(path))
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)].flatMap((name) => {
    const program = programs[name]
    if (program && new RegExp(`\\b${program}\\b`).test(scriptText)) return []
    const known = name.startsWith('@types/') ? name.slice('@types/'.length) : name
    const quoted = new RegExp(`['"/\`]${known.replaceAll(/[/.]/g, '\\$&')}['"/]`)
    return texts.some(({ text }) => quoted.test(text)) ? [] : [`package.json: nobody uses ${name}`]
  })
}

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Dependencies that would take another version tomorrow. */
export function loosePins({ dependencies = {}, devDependencies = {} }: PackageFile): Complaints {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`)
}
