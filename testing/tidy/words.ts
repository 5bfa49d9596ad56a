import type { Complaints } from './shape.ts'
import { isForTests, isSource, type TextFile } from './tree.ts'

/**
 * Names of options where nobody should know them: what asks for an option by name makes a choice
 * that belongs to the edge. Plain words (`split`) count only as `axis=split`.
 * @param options option names by axis
 * @param free beginnings of paths that may name options
 * @param plain words with a hyphen that have another meaning as well
 */
export function optionNames(
  files: TextFile[],
  options: Record<string, readonly string[]>,
  free: readonly string[],
  plain: readonly string[] = [],
): Complaints {
  const choices = Object.entries(options).flatMap(([axis, names]) =>
    names.flatMap((name) => {
      const isTelling = name.includes('-') && !plain.includes(name)
      return [`${axis}=${name}`, ...(isTelling ? [name] : [])]
    }),
  )
  const pattern = new RegExp(`(?<![\\w-])(?:${choices.join('|')})(?![\\w-])`)
  return files
    .filter((file) => isSource(file) && !isForTests(file.path))
    .filter(({ path }) => !free.some((beginning) => path.startsWith(beginning)))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const name = pattern.exec(line)?.[0]
        return name === undefined ? [] : [`${path}:${index + 1}: names the option ${name}`]
      }),
    )
}

/** `console.log` in the server, whose standard output has one line: the port. */
export function consoleLogs(files: TextFile[]): Complaints {
  return files
    .filter((file) => isSource(file) && file.path.startsWith('server/') && !isForTests(file.path))
    .filter(({ text }) => /\bconsole\.(log|info|debug|table)\(/.test(text))
    .map(({ path }) => `${path}: prints to standard output`)
}
