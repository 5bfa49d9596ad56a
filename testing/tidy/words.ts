import { byLine, type Complaints, isSource, production, type TextFile } from './tree.ts'

/**
 * Names of options where they must not be known: what asks for an option by name makes a choice
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
  const bound = production(files).filter(
    ({ path }) => !free.some((beginning) => path.startsWith(beginning)),
  )
  return byLine(bound, (line) => {
    const name = pattern.exec(line)?.[0]
    return name === undefined ? null : `names the option ${name}`
  })
}

/** `console.log` in the server, whose standard output has one line: the port. */
export function consoleLogs(files: TextFile[]): Complaints {
  return production(files)
    .filter(({ path }) => path.startsWith('server/'))
    .filter(({ text }) => /\bconsole\.(log|info|debug|table)\(/.test(text))
    .map(({ path }) => `${path}: prints to standard output`)
}

/** Lines that go past the server's log, which leaves secrets out. */
export function pastTheLog(files: TextFile[]): Complaints {
  return production(files)
    .filter(({ path }) => path.startsWith('server/') && path !== 'server/log.ts')
    .filter(({ text }) => /\bconsole\.\w+\(/.test(text))
    .map(({ path }) => `${path}: writes past server/log.ts`)
}

/** A URL's path as the path of a file: a space is `%20` there, and the folder does not exist. */
export function urlPaths(files: TextFile[]): Complaints {
  return files
    .filter(
      (file) => isSource(file) && /import\.meta\.(url|resolve\(.*\))\)\.pathname/.test(file.text),
    )
    .map(({ path }) => `${path}: takes a URL's path for a file's; use import.meta.dir`)
}

/** Any error read as the expected one: `ifAbsent` reads only an absent file so. */
export function blindCatches(files: TextFile[]): Complaints {
  const blind = /\.catch\(\(\) => (?:null|undefined|false|\[\]|''|'null')\)/
  return production(files)
    .filter(({ path, text }) => /^(cli|experiments|lab)\//.test(path) && blind.test(text))
    .map(({ path }) => `${path}: reads every error as the expected one`)
}

/** Words that a reader would have to translate, and what the field calls the thing. */
export const bannedWords: [word: RegExp, instead: string][] = [
  [/\bnobody\b/i, 'no process, no caller, unused'],
  [/\bwhoever\b/i, 'every caller that'],
  [/\bnought\b/i, 'zero'],
  [/\banew\b/i, 'again, rebuilt'],
  [/\b(?:can|could|cannot) be had\b|\bbe had where\b/i, 'is available'],
  [/\bat hand\b/i, 'installed, available'],
  [/\b(?:tell|tells|told) (?:of|about)\b/i, 'reports'],
  [/\btold\b/i, 'reported, given, configured'],
  [/\bsaid\b/i, 'printed, output'],
  [/\bhears?\b/i, 'receives'],
  [/\blots\b/i, 'batches'],
  [/\bpart(?:y|ies)\b/i, 'members, participants'],
  [/\bshelf\b/i, 'shared cache'],
  [/\bdoors?\b/i, 'admission controller, endpoint'],
  [/\bbooks?\b/i, 'ledger, evidence, database'],
  [/\brigs?\b/i, 'test bed, environment'],
  [/(?<!drizzle-)\bkits?\b/i, 'dependencies'],
  [/\brungs?\b/i, 'variant'],
  [/\bclimb(?:s|ed|ing|able)?\b/i, 'run, step'],
  [/\bduels?\b/i, 'pairwise comparison'],
  [/\bboasts?\b/i, 'claim'],
  [/\bpound\b/i, 'raw HTTP loop'],
  [/\bnowhere\b/i, 'no place, blackhole'],
  [/\bstrangers?\b/i, 'unknown, orphaned, unrelated'],
  [/\blives? again\b/i, 're-enqueued'],
  [/\bunquiet\b/i, 'pending work'],
  [/\bprospect\b/i, 'availability'],
  [/\bwish(?:es|ed)?\b/i, 'request, expected'],
  [/\blook for [A-Z]|\blooked-for\b/, 'find'],
  [/\bmeter (?=[A-Z])/, 'registerXMetrics'],
  [/\bjudge Flags\b/i, 'validateFlags'],
  [/\bwhat came of\b/i, 'the outcome of'],
  [/\bwhat is up\b/i, 'the running environment'],
  [/\bwho (?:waits|comes|looks|asks|orders|pays)\b/i, 'the waiting caller, the buyer'],
  [/\btroubles?\b/i, 'error'],
  [/\bremember(?:s|ed)?\b/i, 'store'],
  [/\bfall(?:s|en)? apart\b|\bgo(?:es)? alone\b/i, 'retry individually'],
  [/\bstock ?rooms?\b/i, 'seed profile'],
  [/\bbells?\b/i, 'notification'],
]

/** Identifiers as words: `createLots` has `Lots` in it. */
const apart = (text: string) => text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')

/**
 * Lines with a word that has a standard term; pages and scripts are read as well as code.
 * @param free beginnings of paths that are not checked
 */
export function privateWords(files: TextFile[], free: readonly string[] = []): Complaints {
  return files
    .filter(({ path }) => /\.(ts|md|sh|ya?ml)$|^stampede$/.test(path))
    .filter(({ path }) => !free.some((beginning) => path.startsWith(beginning)))
    .flatMap(({ path, text }) => {
      const file = { path, text: apart(text) }
      const here = bannedWords.filter(([word]) => word.test(file.text))
      return here.flatMap(([word, instead]) =>
        byLine([file], (line) => {
          const found = word.exec(line)?.[0]
          return found === undefined ? null : `'${found}': ${instead}`
        }),
      )
    })
}
