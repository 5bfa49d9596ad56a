import type { Environment, Objective, Plan } from '../run/result.ts'

/**
 * The command that runs a plan again, safe to paste into a POSIX shell.
 * @param choices flags of the command itself, beside those that every plan has
 */
export function repeatCommand(command: string, choices: readonly string[], plan: Plan): string {
  return [
    `./stampede ${command}`,
    `--scenario ${shellWord(plan.scenario)}`,
    ...choices,
    `--blocks ${plan.blocks}`,
    `--duration ${plan.durationSeconds}s`,
    `--rate ${plan.rate}`,
    `--arrivals ${plan.arrivals ?? 'even'}`,
    `--seed ${plan.seed}`,
    `--driver ${plan.driver}`,
  ].join(' ')
}

/** With the flag that asks for the same database server. */
export const onSameDatabase = (command: string, { database }: Environment): string =>
  `${command} --database ${database.startsWith('MySQL') ? 'mysql' : 'mariadb'}`

/** A word for a POSIX shell, quoted where it has to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The flags that state an objective. */
export const objectiveWords = ({ servedPercentMin, p99MsMax, sojournMsMax }: Objective) => [
  `--slo-served ${servedPercentMin}%`,
  `--slo-p99 ${p99MsMax}ms`,
  `--slo-sojourn ${sojournMsMax}ms`,
]
