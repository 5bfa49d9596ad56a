import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { flawsIn } from '../console/model/support.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'

/** `dashboards/rules`: recording and alert rules; their unit tests lie in `tests/` below. */
export const rulesFolder = join(import.meta.dir, 'rules')

const rule = z.object({
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: z.string().min(1),
  for: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})

const file = z.object({
  groups: z.array(z.object({ name: z.string(), interval: z.string(), rules: z.array(rule) })),
})

export interface Rule extends z.infer<typeof rule> {
  /** What it records, or the alert. */
  name: string
  file: string
}

/** Every rule in order of files and groups. @throws UserError (exit 4) naming file and place */
export async function readRules(folder: string = rulesFolder): Promise<Rule[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yml')).sort()
  const rules: Rule[] = []
  for (const name of names) {
    const outcome = file.safeParse(parseYaml(name, await readFile(join(folder, name), 'utf8')))
    if (!outcome.success) throw wrong(name, flawsIn(outcome.error).join('; '))
    for (const one of outcome.data.groups.flatMap((group) => group.rules)) {
      rules.push({ ...one, name: one.record ?? one.alert ?? '', file: name })
    }
  }
  return rules
}

function parseYaml(name: string, text: string): unknown {
  try {
    return Bun.YAML.parse(text)
  } catch (error) {
    throw wrong(name, (error as Error).message)
  }
}

function wrong(name: string, why: string): UserError {
  return new UserError(`dashboards/rules/${name} is wrong, ${why}`, exitCodes.badArguments)
}
