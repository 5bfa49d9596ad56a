import { isWritableFolder } from '../state-folder.ts'

type Variables = Record<string, string | undefined>

/** What a program needs of a login. None changes what is measured. */
const usual = new Set(
  (
    'PATH HOME USER LOGNAME SHELL TMPDIR TERM LANG LC_ALL LC_CTYPE TZ JAVA_HOME STAMPEDE_TOOLS ' +
    'XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR SSL_CERT_FILE ' +
    'SSL_CERT_DIR'
  ).split(' '),
)

/** Passed on since some machines need it to run a program at all, and listed in the report. */
const listed = new Set(['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH'])

const proxies = /^(https?|all|ftp|no)_proxy$/i

/** What programs that fetch and build need on top. */
const fetching = /^(GO[A-Z]+|CGO_\w+|APT_CONFIG)$/

/** Names that would change how a process of a run behaves, if they reached it. */
const telling =
  /^(STAMPEDE_|BUN_|NODE_OPTIONS|K6_|LD_|DYLD_|MALLOC|MIMALLOC|UV_|GODEBUG|GOGC|GOMEM|GOMAX)/

/**
 * The variables that a child of ours starts with: those it needs, whatever else is exported. A
 * proxy, a preloaded library or a setting of a shop by hand never reaches a run.
 */
export function childEnvironment(environment: Variables = process.env): Record<string, string> {
  const own = pick(environment, (name) => usual.has(name) || listed.has(name))
  const { TMPDIR, ...others } = own
  // A database does not start where it cannot write; without the variable there is /tmp.
  return TMPDIR === undefined || isWritableFolder(TMPDIR) ? own : others
}

/** The same for a program that fetches or builds: also proxies and settings of Go and apt. */
export function fetchEnvironment(environment: Variables = process.env): Record<string, string> {
  const more = pick(environment, (name) => proxies.test(name) || fetching.test(name))
  return { ...childEnvironment(environment), ...more }
}

/** For the report: what is exported and could have mattered, and whether it was passed on. */
export function notableVariables(environment: Variables = process.env): string[] {
  const known = ['STAMPEDE_TOOLS', 'STAMPEDE_HANGUP']
  return Object.keys(pick(environment, () => true))
    .sort()
    .flatMap((name) => {
      if (listed.has(name)) return [`${name} (passed on)`]
      const isKept = telling.test(name) || (proxies.test(name) && !/^no/i.test(name))
      return isKept && !known.includes(name) ? [`${name} (kept from the run)`] : []
    })
}

/** Without those that are empty: they count as unset. */
function pick(environment: Variables, isWanted: (name: string) => boolean) {
  const entries = Object.entries(environment).filter(([name, value]) => value && isWanted(name))
  return Object.fromEntries(entries) as Record<string, string>
}
